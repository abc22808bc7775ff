"""What the index keeps of a decision, and the pieces of a hit made from it."""

import json
from collections.abc import Callable

import pytest

from imr_graph.models import Decision
from imr_graph.rates import wilson
from imr_graph.search.concepts import below, label, siblings, values_of
from imr_graph.search.documents import StoredIssue, issue_documents, read_payload
from imr_graph.search.schema import load_schema
from imr_graph.search.snippets import Marker
from imr_graph.search.twins import same_rationale
from imr_graph.vocabulary import Concept, Scheme, Vocabulary

SERVICES = {
    "imaging": (),
    "mri": ("imaging",),
    "mri-with-contrast": ("mri",),
    "mri-open": ("mri",),
    "ct": ("imaging",),
}
VOCABULARY = Vocabulary(
    {
        "service": Scheme(
            "service", "Services", {n: Concept("service", n, n.upper(), broader=b) for n, b in SERVICES.items()}
        )
    }
)


def test_one_document_an_issue(corpus: tuple[Decision, ...]) -> None:
    documents = issue_documents(corpus[3], VOCABULARY)
    assert [document.numbers["n"] for document in documents] == [1, 2]
    first = documents[0]
    assert first.text["request"] == "Acupuncture of the neck"
    assert first.keywords["body_part"] == ("neck",)
    assert first.keywords["outcome"] == ("upheld",)
    assert first.keywords["section"] == ("chronic-pain/acupuncture",)
    assert first.numbers["date"] == 20160501
    assert {*first.text, *first.keywords, *first.numbers} <= load_schema().fields.keys()


def test_the_payload_gives_the_issue_back(corpus: tuple[Decision, ...]) -> None:
    payload = issue_documents(corpus[0], VOCABULARY)[0].payload
    issue = read_payload(payload)
    assert issue.key == "M1#1"
    assert issue.passages[0].text.startswith("This treatment")
    assert issue.citations[0].text == "Chronic Pain, Massage"
    assert list(json.loads(payload))[:2] == ["case", "n"], "equal scores are put in the order of the payloads"


@pytest.mark.parametrize("case", ["A2", "N1"])
def test_unlocated_means_no_drug_and_no_body_part(corpus: tuple[Decision, ...], case: str) -> None:
    decision = next(one for one in corpus if one.id == case)
    assert issue_documents(decision, VOCABULARY)[0].keywords["unlocated"] == (("yes",) if case == "A2" else ())


def test_unlinked_names_what_no_concept_was_found_for(decision: Callable[..., Decision]) -> None:
    made = decision("X", ("MRI", "mri", "", "upheld"))
    bare = made.issues[0].model_copy(update={"service": None, "citations": ()})
    (known,), (unknown,) = (
        issue_documents(made.model_copy(update={"issues": (issue,)}), VOCABULARY) for issue in (made.issues[0], bare)
    )
    assert "service" not in known.keywords["unlinked"]
    assert set(unknown.keywords["unlinked"]) - set(known.keywords["unlinked"]) == {"service"}


def test_the_class_is_the_top_concept_where_none_is_given(decision: Callable[..., Decision]) -> None:
    made = decision("X", ("MRI", "mri", "", "upheld"))
    issue = made.issues[0].model_copy(update={"service": "mri-open", "service_class": None})
    document = issue_documents(made.model_copy(update={"issues": (issue,)}), VOCABULARY)[0]
    assert document.keywords["service_class"] == ("imaging",)


def test_concepts_and_what_is_near_them() -> None:
    assert below(VOCABULARY, "service", "imaging") == ("imaging", "mri", "ct", "mri-with-contrast", "mri-open")
    assert siblings(VOCABULARY, "service", "mri-open") == ("mri-with-contrast",)
    assert siblings(VOCABULARY, "service", "ct") == ()
    assert siblings(VOCABULARY, "service", "none") == ()
    assert values_of(VOCABULARY, "service", "MRI") == ("mri", "mri-with-contrast", "mri-open")
    assert values_of(VOCABULARY, "drug", "No such drug") == ("no-such-drug",)
    assert label(VOCABULARY, "service", "mri") == "MRI"
    assert label(VOCABULARY, None, "partially-overturned") == "partially overturned"


def test_the_snippet_is_the_sentence_with_most_words() -> None:
    def stem(text: str) -> list[str]:
        return [text.lower().rstrip("s")]

    marker = Marker(stem, ("visit", "neck"))
    issue = StoredIssue(
        case="X",
        n=1,
        request="",
        outcome="upheld",
        summary="Neck visits.",
        rationale="No neck here. Visits to the neck. End.",
    )
    assert marker.snippet(issue) == "**Visits** to the **neck**."
    assert marker.snippet(issue.model_copy(update={"rationale": "Nothing."})) == "**Neck** **visits**."
    assert marker.words("A visit, some visits") == ("visit",)
    long = marker.snippet(issue.model_copy(update={"rationale": "neck " + "word " * 100}))
    assert len(long) < 340
    assert long.endswith("…")


def test_rationales_are_alike_from_nine_tenths() -> None:
    words = frozenset(f"w{i}" for i in range(100))
    assert same_rationale(words, words | {"x"})
    assert not same_rationale(words, frozenset(sorted(words)[:80]))
    assert not same_rationale(frozenset(sorted(words)[:30]), frozenset(sorted(words)[:30])), "too short to tell"


@pytest.mark.parametrize(("hits", "total"), [(0, 20), (20, 20), (7, 25)])
def test_wilson_holds_the_share(hits: int, total: int) -> None:
    rate = wilson(hits, total)
    assert 0 <= rate.low <= rate.share <= rate.high <= 1
    assert rate.high - rate.low > 0.1
