"""Commands that ask what made the difference: mirror, ladder, crossing, gaps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imr_graph.app.asking import counted
from imr_graph.app.drafts import Draft, draft_of
from imr_graph.app.opened import Opened
from imr_graph.app.options import STDOUT, STORE, Limit, Output, Service, Store, Style, style_of
from imr_graph.app.render import Format, lines, rows

if TYPE_CHECKING:
    from imr_graph.insight.mirror import Compared, Mirror, Side
    from imr_graph.models import Model
    from imr_graph.search.answer import Cohort

BodyPart = Annotated[str | None, typer.Option("--body-part", help="Body part.")]
Drug = Annotated[str | None, typer.Option("--drug", help="Drug, by any of its names.")]
_SHOWN_CAPS = 6
_RATE = ("share", "low", "high")


def mirror(
    case: Annotated[str, typer.Argument(metavar="CASE[#ISSUE]", help="A decided issue; #1 where no number is given.")],
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """Show the nearest decided issue that went the other way, side by side.

    Exit status 1 where no like issue did.
    """
    from imr_graph.insight.mirror import mirror_case
    from imr_graph.names import issue_of

    opened = Opened(store)
    found = mirror_case(opened.precedents, opened.vocabulary, *issue_of(case))
    _one(found, _mirror_page(found), style, output, [fact.model_dump() for fact in found.facts])
    if found.mirror is None:
        raise typer.Exit(1)


def _mirror_page(found: Mirror) -> Iterator[str]:
    yield from _side("ASKED ", found.asked)
    if found.mirror is None:
        yield "No like issue went the other way."
        return
    yield ""
    yield from _side("MIRROR", found.mirror)
    if found.twin:
        yield "  These look like letters of one worker, or share one rationale."
    yield ""
    for fact in found.facts:
        yield f"{fact.fact}: {'; '.join(_compared(fact))}"


def _side(title: str, side: Side) -> Iterator[str]:
    yield f"{title}  {side.outcome.upper()}  {side.key}  {side.decision_date or ''}  {side.request}"
    yield f"  claims administrator cites: {'; '.join(side.claims_administrator_cited) or 'nothing read'}"
    yield f"  reviewer cites: {'; '.join(side.reviewer_cited) or 'nothing read'}"
    for ground in side.grounds:
        yield f"  ground {ground.notation.replace('-', ' ')}: {ground.sentence}"
    for passage in side.passages:
        yield f'  quotes: "{passage.text}"'


def _compared(fact: Compared) -> Iterator[str]:
    for name, values in (("both", fact.shared), ("asked only", fact.asked), ("mirror only", fact.mirror)):
        if values:
            yield f"{name} {', '.join(values)}"


def ladder(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="Service, by label or notation.")],
    body_part: BodyPart = None,
    drug: Drug = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="sessions, tablets, ... [default: the most frequent]")
    ] = None,
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """Show requested amounts against outcomes, and against the amounts that quoted guideline words name.

    Exit status 1 where nothing like it was asked for, or nothing in the unit.
    """
    from imr_graph.insight.ladder import quantity_ladder

    opened = Opened(store)
    found = quantity_ladder(
        opened.index, opened.passages, opened.vocabulary, service, body_part=body_part, drug=drug, unit=unit
    )

    def page() -> Iterator[str]:
        yield counted(found.all)
        yield f"{found.without_amount} of them state no amount in {found.unit}"
        for step in found.steps:
            yield f"  {counted(step.counted)}"
        for cap in found.caps[:_SHOWN_CAPS]:
            yield f'{cap.kind} "{cap.words}" (passage {cap.passage}, {cap.letters} letters)'
            yield f"  {counted(cap.within)}"
            yield f"  {counted(cap.above)}"

    table = [{"amount": step.amount, "unit": step.unit, **_flat(step.counted)} for step in found.steps]
    _one(found, page(), style, output, table)
    if found.units and not found.steps:
        units = ", ".join(f"{name} ({n} issues)" for name, n in found.units.items())
        typer.echo(f"No request states an amount in {found.unit}; there are {units}.", err=True)
    if not found.all.total or (unit and not found.steps):
        raise typer.Exit(1)


def crossing(
    service: Service = None,
    body_part: BodyPart = None,
    sections: Annotated[bool, typer.Option("--sections", help="By cited section instead of document.")] = False,
    limit: Limit = 20,
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """Cross what the claims administrator cited with what the reviewer cited for the same issue, with outcomes."""
    from imr_graph.insight.crossing import citation_crossing

    opened = Opened(store)
    found = citation_crossing(
        opened.index, opened.vocabulary, service=service, body_part=body_part, sections=sections, limit=limit
    )
    table = [
        {"claims_administrator": pair.claims_administrator, "reviewer": pair.reviewer, **_flat(pair.counted)}
        for pair in found.pairs
    ]
    columns = ["claims_administrator", "reviewer", "issues", "upheld", "overturned", "partially_overturned", "share"]
    if style_of(style, output) is Format.TABLE:
        typer.echo(counted(found.all), err=True)
    else:
        columns += [f"overturn_{name}" for name in _RATE]
    if not rows(table, columns, style_of(style, output), output):
        raise typer.Exit(1)


def gaps(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="A draft request.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="The draft as a file (PDF, text, html).")] = None,
    limit: Limit = 10,
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
) -> None:
    """List grounds on which requests like a draft were denied, and whether the draft speaks of them.

    These are leads to check against the record, taken from decided cases; they are no advice. Exit status 1 where there
    are none, or no treatment is recognised.
    """
    from imr_graph.errors import UsageError
    from imr_graph.insight.gaps import gap_list

    if (text is None) == (file is None):
        raise UsageError("the draft comes as TEXT or with --file", remedy="give one of them")
    opened = Opened(store)
    draft = draft_of(file, opened.vocabulary) if file else Draft(text or "")
    found = gap_list(opened.precedents, draft.text, record=draft.record, limit=limit, exclude=draft.cases)

    if not found.population:
        typer.echo("No treatment was recognised in the draft; name a service, a drug or a body part.", err=True)
        raise typer.Exit(1)

    def page() -> Iterator[str]:
        yield f"Leads to check, not advice. Counted: {found.population}"
        upheld = found.counted.outcomes["upheld"] if found.counted else 0
        if found.counted:
            yield counted(found.counted)
        for gap in found.gaps:
            yield ""
            yield f"{gap.label}: {gap.upheld} of {upheld} upheld issues were decided on it"
            yield f"  {gap.case}: {gap.sentence}"
            yield f"  {gap.question}"
            yield "  the draft: " + (" / ".join(gap.mentioned) or "no word of it found")

    _one(found, page(), style, output, [gap.model_dump(mode="json") for gap in found.gaps])
    if not found.gaps:
        raise typer.Exit(1)


def _flat(cohort: Cohort) -> dict[str, Any]:
    from imr_graph.insight.brief import share

    counts = {name.replace(" ", "_"): n for name, n in cohort.outcomes.items()}
    rate = cohort.overturned.model_dump() if cohort.overturned else {}
    return {
        "issues": cohort.total,
        **counts,
        "share": share(cohort),
        **{f"overturn_{name}": rate.get(name) for name in _RATE},
    }


def _one(found: Model, page: Iterator[str], style: Format | None, output: Path, table: list[dict[str, Any]]) -> None:
    """Print one answer: a page for people, the whole model as json or one line of jsonl, or its table as csv."""
    style = style_of(style, output)
    if style is Format.TABLE:
        lines(page, output)
    elif style is Format.JSON:
        lines([found.model_dump_json(indent=2)], output)
    elif style is Format.JSONL:
        lines([found.model_dump_json()], output)
    else:
        rows(table, tuple(table[0]) if table else (), style, output)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (mirror, ladder, crossing, gaps):
        app.command()(command)
