"""What made the difference, asked of the sample letters."""

import re

import pytest

from imr_graph.errors import QueryError, UnknownItem
from imr_graph.insight.brief import verbatim, write_brief
from imr_graph.insight.caps import named_amounts
from imr_graph.insight.crossing import citation_crossing
from imr_graph.insight.gaps import gap_list
from imr_graph.insight.ladder import quantity_ladder
from imr_graph.insight.mirror import mirror_case
from imr_graph.insight.quoting import citing_without_quoting
from imr_graph.models import Letter, Outcome
from imr_graph.resources import rules
from imr_graph.search.precedents import SearchRequest
from imr_graph.text import Span
from imr_graph.vocabulary import load_vocabulary
from tests.insight.conftest import Parts

# CM16-9900006: lumbar MRI upheld for want of a deficit; CM16-9900007: overturned on one; CM16-9900031 likewise
MRI = "CM16-9900006"


def test_the_mirror_went_the_other_way_and_says_what_differs(sample: Parts) -> None:
    found = mirror_case(sample.precedents, sample.vocabulary, MRI, 1)
    assert found.mirror is not None
    assert (found.asked.outcome, found.mirror.outcome) == (Outcome.UPHELD, Outcome.OVERTURNED)
    assert found.mirror.case in {"CM16-9900007", "CM17-9900031"}
    facts = {fact.fact: fact for fact in found.facts}
    assert facts["service"].shared == ("MRI",)
    assert facts["body part"].shared
    assert facts["diagnosis"].asked or facts["diagnosis"].mirror
    assert found.mirror.grounds
    back = mirror_case(sample.precedents, sample.vocabulary, found.mirror.case, found.mirror.issue)
    assert back.mirror is not None
    assert back.mirror.outcome == Outcome.UPHELD


def test_the_mirror_of_nothing_is_an_error(sample: Parts) -> None:
    with pytest.raises(UnknownItem):
        mirror_case(sample.precedents, sample.vocabulary, "CM99-0000000")


def test_the_massage_passage_parts_who_quotes_from_who_cites(sample: Parts) -> None:
    passage = sample.passages.find("active exercise six visits")[0]
    assert passage.fork.upheld
    assert passage.fork.overturned
    (shown,) = sample.passages.get(passage.id)
    changed = {change.kind for variant in shown.variants for change in variant.changes}
    assert "number changed" in changed
    silent = citing_without_quoting(sample.index, sample.precedents, shown)
    assert "CM15-9900005#1" in [key for key, _ in silent.issues]
    assert not {quote.key for quote in shown.quotes} & {key for key, _ in silent.issues}
    assert silent.complete


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It should be limited to 4-6 visits in most cases.", [("limit", 4, 6, "sessions")]),
        ("A trial of six visits; then up to 18.", [("trial", 6, 6, "sessions")]),
        ("Assess after a six-visit clinical trial.", [("trial", 6, 6, "sessions")]),
        ("Sprain of the knee: 9-10 visits over 8 weeks", [("course", 9, 10, "sessions")]),
        ("Use no longer than three; do not exceed two to three (2-3) weeks.", [("limit", 2, 3, "weeks")]),
        ("Fade from up to 3 visits per week to one.", []),
        ("Not recommended.", []),
    ],
)  # fmt: skip
def test_amounts_that_a_guideline_names(text: str, expected: list[tuple[str, int, int, str]]) -> None:
    assert [(a.kind, a.low, a.high, a.unit) for a in named_amounts(text)] == expected


@pytest.mark.parametrize("rule", rules("caps")["rule"], ids=lambda rule: str(rule["kind"]))
def test_rules_match_their_examples(rule: dict[str, str]) -> None:
    assert [a.kind for a in named_amounts(rule["example"])] == [rule["kind"]]


def test_the_ladder_counts_every_issue_once(sample: Parts) -> None:
    found = quantity_ladder(sample.index, sample.passages, sample.vocabulary, "massage therapy")
    assert found.unit == "sessions"
    assert [step.amount for step in found.steps] == sorted(step.amount for step in found.steps)
    assert sum(step.counted.total for step in found.steps) + found.without_amount == found.all.total
    assert found.all.too_few
    assert found.all.overturned is None
    cap = next(cap for cap in found.caps if cap.high == 6)
    assert cap.within.total + cap.above.total == found.all.total - found.without_amount
    narrowed = quantity_ladder(sample.index, sample.passages, sample.vocabulary, "massage therapy", body_part="neck")
    assert narrowed.all.total < found.all.total
    assert "Neck" in narrowed.population


def test_what_is_no_service_is_refused(sample: Parts) -> None:
    with pytest.raises(UnknownItem, match="vocab lookup"):
        quantity_ladder(sample.index, sample.passages, sample.vocabulary, "moonlight therapy")


@pytest.mark.parametrize("sections", [False, True])
def test_the_crossing_has_everyone_and_nothing(sample: Parts, sections: bool) -> None:
    found = citation_crossing(sample.index, sample.vocabulary, sections=sections, limit=500)
    names = {(pair.claims_administrator, pair.reviewer) for pair in found.pairs}
    assert ("nothing", "nothing") in names
    assert sum(pair.counted.total for pair in found.pairs) >= found.all.total
    totals = [pair.counted.total for pair in found.pairs]
    assert totals == sorted(totals, reverse=True)
    assert any(pair.same for pair in found.pairs)
    mri = citation_crossing(sample.index, sample.vocabulary, service="MRI", sections=sections)
    assert 0 < mri.all.total < found.all.total


def test_gaps_are_leads_with_a_decided_sentence(sample: Parts) -> None:
    bare = gap_list(sample.precedents, "MRI of the lumbar spine for low back pain.")
    gap = next(gap for gap in bare.gaps if gap.ground == "no-neurologic-deficit")
    assert gap.upheld
    assert not gap.mentioned
    case, _, number = gap.case.partition("#")
    letter = sample.letters.letter(case)
    assert any(ground.sentence == gap.sentence for ground in letter.decision.issues[int(number) - 1].grounds)
    told = gap_list(
        sample.precedents, "MRI of the lumbar spine for low back pain.\nThe left ankle\nreflex is absent. He sleeps."
    )
    gap = next(gap for gap in told.gaps if gap.ground == "no-neurologic-deficit")
    assert gap.mentioned == ("The left ankle reflex is absent.",)
    record = "The left ankle reflex is absent."
    beside = gap_list(sample.precedents, "MRI of the lumbar spine for low back pain.", record=record)
    assert [(g.ground, g.upheld) for g in beside.gaps] == [(g.ground, g.upheld) for g in bare.gaps]
    assert next(g for g in beside.gaps if g.ground == "no-neurologic-deficit").mentioned == (record,)
    with pytest.raises(QueryError):
        gap_list(sample.precedents, "")


def test_every_ground_of_an_upheld_decision_has_its_cues() -> None:
    scheme = load_vocabulary()["ground"]
    leaves = {c.notation for c in scheme if not scheme.narrower(c.notation) and c.values("side") == ("upheld",)}
    table = rules("gaps")
    assert set(table) == leaves
    for entry in table.values():
        assert entry["ask"].endswith("?")
        assert all(re.compile(cue) for cue in entry["cues"])


def test_a_brief_quotes_word_for_word(sample: Parts) -> None:
    answer = sample.precedents.search(SearchRequest("massage therapy 8 sessions neck"))
    brief = write_brief(answer, sample.letters.letter)
    quotes = re.findall(r"^> (.*)$", brief.markdown, re.MULTILINE)
    assert len(quotes) == brief.verified > 5
    assert brief.refused == ()
    texts = [" ".join(letter.text.split()) for letter in sample.letters.letters()]
    assert all(any(quote in text for text in texts) for quote in quotes)
    assert "too few" in brief.markdown


def test_a_brief_refuses_what_the_letter_does_not_say(sample: Parts) -> None:
    def tampered(case: str) -> Letter:
        letter = sample.letters.letter(case)
        return letter.model_copy(update={"text": letter.text.replace("visits", "months")})

    answer = sample.precedents.search(SearchRequest("massage therapy 8 sessions neck"))
    brief = write_brief(answer, tampered)
    assert brief.refused
    assert "months" not in "".join(re.findall(r"^> (.*)$", brief.markdown, re.MULTILINE))
    assert brief.refused[0] in brief.markdown

    def missing(case: str) -> Letter:
        raise UnknownItem(case)

    assert write_brief(answer, missing).verified == 0


def test_verbatim_folds_white_space_and_nothing_else(sample: Parts) -> None:
    letter = sample.letters.letter(MRI)
    text = " ".join(letter.text[100:160].split())
    assert verbatim(letter, text.lower(), Span(100, 160)) == text
    assert verbatim(letter, text + " not", Span(100, 160)) is None
    assert verbatim(letter, "", Span(5, 5)) is None
