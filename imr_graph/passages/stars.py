"""Variants to passages: stars, so that a chain of likenesses joins nothing.

In the order of how many letters quote them (then length, then key) each variant becomes the centre of a passage,
unless it is joined to a centre already: then it belongs to the one that it resembles most. Everything in a passage
is thus like its consensus wording, and a sentence with two sentences run together does not tie their passages.
The result depends on the variants and their counts alone, not on the order in which letters came.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Weight(NamedTuple):
    """How many letters quote a variant, and how many words it has."""

    letters: int
    words: int


def centres(weights: Mapping[int, Weight], joined: Mapping[int, Mapping[int, float]]) -> dict[int, int]:
    """The centre of every variant.

    ``joined`` holds for each variant those that it is joined to, with the resemblance; both ways.
    """
    found: dict[int, int] = {}
    for key in sorted(weights, key=lambda key: (-weights[key].letters, -weights[key].words, key)):
        near = joined.get(key, {})
        heads = [
            (resemblance, weights[other].letters, -other)
            for other, resemblance in near.items()
            if found.get(other) == other
        ]
        found[key] = -max(heads)[2] if heads else key
    return found
