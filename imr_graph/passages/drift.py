"""How a variant differs from the consensus wording."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum

from imr_graph.link.quotation import without_references
from imr_graph.passages.model import Change
from imr_graph.passages.wording import is_number

_WORD = re.compile(r"[A-Za-z0-9]+")
_CUT = 3  # at either end, so many times fewer words than the consensus has are a cut


class Drift(StrEnum):
    """The kinds of difference."""

    NUMBER = "number changed"
    CHANGED = "words changed"
    HEAD = "beginning cut"
    TAIL = "cut short"
    LEFT_OUT = "words left out"
    ADDED = "words added"


def changes(consensus: str, variant: str) -> tuple[Change, ...]:
    """The differences between two wordings, in order; marks, case and literature references do not count."""
    return tuple(_changes(without_references(consensus), without_references(variant)))


def _changes(consensus: str, variant: str) -> Iterator[Change]:
    ours, theirs = list(_WORD.finditer(consensus)), list(_WORD.finditer(variant))
    matcher = SequenceMatcher(None, [m.group().lower() for m in ours], [m.group().lower() for m in theirs], False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        lost, come = ours[i1:i2], theirs[j1:j2]
        yield Change(
            kind=_kind(lost, come, first=i1 == 0, last=i2 == len(ours)),
            consensus=_text(consensus, lost),
            here=_text(variant, come),
        )


def _kind(lost: list[re.Match[str]], come: list[re.Match[str]], *, first: bool, last: bool) -> Drift:
    if not lost:
        return Drift.ADDED
    if (first or last) and len(lost) >= _CUT * len(come):  # "It should ..." for "This treatment ... and should ..."
        return Drift.HEAD if first else Drift.TAIL
    if not come:
        return Drift.LEFT_OUT
    numbers = [any(is_number(m.group().lower()) for m in side) for side in (lost, come)]
    return Drift.NUMBER if all(numbers) else Drift.CHANGED


def _text(text: str, words: list[re.Match[str]]) -> str:
    return text[words[0].start() : words[-1].end()] if words else ""
