"""A rationale clause by clause: who speaks, and which cues there are.

A rationale recites the guideline and then applies it to the worker; only what the reviewer says of the case at
hand decides. Quotations and clauses in which a guideline speaks are recital; a clause without any sign goes on
with the speaker before it, and where no clause has a sign of the reviewer, the last ones are the reviewer's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path
from typing import NamedTuple

from imr_graph.cache import cached
from imr_graph.link.cues import Cue, CueBook, plain, spelled_out
from imr_graph.link.sentences import sentences
from imr_graph.resources import rules

# A quotation without a quotation mark inside: "..." or “...”
_QUOTE = re.compile(r"[\"“](?=\S)[^\"“”]+[\"”]")
# A straight mark behind one of these closes: it opens no quotation.
_CLOSING = re.compile(r"[\w.,;:!?)]")


class Zone(StrEnum):
    """Who speaks in a clause: the reviewer, a guideline, or none, in a formula or where it only states the decision."""

    OWN = "own"
    RECITAL = "recital"
    FORMULA = "formula"


class Clause(NamedTuple):
    """A clause: the number of its sentence, who speaks, and its cues."""

    sentence: int
    zone: Zone
    cues: tuple[Cue, ...]


class _Part(NamedTuple):
    """What a clause shows by itself; ``zone`` is None where nothing tells who speaks."""

    start: int
    end: int
    zone: Zone | None
    applied: bool
    concludes: bool
    classes: int
    context: int  # what its cues ask for, here or before
    cues: tuple[Cue, ...]


class RationaleReader:
    """Splits rationales into clauses; build it once, it holds the compiled cues."""

    def __init__(self) -> None:
        table = rules("grounds")
        zones = table["zones"]
        names = ("guideline", "supposed", "case", "mild", "formula", "applied")
        terms = table["terms"] | {name: zones[name] for name in names}
        spelled = cached("cues", [json.dumps(terms), Path(__file__).with_name("cues.py")], lambda: spelled_out(terms))
        self._book = CueBook(terms, table["cues"], table["reach"], spelled)
        bits = (self._book.bits[name] for name in names)
        self._guideline, self._supposed, self._case, self._mild, self._formula, self._applied = bits
        self._conclusion, self._because = self._book.bits["conclusion"], self._book.bits["because"]
        self._leads = tuple(f" {lead} " for lead in zones["conclusion_leads"])
        self._own_leads = tuple(f" {lead} " for lead in zones["own_leads"])
        breaks = sorted(zones["clause_breaks"], key=len, reverse=True)
        self._breaks = re.compile("(?=[,;])(?:" + "|".join(map(re.escape, breaks)) + ")")
        self._quoted_words: int = zones["quoted_words"]
        self._parts = lru_cache(maxsize=1 << 14)(self._read_parts)  # recital repeats from letter to letter

    def read(
        self, text: str, quoted: Iterable[tuple[int, int]] = (), request: str = ""
    ) -> tuple[tuple[tuple[int, int], ...], list[Clause]]:
        """The sentences of a rationale as offsets, and its clauses; what is ``quoted`` (offsets) is recital.

        ``request`` is what the rationale speaks of: what it names need not be named again.
        """
        recited = [*quoted, *self._quotations(text)]
        spans = sentences(text)
        clauses: list[Clause] = []
        unsigned: list[int] = []  # the clauses since the last recital of which nothing tells who speaks
        speaker, signed = Zone.OWN, False
        named = self._book.read(plain(request))[0]
        for number, (start, end) in enumerate(spans):
            for part in self._parts(text[start:end]):
                first, last = start + part.start, start + part.end
                inside = any(min(b, last) - max(a, first) > (last - first) / 2 for a, b in recited)
                zone = part.zone or speaker
                if inside and not part.applied and zone is not Zone.FORMULA:
                    zone = Zone.RECITAL
                speaker = speaker if zone is Zone.FORMULA else zone
                named |= part.classes
                cues = part.cues
                if part.context & ~named:
                    cues = tuple(cue for cue in cues if not cue.context & ~named)
                if part.concludes:
                    zone = Zone.FORMULA
                elif part.zone is None and not inside:
                    unsigned.append(len(clauses))
                elif zone is Zone.RECITAL:
                    unsigned.clear()
                signed = signed or zone is Zone.OWN
                clauses.append(Clause(number, zone, cues))
        for number in () if signed else unsigned:
            clauses[number] = clauses[number]._replace(zone=Zone.OWN)
        return spans, clauses

    def _read_parts(self, sentence: str) -> tuple[_Part, ...]:
        starts = [0, *(found.start() for found in self._breaks.finditer(sentence, 1))]
        return tuple(
            self._part(sentence, start, end) for start, end in zip(starts, [*starts[1:], len(sentence)], strict=True)
        )

    def _part(self, sentence: str, start: int, end: int) -> _Part:
        words = plain(sentence[start:end])
        mask, cues = self._book.read(words)
        concludes = bool(mask & self._conclusion) and not mask & self._because and words.startswith(self._leads)
        context = reduce(or_, (cue.context for cue in cues), 0)
        zone = self._zone(mask, words)
        return _Part(start, end, zone, bool(mask & self._applied), concludes, mask, context, cues)

    def _quotations(self, text: str) -> Iterator[tuple[int, int]]:
        found = _QUOTE.search(text)
        while found:
            start, end = found.span()
            if _CLOSING.match(text[start - 1 : start]):
                end = start + 1
            elif found.group().count(" ") + 1 >= self._quoted_words:
                yield start, end
            found = _QUOTE.search(text, end)

    def _zone(self, mask: int, words: str) -> Zone | None:
        if mask & self._formula:
            return Zone.FORMULA
        if mask & self._guideline and mask & self._supposed and not mask & self._applied:
            return Zone.RECITAL
        if mask & self._case or words.startswith(self._own_leads):
            return Zone.OWN
        if mask & self._guideline:
            return Zone.RECITAL
        return Zone.OWN if mask & self._mild else None
