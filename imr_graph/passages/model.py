"""Passages as readers see them."""

from __future__ import annotations

from dataclasses import dataclass

from imr_graph.models import Model, Outcome
from imr_graph.text import Span


class Change(Model):
    """Where a variant parts from the consensus wording; ``kind`` is one of :class:`imr_graph.passages.drift.Drift`."""

    kind: str
    consensus: str
    here: str


class Variant(Model):
    """One wording of a passage, the number of independent letters that quote it so, and what differs."""

    id: str
    text: str
    letters: int
    changes: tuple[Change, ...] = ()


class CitedAs(Model):
    """Where letters say that a passage stands, as printed.

    ``other_page`` marks pages that differ from those which most letters print for this document and section.
    """

    source: str
    document: str
    section: str
    pages: str
    letters: int
    other_page: bool = False


class Fork(Model):
    """Independent letters on either side: with an upheld, and with a wholly or partly overturned issue."""

    upheld: int
    overturned: int


@dataclass(frozen=True, slots=True)
class Quoting:
    """An issue that quotes a passage; ``span`` is that of the whole quotation in the source text."""

    case: str
    issue: int
    outcome: Outcome
    service: str | None
    variant: str
    quotation: str
    span: Span
    document: str
    section: str
    pages: str
    voice: int

    @property
    def key(self) -> str:
        """``CASE#N``, as commands take it."""
        return f"{self.case}#{self.issue}"


class PassageCounts(Model):
    """Guideline words that decisions quote, and what their quotes count.

    ``letters`` counts independent letters (:mod:`imr_graph.passages.independence`), ``all_letters`` every letter and
    ``issues`` every issue. ``text`` is the consensus wording, the variant that most letters quote; ``id`` is its
    identity. Of a list ``cited_as`` holds the most frequent places only.
    """

    id: str
    text: str
    letters: int
    all_letters: int
    issues: int
    fork: Fork
    cited_as: tuple[CitedAs, ...]
    wordings: int


class Passage(PassageCounts):
    """A passage with its most frequent wordings and its cases.

    ``specialties`` counts independent letters by the specialty of their reviewers. In ``quotes``, issues with one
    ``voice`` count once.
    """

    variants: tuple[Variant, ...]
    specialties: dict[str, int]
    quotes: tuple[Quoting, ...]
