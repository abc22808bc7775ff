"""What makes two quoted sentences the same words."""

import pytest

from imr_graph.link.quotation import id_of, key_from, words_of
from imr_graph.passages.drift import changes
from imr_graph.passages.wording import comparable, containment, fingerprints, shingles

FULL = "The treatment stands beside active exercise and should be limited to 4-6 visits in most cases."


def test_marks_capitals_and_references_are_no_part_of_the_identity() -> None:
    one, other = "Rest is of no use. (Rowe, 2016) Work helps [12, 40].", "rest is of no use -- work helps"
    assert words_of(one) == words_of(other) == other.replace("--", "").split()


@pytest.mark.parametrize("key", [0, 1, -1, 2**63 - 1, -(2**63)])
def test_ids_lead_back_to_keys(key: int) -> None:
    assert len(id_of(key)) == 16
    assert key_from(id_of(key)) == key


def test_numbers_do_not_part_sentences() -> None:
    assert comparable(words_of("limited to 4-6 visits")) == comparable(words_of("limited to eight visits"))
    assert comparable(words_of("nine visits over 8 weeks")) == ["0", "visits", "over", "0", "weeks"]


@pytest.mark.parametrize(
    ("other", "joined"),
    [
        ("It should be limited to 4-6 visits in most cases", True),
        ("The treatment stands beside active exercise and should be limited to eight visits in most cases", True),
        ("Exercise should be recommended in most cases of low back pain", False),
    ],
)
def test_containment_joins_what_was_cut_or_changed(other: str, joined: bool) -> None:
    one, two = (shingles(words_of(text)) for text in (FULL, other))
    assert (containment(one, two) >= 0.75) is joined
    if joined:
        assert fingerprints(words_of(FULL)) & fingerprints(words_of(other))


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (FULL.upper(), []),
        (FULL.replace("4-6", "eight"), [("number changed", "4-6", "eight")]),
        ("Limited to 4-6 visits in most cases.", [("beginning cut", FULL[: FULL.index(" limited")], "")]),
        (FULL.replace(" in most cases", ""), [("cut short", "in most cases", "")]),
        (FULL.replace("active ", ""), [("words left out", "active", "")]),
        (FULL.replace("active", "passive"), [("words changed", "active", "passive")]),
        (FULL.replace("visits", "short visits"), [("words added", "", "short")]),
    ],
)
def test_drift_names_its_kind(variant: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(c.kind, c.consensus, c.here) for c in changes(FULL, variant)] == expected
