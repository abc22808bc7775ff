"""A picture of a neighbourhood that reads: the node in the middle, what is next to it in rows on either side."""

from __future__ import annotations

from collections.abc import Sequence

from imr_graph.models import Model

_ROW, _STEP, _EDGE, _INNER = 22.0, 320.0, 320.0, 0.35


class Leaf(Model):
    """A node below another: its children, each under the name of its relation."""

    id: str
    label: str
    type: str
    relation: str
    href: str
    children: tuple[Leaf, ...] = ()


class Dot(Model):
    """A drawn node; its label stands before it on the left side, above it where it is ``opened``."""

    x: float
    y: float
    label: str
    type: str
    href: str
    left: bool
    opened: bool = False
    middle: bool = False


class Drawing(Model):
    """The picture: lines as ``(x1, y1, x2, y2)``, names of relations as ``(x, y, left, name)``."""

    width: float
    height: float
    dots: tuple[Dot, ...]
    lines: tuple[tuple[float, float, float, float], ...]
    names: tuple[tuple[float, float, bool, str], ...]


class _Pen:
    def __init__(self, left: bool, middle: float) -> None:
        self.row = 0
        self.dots: list[Dot] = []
        self.lines: list[tuple[float, float, float, float]] = []
        self.names: list[tuple[float, float, bool, str]] = []
        self._left = left
        self._middle = middle

    def children(self, leaves: Sequence[Leaf], depth: int) -> list[tuple[float, float]]:
        """Draw leaves in rows, a row before each group for the name of its relation; where they stand."""
        found, relation = [], ""
        for leaf in leaves:
            if leaf.relation != relation:
                relation = leaf.relation
                self.names.append((self._x(depth), self._next(), self._left, relation))
            found.append(self._leaf(leaf, depth))
        return found

    def _leaf(self, leaf: Leaf, depth: int) -> tuple[float, float]:
        x = self._x(depth)
        if leaf.children:
            below = self.children(leaf.children, depth + 1)
            y = sum(place[1] for place in below) / len(below)
            self.lines += [(x, y, *place) for place in below]
        else:
            y = self._next()
        dot = Dot(x=x, y=y, label=leaf.label, type=leaf.type, href=leaf.href, left=self._left)
        self.dots.append(dot.model_copy(update={"opened": bool(leaf.children)}))
        return x, y

    def _next(self) -> float:
        self.row += 1
        return self.row * _ROW

    def _x(self, depth: int) -> float:
        return self._middle + (-1 if self._left else 1) * _STEP * (depth - _INNER)


def _depth(leaves: Sequence[Leaf]) -> int:
    return 1 + max((_depth(leaf.children) for leaf in leaves if leaf.children), default=0)


def _rows(leaves: Sequence[Leaf]) -> int:
    groups = len({leaf.relation for leaf in leaves})
    return groups + sum(_rows(leaf.children) if leaf.children else 1 for leaf in leaves)


def draw(root: Leaf) -> Drawing:
    """The tree below ``root``, its groups of children dealt to the two sides so that they are about equally high."""
    groups: dict[str, list[Leaf]] = {}
    for leaf in root.children:
        groups.setdefault(leaf.relation, []).append(leaf)
    sides: tuple[list[Leaf], list[Leaf]] = ([], [])
    for group in groups.values():
        sides[_rows(sides[0]) > _rows(sides[1])].extend(group)
    reach = [_STEP * (_depth(side) - _INNER) + _EDGE if side else 120.0 for side in sides]
    right, left = (_Pen(is_left, reach[1]) for is_left in (False, True))
    places = right.children(sides[0], 1) + left.children(sides[1], 1)
    height = (max(right.row, left.row, 2) + 1) * _ROW
    x, y = reach[1], height / 2
    middle = Dot(x=x, y=y, label=root.label, type=root.type, href=root.href, left=False, middle=True)
    return Drawing(
        width=reach[0] + reach[1],
        height=height,
        dots=(*right.dots, *left.dots, middle),
        lines=tuple((x, y, *place) for place in places) + tuple(right.lines) + tuple(left.lines),
        names=(*right.names, *left.names),
    )
