"""Hits that repeat each other: issues of one letter, letters of what looks like one worker, copied rationales."""

from __future__ import annotations

from collections.abc import Iterable

from imr_graph.search.answer import Hit
from imr_graph.search.documents import StoredIssue

_SHORTEST = 40  # words; shorter rationales are alike by chance
_ALIKE = 0.9


def rationale_words(issue: StoredIssue) -> frozenset[str]:
    """The different words of a rationale, by which :func:`same_rationale` compares."""
    return frozenset(issue.rationale.lower().split())


def same_worker(one: StoredIssue, other: StoredIssue) -> bool:
    """Whether two letters look like those of one worker: date of injury and sex alike, age within a year.

    Nothing but the letters' own public facts is compared, and nobody is identified by it.
    """
    if one.date_of_injury is None or one.date_of_injury != other.date_of_injury:
        return False
    if one.sex and other.sex and one.sex != other.sex:
        return False
    return one.age is None or other.age is None or abs(one.age - other.age) <= 1


def same_rationale(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether nine tenths of the different words of two rationales are common to both."""
    smaller, larger = sorted((len(one), len(other)))
    if smaller < _SHORTEST or smaller < _ALIKE * larger:
        return False
    common = len(one & other)
    return common >= _ALIKE * (smaller + larger - common)


def mark_twins(found: Iterable[tuple[Hit, StoredIssue]], *, fold: bool) -> list[Hit]:
    """The hits in their order, each repetition naming the better hit; with ``fold`` left out behind it."""
    heads: list[tuple[Hit, StoredIssue, frozenset[str]]] = []
    kept: list[tuple[Hit, str | None, str | None]] = []
    folded: dict[str, list[str]] = {}
    for hit, issue in found:
        words = rationale_words(issue)
        letter = next((h.key for h, i, _ in heads if i.case == issue.case), None)
        others = ((h, i, w) for h, i, w in heads if i.case != issue.case)
        twin = next((h.key for h, i, w in others if same_worker(i, issue) or same_rationale(w, words)), None)
        head = letter or twin
        if head is None or not fold:
            kept.append((hit, letter, twin))
        if head is None:
            heads.append((hit, issue, words))
        elif fold:
            folded.setdefault(head, []).append(hit.key)
    return [
        hit.model_copy(update={"same_letter": letter, "twin_of": twin, "folded": tuple(folded.get(hit.key, ()))})
        for hit, letter, twin in kept
    ]
