"""Find many labels in a text in one Aho-Corasick pass.

Labels and text are compared token by token (:func:`imr_graph.vocabulary.tokenise`), so a match never starts or
ends inside a word, and spans are offsets into the text that was searched.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from imr_graph.vocabulary import normalise, tokenise

Value = TypeVar("Value")

# What stands between two words, where it is more or other than one blank: ", ", "-", " ("
_BETWEEN = re.compile(r"[^A-Za-z0-9 ][^A-Za-z0-9]*| [^A-Za-z0-9]+")
_RECENT = 16  # texts: several dictionaries read one heading, one after the other
_HIT = itemgetter(1, 2)


class Found(NamedTuple, Generic[Value]):
    """A label found at ``text[start:end]``, with every value that carries it."""

    start: int
    end: int
    label: str
    values: tuple[Value, ...]


class _Tokens(NamedTuple):
    """The tokens of a text, single blanks around each: ``joined[i]`` is ``text[i + shift]``.

    ``shifts[n]`` holds from ``places[n]`` on. Only marks and rows of blanks shift, so there are far fewer shifts
    than tokens.
    """

    joined: str
    places: list[int]
    shifts: list[int]


@lru_cache(maxsize=1 << 12)
def _marks(between: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """What stands between two words as tokens, and where each mark stands in that and in the text."""
    found = list(tokenise(between))
    # the one letter that grows in lower case is no part of a label; any mark in its place keeps the length
    joined = "".join(f" {mark}" if len(mark) == 1 else " \ufffd" for mark, _, _ in found) + " "
    return joined, tuple((2 * n + 1, start) for n, (_, start, _) in enumerate(found))


@lru_cache(maxsize=_RECENT)
def _tokens(text: str) -> _Tokens:
    pieces, places, shifts = [" "], [0], [-1]
    length, done = 1, 0
    for match in _BETWEEN.finditer(text):
        start, end = match.span()
        joined, marks = _marks(match.group())
        pieces += (text[done:start], joined)
        length += start - done
        for place, within in marks:
            places.append(length + place)
            shifts.append(start + within - length - place)
        length += len(joined)
        if end - length != shifts[-1]:
            places.append(length)
            shifts.append(end - length)
        done = end
    return _Tokens("".join([*pieces, text[done:], " "]).lower(), places, shifts)


class Matcher(Generic[Value]):
    """A dictionary of labels, each with one or more values."""

    def __init__(self, labels: Iterable[tuple[str, Value]]) -> None:
        entries: dict[str, list[Value]] = {}
        for label, value in labels:
            key = normalise(label)
            if key and value not in entries.setdefault(key, []):
                entries[key].append(value)
        self._labels = list(entries)
        self._values = [tuple(values) for values in entries.values()]
        self._automaton = AhoCorasick([f" {label} " for label in self._labels])

    def find_all(self, text: str) -> list[Found[Value]]:
        """Every occurrence of every label, overlapping ones too, by start and then by length."""
        tokens = _tokens(text)
        return self._found(tokens, self._hits(tokens))

    def find_leftmost(self, text: str) -> list[Found[Value]]:
        """From left to right always the longest label, none of them overlapping."""
        tokens = _tokens(text)
        chosen: list[tuple[int, int, int]] = []
        first = reached = 0
        for hit in self._hits(tokens):
            _, start, end = hit
            if start < reached:
                if start > first:
                    continue
                chosen.pop()  # found again, longer
            chosen.append(hit)
            first, reached = start, end - 1  # the closing blank is the next label's opening one
        return self._found(tokens, chosen)

    def find(self, text: str) -> list[Found[Value]]:
        """The longest labels that do not overlap, in the order of the text."""
        found_all = self.find_all(text)
        if len(found_all) < 2:
            return found_all
        chosen: list[Found[Value]] = []
        for found in sorted(found_all, key=lambda f: (f.start - f.end, f.start)):
            if all(found.end <= other.start or found.start >= other.end for other in chosen):
                chosen.append(found)
        return sorted(chosen, key=itemgetter(0))

    def _hits(self, tokens: _Tokens) -> list[tuple[int, int, int]]:
        return sorted(self._automaton.find_matches_as_indexes(tokens.joined, overlapping=True), key=_HIT)

    def _found(self, tokens: _Tokens, hits: list[tuple[int, int, int]]) -> list[Found[Value]]:
        _, places, shifts = tokens
        labels, values = self._labels, self._values
        return [
            Found(  # without the blanks at its ends
                start + 1 + shifts[bisect_right(places, start + 1) - 1],
                end - 1 + shifts[bisect_right(places, end - 2) - 1],
                labels[index],
                values[index],
            )
            for index, start, end in hits
        ]
