"""Variants to passages: stars, so that a chain of likenesses joins nothing.

In the order of how many letters quote them (then length, then key) each variant is the centre of a passage, unless it
is joined to a centre before it: then it belongs to the one that it resembles most. Everything in a passage is thus
like its consensus wording, and two sentences run together do not tie the passages of each. The result depends on the
variants and their counts alone, not on the order in which letters came.

Whether a variant is a centre depends only on the joined ones before it. So after a change it is enough to look, in
order, at what changed, at the joined ones that it overtook, and on from every variant that became or ceased to be a
centre.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple


class Member(NamedTuple):
    """A variant: how many letters quote it, its length in words, and the centre of its passage."""

    key: int
    letters: int
    words: int
    passage: int


class Neighbour(NamedTuple):
    """A variant joined to another, and how much they resemble each other."""

    member: Member
    resemblance: float


Rank = tuple[int, int, int]


def _rank(member: Member, letters: int | None = None) -> Rank:
    return (-(member.letters if letters is None else letters), -member.words, member.key)


def settle(
    changed: Mapping[int, int],
    stale: Iterable[int],
    member: Callable[[int], Member],
    joined: Callable[[int], Sequence[Neighbour]],
) -> dict[int, int]:
    """The variants whose passage is another one now, with its centre.

    ``changed`` holds the variants whose count changed, with the count before (0 for a new one), ``stale`` those that
    lost a neighbour; ``member`` and ``joined`` give the present counts and the former passages.
    """
    queue = [_rank(member(key)) for key in {*changed, *stale}]
    for key in changed:
        queue += _overtaken(member(key), changed, joined(key))
    heapq.heapify(queue)
    moved: dict[int, int] = {}
    last = None
    while queue:
        rank = heapq.heappop(queue)
        if rank == last:
            continue
        last, key = rank, rank[2]
        near = joined(key)
        heads = [
            (resemblance, -other.key)
            for other, resemblance in near
            if _rank(other) < rank and moved.get(other.key, other.passage) == other.key
        ]
        before, now = member(key).passage, -max(heads)[1] if heads else key
        if now != before:
            moved[key] = now
            if key in (now, before):
                for later in (_rank(other) for other, _ in near):
                    if later > rank:
                        heapq.heappush(queue, later)
    return moved


def _overtaken(one: Member, changed: Mapping[int, int], near: Sequence[Neighbour]) -> Iterable[Rank]:
    """The neighbours that stand on another side of ``one`` than before."""
    new = not changed[one.key]
    before = _rank(one, changed[one.key])
    for other, _ in near:
        was_first = not new and before < _rank(other, changed.get(other.key))
        if was_first != (_rank(one) < _rank(other)):
            yield _rank(other)
