"""Sentences: a table of texts, and what holds for any text."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.link.sentences import sentences

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent.parent / "cases" / "sentences.toml").read_text())[
    "case"
]


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_table(case: dict[str, Any]) -> None:
    text = ("" if case.get("glued") else " ").join(case["sentences"])
    assert split(text) == case["sentences"]


def test_a_line_break_parts() -> None:
    assert split("Visits: 10\nWeeks: 8 \n\n") == ["Visits: 10", "Weeks: 8"]


def test_nothing() -> None:
    assert sentences("") == sentences(" \n ") == ()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aB1. ()\"'\n?,", max_size=60))
def test_every_letter_stands_in_one_sentence(text: str) -> None:
    spans = sentences(text)
    assert list(spans) == sorted(spans)
    covered = [n for start, end in spans for n in range(start, end)]
    assert len(covered) == len(set(covered))
    assert {n for n, letter in enumerate(text) if not letter.isspace()} <= set(covered)
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
