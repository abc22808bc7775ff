"""Grounds: cues over a table of invented sentences, zones of a rationale, and whole letters."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imr_graph.link.cues import CueBook, expand, plain
from imr_graph.link.grounds import GroundLinker
from imr_graph.link.rationale import RationaleReader, Zone
from imr_graph.models import Decision, Issue, Layout, Outcome, QuotedPassage
from imr_graph.parse import ParsedLetter
from imr_graph.resources import rules
from imr_graph.text import CleanText, SourceText, Span
from imr_graph.vocabulary import load_vocabulary

TABLE = tomllib.loads((Path(__file__).parent.parent / "cases" / "grounds.toml").read_text())


def rows() -> Iterator[tuple[str, str, str]]:
    for side in ("upheld", "overturned"):
        for ground, texts in TABLE[side].items():
            for text in texts:
                yield side, ground, text


@pytest.fixture(scope="module")
def linker() -> GroundLinker:
    return GroundLinker(load_vocabulary())


def letter(rationale: str, outcome: str = "upheld", request: str = "MRI", quoted: str = "") -> ParsedLetter:
    """A letter that is nothing but a rationale."""
    clean = CleanText(rationale)
    start = rationale.index(quoted)
    passages = (
        [QuotedPassage(id="0", text=quoted, span=Span(start, start + len(quoted)), rule="test")] if quoted else []
    )
    issue = Issue(
        n=1,
        request=request,
        outcome=Outcome(outcome),
        rationale=rationale,
        rationale_span=Span(0, len(rationale)),
        quoted_passages=tuple(passages),
        request_span=Span(0, 0),
    )
    decision = Decision(
        id="h-0",
        text_sha256="0",
        source_sha256="0",
        source_name="x",
        layout=Layout.FINAL_DETERMINATION_2015,
        issues=(issue,),
    )
    return ParsedLetter(decision, clean, SourceText("x", rationale, "0", "text/plain"))


def grounds(linker: GroundLinker, text: str, **more: str) -> dict[str, str]:
    """Ground to deciding sentence."""
    issue = linker(letter(text, **more)).decision.issues[0]
    return {ground.notation: ground.sentence for ground in issue.grounds}


def test_phrases_expand() -> None:
    assert set(expand("no (sign|trace) of fail*")) == {" no sign of fail", " no trace of fail"}
    assert " records show " in set(expand("record* show"))
    assert plain("No x-rays (5/5), i.e. none.") == " no x rays 5 5 i e none "


def test_cues_keep_their_order_and_their_bars() -> None:
    book = CueBook({"neg": ["no"], "flag": ["red flag*"], "harm": ["harm*"]}, {"g": ["neg>flag !harm"]}, 20)
    assert [cue.topic for cue in book.read(plain("There is no red flag."))[1]] == ["g"]
    assert not book.read(plain("A red flag, no doubt."))[1]
    assert not book.read(plain("No harm and no red flags."))[1]
    assert not book.read(plain("No word in this long sentence speaks of any red flag."))[1]


def test_a_cue_may_ask_for_what_was_named_before() -> None:
    book = CueBook({"neg": ["no"], "trial": ["trial"], "device": ["unit"]}, {"g": ["neg>trial @device"]}, 20)
    (cue,) = book.read(plain("No trial is on record."))[1]
    assert cue.context == book.bits["device"]


def test_every_cue_speaks_for_a_ground_of_the_scheme() -> None:
    scheme = load_vocabulary()["ground"]
    leaves = {concept.notation for concept in scheme if not scheme.narrower(concept.notation)}
    assert set(rules("grounds")["cues"]) == leaves
    assert set(rules("grounds")["defaults"].values()) <= leaves
    for concept in scheme:
        assert concept.definition
        assert concept.values("side") in {("upheld",), ("overturned",)}
        assert scheme.ancestors(concept.notation)[-1:] in {concept.values("side"), ()}


def test_the_weights_belong_to_the_cues() -> None:
    known = {f"cue {ground}: {cue}" for ground, cues in rules("grounds")["cues"].items() for cue in cues}
    assert {name for name in rules("ground_weights")["weights"] if name.startswith("cue ")} <= known


@pytest.mark.parametrize(("side", "ground", "text"), list(rows()), ids=lambda value: value[:60])
def test_a_cue_names_the_ground(side: str, ground: str, text: str, linker: GroundLinker) -> None:
    _, clauses = linker.reader.rationales.read(text)
    assert ground in {cue.topic for c in clauses if c.zone is Zone.OWN for cue in c.cues if not cue.weak}


def test_the_model_gives_most_grounds_of_the_table(linker: GroundLinker) -> None:
    found = [ground in grounds(linker, text, outcome=side) for side, ground, text in rows()]
    assert sum(found) >= 0.85 * len(found)


@pytest.mark.parametrize("row", TABLE["rationales"], ids=lambda row: row["because"])
def test_a_rationale_gives_its_grounds(row: dict[str, Any], linker: GroundLinker) -> None:
    found = set(grounds(linker, row["text"], outcome=row["outcome"], request=row.get("request", "")))
    assert found >= set(row.get("given", ()))
    assert not found & set(row.get("not_given", ()))


def test_sentences_without_a_ground(linker: GroundLinker) -> None:
    for text in TABLE["none"]["upheld"]:
        _, clauses = linker.reader.rationales.read(text)
        assert not [cue for clause in clauses for cue in clause.cues if not cue.weak], text


RECITAL = "The guidelines recommend imaging where there is no improvement and red flags are not excluded. "


def test_recital_does_not_decide(linker: GroundLinker) -> None:
    text = (
        RECITAL
        + "In this case, the patient has not yet completed a course of physical therapy. The request is not necessary."
    )
    assert grounds(linker, text) == {
        "conservative-care-not-tried": "In this case, the patient has not yet completed a course of physical therapy."
    }


def test_quoted_passages_do_not_decide(linker: GroundLinker) -> None:
    own = "This patient had no red flags."
    quoted = "Repeat therapy is of no use without a home exercise program in this stage."
    assert set(grounds(linker, f"{quoted} {own}", quoted=quoted)) == {"no-red-flags"}


def test_quotation_marks_are_recital() -> None:
    text = 'The text says "there was never any benefit from passive care in all that time." The patient agreed.'
    _, clauses = RationaleReader().read(text)
    assert [clause.zone for clause in clauses] == [Zone.RECITAL, Zone.OWN]


def test_formulas_do_not_decide(linker: GroundLinker) -> None:
    text = (
        "There is no record of a urine drug screen for the opioid. Therefore, the request for a pump "
        "(unknown quantity) is not medically necessary. "
        "This decision addresses the medical necessity of opioids as they were prescribed."
    )
    assert set(grounds(linker, text)) == {"opioid-monitoring-not-documented"}


def test_grounds_stay_on_the_side_of_the_outcome(linker: GroundLinker) -> None:
    text = "The patient has no red flags. The criteria for the study have been met. Conservative treatment has failed."
    side = {c.notation: c.values("side")[0] for c in load_vocabulary()["ground"]}
    for outcome in ("upheld", "overturned"):
        assert {side[ground] for ground in grounds(linker, text, outcome=outcome)} == {outcome}
    assert 1 <= len(grounds(linker, text, outcome="partially overturned")) <= 3


def test_every_ground_shows_its_sentence(linker: GroundLinker) -> None:
    text = " ".join(text for texts in TABLE["upheld"].values() for text in texts)
    result = linker(letter(text))
    issue = result.decision.issues[0]
    assert 1 <= len(issue.grounds) <= 3
    for ground in issue.grounds:
        assert result.source.text[ground.span.start : ground.span.end] == ground.sentence
        assert 0 < ground.score <= 1
        assert ground.rule.startswith(ground.notation)


def test_no_rationale_no_grounds(linker: GroundLinker) -> None:
    assert grounds(linker, "") == {}
