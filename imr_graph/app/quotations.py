"""Commands on guideline words that decisions quote: passages, passage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imr_graph.app.opened import Opened
from imr_graph.app.options import STDOUT, STORE, Limit, Output, Service, Store, Style, style_of
from imr_graph.app.render import Format, lines, rows

if TYPE_CHECKING:
    from imr_graph.insight.quoting import Silent
    from imr_graph.passages.model import Passage, PassageCounts, Variant

_SHOWN_VARIANTS = 5
_SHOWN_CASES = 20


def passages(
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Words that stand in the passage.")] = "",
    service: Service = None,
    document: Annotated[
        str | None,
        typer.Option("--document", help="Guideline document that it is attributed to, or words of its name."),
    ] = None,
    min_letters: Annotated[
        int,
        typer.Option(
            "--min-letters", min=1, max=1_000_000, metavar="N", help="Quoted by at least so many independent letters."
        ),
    ] = 1,
    limit: Limit = 20,
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """List guideline passages that decisions quote, those of most independent letters first.

    Each with its fork: independent letters in which the issue was upheld, and in which it was overturned. With
    --service or --document only the quotes of these count. Exit status 1 where there is none.
    """
    from imr_graph.insight.population import notations
    from imr_graph.passages.reader import PassageFilter
    from imr_graph.search.concepts import values_of

    opened = Opened(store)
    only = PassageFilter(
        services=notations(opened.vocabulary, "service", service) if service else (),
        guidelines=values_of(opened.vocabulary, "document", document) if document else (),
        document=document or "",
    )
    found = opened.passages.find(text, only=only, least=min_letters, limit=limit)
    columns = ("id", "letters", "upheld", "overturned", "wordings", "attributed_to", "text")
    listed = ({**passage.model_dump(mode="json"), **_fork(passage)} for passage in found)
    if not rows(listed, columns, style_of(style, output), output):
        typer.echo("No passage; try fewer words.", err=True)
        raise typer.Exit(1)


def _fork(passage: PassageCounts) -> dict[str, Any]:
    named = dict.fromkeys(", ".join(part for part in (c.document, c.section) if part) for c in passage.cited_as)
    return {
        "upheld": passage.fork.upheld,
        "overturned": passage.fork.overturned,
        "attributed_to": [name for name in named if name][:3],
    }


def passage(
    identity: Annotated[str, typer.Argument(metavar="ID", help="Id of a passage, a wording, or a quotation of a hit.")],
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """Show one passage: its wordings, its cases on each side, and who cites its section without quoting it."""
    from imr_graph.insight.quoting import citing_without_quoting

    opened = Opened(store)
    found = [
        (one, citing_without_quoting(opened.index, opened.precedents, one)) for one in opened.passages.get(identity)
    ]
    style = style_of(style, output)
    if style is Format.TABLE:
        lines((line for one, silent in found for line in (*_passage_page(one, silent), "")), output)
        return
    columns = ("id", "letters", "upheld", "overturned", "wordings", "attributed_to", "text")
    rows(
        (
            {
                **one.model_dump(mode="json"),
                **_fork(one),
                "citing_without_quoting": silent.model_dump(mode="json"),
            }
            for one, silent in found
        ),
        columns,
        style,
        output,
    )


def _passage_page(found: Passage, silent: Silent) -> Iterator[str]:
    yield f'{found.id}  "{found.text}"'
    yield (
        f"Quoted by {found.letters} independent letters ({found.all_letters} letters, {found.issues} issues): "
        f"{found.fork.upheld} upheld, {found.fork.overturned} overturned"
    )
    for place in found.cited_as:
        name = ", ".join(part for part in (place.document, place.section) if part) or "no document named"
        pages = f", page {place.pages}" if place.pages else ""
        yield f"  {place.letters} as {name}{pages}" + (" (another page than most)" if place.other_page else "")
    others = [variant for variant in found.variants if variant.changes]
    if others:
        yield "Other wordings:"
        yield from (f"  {variant.letters} letters: {_drift(variant)}" for variant in others[:_SHOWN_VARIANTS])
    for side, upheld in (("Upheld", True), ("Overturned", False)):
        keys = dict.fromkeys(quote.key for quote in found.quotes if (quote.outcome == "upheld") is upheld)
        yield f"{side}: {_listed(keys)}"
    if silent.issues:
        more = "" if silent.complete else " (not all were looked at)"
        yield f"Cites {' or '.join(silent.sections)} without quoting this{more}:"
        yield "  " + _listed(f"{key} {outcome}" for key, outcome in silent.issues)


def _listed(found: Iterable[str]) -> str:
    keys = list(found)
    rest = f" and {len(keys) - _SHOWN_CASES} more" if len(keys) > _SHOWN_CASES else ""
    return (", ".join(keys[:_SHOWN_CASES]) or "none") + rest


def _drift(variant: Variant) -> str:
    said = []
    for change in variant.changes:
        parts = [f'"{part}"' for part in (change.consensus, change.here) if part]
        said.append(f"{change.kind} {' to '.join(parts)}")
    return "; ".join(said)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (passages, passage):
        app.command()(command)
