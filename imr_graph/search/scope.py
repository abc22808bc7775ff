"""What limits a search: the filters, the required parts of the query text, dates and excluded cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from imr_graph.search.concepts import label, resolved, values_of
from imr_graph.search.query import (
    All,
    Any,
    Best,
    Constant,
    Everything,
    Node,
    Parsed,
    Phrase,
    Range,
    Word,
    number,
    render,
)
from imr_graph.search.schema import load_schema
from imr_graph.vocabulary import Vocabulary

_DECIDING = frozenset({"outcome", "ground"})  # what a rate is about must not limit what is counted


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that must hold, or must not, in words and as a query; without words it goes unsaid."""

    words: str
    node: Node
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that limits a search."""

    limits: tuple[Limit, ...] = ()
    outside: tuple[Limit, ...] = ()

    @property
    def without(self) -> tuple[Node, ...]:
        """What must not match."""
        return tuple(limit.node for limit in self.outside)

    def within(self, asked: Node | None) -> Node:
        """``asked`` inside the scope; the limits give no score."""
        parts = (*((asked,) if asked else ()), *(Constant(limit.node, 0.0) for limit in self.limits))
        return All(parts or (Everything(),), self.without) if self.without or len(parts) != 1 else parts[0]

    def for_counting(self) -> Scope:
        """The scope without what limits outcome or ground."""
        kept = (tuple(limit for limit in side if not limit.fields & _DECIDING) for side in (self.limits, self.outside))
        return Scope(*kept)

    def words(self) -> str:
        """The limits in words, empty without any."""
        return ", ".join(limit.words for limit in (*self.limits, *self.outside) if limit.words)


def scope_of(
    vocabulary: Vocabulary,
    parsed: Parsed,
    filters: Iterable[tuple[str, str]],
    since: dt.date | None,
    until: dt.date | None,
    exclude: Iterable[str],
) -> Scope:
    """The scope of a search; :class:`imr_graph.errors.QueryError` where a filter names no field."""
    limits = [Limit(render(node), resolved(node, vocabulary), frozenset(_fields(node))) for node in parsed.required]
    alternatives: dict[str, list[str]] = {}
    for field, value in filters:
        alternatives.setdefault(load_schema()[field].name, []).extend(values_of(vocabulary, field, value))
    for field, values in alternatives.items():
        labels = " or ".join(label(vocabulary, load_schema()[field].concept, value) for value in values[:3])
        words = f"{field.replace('_', ' ')} {labels}" + (" and narrower" if len(values) > 3 else "")
        limits.append(Limit(words, Best(tuple(Word(field, value) for value in values)), frozenset({field})))
    if since or until:
        node = Range("date", number(since) if since else None, number(until) if until else None)
        ends = (f"since {since}" if since else "", f"until {until}" if until else "")
        limits.append(Limit(f"decided {' '.join(end for end in ends if end)}", node, frozenset({"date"})))
    outside = [
        Limit(f"NOT {render(node)}", resolved(node, vocabulary), frozenset(_fields(node))) for node in parsed.without
    ]
    outside += [Limit("", Word("case", case), frozenset({"case"})) for case in sorted(exclude)]
    return Scope(tuple(limits), tuple(outside))


def _fields(node: Node) -> Iterable[str]:
    match node:
        case All(parts, without):
            inner: tuple[Node, ...] = (*parts, *without)
        case Any(parts) | Best(parts):
            inner = parts
        case Constant(part):
            inner = (part,)
        case Word(str(field)) | Phrase(str(field)) | Range(str(field)):
            yield field
            return
        case _:
            return
    for part in inner:
        yield from _fields(part)
