"""Conditions in phrases and sentences: which words, which concept, which part and side, which status."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.link.diagnoses import Condition, DiagnosisReader
from imr_graph.vocabulary import load_vocabulary

CASES = tomllib.loads((Path(__file__).parent.parent / "cases" / "diagnoses.toml").read_text())
READER = DiagnosisReader(load_vocabulary())


def shown(found: Condition) -> str:
    """A condition as the case file writes it."""
    columns = [found.text, found.concept, found.body_part or "-", found.laterality or "-"]
    return " | ".join(columns if found.status == "present" else [*columns, found.status])


@pytest.mark.parametrize(("text", "expected"), CASES["phrases"].items())
def test_phrase(text, expected):
    assert sorted(map(shown, READER.read(text))) == sorted(expected)


@pytest.mark.parametrize(("text", "expected"), CASES["sentences"].items())
def test_listed_diagnoses(text, expected):
    listed = [found for found in READER.read(text) if found.listed and found.status == "present"]
    first = {(found.concept, found.body_part, found.laterality): found for found in reversed(listed)}
    assert sorted(map(shown, first.values())) == sorted(expected)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([*sorted(CASES["phrases"]), ", ", " and ", ". ", "; ", "no ", "possible "]), max_size=8)
)
def test_spans_are_verbatim_and_concepts_known(pieces):
    text = " ".join(pieces)
    concepts = load_vocabulary()["diagnosis"]
    for found in READER.read(text):
        assert text[found.start : found.end] == found.text
        assert found.concept in concepts
        assert 0 < found.score <= 1
