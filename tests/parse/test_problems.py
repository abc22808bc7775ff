"""Contradictions are reported, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imr_graph.parse import ParsedLetter

UPHELD = "Thus it is not medically necessary.\n"
DENIED = "The request for {} is not medically necessary.\n"
PARTS = (
    "{} was the original request. {} was authorized by the Claims Administrator. "
    "The remaining IMR eligible portion of the original request, {} is: Upheld"
)
CASES: dict[str, tuple[str, dict[str, str | tuple[str, str]]]] = {
    "quantity-differs": ("Massage, 12 sessions: Upheld|" + DENIED.format("18 sessions of massage"), {}),
    "outcome-differs": ("Massage: Upheld|The request is medically necessary.\n", {}),
    "outcome-missing": (f"Massage: Modified|{UPHELD}", {}),
    "number-differs": (f"Eight (6) sessions of massage: Upheld|{UPHELD}", {}),
    "remainder-differs": (PARTS.format("Massage 12 visits", "Massage 6 visits", "Massage 5 visits"), {}),
    "strength-differs": (PARTS.format("Ultram 50mg #60", "Ultram 50mg #30", "Ultram 500mg #30"), {}),
    "dates-out-of-order": ("Massage: Upheld", {"header": ("09/21/2015", "08/01/2015")}),
    "injury-date-differs": ("Massage: Upheld", {"summary": ("03/02", "03/12")}),
    "ur-date-differs": ("Massage: Upheld", {"summary": ("pain.", "pain. On 7-21-15 Utilization Review denied it.")}),
    "sex-differs": ("Massage: Upheld", {"summary": ("She has pain.", "He has pain. He fell on his knee.")}),
    "issue-unreadable": ("Massage|Nothing is said.\n", {}),
    "field-missing": ("Massage: Upheld", {"reviewer": "State(s) of Licensure: Ohio\n"}),
}
QUIET = [
    "Massage, 12 sessions: Upheld|" + DENIED.format("12 sessions exceeds the 6 sessions of the guideline and"),
    "Massage 2 times a week for 6 weeks: Upheld|" + DENIED.format("12 sessions"),
    "Massage, twelve sessions: Upheld|" + DENIED.format("12 sessions"),
    "One hundred twenty (120) tablets of Ultram, twenty-four (24) patches: Upheld",
    PARTS.format("Massage 12 visits", "Massage six visits", "Massage 6 visits"),
]


@pytest.mark.parametrize("code", CASES)
def test_a_contradiction_is_reported_with_its_places(code: str, letter: Callable[..., ParsedLetter]) -> None:
    issue, parts = CASES[code]
    parsed = letter(issue, **parts)
    found = {p.code: p for p in parsed.decision.problems}
    assert code in found
    assert set(found) <= {code, "no-issues", "dates-out-of-order"}
    assert all(parsed.source.text[start:end].strip() for start, end in found[code].spans)
    assert found[code].message


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("60", "94", True),
        ("60-61, 94", "62-93", True),
        ("5, 60-70", "65", False),
        ("1-9999999999", "60", False),
        ("30000001-9999999999", "1-20000000", True),
    ],
)
def test_two_pages_for_one_section(
    letter: Callable[..., ParsedLetter], parse: Callable[[str], ParsedLetter], one: str, other: str, differ: bool
) -> None:
    line = "Decision based on MTUS Chronic Pain Treatment Guidelines Massage Therapy Page(s): {}."
    text = letter("Massage: Upheld").source.text
    knee = "Decision based on MTUS Knee Complaints 2004."
    assert text.count(knee) == 2
    parsed = parse(text.replace(knee, line.format(one), 1).replace(knee, line.format(other), 1))
    assert [(p.code, len(p.spans)) for p in parsed.decision.problems] == [("page-differs", 2)] * differ


@pytest.mark.parametrize("issue", QUIET)
def test_what_agrees_is_no_problem(issue: str, letter: Callable[..., ParsedLetter]) -> None:
    assert not letter(issue).decision.problems
