"""Commands that search decided issues: search, similar."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imr_graph.app.drafts import Draft, draft_of
from imr_graph.app.opened import Opened
from imr_graph.app.options import STDOUT, STORE, Limit, Output, Store, Style, reading, style_of
from imr_graph.app.render import Format, rows, writing

if TYPE_CHECKING:
    from imr_graph.search.answer import Answer, Cohort, Hit
    from imr_graph.search.precedents import Precedents, SearchRequest

Values = list[str] | None
Outcome = Annotated[Values, typer.Option("--outcome", help="upheld or overturned.")]
Service = Annotated[Values, typer.Option("--service", help="Service or its class, by label or notation.")]
Drug = Annotated[Values, typer.Option("--drug", help="Drug, by any of its names.")]
BodyPart = Annotated[Values, typer.Option("--body-part", help="Body part.")]
Diagnosis = Annotated[Values, typer.Option("--diagnosis", help="Diagnosis.")]
Document = Annotated[Values, typer.Option("--document", help="Guideline document cited by either party.")]
Section = Annotated[Values, typer.Option("--section", help="Guideline section cited by either party.")]
Ground = Annotated[Values, typer.Option("--ground", help="Ground of the decision.")]
Specialty = Annotated[Values, typer.Option("--specialty", help="Specialty of the expert reviewer.")]
Since = Annotated[
    dt.datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Decided on this day or later.")
]
Until = Annotated[
    dt.datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Decided on this day or before.")
]
Explain = Annotated[bool, typer.Option("--explain", help="Say why each hit is one, and what it lacks.")]
ShowQuery = Annotated[bool, typer.Option("--show-query", help="Print the engine query instead of running it.")]
Fold = Annotated[bool, typer.Option("--fold", help="One hit a letter and a worker; the others are named behind it.")]
_SHOWN_GROUNDS = 5


def search(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="Words, or the query language.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A draft request or a denial letter (PDF, text, html) as the query.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option("--queries", help='Many queries, one JSON object a line: {"id", "text", "exclude"}.')
    ] = None,
    outcome: Outcome = None,
    service: Service = None,
    drug: Drug = None,
    body_part: BodyPart = None,
    diagnosis: Diagnosis = None,
    document: Document = None,
    section: Section = None,
    ground: Ground = None,
    specialty: Specialty = None,
    since: Since = None,
    until: Until = None,
    explain: Explain = False,
    show_query: ShowQuery = False,
    fold: Fold = False,
    limit: Limit = 10,
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """Find decided issues like the one described, most alike first, adverse ones as plainly as favourable ones.

    Exit status 1 where nothing matches.
    """
    from imr_graph.errors import UsageError
    from imr_graph.search.precedents import SearchRequest

    if sum(given is not None for given in (text, file, queries)) > 1:
        raise UsageError("TEXT, --file and --queries exclude each other", remedy="give one of them")
    fields = {
        "outcome": outcome, "service": service, "drug": drug, "body_part": body_part, "diagnosis": diagnosis,
        "document": document, "section": section, "ground": ground, "specialty": specialty,
    }  # fmt: skip
    opened = Opened(store)
    draft = draft_of(file, opened.vocabulary) if file else Draft(text or "")
    request = SearchRequest(
        text=draft.text,
        plain=file is not None,
        limit=limit,
        filters=tuple((name, value) for name, values in fields.items() for value in values or ()),
        since=since.date() if since else None,
        until=until.date() if until else None,
        exclude=draft.cases,
        fold=fold,
    )
    if queries is not None:
        _many(opened.precedents, queries, request, output)
        return
    answer = opened.precedents.search(request)
    _print(answer, store, style, output, explain=explain, show_query=show_query)


def similar(
    case: Annotated[str, typer.Argument(metavar="CASE[#ISSUE]", help="A decided issue; #1 where no number is given.")],
    explain: Explain = False,
    show_query: ShowQuery = False,
    fold: Fold = False,
    outcome: Outcome = None,
    limit: Limit = 10,
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """Find decided issues like a decided one; its own letter is left out."""
    from imr_graph.names import issue_of
    from imr_graph.search.precedents import SearchRequest

    filters = tuple(("outcome", value) for value in outcome or ())
    answer = Opened(store).precedents.similar(*issue_of(case), SearchRequest(limit=limit, filters=filters, fold=fold))
    _print(answer, store, style, output, explain=explain, show_query=show_query)


def _many(precedents: Precedents, queries: Path, request: SearchRequest, output: Path) -> None:
    from dataclasses import replace

    from imr_graph.errors import UsageError

    def hits(stream: Iterable[str]) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(stream, 1):
            try:
                query = json.loads(line)
                key, text, exclude = str(query["id"]), str(query["text"]), frozenset(query.get("exclude", ()))
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(
                    f"{queries}, line {number}: {error!r}", remedy='write {"id": "...", "text": "...", "exclude": []}'
                ) from error
            asked = replace(request, text=text, plain=True, exclude=exclude, query_id=key, around=False)
            for hit in precedents.search(asked).hits:
                yield hit.model_dump(mode="json")

    with reading(queries) as stream:
        rows(hits(stream), (), Format.JSONL, output)


def _print(answer: Answer, store: Path, style: Style, output: Path, *, explain: bool, show_query: bool) -> None:
    style = style_of(style, output)
    if show_query:
        with writing(output) as stream:
            stream.write(answer.engine_query + "\n")
        return
    if style is Format.TABLE:
        with writing(output) as stream:
            stream.writelines(line + "\n" for line in _page(answer, explain=explain))
    elif style is Format.MARKDOWN:
        _brief(answer, store, output)
    elif style is Format.JSON:
        with writing(output) as stream:
            stream.write(answer.model_dump_json(indent=2) + "\n")
    else:
        columns = ("case_number", "issue", "outcome", "decision_date", "request", "score", "snippet")
        rows((hit.model_dump(mode="json") for hit in answer.hits), columns, style, output)
    for said in answer.unknown:
        typer.echo(said, err=True)
    if not answer.hits:
        typer.echo("Nothing matches; try fewer or broader words.", err=True)
        raise typer.Exit(1)


def _brief(answer: Answer, store: Path, output: Path) -> None:
    from imr_graph.archive import Archive
    from imr_graph.insight.brief import write_brief
    from imr_graph.pipeline.generation import StoreFolder

    with Archive.open(StoreFolder(store).require().letters) as archive:
        brief = write_brief(answer, archive.letter)
    with writing(output) as stream:
        stream.write(brief.markdown)
    for line in brief.refused:
        typer.echo(f"imr-graph: left out, not verbatim in its letter: {line}", err=True)


def _page(answer: Answer, *, explain: bool) -> Iterator[str]:
    for cohort in answer.cohorts:
        yield counted(cohort)
    if answer.grounds:
        yield f"Grounds given, of {answer.counted}: " + "; ".join(islice(answer.grounds_given(), _SHOWN_GROUNDS))
    for place, hit in enumerate(answer.hits, 1):
        yield ""
        yield from _hit(place, hit, explain=explain)


def counted(cohort: Cohort) -> str:
    """What was counted, how it was decided, and the share with its interval, in one line."""
    counts = ", ".join(f"{n} {outcome}" for outcome, n in sorted(cohort.outcomes.items()))
    if cohort.overturned is None:
        return f"{cohort.population}: {cohort.total} issues ({counts or 'none'}); too few for a rate"
    rate = cohort.overturned
    share = f"{rate.share:.0%} overturned, 95% interval {rate.low:.0%} to {rate.high:.0%}"
    return f"{cohort.population}: {cohort.total} issues ({counts}); {share}"


def _hit(place: int, hit: Hit, *, explain: bool) -> Iterator[str]:
    again = f"  (same letter as {hit.same_letter})" if hit.same_letter else ""
    again += f"  (looks like a twin of {hit.twin_of})" if hit.twin_of else ""
    yield f"{place}. {hit.outcome.upper()}  {hit.key}  {hit.decision_date or ''}  {hit.request}{again}"
    yield f"   why: {hit.why.words()}"
    if explain:
        for concept in hit.why.shared:
            yield f"     {concept.points:7.3f}  {concept.label} ({concept.field}, {concept.relation})"
        yield f"     {hit.why.text_points:7.3f}  words of the text"
        if hit.why.lacking:
            yield "     not in this case: " + ", ".join(concept.label for concept in hit.why.lacking)
    for citation in hit.citations:
        yield f"   {citation.cited_by} cites {citation.text}"
    for passage in hit.passages:
        yield f'   quotes: "{passage.text}"'
    yield f"   {hit.snippet}"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (search, similar):
        app.command()(command)
