"""Guideline lines: the grammar of docs/layouts.md, and spans that point at their words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.models import Citation, GuidelineLine, Party
from imr_graph.parse.citations import read_guideline_line, read_guideline_lines
from imr_graph.text import CleanText, Span

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "citations.toml").read_text(encoding="utf-8"))["case"]


def read(text: str, before: str = "") -> tuple[tuple[Citation, ...], CleanText]:
    clean = CleanText(before + text)
    span = Span(len(before), len(before) + len(text))
    return read_guideline_line(GuidelineLine(party=Party.REVIEWER, text=text, span=span), clean), clean


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["line"][18:60])
def test_line_is_split_by_its_grammar(case: dict[str, object]) -> None:
    citations, _ = read(str(case["line"]))
    found = [[c.source, c.document, c.section or "", c.year or 0, c.pages or ""] for c in citations]
    assert found == case["cites"]


def test_spans_point_at_the_words_and_name_the_party() -> None:
    line = "Decision based on MTUS Knee Complaints 2004, Section(s): Summary, and Opioid Treatment 2016."
    citations, clean = read(line, before="Guideline: ")
    assert [clean.text[c.span.start : c.span.end] for c in citations] == [
        "Knee Complaints 2004, Section(s): Summary",
        "Opioid Treatment 2016",
    ]
    assert {c.cited_by for c in citations} == {Party.REVIEWER}


@pytest.mark.parametrize(
    ("second", "pages"),
    [
        ("The Expert Reviewer found the guidelines used by the Claims Administrator relevant and appropriate.", "30"),
        ("The Expert Reviewer relied on the same guideline, pages 31-32.", "31-32"),
    ],
)
def test_a_reviewer_who_takes_over_the_guideline_cites_it(second: str, pages: str) -> None:
    first = "The Claims Administrator based its decision on the MTUS Knee Complaints, page 30."
    clean = CleanText(f"{first} {second}")
    places = Span(0, len(first)), Span(len(first) + 1, len(clean.text))
    lines = [
        GuidelineLine(party=party, text=text, span=span)
        for party, text, span in zip((Party.CLAIMS_ADMINISTRATOR, Party.REVIEWER), (first, second), places, strict=True)
    ]
    found = read_guideline_lines(lines, clean)
    assert [(c.cited_by, c.document, c.pages) for c in found] == [
        (Party.CLAIMS_ADMINISTRATOR, "Knee Complaints", "30"),
        (Party.REVIEWER, "Knee Complaints", pages),
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="MTUSODG abcd,.;:()/-0124", max_size=80))
def test_any_free_text_is_read_without_error(text: str) -> None:
    for prefix in ("Decision based on MTUS ", "Decision based on Non-MTUS Citation ", ""):
        line = prefix + text
        for citation in read(line)[0]:
            assert citation.document
            assert 0 <= citation.span.start < citation.span.end <= len(line)
