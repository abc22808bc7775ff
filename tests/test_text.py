"""Clean text knows the way back to its source."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.text import CleanText, identity_of

STEPS = (
    ("joined hyphens", re.compile(r"-\n"), ""),
    ("blanks", re.compile(r"\s+"), " "),
    ("bold marks", re.compile(r"\*\*"), ""),
    ("ligatures", re.compile("ﬁ"), "fi"),
)


def cleaned(text: str) -> CleanText:
    clean = CleanText(text)
    for name, pattern, by in STEPS:
        clean = clean.replaced(name, pattern, by)
    return clean


@given(st.text(alphabet="ab-*\n ﬁ", max_size=40))
@settings(max_examples=300, deadline=None)
def test_spans_lead_back_to_the_characters_they_came_from(text: str) -> None:
    clean = cleaned(text)
    for start in range(len(clean.text)):
        for end in range(start + 1, len(clean.text) + 1):
            span = clean.source_span(start, end)
            assert 0 <= span.start <= span.end <= len(text)
            kept = [c for c in clean.text[start:end] if c in "ab"]
            assert [c for c in text[span.start : span.end] if c in "ab"] == kept


@given(st.text(alphabet="ab-*\n ", max_size=40))
@settings(max_examples=300, deadline=None)
def test_locate_undoes_source_span(text: str) -> None:
    clean = cleaned(text)
    for start, char in enumerate(clean.text):
        if char in "ab":
            assert clean.locate(clean.source_span(start, start + 1)) == (start, start + 1)


def test_identity_ignores_layout_and_markup() -> None:
    assert identity_of("**MRI** of the\n\nlow- back.") == identity_of("MRI of the low-back")
    assert identity_of("the ﬁrst of the café, soft\u00adly") == identity_of("the first of the cafe\u0301, softly")
    assert identity_of("MRI of the low back") != identity_of("CT of the low back")
