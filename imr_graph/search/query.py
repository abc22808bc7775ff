"""The syntax tree of a search: what both engines translate.

Leaves are unanalysed; an engine turns the words of a text field into terms with its own analyser, which the
contract suite holds equal. Scores: a text leaf gives BM25 (k1 1.2, b 0.75) times its weight, :class:`Constant`
gives a fixed score, :class:`Any` adds, :class:`Best` takes the greatest, :class:`All` adds what its parts give.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from imr_graph.errors import QueryError
from imr_graph.search.schema import load_schema


@dataclass(frozen=True, slots=True)
class Word:
    """A word or value in one field; ``field`` None stands for every text field."""

    field: str | None
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a text field as the engine's own analyser gives it."""

    field: str
    term: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side."""

    field: str | None
    text: str
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word with ``*`` (any characters) and ``?`` (one character)."""

    field: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from ``low`` to ``high``, both included; dates as yyyymmdd."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Everything:
    """Every issue."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part must match, none of ``without`` may."""

    parts: tuple[Node, ...]
    without: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part must match."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Best:
    """At least one part must match, and the best one counts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """What ``node`` matches, each with ``score``."""

    node: Node
    score: float


Node: TypeAlias = Word | Term | Phrase | Pattern | Range | Everything | All | Any | Best | Constant


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text of the query language: bare words, which rank, and what must and must not hold."""

    words: str
    required: tuple[Node, ...] = ()
    without: tuple[Node, ...] = ()


def render(node: Node) -> str:
    """The tree in the words of the query language, scores after ``^``: what ``--show-query`` prints."""
    match node:
        case Word(field, text, weight):
            quoted = f'"{text}"' if re.search(r"\s", text) else text
            return _field(field) + quoted + (f"^{weight:.3g}" if weight != 1.0 else "")
        case Term(field, term, weight):
            return f"{field}:{term}^{weight:.3g}"
        case Phrase(field, text, slop):
            return f'{_field(field)}"{text}"' + (f"~{slop}" if slop else "")
        case Pattern(field, text):
            return _field(field) + text
        case Range(field, low, high):
            return f"{field}:[{low if low is not None else ''} TO {high if high is not None else ''}]"
        case Everything():
            return "*"
        case All(parts, without):
            return "(" + " AND ".join([*map(render, parts), *(f"NOT {render(n)}" for n in without)]) + ")"
        case Any(parts):
            return "(" + " OR ".join(map(render, parts)) + ")"
        case Best(parts):
            return "best(" + ", ".join(map(render, parts)) + ")"
        case Constant(inner, score):
            return f"{render(inner)}^={score:.3g}"


def _field(field: str | None) -> str:
    return f"{field}:" if field else ""


def in_fields(node: Word | Phrase | Pattern, fields: tuple[str, ...]) -> Node:
    """A leaf without a field, asked of each of ``fields``: the scores of a word add, of the rest the best counts."""
    leaves = tuple(replace(node, field=field) for field in fields)
    return Any(leaves) if isinstance(node, Word) else Best(leaves)


def words_of(node: Node) -> Iterator[str]:
    """The words of text that a tree asks for, in order: what is linked, highlighted and explained."""
    match node:
        case Word(None, text) | Phrase(None, text):
            yield text
        case All(parts) | Any(parts) | Best(parts):
            for part in parts:
                yield from words_of(part)
        case Constant(inner):
            yield from words_of(inner)


def wildcard_regex(text: str) -> str:
    """A pattern of the query language as a regular expression that both engines understand."""
    return "".join({"*": ".*", "?": "."}.get(char) or re.escape(char) for char in text)


_DATE = re.compile(r"(?P<year>\d{4})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d\d))?)?")  # 2016, 2016-05, 2016-05-17, 20160517


def date_bounds(text: str) -> tuple[int, int]:
    """The first and the last day, as yyyymmdd, that a year, a month or a day stands for.

    Raises :class:`QueryError` where ``text`` is none of them.
    """
    match = _DATE.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        first = dt.date(year, month or 1, day or 1)
        last = dt.date(year, month or 12, day or monthrange(year, month or 12)[1])
    except ValueError:
        raise QueryError(f"{text!r} is no date", remedy="write 2016, 2016-05 or 2016-05-17") from None
    return int(first.strftime("%Y%m%d")), int(last.strftime("%Y%m%d"))


def number_bounds(text: str) -> tuple[int, int]:
    """The number that a text is, twice; :class:`QueryError` where it is none."""
    if not text.isdecimal() or len(text) > 9:  # an index keeps 32 bits
        raise QueryError(f"{text!r} is no number", remedy="write n:1 or n:[1 TO 3]")
    return int(text), int(text)


_PLAIN_COLON = re.compile(r"(\w*):(?=\s|$)")  # "Massage therapy: 12 sessions", as headings print it, names no field
_LONGEST_QUERY = 300  # characters; what is longer is a draft or a denial
_OPERATOR = re.compile(r"\b(?:AND|OR|NOT)\b")
_SYNTAX = re.compile(rf'[:"*?()\[\]{{}}]|{_OPERATOR.pattern}')


def parse_query(text: str) -> Parsed:
    """A text of the query language: ``service:mri neck NOT outcome:upheld "red flags" date:[2016 TO 2017]``.

    Bare words rank; a field, quotes, an operator or a wildcard must hold. In a text all in capitals, as denials are
    pasted, AND, OR and NOT are words. Raises :class:`QueryError` for a syntax error or an unknown field, with the
    fields there are.
    """
    fields = load_schema().fields
    text = _PLAIN_COLON.sub(lambda match: match[0] if match[1] in fields else f"{match[1]} ", text)
    shouted = _OPERATOR.sub("", text).isupper()
    read = _OPERATOR.sub(lambda match: match[0].lower(), text) if shouted else text
    if not _SYNTAX.search(read):
        return Parsed(text)
    _check_balance(text)
    from imr_graph.search.whoosh_engine import parse  # imported late: plain words need no parser

    return parse(read)


def _check_balance(text: str) -> None:
    bare = re.sub(r'"[^"]*"', "", text)
    for mark, other in (('"', ""), ("(", ")"), ("[", "]"), ("{", "}")):
        if bare.count(mark) != (bare.count(other) if other else 0):
            raise QueryError(f"unbalanced {mark}{other} in {text!r}", remedy="close it, or leave it out")


def is_draft(text: str) -> bool:
    """Whether a text is read as it stands: several lines, or longer than a query is."""
    return len(text) > _LONGEST_QUERY or "\n" in text


def number(day: dt.date) -> int:
    """A date as the index keeps it: yyyymmdd."""
    return day.year * 10000 + day.month * 100 + day.day
