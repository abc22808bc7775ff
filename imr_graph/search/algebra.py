"""The composite part of a query tree over score tables, for an engine that has only postings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from imr_graph.search.query import All, Any, Best, Constant, Everything, Node

Scores: TypeAlias = dict[int, float]


def evaluate(
    node: Node, leaf: Callable[[Node], Scores | None], everything: Callable[[], Iterable[int]]
) -> Scores | None:
    """The documents that match, by number, with their scores; None where nothing but stop words is asked for.

    ``leaf`` answers words, terms, phrases, patterns and ranges, ``everything`` gives all documents.
    """

    def tables(parts: Sequence[Node]) -> list[Scores]:
        return [scores for part in parts if (scores := evaluate(part, leaf, everything)) is not None]

    match node:
        case Everything():
            return dict.fromkeys(everything(), 0.0)
        case Any(parts):
            return _joined(tables(parts), lambda old, new: old + new)
        case Best(parts):
            return _joined(tables(parts), max)
        case All(parts, without):
            wanted, unwanted = tables(parts), tables(without)
            if not wanted and unwanted:
                wanted = [dict.fromkeys(everything(), 0.0)]
            return _common(wanted, unwanted)
        case Constant(part, score):
            found = evaluate(part, leaf, everything)
            return None if found is None else dict.fromkeys(found, score)
        case _:
            return leaf(node)


def _joined(tables: list[Scores], join: Callable[[float, float], float]) -> Scores | None:
    if not tables:
        return None
    found = dict(tables[0])
    for more in tables[1:]:
        for number, score in more.items():
            found[number] = join(found[number], score) if number in found else score
    return found


def _common(wanted: list[Scores], unwanted: list[Scores]) -> Scores | None:
    if not wanted:
        return None
    wanted = sorted(wanted, key=len)
    kept = [n for n in wanted[0] if all(n in w for w in wanted[1:]) and not any(n in u for u in unwanted)]
    return {number: sum(scores[number] for scores in wanted) for number in kept}
