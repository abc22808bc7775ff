"""Guideline text reproduced in rationales."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.link.passages import PassageLinker, label_runs, quotations
from imr_graph.link.quotation import id_of, key_of, words_of
from imr_graph.link.wording import Wording, fives_of, level, packed, threes_of, unpacked
from imr_graph.models import Citation, Decision, Issue, Layout, Outcome, Party, QuotedPassage
from imr_graph.parse import ParsedLetter
from imr_graph.text import CleanText, SourceText, Span
from imr_graph.vocabulary import Vocabulary

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "passages.toml").read_text(encoding="utf-8"))["case"]


@pytest.fixture(scope="module")
def linker() -> PassageLinker:
    return PassageLinker(Vocabulary({}))


def linked(linker: PassageLinker, rationale: str, citations: tuple[Citation, ...] = ()) -> tuple[QuotedPassage, ...]:
    clean = CleanText(rationale)
    issue = Issue(
        n=1,
        request="a",
        outcome=Outcome.UPHELD,
        request_span=Span(0, 0),
        rationale=rationale,
        rationale_span=Span(0, len(rationale)),
        citations=citations,
    )
    decision = Decision(
        id="CM00-0000001",
        text_sha256="0",
        source_sha256="0",
        source_name="a.txt",
        layout=Layout.FINAL_DETERMINATION_2015,
        issues=(issue,),
    )
    letter = ParsedLetter(decision, clean, SourceText("a.txt", rationale, "0", "text/plain"))
    return linker(letter).decision.issues[0].quoted_passages


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_passages_of_a_rationale(linker: PassageLinker, case: dict[str, object]) -> None:
    rationale = str(case["rationale"])
    found = linked(linker, rationale)
    assert [[" ".join(p.text.split()[:3]), " ".join(p.text.split()[-3:])] for p in found] == case["passages"]
    assert all(rationale[p.span.start : p.span.end] == p.text for p in found)


def test_marks_and_document_are_told(linker: PassageLinker) -> None:
    def citation(source: str, document: str, section: str) -> Citation:
        return Citation(
            cited_by=Party.REVIEWER, source=source, document=document, section=section, span=Span(0, 1), rule="r"
        )

    rationale = 'The ODG states that "Sand baths are recommended as an option for dry skin when creams have failed."'
    given_citations = (citation("MTUS", "ACOEM Knee Complaints", "Summary"), citation("ODG", "ODG", "Sand baths"))
    (passage,) = linked(linker, rationale, given_citations)
    assert (passage.marked, passage.source, passage.document, passage.section) == (True, "ODG", "ODG", "Sand baths")


def test_id_leaves_out_references_case_and_marks(linker: PassageLinker) -> None:
    said = "Sand baths help dry skin when creams have failed. (Rowe, 2016) They are for adults."
    quoted, bare = (f'The ODG states that "{text}"' for text in (said, said.replace("(Rowe, 2016) ", "").upper()))
    (one,), (other,) = linked(linker, quoted), linked(linker, bare)
    assert one.id == other.id == id_of(key_of(words_of(said)))
    assert len(one.id) == 16


def test_known_wording_is_told_by_hashes() -> None:
    words = ["sand", "baths", "help", "dry", "skin", "in", "winter"]
    threes = threes_of(words)
    fives = fives_of(threes)
    wording = Wording({threes[0]: level(9.0), threes[4]: level(-1.0)}, frozenset(fives[:1]))
    shares = wording.of(words)
    assert (shares.words, shares.five, shares.guideline, shares.own) == (7, 5 / 7, 2 / 7, 1 / 7)
    assert wording.of(["sand"]).five == 0.0
    assert unpacked(packed(sorted(threes))) == sorted(threes)


def test_quotations_nest_and_open_ends_quote_nothing() -> None:
    text = 'He said "a "b c" d" and “e” and "f'
    assert [text[a:b] for a, b in quotations(text)] == ['a "b c" d', "e"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-5, 5).filter(bool), min_size=1, max_size=12))
def test_labels_follow_the_sign_where_change_is_free(scores: list[int]) -> None:
    assert label_runs(scores, 0.0) == [score > 0 for score in scores]
    assert len(set(label_runs(scores, 1000.0))) == 1


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet='abT .,"“”()12MTUS', max_size=120))
def test_stretches_lie_in_the_text_in_order(text: str) -> None:
    place = 0
    for stretch in PassageLinker(Vocabulary({})).guideline_stretches(text):
        assert place <= stretch.start < stretch.end <= len(text)
        place = stretch.start
