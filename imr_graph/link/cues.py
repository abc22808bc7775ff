"""Cues in prose: classes of words, and combinations of them within one clause.

A class is a list of phrases in the small pattern language of ontology/rules/grounds.toml; a cue asks that
several classes occur together, in an order, or not at all. All phrases of all classes are found in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

# "(a|b|)" in a phrase; choices do not nest
_CHOICE = re.compile(r"\(([^()]*)\)")
# Endings that a "*" stands for inside a phrase; at the end of a phrase it stands for any.
_ENDINGS = ("", "s", "ed", "d", "ing")
_MARKS = str.maketrans(
    {chr(n): " " for n in range(128) if not chr(n).isalnum() and chr(n) != "%"} | dict.fromkeys("–—‘’“”®™•", " ")
)


def plain(text: str) -> str:
    """``text`` in lower case, marks as blanks, single blanks between the words and one at either end."""
    return f" {' '.join(text.lower().translate(_MARKS).split())} "


def expand(phrase: str) -> Iterator[str]:
    """The plain strings that a phrase stands for: ``"no (sign|trace) of fail*"`` is " no sign of fail", ..."""
    parts = _CHOICE.split(phrase)
    for chosen in product(*(part.split("|") if n % 2 else [part] for n, part in enumerate(parts))):
        words = "".join(chosen).split()
        last = len(words) - 1
        options = [[w[:-1] + e for e in _ENDINGS] if w[-1] == "*" and n < last else [w] for n, w in enumerate(words)]
        for spelled in product(*options):
            text = " ".join(spelled)
            yield f" {text[:-1]}" if text.endswith("*") else f" {text} "


def spelled_out(terms: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Every plain string of the phrases with its classes, as bits in the order of ``terms``."""
    found: dict[str, int] = {}
    for number, phrases in enumerate(terms.values()):
        for phrase in phrases:
            for text in expand(phrase):
                found[text] = found.get(text, 0) | 1 << number
    return found


class Cue(NamedTuple):
    """Classes that occur in a clause (``needs``, as bits), that do not (``bars``), and that follow each other.

    ``context`` are classes that may also have been named before the clause. ``topic`` is what the cue speaks for; a
    ``weak`` one is too general to speak alone.
    """

    name: str
    topic: str
    weak: bool
    needs: int
    bars: int
    context: int
    ordered: tuple[tuple[int, int], ...]


class CueBook:
    """Word classes and the cues made of them.

    ``cues`` lists for each topic expressions such as ``"neg>red_flag !harm"``: class ``red_flag`` behind class
    ``neg`` within ``reach`` characters, and no class ``harm``; "@device" is left for the reader of the clauses to
    find, here or before; a leading "?" marks a weak cue.
    ``spelled`` is what :func:`spelled_out` makes of the terms, where that is at hand.
    """

    def __init__(
        self,
        terms: Mapping[str, Sequence[str]],
        cues: Mapping[str, Sequence[str]],
        reach: int,
        spelled: Mapping[str, int] | None = None,
    ) -> None:
        self.bits = {name: 1 << n for n, name in enumerate(terms)}
        found = spelled_out(terms) if spelled is None else spelled
        self._classes_of = list(found.values())
        self._automaton = AhoCorasick(list(found))
        self._reach = reach
        self._by_class: dict[int, list[tuple[Cue, int, int, tuple[tuple[int, int], ...]]]] = {}
        for topic, expressions in cues.items():
            for expression in expressions:
                cue = _compile(topic, expression, self.bits)
                one = 1 << cue.needs.bit_length() - 1
                self._by_class.setdefault(one, []).append((cue, cue.needs, cue.bars, cue.ordered))
        self._named_by = sum(self._by_class)  # the classes, as bits, that are tried for cues

    def read(self, clause: str) -> tuple[int, tuple[Cue, ...]]:
        """The classes (as bits) and the cues, by name, that occur in ``clause``, which is plain."""
        hits = self._automaton.find_matches_as_indexes(clause, overlapping=True)
        classes_of = self._classes_of
        mask = 0
        for classes in {classes_of[index] for index, _, _ in hits}:
            mask |= classes
        fired = []
        rest = mask & self._named_by
        while rest:
            one = rest & -rest
            rest ^= one
            for cue, needs, bars, ordered in self._by_class[one]:
                if needs & mask == needs and not bars & mask and (not ordered or self._in_order(ordered, hits)):
                    fired.append(cue)
        return mask, tuple(sorted(fired)) if fired else ()

    def _in_order(self, ordered: Sequence[tuple[int, int]], hits: Sequence[tuple[int, int, int]]) -> bool:
        for first, then in ordered:
            before = [(start, end) for index, start, end in hits if self._classes_of[index] & first]
            behind = [start for index, start, _ in hits if self._classes_of[index] & then]
            if not any(start < place and place - end <= self._reach for start, end in before for place in behind):
                return False
        return True


def _compile(topic: str, expression: str, bits: Mapping[str, int]) -> Cue:
    needs = bars = context = 0
    ordered = []
    for part in expression.removeprefix("?").split():
        if part.startswith("!"):
            bars |= bits[part[1:]]
            continue
        if part.startswith("@"):
            context |= bits[part[1:]]
            continue
        classes = [bits[name] for name in part.split(">")]
        needs |= sum(set(classes))
        if len(classes) == 2:
            ordered.append((classes[0], classes[1]))
    return Cue(f"{topic}: {expression}", topic, expression.startswith("?"), needs, bars, context, tuple(ordered))
