"""Conditions in phrases and sentences: which words, which concept, which part and side, which status."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.link.diagnoses import Condition, DiagnosisReader
from imr_graph.resources import rules
from imr_graph.vocabulary import load_vocabulary

CASES = tomllib.loads((Path(__file__).parent.parent / "cases" / "diagnoses.toml").read_text())
READER = DiagnosisReader(load_vocabulary())


def shown(found: Condition) -> str:
    """A condition as the case file writes it."""
    columns = [found.text, found.concept, found.body_part or "-", found.laterality or "-"]
    return " | ".join(columns if found.status == "present" else [*columns, found.status])


@pytest.mark.parametrize(("text", "expected"), CASES["phrases"].items())
def test_phrase(text: str, expected: list[str]) -> None:
    assert sorted(map(shown, READER.read(text))) == sorted(expected)


@pytest.mark.parametrize(("text", "expected"), CASES["sentences"].items())
def test_listed_diagnoses(text: str, expected: list[str]) -> None:
    listed = [found for found in READER.read(text) if found.listed and found.status == "present"]
    first = {(found.concept, found.body_part, found.laterality): found for found in reversed(listed)}
    assert sorted(map(shown, first.values())) == sorted(expected)


def test_the_rules_name_concepts_and_parts_of_the_vocabulary() -> None:
    table, vocabulary = rules("diagnoses"), load_vocabulary()
    concepts, parts = vocabulary["diagnosis"], {*table["structures"], *vocabulary["body-part"].concepts}
    assert {structure["within"] for structure in table["structures"].values()} <= parts
    assert {*table["names"], *table["body_parts"]["midline"], *table["body_parts"]["vague"]} <= parts
    for notation in (*table["aliases"].values(), *(table["phrases"][n] for n in ("general", "heirs", "bare"))):
        assert all(each in concepts for each in ([notation] if isinstance(notation, str) else notation)), notation


def test_every_concept_can_be_read_by_its_labels() -> None:
    vocabulary = load_vocabulary()
    parts = vocabulary["body-part"]
    for concept in vocabulary["diagnosis"]:
        assert set(concept.values("bodyPart")) <= set(parts.concepts), concept.notation
        for _, label in concept.labels():
            read = {found.concept for found in READER.read(label)}
            kin = read.union(*(vocabulary["diagnosis"].ancestors(each) for each in read))
            assert concept.notation in kin, label


def test_a_printed_code_is_kept_with_its_diagnosis() -> None:
    first, second = READER.read("Diagnoses: cervical strain (S16.1XXA) and lumbago, M54.5, chronic.")
    assert (first.icd10cm, second.icd10cm) == (("S16.1XXA",), ("M54.5",))
    assert all(found.icd10cm == () for found in READER.read("Compression fracture, T12. Stenosis of L4-5."))


def test_nothing_is_read_where_no_condition_stands() -> None:
    assert READER.read("") == []
    assert READER.read("The request for chiropractic care of the left knee was modified.") == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([*sorted(CASES["phrases"]), ", ", " and ", ". ", "; ", "no ", "possible "]), max_size=8)
)
def test_spans_are_verbatim_and_concepts_known(pieces: list[str]) -> None:
    text = " ".join(pieces)
    concepts = load_vocabulary()["diagnosis"]
    for found in READER.read(text):
        assert text[found.start : found.end] == found.text
        assert found.concept in concepts
        assert 0 < found.score <= 1
