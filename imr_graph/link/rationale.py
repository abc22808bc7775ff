"""A rationale clause by clause: who speaks, and which cues there are.

A rationale recites the guideline and then applies it to the worker; only what the reviewer says of the case at
hand decides. Quotations and clauses in which a guideline speaks are recital; a clause without any sign goes on
with the speaker before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from imr_graph.link.cues import Cue, CueBook, plain
from imr_graph.link.sentences import sentences
from imr_graph.resources import rules

# A quotation that opens behind a blank and has no quotation mark inside: "..." or “...”
_QUOTE = re.compile(r"(?<![\w.,;:!?)])\"(?=\S)[^\"]+\"|“[^”]+”")


class Zone(StrEnum):
    """Who speaks in a clause: the reviewer, a guideline, or none, in a formula or where it only states the decision."""

    OWN = "own"
    RECITAL = "recital"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: the number of its sentence, who speaks, and its cues."""

    sentence: int
    zone: Zone
    cues: tuple[Cue, ...]


class RationaleReader:
    """Splits rationales into clauses; build it once, it holds the compiled cues."""

    def __init__(self) -> None:
        table = rules("grounds")
        zones = table["zones"]
        names = ("guideline", "case", "mild", "formula", "applied")
        self._book = CueBook(table["terms"] | {name: zones[name] for name in names}, table["cues"], table["reach"])
        self._guideline, self._case, self._mild, self._formula, self._applied = (
            self._book.bits[name] for name in names
        )
        self._conclusion, self._because = self._book.bits["conclusion"], self._book.bits["because"]
        self._leads = tuple(f" {lead} " for lead in zones["conclusion_leads"])
        self._own_leads = tuple(f" {lead} " for lead in zones["own_leads"])
        breaks = sorted(zones["clause_breaks"], key=len, reverse=True)
        self._breaks = re.compile("|".join(map(re.escape, breaks)))
        self._quoted_words: int = zones["quoted_words"]

    def read(self, text: str, quoted: Iterable[tuple[int, int]] = ()) -> tuple[list[tuple[int, int]], list[Clause]]:
        """The sentences of a rationale as offsets, and its clauses; what is ``quoted`` (offsets) is recital."""
        recited = [*quoted, *self._quotations(text)]
        spans = sentences(text)
        clauses: list[Clause] = []
        speaker = Zone.OWN
        for number, (start, end) in enumerate(spans):
            for first, last in self._parts(text, start, end):
                words = plain(text[first:last])
                mask, cues = self._book.read(words)
                inside = any(min(b, last) - max(a, first) > (last - first) / 2 for a, b in recited)
                zone = self._zone(mask, words, speaker, inside=inside)
                speaker = speaker if zone is Zone.FORMULA else zone
                if mask & self._conclusion and not mask & self._because and words.startswith(self._leads):
                    zone = Zone.FORMULA
                clauses.append(Clause(number, zone, cues))
        return spans, clauses

    def _quotations(self, text: str) -> Iterator[tuple[int, int]]:
        for match in _QUOTE.finditer(text):
            if match.group().count(" ") + 1 >= self._quoted_words:
                yield match.span()

    def _parts(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        for found in self._breaks.finditer(text, start, end):
            if found.start() > start:
                yield start, found.start()
            start = found.start()
        yield start, end

    def _zone(self, mask: int, words: str, speaker: Zone, *, inside: bool) -> Zone:
        if mask & self._formula:
            return Zone.FORMULA
        if inside and not mask & self._applied:
            return Zone.RECITAL
        if mask & self._case or words.startswith(self._own_leads):
            return Zone.OWN
        if mask & self._guideline:
            return Zone.RECITAL
        return Zone.OWN if mask & self._mild else speaker
