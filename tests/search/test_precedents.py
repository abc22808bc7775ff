"""What a search answers, over both engines."""

import datetime as dt
from collections.abc import Callable

import pytest

from imr_graph.errors import QueryError, UnknownItem
from imr_graph.models import Decision
from imr_graph.search.answer import Answer
from imr_graph.search.precedents import Precedents, SearchRequest

Make = Callable[..., Decision]
Build = Callable[..., Precedents]


def keys(answer: Answer) -> list[str]:
    return [hit.key for hit in answer.hits]


def test_service_comes_first_then_body_part_then_diagnosis(precedents: Precedents) -> None:
    answer = precedents.search(SearchRequest("massage therapy 8 sessions neck, neck strain"))
    assert keys(answer)[:4] == ["M1#1", "M2#1", "M3#1", "A1#1"]


def test_outcome_never_orders_the_hits(build: Build, corpus: tuple[Decision, ...]) -> None:
    flipped = [
        one.model_copy(
            update={
                "issues": tuple(
                    issue.model_copy(update={"outcome": "upheld" if issue.outcome != "upheld" else "overturned"})
                    for issue in one.issues
                )
            }
        )
        for one in corpus
    ]
    request = SearchRequest("massage therapy neck")
    orders = [
        keys(build(engine, *decisions).search(request))
        for engine, decisions in [("tantivy", corpus), ("whoosh", flipped)]
    ]
    assert orders[0] == orders[1]


def test_why_adds_up_to_the_score(precedents: Precedents) -> None:
    hits = precedents.search(SearchRequest("massage therapy 8 sessions neck, neck strain")).hits
    for hit in hits:
        assert sum(shared.points for shared in hit.why.shared) + hit.why.text_points == pytest.approx(
            hit.score, abs=1e-3
        )
    assert [(s.field, s.notation, s.relation) for s in hits[0].why.shared] == [
        ("service", "massage-therapy", "same"),
        ("body_part", "neck", "same"),
        ("diagnosis", "neck-strain", "same"),
        ("section", "chronic-pain/massage", "typical"),
    ]
    assert hits[0].why.shared[0].label == "Massage therapy"
    assert [(lack.field, lack.label) for lack in hits[1].why.lacking] == [("diagnosis", "Neck strain")]
    assert hits[0].why.terms == ("8", "massage", "neck", "sessions", "strain", "therapy")
    words = "words: 8, massage, neck, sessions, strain, therapy"
    assert hits[0].why.words() == f"Massage therapy, Neck, Neck strain; {words}", "what is typical was not asked"
    assert hits[3].why.words().startswith("Physical medicine and Neck (class and body part), Neck")


def test_a_hit_shows_the_guideline_words(precedents: Precedents) -> None:
    hit = precedents.search(SearchRequest("massage therapy neck")).hits[0]
    assert [p.text for p in hit.passages] == [
        "This treatment is an adjunct and is limited to 4-6 visits in most cases."
    ]
    assert [(c.cited_by, c.text) for c in hit.citations] == [("reviewer", "Chronic Pain, Massage")]
    assert "**massage**" in hit.snippet


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("service:massage-therapy outcome:overturned", {"M2#1"}),
        ('service:"Massage therapy" body_part:neck', {"M1#1", "M2#1"}),
        ("service:physical-medicine NOT body_part:neck", {"M3#1", "A2#1"}),
        ("service:acupuncture OR drug:nap*", {"A1#1", "A2#1", "N1#1"}),
        ("date:[2017 TO 2018]", {"M2#1"}),
        ('passages:"limited to 4-6 visits" date:2016', {"M1#1", "M3#1"}),
        ("case:A1 n:2", {"A1#2"}),
        ("case:a1 n:2", {"A1#2"}),
        ("case:M*", {"M1#1", "M2#1", "M3#1"}),
        ("case:m*", {"M1#1", "M2#1", "M3#1"}),
        ("drug:NAP*", {"N1#1"}),
        ("outcome:partially-overturned", {"A2#1"}),
        ("neck AND acupuncture", {"A1#1"}),
    ],
)
def test_the_query_language_limits(precedents: Precedents, text: str, expected: set[str]) -> None:
    assert set(keys(precedents.search(SearchRequest(text)))) == expected


def test_filters_dates_and_excluded_cases(precedents: Precedents) -> None:
    def found(**options: object) -> set[str]:
        return set(keys(precedents.search(SearchRequest("massage therapy", **options))))  # type: ignore[arg-type]

    everything = {"M1#1", "M2#1", "M3#1", "A1#1", "A2#1"}
    assert found() == everything
    assert found(filters=(("outcome", "overturned"),)) == {"M2#1"}
    assert found(filters=(("body_part", "Neck"), ("body_part", "low-back"))) == {"M1#1", "M2#1", "M3#1", "A1#1"}
    assert found(since=dt.date(2017, 1, 1)) == {"M2#1"}
    assert found(until=dt.date(2016, 12, 31)) == everything - {"M2#1"}
    assert found(exclude=frozenset({"M1", "A2"})) == everything - {"M1#1", "A2#1"}
    assert len(found(limit=2)) == 2


def test_a_plain_text_is_no_query(precedents: Precedents) -> None:
    request = SearchRequest('Massage therapy: 8 "sessions (AND neck', plain=True)
    assert keys(precedents.search(request))[:2] == ["M1#1", "M2#1"]


@pytest.mark.parametrize("rest", [" and no words that are known" * 20, "\nDecision: denied"])
def test_a_long_text_or_several_lines_are_no_query(precedents: Precedents, rest: str) -> None:
    text = f'Massage therapy: 8 "sessions (AND neck{rest}'
    assert precedents.search(SearchRequest(text)) == precedents.search(SearchRequest(text, plain=True))


@pytest.mark.parametrize(
    "text",
    ["", "the", "colour:red", "service:", '"open', "(neck", "neck AND", "date:[a TO b]", "date:yesterday", "()", "n:x"],
)
def test_what_cannot_be_searched_for_is_refused(precedents: Precedents, text: str) -> None:
    with pytest.raises(QueryError) as caught:
        precedents.search(SearchRequest(text))
    assert caught.value.remedy
    if text == "colour:red":
        assert "service" in caught.value.remedy


def test_similar_leaves_the_letter_out(precedents: Precedents) -> None:
    answer = precedents.similar("M1", 1, SearchRequest())
    assert keys(answer)[0] == "M2#1"
    assert "M1#1" not in keys(answer)
    assert precedents.similar("m1", 1, SearchRequest()) == precedents.search(SearchRequest("m1#1")) == answer
    assert keys(precedents.similar("A1", 2, SearchRequest("NOT service:acupuncture", limit=1))) != ["A1#2"]
    for case, n in [("X9", None), ("M1", 7)]:
        with pytest.raises(UnknownItem):
            precedents.similar(case, n, SearchRequest())


@pytest.mark.parametrize(
    ("request_", "limits"),
    [
        (
            SearchRequest("M1", filters=(("year", "2016"), ("outcome", "upheld"))),
            (("q", "NOT case:M1"), ("year", "2016")),
        ),
        (SearchRequest("M1 NOT drug:x ground:a"), (("q", "NOT drug:x NOT case:M1"),)),
        (
            SearchRequest('massage outcome:up* "neck pain"', since=dt.date(2016, 1, 2)),
            (("q", '"neck pain"'), ("since", "2016-01-02")),
        ),
    ],
)
def test_what_limits_the_counts_is_told_as_a_search(
    precedents: Precedents, request_: SearchRequest, limits: tuple[tuple[str, str], ...]
) -> None:
    assert precedents.search(request_).limits == limits


def test_counts_are_of_all_matches_and_say_of_what(precedents: Precedents) -> None:
    answer = precedents.search(SearchRequest("massage therapy neck outcome:upheld", limit=1))
    assert [(c.population, c.total) for c in answer.cohorts] == [
        ("requests for Massage therapy for Neck", 2),
        ("requests for Massage therapy", 3),
        ("requests of the class Physical medicine", 5),
    ]
    assert answer.cohorts[0].outcomes == {"upheld": 1, "overturned": 1, "partially overturned": 0}
    assert all(cohort.too_few and cohort.overturned is None for cohort in answer.cohorts)
    assert answer.counted == "requests of the class Physical medicine"
    assert answer.limits == ()
    assert [c.filters for c in answer.cohorts] == [
        (("service", "massage-therapy"), ("body_part", "neck")),
        (("service", "massage-therapy"),),
        (("service_class", "=physical-medicine"),),
    ]
    assert [(g.label, g.upheld, g.overturned) for g in answer.grounds] == [
        ("More than the guideline recommends", 3, 0),
        ("functional improvement documented", 0, 2),
    ]
    assert list(answer.grounds_given()) == [
        "More than the guideline recommends (3 of 3 upheld)",
        "functional improvement documented (2 of 2 overturned)",
    ]
    assert [(v.label, v.count) for v in answer.facets["body_part"]] == [("Neck", 3), ("Low back", 1)]


def test_a_rate_needs_twenty(build: Build, decision: Make) -> None:
    issues = [("Massage", "massage-therapy", "neck", "overturned" if i % 4 == 0 else "upheld") for i in range(20)]
    search = build("tantivy", *(decision(f"R{i}", issue) for i, issue in enumerate(issues))).search
    answer = search(SearchRequest("massage therapy neck"))
    assert answer.cohorts[0].overturned is not None
    assert answer.cohorts[0].overturned.model_dump() == {"share": 0.25, "low": 0.112, "high": 0.469}
    limited = search(SearchRequest("massage therapy", since=dt.date(2015, 1, 1)))
    assert limited.cohorts[0].population == "requests for Massage therapy (decided since 2015-01-01)"


def test_what_is_left_out_of_the_counts_is_named(precedents: Precedents) -> None:
    cohort = precedents.search(SearchRequest("massage therapy NOT naproxen", exclude=frozenset({"M2"}))).cohorts[0]
    assert (cohort.population, cohort.total) == ("requests for Massage therapy (NOT naproxen)", 2)
    cohort = precedents.search(SearchRequest("massage therapy NOT outcome:upheld")).cohorts[0]
    assert (cohort.population, cohort.total) == ("requests for Massage therapy", 3), "a rate of one side says nothing"


def twins(decision: Make) -> tuple[Decision, ...]:
    request = ("Massage therapy, neck", "massage-therapy", "neck", "upheld")
    return (
        decision("T1", request, request, injury="2015-02-03", diagnosis="neck-strain"),
        decision("T2", request, injury="2015-02-03", age=51),
        decision("T3", request, injury="2015-02-03", age=30),
    )


def test_twins_are_marked_and_folded_on_request(build: Build, decision: Make) -> None:
    search = build("tantivy", *twins(decision)).search
    marked = search(SearchRequest("massage therapy neck strain")).hits
    assert [(hit.key, hit.same_letter, hit.twin_of) for hit in marked] == [
        ("T1#1", None, None),
        ("T1#2", "T1#1", None),
        ("T2#1", None, "T1#1"),
        ("T3#1", None, None),
    ]
    folded = search(SearchRequest("massage therapy neck strain", fold=True)).hits
    assert [(hit.key, hit.folded) for hit in folded] == [("T1#1", ("T1#2", "T2#1")), ("T3#1", ())]


def test_the_engine_query_can_be_read(precedents: Precedents) -> None:
    query = precedents.search(SearchRequest("massage therapy NOT outcome:upheld")).engine_query
    assert "service:massage-therapy^=" in query
    assert "NOT best(outcome:upheld)" in query


def test_what_is_typical_of_the_service_comes_first_where_the_query_leaves_it_open(
    build: Build, decision: Make
) -> None:
    request = ("Massage therapy", "massage-therapy", "", "upheld")
    usual = [decision(f"U{i}", request, diagnosis="neck-strain") for i in range(4)]
    hits = (
        build("tantivy", decision("R1", request, diagnosis="knee-sprain"), *usual)
        .search(SearchRequest("massage therapy"))
        .hits
    )
    assert [hit.key for hit in hits] == ["U0#1", "U1#1", "U2#1", "U3#1", "R1#1"]
    points = {shared.notation: shared.points for shared in hits[0].why.shared if shared.relation == "typical"}
    assert points["neck-strain"] == pytest.approx(4 / (5 + 5)), "four of five requests, with five of doubt"


def test_an_excluded_case_does_not_say_what_is_typical(build: Build, decision: Make) -> None:
    request = ("Massage therapy", "massage-therapy", "neck", "upheld")
    search = build("tantivy", decision("X1", request, diagnosis="neck-strain"), decision("X2", request)).search
    engine_query = search(SearchRequest("massage therapy", exclude=frozenset({"X1"}))).engine_query
    assert "neck-strain" not in engine_query


def test_a_heading_with_a_colon_is_no_query(precedents: Precedents) -> None:
    found = precedents.search(SearchRequest("Massage therapy: 6 visits"))
    assert keys(found) == keys(precedents.search(SearchRequest("Massage therapy 6 visits")))


def test_words_that_no_letter_has_find_nothing_and_count_nothing(precedents: Precedents) -> None:
    found = precedents.search(SearchRequest("zzyzx"))
    assert (found.hits, found.cohorts, found.grounds) == ((), (), ())


def test_a_case_number_finds_what_is_like_it(precedents: Precedents) -> None:
    hit = precedents.search(SearchRequest("massage therapy")).hits[0]
    assert keys(precedents.search(SearchRequest(hit.key))) == keys(
        precedents.similar(hit.case_number, hit.issue, SearchRequest())
    )
