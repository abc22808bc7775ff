"""The tables of tests/cases: clean text, headings, conclusions, patients and reviewers."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imr_graph.parse import ParsedLetter
from imr_graph.parse.clean import clean
from imr_graph.parse.conclusion import find_conclusion
from imr_graph.parse.findings import CODES
from imr_graph.parse.pattern import PATTERNS, Pattern
from imr_graph.parse.phrases import AGE

CASES = Path(__file__).parent.parent / "cases"
LAYOUTS = CASES.parent.parent / "docs" / "layouts.md"


def table(name: str, key: str = "case") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((CASES / f"{name}.toml").read_text())[key]
    return rows


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda p: p.name)
def test_a_pattern_finds_its_examples_only(pattern: Pattern) -> None:
    assert AGE.name in PATTERNS
    for text in pattern.matches:
        assert pattern.regex.search(text), text
    for text in pattern.rejects:
        assert not pattern.regex.search(text), text


@pytest.mark.parametrize("case", table("clean"), ids=lambda c: c["note"])
def test_clean(case: dict[str, str]) -> None:
    assert clean(case["text"]).text == case["clean"]


@pytest.mark.parametrize("ends", ["\n", " \r\n", "\n\n", " "], ids=["lf", "crlf", "doubled", "lost"])
@pytest.mark.parametrize("case", table("headings"), ids=lambda c: c["note"])
def test_headings(case: dict[str, Any], ends: str, letter: Callable[..., ParsedLetter], parse: Any) -> None:
    if ends == " " and case["request"][0].islower():
        pytest.skip("without lines only a capital shows where a heading begins")
    text = letter("Knee brace: Overturned", "\n".join(case["lines"])).source.text
    knee, issue = parse(text.replace("\n", ends)).decision.issues
    assert knee.request == "Knee brace"
    assert knee.rationale.endswith("not medically necessary.")
    assert (issue.request, issue.outcome) == (case["request"], case["outcome"])
    assert issue.original_request == case.get("original")
    assert issue.authorized_request == case.get("authorized")
    assert issue.remaining_request == case.get("remaining")


@pytest.mark.parametrize("case", table("conclusions"), ids=lambda c: c["text"][-50:])
def test_conclusions(case: dict[str, str]) -> None:
    found = find_conclusion(case["text"], 0, len(case["text"]))
    assert (found.outcome if found else "") == case["outcome"]
    if found:
        assert case["text"][found.start : found.end] == case["sentence"]


@pytest.mark.parametrize("case", table("people", "patient"), ids=lambda c: c["text"][:50])
def test_patients(case: dict[str, Any], letter: Callable[..., ParsedLetter]) -> None:
    patient = letter("MRI: Upheld", summary=case["text"] + "\n").decision.patient
    assert (patient.age, patient.sex) == (case.get("age"), case.get("sex"))


@pytest.mark.parametrize("case", table("people", "reviewer"), ids=lambda c: c["text"][:50])
def test_reviewers(case: dict[str, Any], letter: Callable[..., ParsedLetter]) -> None:
    reviewer = letter("MRI: Upheld", reviewer=case["text"] + "\n").decision.reviewer
    assert list(reviewer.licensed_in) == case["licensed_in"]
    assert list(reviewer.certifications) == case["certifications"]
    assert list(reviewer.specialties) == case["specialties"]


def test_the_docs_list_every_problem_code() -> None:
    rows = [line.split("|")[1:3] for line in LAYOUTS.read_text().splitlines() if line.startswith("| `")]
    documented = {code.strip(" `"): meaning.strip() for code, meaning in rows}
    assert {code: documented.get(code) for code in CODES} == CODES
