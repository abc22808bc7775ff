"""Labels in text, by tokens."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.link.matcher import Matcher
from imr_graph.vocabulary import normalise, tokenise

LABELS = ["neck", "neck pain", "pain", "low back", "back", "neck, pain", "l4-5"]


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("neck pain-,./\n\t()é’İ LB4 5"), max_size=40)
    | st.lists(
        st.sampled_from(["Neck", "pain", "Low-back", " ", ", ", " - ", "(", "L4/5", "\n", "é", "İ"]), max_size=10
    ).map("".join)
)
def test_every_run_of_tokens_that_is_a_label_is_found_where_it_stands(text: str) -> None:
    tokens = list(tokenise(text))
    known = {normalise(label) for label in LABELS}
    expected = {
        (tokens[first][1], tokens[last][2], label)
        for first in range(len(tokens))
        for last in range(first, len(tokens))
        if (label := " ".join(token for token, _, _ in tokens[first : last + 1])) in known
    }
    found = Matcher((label, label) for label in LABELS).find_all(text)
    assert [(f.start, f.end) for f in found] == sorted((start, end) for start, end, _ in expected)
    assert {(f.start, f.end, f.label) for f in found} == expected


def test_from_left_to_right_the_longest() -> None:
    matcher = Matcher((label, label) for label in LABELS)
    text = "Neck  pain, low-back back (NECK, pain)"
    assert [text[f.start : f.end] for f in matcher.find_leftmost(text)] == [
        "Neck  pain",
        "low-back",
        "back",
        "NECK, pain",
    ]
