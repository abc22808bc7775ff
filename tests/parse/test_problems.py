"""Contradictions are reported, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from imr_graph.parse import ParsedLetter

from .conftest import HEADER, LABELS, SUMMARY

UPHELD = "Thus it is not medically necessary.\n"
PARTS = "{} was the original request. {} was authorized by the Claims Administrator. The remaining IMR eligible portion of the original request, {} is: Upheld"
CASES = {
    "quantity-differs": ({}, "Massage, 12 sessions: Upheld|The request for 18 sessions of massage is not medically necessary.\n"),
    "outcome-differs": ({}, "Massage: Upheld|The request is medically necessary.\n"),
    "outcome-missing": ({}, f"Massage: Modified|{UPHELD}"),
    "number-differs": ({}, f"Eight (6) sessions of massage: Upheld|{UPHELD}"),
    "remainder-differs": ({}, PARTS.format("Massage 12 visits", "Massage 6 visits", "Massage 5 visits")),
    "strength-differs": ({}, PARTS.format("Ultram 50mg #60", "Ultram 50mg #30", "Ultram 500mg #30")),
    "dates-out-of-order": ({"header": HEADER.replace("09/21/2015", "08/01/2015")}, "Massage: Upheld"),
    "injury-date-differs": ({"summary": SUMMARY.replace("03/02", "03/12")}, "Massage: Upheld"),
    "ur-date-differs": ({"summary": SUMMARY + "On 7-21-15 Utilization Review denied it.\n"}, "Massage: Upheld"),
    "sex-differs": ({"summary": SUMMARY.replace("She", "He") + "He fell and hurt his knee.\n"}, "Massage: Upheld"),
    "issue-unreadable": ({}, "Massage|Nothing is said.\n"),
    "field-missing": ({"reviewer": "State(s) of Licensure: Ohio\n"}, "Massage: Upheld"),
}
QUIET = [
    "Massage, 12 sessions: Upheld|The request for 12 sessions exceeds the 6 sessions of the guideline and is not medically necessary.\n",
    "Massage 2 times a week for 6 weeks: Upheld|The request for 12 sessions is not medically necessary.\n",
    "Massage, twelve sessions: Upheld|The request for 12 sessions is not medically necessary.\n",
    "One hundred twenty (120) tablets of Ultram, twenty-four (24) patches: Upheld",
    PARTS.format("Massage 12 visits", "Massage six visits", "Massage 6 visits"),
]


@pytest.mark.parametrize("code", CASES)
def test_a_contradiction_is_reported_with_its_places(code: str, letter: Callable[..., ParsedLetter]) -> None:
    parts, issue = CASES[code]
    parsed = letter(issue, **parts)
    found = {p.code: p for p in parsed.decision.problems}
    assert code in found
    assert set(found) <= {code, "no-issues", "dates-out-of-order"}
    assert all(parsed.source.text[start:end].strip() for start, end in found[code].spans)
    assert found[code].message


def test_two_pages_for_one_section(letter: Callable[..., ParsedLetter], parse: Callable[[str], ParsedLetter]) -> None:
    line = "Decision based on MTUS Chronic Pain Treatment Guidelines Massage Therapy Page(s): {}."
    text = letter("Massage: Upheld").source.text
    knee = "Decision based on MTUS Knee Complaints 2004."
    assert LABELS.count(knee) == 2
    differing = text.replace(knee, line.format(60), 1).replace(knee, line.format(94), 1)
    (problem,) = parse(differing).decision.problems
    assert problem.code == "page-differs"
    assert len(problem.spans) == 2
    assert not parse(text.replace(knee, line.format(60))).decision.problems


@pytest.mark.parametrize("issue", QUIET)
def test_what_agrees_is_no_problem(issue: str, letter: Callable[..., ParsedLetter]) -> None:
    assert not letter(issue).decision.problems
