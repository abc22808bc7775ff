"""Which letters speak for themselves: twins of one worker and copied rationales count once.

Two letters are one voice where they have an issue with the same words of rationale, or where they look like those of
one worker: the same date of injury and sex, and ages within the years of index/passages.toml (reckoned from the
youngest, so that a row of ages does not join everybody). Without a date of injury only the rationale tells. This
compares the letters' own public facts and identifies nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from imr_graph.passages.settings import load_settings


class Witness(NamedTuple):
    """A letter, by any number, with the rationale of one of its issues."""

    letter: int
    injury: str
    sex: str
    age: int | None
    rationale: int


def voices(witnesses: Iterable[Witness]) -> dict[int, int]:
    """The voice of each letter: letters with one number are not independent of each other."""
    found = list(witnesses)
    parent = {witness.letter: witness.letter for witness in found}

    def root(letter: int) -> int:
        while parent[letter] != letter:
            parent[letter] = parent[parent[letter]]
            letter = parent[letter]
        return letter

    def join(letters: Collection[int]) -> None:
        roots = sorted({root(letter) for letter in letters})
        for other in roots[1:]:
            parent[other] = roots[0]

    copied: dict[int, set[int]] = defaultdict(set)
    for witness in found:
        copied[witness.rationale].add(witness.letter)
    for letters in (*copied.values(), *_workers(found)):
        if len(letters) > 1:
            join(letters)
    return {letter: root(letter) for letter in parent}


def _workers(witnesses: Iterable[Witness]) -> Iterator[list[int]]:
    """Letters that look like those of one worker."""
    alike: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for witness in witnesses:
        if witness.injury and witness.sex and witness.age is not None:
            alike[witness.injury, witness.sex][witness.letter] = witness.age
    years = load_settings().independence_years
    for ages in alike.values():
        group: list[int] = []
        youngest = 0
        for letter, age in sorted(ages.items(), key=lambda item: (item[1], item[0])):
            if group and age - youngest > years:
                yield group
                group = []
            youngest = youngest if group else age
            group.append(letter)
        yield group
