"""Plots as numbers for an SVG drawing: stacked columns of decided issues."""

from __future__ import annotations

from collections.abc import Sequence

from imr_graph.app.web.page import Counted, Tally
from imr_graph.models import Model

_WIDTH, _HEIGHT, _LEFT, _TOP, _FOOT = 720.0, 220.0, 40.0, 26.0, 24.0
_CLASSES = {"upheld": "s-upheld", "overturned": "s-overturned", "partially overturned": "s-part"}
_WIDEST = 46.0


class Part(Model):
    """A piece of a column: the issues of one outcome."""

    kind: str
    y: float
    height: float
    tally: Tally


class Column(Model):
    """The issues of one year or one amount, stacked by outcome."""

    label: str
    x: float
    width: float
    middle: float
    top: float
    total: Tally
    parts: tuple[Part, ...]


class Line(Model):
    """A vertical line between two columns, with its name; ``near`` the right edge the name stands before it."""

    x: float
    label: str
    y: float
    near: bool


class Plot(Model):
    """Stacked columns over a base line; ``marks`` are the values and heights of the axis."""

    title: str
    width: float = _WIDTH
    height: float = _HEIGHT
    left: float = _LEFT
    base: float
    columns: tuple[Column, ...]
    marks: tuple[tuple[int, float], ...]
    lines: tuple[Line, ...] = ()
    rows: tuple[Counted, ...]


def stacked(title: str, rows: Sequence[Counted], lines: Sequence[tuple[int, str]] = ()) -> Plot | None:
    """A column for each row in their order, None without any.

    A line stands after so many columns as its number says.
    """
    if not rows:
        return None
    base = _HEIGHT - _FOOT
    most = max(row.total.count for row in rows) or 1
    step = (_WIDTH - _LEFT) / len(rows)
    scale = (base - _TOP) / most
    columns = tuple(_column(row, _LEFT + at * step, step, base, scale) for at, row in enumerate(rows))
    marks = tuple((value, round(base - value * scale, 1)) for value in sorted({0, (most + 1) // 2, most}))
    drawn = tuple(
        Line(
            x=round(_LEFT + after * step, 1),
            label=label,
            y=12.0 + 13.0 * (at % 3),
            near=after * 2 > len(rows),
        )
        for at, (after, label) in enumerate(lines)
    )
    return Plot(title=title, base=base, columns=columns, marks=marks, lines=drawn, rows=tuple(rows))


def _column(row: Counted, x: float, step: float, base: float, scale: float) -> Column:
    width = min(_WIDEST, step * 0.7)
    parts, y = [], base
    for tally in row.outcomes:
        height = tally.count * scale
        y -= height
        if tally.count:
            parts.append(Part(kind=_CLASSES[tally.label], y=round(y, 1), height=round(height, 1), tally=tally))
    return Column(
        label=row.population,
        x=round(x + (step - width) / 2, 1),
        width=round(width, 1),
        middle=round(x + step / 2, 1),
        top=round(y, 1),
        total=row.total,
        parts=tuple(parts),
    )
