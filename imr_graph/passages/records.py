"""What the passages of a store take of a decision; made in the workers, so it is small and pickles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from imr_graph.link.quotation import key_of, words_of
from imr_graph.link.sentences import sentences
from imr_graph.models import Decision, Issue, Party, QuotedPassage
from imr_graph.passages.settings import load_settings


class Attribution(NamedTuple):
    """Where a quotation is said to stand: the reviewer's citation that introduces it, as printed."""

    source: str = ""
    document: str = ""
    section: str = ""
    pages: str = ""
    guideline: str = ""


class QuotedSentence(NamedTuple):
    """A sentence in a quotation: ``start`` and ``end`` are those of the quotation in the source text.

    ``key`` is the identity of the sentence's words, ``quotation`` that of the whole quotation's.
    """

    n: int
    key: int
    text: str
    quotation: int
    start: int
    end: int
    attribution: Attribution


class QuotingIssue(NamedTuple):
    """An issue whose rationale quotes; ``rationale`` is the identity of its words."""

    n: int
    outcome: str
    service: str
    rationale: int


class LetterQuotes(NamedTuple):
    """A letter's quoted sentences, with what tells whether two letters are independent."""

    id: str
    injury: str
    sex: str
    age: int | None
    specialties: tuple[str, ...]
    issues: tuple[QuotingIssue, ...]
    sentences: tuple[QuotedSentence, ...]


def letter_quotes(decision: Decision) -> LetterQuotes:
    """The quoted sentences of every issue of a linked decision."""
    found = tuple(sentence for issue in decision.issues for sentence in _sentences(issue))
    quoting = {sentence.n for sentence in found}
    return LetterQuotes(
        decision.id,
        decision.date_of_injury.isoformat() if decision.date_of_injury else "",
        decision.patient.sex or "",
        decision.patient.age,
        decision.reviewer.specialties,
        tuple(
            QuotingIssue(issue.n, issue.outcome.value, issue.service or "", key_of(words_of(issue.rationale)))
            for issue in decision.issues
            if issue.n in quoting
        ),
        found,
    )


def _sentences(issue: Issue) -> Iterator[QuotedSentence]:
    least = load_settings().least_words
    for passage in issue.quoted_passages:
        quotation, attribution = key_of(words_of(passage.text)), _attribution(issue, passage)
        seen = set()
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            words = words_of(text)
            key = key_of(words)
            if len(words) >= least and key not in seen:
                seen.add(key)
                yield QuotedSentence(issue.n, key, text, quotation, passage.span.start, passage.span.end, attribution)


def _attribution(issue: Issue, passage: QuotedPassage) -> Attribution:
    cited = (
        citation
        for citation in issue.citations
        if citation.cited_by is Party.REVIEWER
        and citation.document == passage.document
        and passage.section in (None, citation.section)
    )
    citation = next(cited, None)
    return Attribution(
        passage.source or "",
        passage.document or "",
        passage.section or "",
        (citation.pages if citation and passage.section else None) or "",
        (citation.guideline if citation else None) or "",
    )
