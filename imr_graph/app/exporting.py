"""The command that writes the graph, or a part of it, for another tool: export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from imr_graph.app.graphing import open_graph
from imr_graph.app.opened import Opened
from imr_graph.app.options import STDIN, STDOUT, STORE, Output, Quiet, Store, reading
from imr_graph.app.render import writing

Around = Annotated[
    str | None, typer.Option("--around", metavar="NODE", help="Only around a case, issue, concept or passage.")
]
Project = Annotated[str | None, typer.Option("--project", metavar="NAME", help="A projection; unknown ones list all.")]
Construct = Annotated[
    str | None, typer.Option("--construct", metavar="QUERY", help="The answer of a CONSTRUCT query; - is stdin.")
]
Search = Annotated[str | None, typer.Option("--search", metavar="TEXT", help="Only the cases that a search finds.")]
Hits = Annotated[int, typer.Option("--limit", "-n", min=1, max=1_000_000, metavar="N", help="Hits of --search.")]
Since = Annotated[
    dt.datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Decided on this day or later.")
]
Until = Annotated[
    dt.datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Decided on this day or before.")
]
Outcome = Annotated[str | None, typer.Option("--outcome", help="Only issues that were upheld or overturned.")]
Sample = Annotated[int | None, typer.Option("--sample", min=1, metavar="N", help="So many letters, chosen by hash.")]
Weight = Annotated[float | None, typer.Option("--min-weight", min=0, help="Leave out lighter edges.")]


def export(
    style: Annotated[str, typer.Option("--format", "-f", help="File format; an unknown one lists those there are.")],
    output: Output = STDOUT,
    around: Around = None,
    depth: Annotated[int, typer.Option(min=1, help="How many steps around it.")] = 1,
    projection: Project = None,
    construct: Construct = None,
    search: Search = None,
    limit: Hits = 25,
    since: Since = None,
    until: Until = None,
    outcome: Outcome = None,
    sample: Sample = None,
    min_weight: Weight = None,
    store: Store = STORE,
    quiet: Quiet = False,
) -> None:
    """Write the graph for another tool: RDF, tables, a network with labels, colours and positions, or a page.

    What was left out is said on stderr, and in the file where its format has a place for it.
    """
    from imr_graph.graph.exports.reading import Selection
    from imr_graph.graph.exports.write import Part
    from imr_graph.graph.exports.write import export as write

    graph, base = open_graph(store)
    selection = Selection(
        since=_day(since),
        until=_day(until),
        outcome=_outcome(outcome),
        sample=sample,
        cases=None if search is None else _found(store, search, limit, base),
    )
    query = construct
    if construct == "-":
        with reading(STDIN) as stream:
            query = stream.read()
    part = Part(around, depth, projection, query, selection, min_weight)
    if str(output) == "-":
        with writing(output) as stream:
            notes = write(graph, style, stream, part)
    else:
        notes = [*write(graph, style, output, part), f"Wrote {output}."]
    if not quiet:
        typer.echo("".join(f"{note}\n" for note in notes), err=True, nl=False)


def _day(given: dt.datetime | None) -> str | None:
    return None if given is None else given.date().isoformat()


def _outcome(given: str | None) -> str | None:
    from imr_graph.errors import UsageError
    from imr_graph.models import Outcome as Known

    if given is None:
        return None
    words = given.lower().replace("-", " ")
    if words not in list(Known):
        raise UsageError(f"no outcome {given!r}", remedy=f"one of: {', '.join(Known)}")
    return words


def _found(store: Path, text: str, limit: int, base: str) -> tuple[str, ...]:
    """The IRIs of the cases that a search for ``text`` finds."""
    from imr_graph.namespaces import decision_iri
    from imr_graph.search.precedents import SearchRequest

    answer = Opened(store).precedents.search(SearchRequest(text=text, limit=limit, around=False))
    return tuple(sorted({decision_iri(hit.case_number, base) for hit in answer.hits}))


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(export)
