"""Contradictions within one letter.

Every check prefers silence to a false alarm: it speaks only where both sides were read with certainty, and its
problem points at both.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations

from imr_graph.models import Citation, Decision, Issue
from imr_graph.parse import phrases
from imr_graph.parse.findings import Findings
from imr_graph.parse.header import label, to_date
from imr_graph.parse.numbers import counts, spelled_numbers
from imr_graph.resources import rules
from imr_graph.text import Span

# Orders that hold in every case: nothing precedes the injury, nothing follows the decision, and an application is
# received before it is assigned. A utilization review may be repeated, so its date is not held against the application.
_ORDERS = (
    ("date_of_injury", "ur_denial_date"),
    ("date_of_injury", "date_received"),
    ("date_of_injury", "date_assigned"),
    ("date_of_injury", "decision_date"),
    ("ur_denial_date", "decision_date"),
    ("date_received", "date_assigned"),
    ("date_received", "decision_date"),
    ("date_assigned", "decision_date"),
)
_ENOUGH_PRONOUNS = 3
_OPENING = 600  # characters of a clinical summary in which it tells of the injury


def report_contradictions(findings: Findings, decision: Decision) -> None:
    """Add the contradictions of ``decision`` to the problems of ``findings``."""
    _date_orders(findings, decision)
    if decision.clinical_summary_span is not None:
        _summary_dates(findings, decision)
        _sexes(findings, decision)
    _spelled_numbers(findings)
    _pages(findings, decision)
    for issue in decision.issues:
        _quantity(findings, issue)
        _parts(findings, issue)


def _date_orders(findings: Findings, decision: Decision) -> None:
    for first, second in _ORDERS:
        early: dt.date | None = getattr(decision, first)
        late: dt.date | None = getattr(decision, second)
        if early and late and early > late:
            findings.report(
                "dates-out-of-order",
                f"the {label(first)} ({early}) is later than the {label(second)} ({late})",
                *findings.where(first),
                *findings.where(second),
            )


def _summary_dates(findings: Findings, decision: Decision) -> None:
    """The date of injury, and of the utilization review, in the summary against those in the header."""
    start, end = findings.place(decision.clinical_summary_span)
    for code, field, pattern, stop in (
        ("injury-date-differs", "date_of_injury", phrases.INJURY_DATE, min(end, start + _OPENING)),
        ("ur-date-differs", "ur_denial_date", phrases.REVIEW_DATE, end),
    ):
        stated: dt.date | None = getattr(decision, field)
        found = [(m, date) for m in pattern.regex.finditer(findings.clean.text, start, stop) if (date := _date(m))]
        if stated is None or len({date for _, date in found}) != 1 or found[0][1] == stated:
            continue
        match, date = found[0]
        findings.report(
            code,
            f"{label(field)}: {stated} in the header, {date} in the clinical summary",
            *findings.where(field),
            findings.span(*match.span()),
        )


def _date(match: re.Match[str]) -> dt.date | None:
    """The date of the groups ``date`` (digits) or ``month``, ``day``, ``year``; with a 2 behind, of a second form."""
    parts = {name.rstrip("2"): value for name, value in match.groupdict().items() if value}
    if "date" in parts:
        return to_date(parts["date"])
    try:
        return dt.datetime.strptime(f"{parts['month'][:3]} {parts['day']} {parts['year']}", "%b %d %Y").date()
    except ValueError:
        return None


def _sexes(findings: Findings, decision: Decision) -> None:
    """The stated sex against the pronouns of the summary, where these are all of the other sex."""
    stated, sex = findings.where("patient.sex"), decision.patient.sex
    if not stated:
        return
    start, end = findings.place(decision.clinical_summary_span)
    first: re.Match[str] | None = None
    count = 0
    for match in phrases.PRONOUN.regex.finditer(findings.clean.text, start, end):
        if match.lastgroup == sex:
            return
        first, count = first or match, count + 1
    if first is not None and count >= _ENOUGH_PRONOUNS:
        message = f"the worker is called {sex}, and {first.group().lower()!r} throughout"
        findings.report("sex-differs", message, *stated, findings.span(*first.span()))


def _spelled_numbers(findings: Findings) -> None:
    for start, end, words, digits in spelled_numbers(findings.clean.text):
        if words != digits:
            quoted = findings.clean.text[start:end]
            findings.report("number-differs", f"{quoted!r}: words and digits differ", findings.span(start, end))


def _pages(findings: Findings, decision: Decision) -> None:
    """The same section of the same document on pages that have none in common."""
    told = set()
    for issue in decision.issues:
        for one, other in combinations([c for c in issue.citations if c.section and c.pages], 2):
            if _section_key(one) != _section_key(other) or _share_a_page(one.pages, other.pages):
                continue
            key = (_section_key(one), one.pages, other.pages)
            if key not in told:
                told.add(key)
                findings.report(
                    "page-differs",
                    f"{one.section}: page {one.pages} ({one.cited_by}), page {other.pages} ({other.cited_by})",
                    one.span,
                    other.span,
                    issue=issue.n,
                )


def _section_key(citation: Citation) -> tuple[str, str]:
    return citation.document.casefold(), (citation.section or "").casefold()


def _share_a_page(one: str | None, other: str | None) -> bool:
    """Whether two lists of pages such as "46-47, 60" overlap."""
    ends = [-1, -1]  # of each list, the last page of the ranges so far
    ranges = [(*found, side) for side, pages in enumerate((one, other)) for found in _ranges(pages)]
    for first, last, mine in sorted(ranges):
        if first <= ends[1 - mine]:
            return True
        ends[mine] = max(ends[mine], last)
    return False


def _ranges(pages: str | None) -> Iterator[tuple[int, int]]:
    """First and last page of each range; a letter may name any number, so they are not filled in."""
    for first, last in re.findall(r"(\d+)(?:\s*[-–]\s*(\d+))?", pages or ""):
        if int(first) <= int(last or first):
            yield int(first), int(last or first)


@cache
def _recital() -> re.Pattern[str]:
    """Words beside which a number is not the requested one: "exceeds", "completed"."""
    words: list[str] = rules("problems")["quantities"]["recital"]
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + ")", re.IGNORECASE)


def _quantity(findings: Findings, issue: Issue) -> None:
    """The amount in the heading against the one amount in the conclusion."""
    decided = issue.remaining_request or issue.request
    if issue.conclusion is None or issue.conclusion_span is None:
        return
    deciding = issue.conclusion[max(0, issue.conclusion.rfind("request")) :]  # before it, guidelines are recited
    if _recital().search(deciding):
        return
    asked, concluded = list(counts(decided)), list(counts(deciding))
    for unit in ("appointments", "pills"):
        heading = {n for kind, n in asked if kind == unit}
        conclusion = {n for kind, n in concluded if kind == unit}
        if len(heading) != 1 or len(conclusion) != 1 or heading == conclusion:
            continue
        if conclusion & {int(n) for n in re.findall(r"\d+", decided)}:
            continue
        findings.report(
            "quantity-differs",
            f"issue {issue.n}: {heading.pop()} in the heading, {conclusion.pop()} in the conclusion",
            issue.request_span,
            issue.conclusion_span,
            issue=issue.n,
        )


def _parts(findings: Findings, issue: Issue) -> None:
    """Whether the authorized and the remaining part make up the original request, in number and strength."""
    parts = (issue.original_request, issue.authorized_request, issue.remaining_request)
    if None in parts or issue.remaining_request == issue.original_request:
        return
    where = _part_spans(findings, issue.n)
    amounts = [{n for kind, n in counts(part or "") if kind == "appointments"} for part in parts]
    if all(len(amount) == 1 for amount in amounts):
        original, authorized, remaining = (amount.pop() for amount in amounts)
        if original - authorized != remaining:
            message = f"issue {issue.n}: {original} requested, {authorized} authorized, but {remaining} said to remain"
            findings.report("remainder-differs", message, *where, issue=issue.n)
    strengths = [set(phrases.STRENGTH.regex.findall(part or "")) for part in (parts[0], parts[2])]
    if all(len(strength) == 1 for strength in strengths) and strengths[0] != strengths[1]:
        message = f"issue {issue.n}: {strengths[0].pop()} in the original request, {strengths[1].pop()} in the rest"
        findings.report("strength-differs", message, *where, issue=issue.n)


def _part_spans(findings: Findings, n: int) -> Iterator[Span]:
    for name in ("original_request", "authorized_request", "remaining_request"):
        yield from findings.where(f"issues.{n}.{name}")
