"""``imr-graph vocab``: what the words mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imr_graph.app.options import STDOUT, STORE, Output, Store, Style, style_of
from imr_graph.app.render import rows

if TYPE_CHECKING:
    from imr_graph.vocabulary import Concept

app = typer.Typer(help="List, look up and check the vocabularies.", no_args_is_help=True, rich_markup_mode=None)

Scheme = Annotated[str | None, typer.Option("--scheme", metavar="NAME", help="Only this concept scheme.")]


@app.command("list")
def list_(scheme: Scheme = None, style: Style = None, output: Output = STDOUT) -> None:
    """List the concept schemes, or the concepts of one."""
    from imr_graph.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    if scheme is None:
        table = [{"scheme": s.name, "title": s.title, "concepts": len(s)} for s in vocabulary.schemes.values()]
        rows(table, ("scheme", "title", "concepts"), style_of(style, output), output)
        return
    rows(map(_concept, vocabulary[scheme]), ("notation", "label", "broader", "alt"), style_of(style, output), output)


def _concept(concept: Concept) -> dict[str, object]:
    return {
        "scheme": concept.scheme,
        "notation": concept.notation,
        "label": concept.label,
        "broader": concept.broader,
        "alt": concept.alt,
        "hidden": concept.hidden,
        **concept.properties,
    }


@app.command()
def lookup(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Words as a letter would print them.")],
    scheme: Scheme = None,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """Say which concepts the words mean, and why. Exit status 1 where none is found."""
    from imr_graph.link.explain import explain
    from imr_graph.vocabulary import load_vocabulary

    found = [row for row in explain(text, load_vocabulary()) if scheme in {None, row["scheme"]}]
    if not rows(found, ("scheme", "notation", "label", "text", "why"), style_of(style, output), output):
        typer.echo(f"No concept found in {text!r}.", err=True)
        raise typer.Exit(1)


@app.command()
def check(
    unlinked: Annotated[
        bool, typer.Option("--unlinked", help="List the requests of a store that no service was found in.")
    ] = False,
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """Check the vocabularies: labels, broader concepts, ambiguous labels. Exit status 1 where they are invalid."""
    from imr_graph.graph.validate import validate_vocabularies

    if unlinked:
        _unlinked(store, style, output)
        return
    violations = [{"focus": v.focus, "path": v.path, "message": v.message} for v in validate_vocabularies()]
    if rows(violations, ("focus", "path", "message"), style_of(style, output), output):
        raise typer.Exit(1)
    typer.echo("The vocabularies are valid.", err=True)


def _unlinked(store: Path, style: Style, output: Path) -> None:
    from collections import Counter

    from imr_graph.archive import Archive
    from imr_graph.pipeline.generation import StoreFolder

    counts: Counter[tuple[str, str]] = Counter()
    with Archive.open(StoreFolder(store).require().letters) as archive:
        for letter in archive.letters():
            for issue in letter.decision.issues:
                if issue.service is None:
                    counts["service", issue.request] += 1
                counts.update(("guideline", c.document) for c in issue.citations if c.guideline is None)
    table = [{"kind": kind, "text": text, "count": n} for (kind, text), n in counts.most_common()]
    rows(table, ("kind", "text", "count"), style_of(style, output), output)
