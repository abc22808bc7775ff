"""The words of a quoted sentence: its numbers, its fingerprints, and how much of one stands in another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from zlib import crc32

from imr_graph.passages.settings import load_settings
from imr_graph.resources import rules

_NUMBER = "0"


@cache
def _number_words() -> frozenset[str]:
    return frozenset(word for word in rules("quantities")["numbers"] if word.isalpha() and word != "once")


def is_number(word: str) -> bool:
    """Whether a word of :func:`words_of` is a number in digits or letters."""
    return word.isdecimal() or word in _number_words()


def comparable(words: Sequence[str]) -> list[str]:
    """``words`` with every number, or run of them, as one: "4-6", "six" and "12" do not part two sentences.

    A changed number is what one wants to see in two quotations of one passage, so it must not keep them apart.
    """
    found: list[str] = []
    for word in words:
        plain = _NUMBER if is_number(word) else word
        if plain is not _NUMBER or found[-1:] != [_NUMBER]:
            found.append(plain)
    return found


def _hashes(words: Sequence[str], length: int) -> list[int]:
    last = max(1, len(words) - length + 1)
    return [crc32(" ".join(words[at : at + length]).encode()) for at in range(last)]


def shingles(words: Sequence[str]) -> frozenset[int]:
    """The hashed runs of words by which two sentences are compared."""
    return frozenset(_hashes(comparable(words), load_settings().join_shingle))


def fingerprints(words: Sequence[str]) -> frozenset[int]:
    """The hashes by which sentences that might be alike are found."""
    settings = load_settings()
    hashes, window = _hashes(comparable(words), settings.fingerprint_shingle), settings.fingerprint_window
    return frozenset(min(hashes[at : at + window]) for at in range(max(1, len(hashes) - window + 1)))


def containment(one: frozenset[int], other: frozenset[int]) -> float:
    """How much of the shorter sentence stands in the longer one, 0 to 1."""
    return len(one & other) / min(len(one), len(other))


def resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    """How much of both sentences is common to both, 0 to 1."""
    return len(one & other) / len(one | other)
