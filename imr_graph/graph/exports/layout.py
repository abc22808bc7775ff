"""Positions for the nodes of a network, so that a file opens as a picture.

A force layout after Fruchterman and Reingold (1991) with gravity, started from the communities, in blocks of numpy
arrays: networkx's own needs scipy beyond 500 nodes, or a minute for 2,000.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LAYOUT_LIMIT = 2000  # nodes; some seconds. Beyond, a viewer's own layout serves better
_STEPS = 150
_REPULSION = 1.0
_GRAVITY = 0.04  # a unit of mass and distance
_REACH = 0.35  # of the radius; further on the push falls off fast, so that parts do not drift apart
_BLOCK = 512
_SPREAD = 70.0  # pixels that a node has for itself, about


def positions(
    count: int, edges: Sequence[tuple[int, int]], communities: Sequence[int], seed: int = 1
) -> list[tuple[float, float]]:
    """``(x, y)`` in pixels of nodes 0 to ``count`` - 1, x to the right and y upwards; the same every time."""
    if count == 0:
        return []
    place = _start(communities, np.random.default_rng(seed))
    ends = np.array(sorted({(min(e), max(e)) for e in edges if e[0] != e[1]}), dtype=np.int64).reshape(-1, 2)
    mass = 1 + np.bincount(ends.ravel(), minlength=count).astype(np.float64)
    for warmth in np.geomspace(np.sqrt(count) * 0.1, 0.02, _STEPS):
        push = _repulsion(place, mass) * mass[:, None]
        pull = place[ends[:, 1]] - place[ends[:, 0]]
        np.add.at(push, ends[:, 0], pull)
        np.add.at(push, ends[:, 1], -pull)
        push = push / mass[:, None] - _GRAVITY * place
        length = np.linalg.norm(push, axis=1, keepdims=True)
        place += push / np.maximum(length, 1e-9) * np.minimum(length, warmth)
    place -= place.mean(axis=0)
    scale = _SPREAD * np.sqrt(count) / 2 / max(float(np.sqrt((place**2).sum(axis=1).mean())), 1e-9)
    return [(round(float(x), 1), round(float(y), 1)) for x, y in place * scale]


def _start(communities: Sequence[int], random: np.random.Generator) -> np.ndarray:
    """Every community in its own place on a sunflower's spiral, its nodes around that."""
    group = np.asarray(communities, dtype=np.float64)
    radius, angle = np.sqrt(group + 0.5), group * np.pi * (3 - np.sqrt(5))
    home = np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1) * np.sqrt(len(group) / (group.max() + 1))
    start: np.ndarray = home + random.normal(size=(len(group), 2))
    return start


def _repulsion(place: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """The push of all nodes on each: their mass by the distance; a block of rows at a time, for memory."""
    push = np.empty_like(place)
    x, y, heavy = place[:, 0].astype(np.float32), place[:, 1].astype(np.float32), mass.astype(np.float32)
    reach = np.float32((_REACH * np.sqrt((place**2).sum(axis=1).mean())) ** 2 + 4)
    for start in range(0, len(place), _BLOCK):
        rows = slice(start, start + _BLOCK)
        dx, dy = x[rows, None] - x, y[rows, None] - y
        near = 1 / np.maximum(dx * dx + dy * dy, 0.05)
        near = np.minimum(near, reach * near * near) * heavy * _REPULSION
        push[rows, 0], push[rows, 1] = (dx * near).sum(axis=1), (dy * near).sum(axis=1)
    return push
