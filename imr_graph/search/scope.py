"""What limits a search: the filters, the required parts of the query text, dates and excluded cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from imr_graph.search.concepts import label, resolved, values_of
from imr_graph.search.query import (
    All,
    Any,
    Best,
    Constant,
    Everything,
    Node,
    Parsed,
    Pattern,
    Phrase,
    Range,
    Word,
    number,
    render,
)
from imr_graph.search.schema import load_schema
from imr_graph.vocabulary import Vocabulary

_DECIDING = frozenset({"outcome", "ground"})  # what a rate is about must not limit what is counted
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that must hold, or must not, in words, as a query, and as the parameters of a request: ``q`` is text.

    Without words it goes unsaid.
    """

    words: str
    node: Node
    fields: frozenset[str]
    asked: Pairs


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

    def asked(self) -> Pairs:
        """The parameters of a request with this scope: filters, ``since`` and ``until``, and ``q`` for its text."""
        pairs = [pair for limit in (*self.limits, *self.outside) for pair in limit.asked]
        text = " ".join(value for name, value in pairs if name == "q")
        return (*((("q", text),) if text else ()), *(pair for pair in pairs if pair[0] != "q"))


def scope_of(
    vocabulary: Vocabulary,
    parsed: Parsed,
    filters: Iterable[tuple[str, str]],
    since: dt.date | None,
    until: dt.date | None,
    exclude: Iterable[str],
) -> Scope:
    """The scope of a search; :class:`imr_graph.errors.QueryError` where a filter names no field."""
    limits = [_limit(vocabulary, node) for node in parsed.required]
    alternatives: dict[str, list[str]] = {}
    for field, value in filters:
        alternatives.setdefault(load_schema()[field].name, []).append(value)
    for field, asked in alternatives.items():
        values = [value for text in asked for value in values_of(vocabulary, field, text)]
        labels = " or ".join(label(vocabulary, load_schema()[field].concept, value) for value in values[:3])
        words = f"{field.replace('_', ' ')} {labels}" + (" and narrower" if len(values) > 3 else "")
        node = Best(tuple(Word(field, value) for value in values))
        limits.append(Limit(words, node, frozenset({field}), tuple((field, text) for text in asked)))
    if since or until:
        days = Range("date", number(since) if since else None, number(until) if until else None)
        ends = tuple((name, str(day)) for name, day in (("since", since), ("until", until)) if day)
        words = " ".join(["decided", *(f"{name} {day}" for name, day in ends)])
        limits.append(Limit(words, days, frozenset({"date"}), ends))
    outside = [_limit(vocabulary, node, "NOT ") for node in parsed.without]
    outside += [replace(_limit(vocabulary, Word("case", case), "NOT "), words="") for case in sorted(exclude)]
    return Scope(tuple(limits), tuple(outside))


def _limit(vocabulary: Vocabulary, node: Node, sign: str = "") -> Limit:
    text = f"{sign}{render(node)}"
    return Limit(text, resolved(node, vocabulary), frozenset(_fields(node)), (("q", text),))


def undecided(parsed: Parsed) -> str:
    """The text of a query without what limits outcome or ground: its words, with the limits of what is counted."""
    required = [render(node) for node in parsed.required if not _DECIDING.intersection(_fields(node))]
    without = [f"NOT {render(node)}" for node in parsed.without if not _DECIDING.intersection(_fields(node))]
    return " ".join([parsed.words, *required, *without]).strip()


def _fields(node: Node) -> Iterable[str]:
    match node:
        case All(parts, without):
            inner: tuple[Node, ...] = (*parts, *without)
        case Any(parts) | Best(parts):
            inner = parts
        case Constant(part):
            inner = (part,)
        case Word(str(field)) | Phrase(str(field)) | Pattern(str(field)) | Range(str(field)):
            yield field
            return
        case _:
            return
    for part in inner:
        yield from _fields(part)
