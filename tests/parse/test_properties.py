"""What holds for every letter: spans map back, and damage never breaks the parser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.errors import NotADecision
from imr_graph.models import Decision, Layout, Party
from imr_graph.parse import ParsedLetter, parse_letter, patterns
from imr_graph.read import read_sources
from imr_graph.text import SourceText, Span

CORPUS = Path(__file__).parent.parent / "corpus"


@cache
def letters() -> tuple[SourceText, ...]:
    return tuple(source for source in read_sources([CORPUS]) if isinstance(source, SourceText))


def fields(decision: Decision) -> Iterator[tuple[Span | None, str]]:
    yield decision.clinical_summary_span, decision.clinical_summary
    for issue in decision.issues:
        yield issue.request_span, issue.request
        yield issue.rationale_span, issue.rationale
        yield issue.conclusion_span, issue.conclusion or ""
        yield from ((line.span, line.text) for line in issue.guideline_lines)


def check_spans(letter: ParsedLetter) -> None:
    for span, text in fields(letter.decision):
        if span is not None:
            start, end = letter.clean.locate(span)
            assert letter.clean.text[start:end] == text
            assert letter.clean.source_span(start, end) == span
    for evidence in letter.decision.evidence:
        assert 0 <= evidence.span.start < evidence.span.end <= len(letter.source.text)


@pytest.mark.parametrize("source", letters(), ids=lambda s: Path(s.name).name)
def test_every_sample_letter_is_read_whole(source: SourceText) -> None:
    letter = parse_letter(source)
    check_spans(letter)
    assert letter.decision.issues
    assert letter.decision.reviewer.licensed_in
    one_party = letter.decision.layout is Layout.MEDICAL_PROFESSIONAL_REVIEW
    for issue in letter.decision.issues:
        assert issue.request
        assert issue.rationale
        assert issue.conclusion
        parties = {line.party for line in issue.guideline_lines}
        assert parties == ({Party.REVIEWER} if one_party else set(Party))


def test_a_letter_has_one_identity_in_every_format() -> None:
    identities: dict[str, set[str]] = {}
    for source in letters():
        identities.setdefault(Path(source.name).stem, set()).add(parse_letter(source).decision.text_sha256)
    assert all(len(found) == 1 for found in identities.values()), identities


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_letter_is_read_or_refused(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(letters()))
    lines = source.text.split("\n")
    how = data.draw(st.sampled_from(["truncated", "beheaded", "shuffled", "thinned", "joined"]))
    if how == "truncated":
        text = source.text[: data.draw(st.integers(0, len(source.text)))]
    elif how == "beheaded":
        text = source.text[data.draw(st.integers(0, len(source.text))) :]
    elif how == "shuffled":
        text = "\n".join(data.draw(st.permutations(lines)))
    elif how == "thinned":
        text = "\n".join(line for line in lines if data.draw(st.booleans()))
    else:
        text = " ".join(lines)
    with suppress(NotADecision):
        check_spans(parse_letter(replace(source, text=text)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["Decision rationale: ", "x", "\n", " ", "MAXIMUS guideline: "]), max_size=12), st.data()
)
def test_line_starts_are_where_finditer_looks(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    start = data.draw(st.integers(0, len(text)))
    found = [m.span() for m in patterns.ISSUE_LABEL.at_line_starts(text, start)]
    assert found == [m.span() for m in patterns.ISSUE_LABEL.regex.finditer(text, start)]
