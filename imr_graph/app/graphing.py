"""Commands that ask the graph and check it: query, sparql, validate."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imr_graph.app.options import STDIN, STDOUT, STORE, Output, Store, reading
from imr_graph.app.render import Format, rows, writing

if TYPE_CHECKING:
    from imr_graph.graph.contract import Result
    from imr_graph.graph.store import OxigraphStore
    from imr_graph.pipeline.generation import Generation


class Answered(StrEnum):
    """How the answer of a query is printed: rows in the first four, triples in the others."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TURTLE = "ttl"
    NTRIPLES = "nt"
    JSONLD = "jsonld"


Style = Annotated[
    Answered | None,
    typer.Option("--format", "-f", help="table, json, jsonl or csv for rows; ttl, nt or jsonld for triples."),
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, max=86_400, metavar="SECONDS", help="Stop a query after so long.")
]
Memory = Annotated[
    int, typer.Option("--memory", min=64, max=1_000_000, metavar="MB", help="Stop a query that needs more memory.")
]
MaxRows = Annotated[int, typer.Option("--max-rows", min=1, metavar="N", help="Refuse an answer of more rows.")]
_SERIALISED = {Answered.TURTLE: "turtle", Answered.NTRIPLES: "nt", Answered.JSONLD: "json-ld"}


def query(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A named query; without one all are listed.")
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter of the query.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the SPARQL instead of running it.")] = False,
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
    timeout: Timeout = 60,
    memory: Memory = 2048,
    max_rows: MaxRows = 100_000,
) -> None:
    """Run a named query, or list them. Exit status 1 where the answer is empty."""
    from imr_graph.errors import UsageError
    from imr_graph.graph.queries import bind, find_query, load_queries
    from imr_graph.vocabulary import load_vocabulary

    if name is None:
        listed = [
            {"query": q.name, "summary": q.summary, "parameters": [p.name for p in q.parameters]}
            for q in load_queries().values()
        ]
        rows(listed, ("query", "summary", "parameters"), _rows_style(style, output), output)
        return
    values = {}
    for pair in parameter or ():
        key, found, value = pair.partition("=")
        if not found:
            raise UsageError(f"-p {pair} has no =", remedy="write -p service=mri")
        values[key] = value
    from imr_graph.pipeline.generation import StoreFolder

    generation = StoreFolder(store).require()
    text = bind(find_query(name), values, load_vocabulary(), generation.manifest().recipe.base)
    if show:
        with writing(output) as stream:
            stream.write(text)
        return
    _print(_run(generation, text, timeout, memory, max_rows), style, output)


def sparql(
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="The query; - reads it from stdin.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Read the query from a file.")] = None,
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
    timeout: Timeout = 60,
    memory: Memory = 2048,
    max_rows: MaxRows = 100_000,
) -> None:
    """Run a SPARQL query: SELECT, ASK, CONSTRUCT or DESCRIBE, read only.

    The prefixes of ontology/prefixes.toml need no declaration. Exit status 1 where the answer is empty or false.
    """
    from imr_graph.errors import UsageError

    if (text is None) == (file is None):
        raise UsageError("give the query as TEXT, or with --file", remedy='imr-graph sparql "SELECT ..."')
    from imr_graph.pipeline.generation import StoreFolder

    if file is not None or text == "-":
        with reading(file or STDIN) as stream:
            text = stream.read()
    _print(_run(StoreFolder(store).require(), text or "", timeout, memory, max_rows), style, output)


def _run(generation: Generation, text: str, timeout: float, memory: int, max_rows: int) -> Result:
    """The answer, from a process that is ended at its limits; the error says which option raises the limit."""
    from imr_graph.errors import QueryLimit
    from imr_graph.graph.limits import Limits, run_limited

    try:
        return run_limited(generation.graph, text, Limits(seconds=timeout, megabytes=memory, rows=max_rows))
    except QueryLimit as error:
        raise QueryLimit(error.message, remedy=f"{error.remedy}; or raise --timeout, --memory, --max-rows") from error


def open_graph(store: Path) -> tuple[OxigraphStore, str]:
    """The graph of the current generation, and the base IRI of its letters."""
    from imr_graph.graph.store import OxigraphStore
    from imr_graph.pipeline.generation import StoreFolder

    generation = StoreFolder(store).require()
    return OxigraphStore.open(generation.graph), generation.manifest().recipe.base


def _rows_style(style: Answered | None, output: Path) -> Format:
    from imr_graph.app.options import style_of
    from imr_graph.errors import UsageError

    if style in _SERIALISED:
        raise UsageError(f"the answer is rows, not triples: {style} cannot print it", remedy="use table, json or csv")
    return style_of(Format(style) if style else None, output)


def _print(result: Result, style: Answered | None, output: Path) -> None:
    if result.form == "ASK":
        with writing(output) as stream:
            stream.write("true\n" if result.answer else "false\n")
        found = bool(result.answer)
    elif result.form == "SELECT":
        shown = _rows_style(style, output)
        table = ({c: _value(v, shown) for c, v in zip(result.columns, row, strict=True)} for row in result.rows)
        found = rows(table, result.columns, shown, output) > 0
    else:
        from imr_graph.errors import UsageError

        if style is not None and style not in _SERIALISED:
            raise UsageError(f"the answer is triples: {style} cannot print it", remedy="use ttl, nt or jsonld")
        with writing(output) as stream:
            stream.write(result.graph().serialize(format=_SERIALISED[style or Answered.TURTLE]))
        found = bool(result.triples)
    if not found:
        typer.echo("The answer is empty." if result.form != "ASK" else "No.", err=True)
        raise typer.Exit(1)


def _value(term: Any, style: Format) -> object:
    """A term for people as a CURIE or a plain value, for programs as its full value."""
    from rdflib import Literal, URIRef

    from imr_graph.namespaces import curie

    if isinstance(term, Literal):
        value = term.toPython()
        return value if isinstance(value, int | float | str) else str(term)
    if isinstance(term, URIRef) and style is Format.TABLE:
        return curie(str(term))
    return None if term is None else str(term)


def validate(
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """Check the graph against the SHACL shapes. Exit status 1 where it violates one."""
    from imr_graph.graph.validate import validate_store

    graph, _ = open_graph(store)
    found = [
        {"severity": v.severity, "focus": v.focus, "path": v.path, "message": v.message} for v in validate_store(graph)
    ]
    if rows(found, ("severity", "focus", "path", "message"), _rows_style(style, output), output):
        raise typer.Exit(1)
    typer.echo(f"{store} conforms to the shapes.", err=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (query, sparql, validate):
        app.command()(command)
