"""Find many labels in a text in one Aho-Corasick pass.

Labels and text are compared token by token (:func:`imr_graph.vocabulary.tokenise`), so a match never starts or
ends inside a word, and spans are offsets into the text that was searched.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from imr_graph.vocabulary import tokenise

Value = TypeVar("Value")


class Found(NamedTuple, Generic[Value]):
    """A label found at ``text[start:end]``, with every value that carries it."""

    start: int
    end: int
    label: str
    values: tuple[Value, ...]


class Matcher(Generic[Value]):
    """A dictionary of labels, each with one or more values."""

    def __init__(self, labels: Iterable[tuple[str, Value]]) -> None:
        entries: dict[str, list[Value]] = {}
        for label, value in labels:
            key = " ".join(token for token, _, _ in tokenise(label))
            if key and value not in entries.setdefault(key, []):
                entries[key].append(value)
        self._labels = list(entries)
        self._values = [tuple(values) for values in entries.values()]
        self._automaton = AhoCorasick([f" {label} " for label in self._labels])

    def find_all(self, text: str) -> Iterator[Found[Value]]:
        """Every occurrence of every label, overlapping ones too, by start and then by length."""
        tokens = list(tokenise(text))
        starts, joined, place = [], [], 0
        for token, _, _ in tokens:
            starts.append(place)
            joined.append(token)
            place += len(token) + 1
        hits = self._automaton.find_matches_as_indexes(f" {' '.join(joined)} ", overlapping=True)
        for index, start, end in sorted(hits, key=lambda hit: (hit[1], hit[2])):
            first = bisect_left(starts, start)
            last = bisect_left(starts, end - 1) - 1  # the closing blank stands where the next token starts
            yield Found(tokens[first][1], tokens[last][2], self._labels[index], self._values[index])

    def find(self, text: str) -> list[Found[Value]]:
        """The longest labels that do not overlap, in the order of the text."""
        chosen: list[Found[Value]] = []
        for found in sorted(self.find_all(text), key=lambda f: (f.start - f.end, f.start)):
            if all(found.end <= other.start or found.start >= other.end for other in chosen):
                chosen.append(found)
        return sorted(chosen, key=lambda f: f.start)
