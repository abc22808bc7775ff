"""How much of a sentence is wording that labelled letters have in guideline text, or in the reviewer's own words.

Guidelines are copied again and again. What is kept of them are hashes of three and of five consecutive words, no
words (ontology/rules/passage_wording.toml, written by bench/train_passages.py).
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Container, Mapping, Sequence
from operator import add
from typing import NamedTuple
from zlib import crc32

_STEP = 4  # quarters of log-odds
_MASK = 0xFFFFFF
_ROUND = (1 << 36) - 1  # what of a sum reaches the hash


class Shares(NamedTuple):
    """Of a sentence of ``words`` words: how many lie in known fives, and the mean log-odds for and against."""

    words: int
    five: float
    guideline: float
    own: float


class _Codes(dict[str, tuple[int, int, int]]):
    """What a word adds to the hash of three words as their first, second and third."""

    def __missing__(self, word: str) -> tuple[int, int, int]:
        code = crc32(word.encode())
        codes = (code * 0x9E3779B1 & _ROUND, code * 0x85EBCA6B & _ROUND, code * 0xC2B2AE35 & _ROUND)
        if len(self) < 1 << 16:
            self[word] = codes
        return codes


_codes = _Codes()


def threes_of(words: Sequence[str]) -> list[int]:
    """The 24-bit hashes of all three consecutive words."""
    if len(words) < 3:
        return []
    firsts, seconds, thirds = zip(*[_codes[word] for word in words], strict=True)
    return [total >> 12 & _MASK for total in map(add, map(add, firsts, seconds[1:]), thirds[2:])]


def fives_of(threes: Sequence[int]) -> list[int]:
    """The 24-bit hashes of all five consecutive words, made of those of three."""
    return [(a * 0x1E3779B1 + b * 0x05EBCA77 >> 6) & _MASK for a, b in zip(threes, threes[2:], strict=False)]


class Wording:
    """Known wording, as hashes: threes with their log-odds, in quarters, of being guideline text; fives in it.

    A sentence without a known three has no known five either.
    """

    def __init__(self, threes: Mapping[int, int], fives: Container[int]) -> None:
        self._threes, self._fives = threes, fives

    @classmethod
    def from_table(cls, table: Mapping[str, str]) -> Wording:
        """The wording of ontology/rules/passage_wording.toml."""
        codes, levels = unpacked(table["threes"]), base64.b64decode(table["levels"])
        levels_of = struct.unpack(f"{len(levels)}b", levels)
        return cls(dict(zip(codes, levels_of, strict=True)), frozenset(unpacked(table["fives"])))

    def of(self, words: Sequence[str]) -> Shares:
        """What is known of the words of a sentence."""
        size = len(words)
        threes = threes_of(words)
        get = self._threes.get
        levels = [level for level in [get(code, 0) for code in threes] if level]
        if not levels:
            return Shares(size, 0.0, 0.0, 0.0)  # as of most sentences of the reviewer's own
        gain = sum([level for level in levels if level > 0])
        reached = covered = 0
        known = self._fives
        for place, code in enumerate(fives_of(threes)):
            if code in known:
                covered += place + 5 - max(place, reached)
                reached = place + 5
        scale = _STEP * size
        return Shares(size, covered / size, gain / scale, (gain - sum(levels)) / scale)


def level(log_odds: float) -> int:
    """Log-odds in quarters, at most 2 either way."""
    return round(max(-2.0, min(2.0, log_odds)) * _STEP)


def packed(codes: Sequence[int]) -> str:
    """Sorted 24-bit hashes as base64."""
    return base64.b64encode(b"".join(code.to_bytes(3, "big") for code in codes)).decode()


def unpacked(text: str) -> list[int]:
    """The hashes that :func:`packed` wrote."""
    data = base64.b64decode(text)
    return [int.from_bytes(data[i : i + 3], "big") for i in range(0, len(data), 3)]
