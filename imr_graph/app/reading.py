"""Commands that read letters and show them: parse, show, problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imr_graph.app.options import STDOUT, STORE, Output, Paths, Store, Style, style_of
from imr_graph.app.render import Format, rows, writing

if TYPE_CHECKING:
    from imr_graph.models import Decision, Issue, Letter

Case = Annotated[str, typer.Argument(metavar="CASE", help="Case number, or the id of a letter without one.")]


def parse(
    paths: Paths,
    style: Style = None,
    output: Output = STDOUT,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first source that is no letter.")] = False,
) -> None:
    """Read letters and print what stands in them, one decision a line.

    Exit status 1 where a source was refused, or none is there; the others are printed all the same.
    """
    refused: list[str] = []
    columns = ("id", "decision_date", "outcome", "issues", "source_name")
    style = style_of(style, output)
    found = (
        _brief(d) if style in {Format.TABLE, Format.CSV} else d.model_dump(mode="json")
        for d in _decisions(paths, strict, refused)
    )
    if not rows(found, columns, style, output) and not refused:
        typer.echo(f"No letter was found in {', '.join(paths)}.", err=True)
        raise typer.Exit(1)
    if refused:
        raise typer.Exit(1)


def _decisions(paths: list[str], strict: bool, refused: list[str]) -> Iterator[Decision]:
    from imr_graph.errors import ImrGraphError
    from imr_graph.link import Linker
    from imr_graph.pipeline.worker import read_letter
    from imr_graph.read import find_sources, passed_over_line
    from imr_graph.vocabulary import load_vocabulary

    linker = Linker(load_vocabulary())
    passed_over: Counter[str] = Counter()
    for source in find_sources(paths, passed_over=passed_over):
        try:
            yield read_letter(source, linker).decision
        except ImrGraphError as error:
            if strict:
                raise
            refused.append(source.name)
            typer.echo(f"imr-graph: {error}", err=True)
    if passed_over:
        typer.echo(passed_over_line(passed_over), err=True)


def _brief(decision: Decision) -> dict[str, Any]:
    return {
        "id": decision.id,
        "decision_date": decision.decision_date,
        "outcome": decision.outcome,
        "issues": [f"{i.n}. {i.request}: {i.outcome}" for i in decision.issues],
        "source_name": decision.source_name,
    }


def show(case: Case, store: Store = STORE, style: Style = None, output: Output = STDOUT) -> None:
    """Show one letter: what was asked, what was decided, on which words."""
    letter = _letter(store, case)
    style = style_of(style, output)
    if style is Format.TABLE:
        with writing(output) as stream:
            stream.write(_page(letter))
        return
    rows([letter.decision.model_dump(mode="json")], ("id", "decision_date", "outcome"), style, output)


def _letter(store: Path, case: str) -> Letter:
    from imr_graph.archive import Archive
    from imr_graph.names import issue_of
    from imr_graph.pipeline.generation import StoreFolder

    with Archive.open(StoreFolder(store).require().letters) as archive:
        return archive.letter(issue_of(case)[0])


def _page(letter: Letter) -> str:
    decision = letter.decision
    reviewer = ", ".join(decision.reviewer.certifications) or "not stated"
    lines = [
        f"{decision.id}  decided {decision.decision_date or 'on an unknown date'}  {decision.outcome or ''}",
        f"Reviewer: {reviewer} (licensed in {', '.join(decision.reviewer.licensed_in) or 'a state not stated'})",
        f"Diagnoses: {'; '.join(d.text for d in decision.diagnoses) or 'none read'}",
        "",
        decision.clinical_summary,
    ]
    for issue in decision.issues:
        lines += ["", *_issue(issue)]
    if decision.problems:
        lines += ["", "Problems found in this letter:", *(f"  - {p.message}" for p in decision.problems)]
    return "\n".join(lines) + "\n"


def _issue(issue: Issue) -> Iterator[str]:
    yield f"Issue {issue.n}: {issue.request}: {issue.outcome.upper()}"
    for line in issue.guideline_lines:
        yield f"  {line.party.capitalize()}: {line.text}"
    for ground in issue.grounds:
        yield f"  Ground {ground.notation}: {ground.sentence}"
    yield f"  Rationale: {issue.rationale}"


def problems(case: Case, store: Store = STORE, style: Style = None, output: Output = STDOUT) -> None:
    """List what contradicts itself in a letter, with the sentences concerned (leads for LC 4610.6(h)(5))."""
    letter = _letter(store, case)
    found = [
        {
            "case_number": letter.decision.id,
            "issue": problem.issue,
            "code": problem.code,
            "message": problem.message,
            "sentences": [" ".join(letter.quote(span).split()) for span in problem.spans],
        }
        for problem in letter.decision.problems
    ]
    if not rows(found, ("code", "issue", "message", "sentences"), style_of(style, output), output):
        typer.echo(f"No contradiction found in {letter.decision.id}.", err=True)
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (parse, show, problems):
        app.command()(command)
