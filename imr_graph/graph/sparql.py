"""Look at a SPARQL text before any engine does: its form, its prefixes, and what it must not do.

Engines disagree here: rdflib fetches ``FROM`` graphs and ``SERVICE`` answers from the network, Oxigraph the
latter; an undeclared prefix gets a page of grammar or no place at all. So one scan over the tokens comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from imr_graph.errors import QueryError
from imr_graph.namespaces import prefixes

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")

# The tokens of SPARQL 1.1, as far as strings, IRIs and comments must not be mistaken for keywords:
#   SELECT ?x WHERE { ?x imr:outcome outcome:upheld }  # a comment with SERVICE in it
# What fails as a name ("a.a.a.") or as a string ("\"\"\"") goes on behind it, else a scan would take quadratic time.
_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
                | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
    | (?P<other>[?$]\w+ | @[A-Za-z]+(?:-[A-Za-z0-9]+)* | _:[\w.-]+)
    | (?P<name>(?P<prefix>(?:[^\W\d_][\w.-]*)?):(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*)
    | (?P<word>[^\W\d_][\w.-]*)
    | (?P<mark>\d+|\\.|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
# \u0053 may stand for any character of a query, also in a keyword
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Query(NamedTuple):
    """A query that passed: its form (SELECT, ASK, CONSTRUCT, DESCRIBE), and whether it names its graphs (FROM)."""

    text: str
    form: str
    dataset: bool


def place(text: str, offset: int) -> str:
    """``line 3, column 17`` of an offset."""
    return f"line {text.count(chr(10), 0, offset) + 1}, column {offset - text.rfind(chr(10), 0, offset)}"


def syntax_error(where: str, reason: str) -> QueryError:
    """The one form of a SPARQL syntax error."""
    return QueryError(f"SPARQL syntax error at {where}: {reason}", remedy="see docs/queries.md for examples")


def _tokens(text: str) -> Iterator[re.Match[str]]:
    return (token for token in _TOKEN.finditer(text) if token.lastgroup != "comment")


def _form(text: str, tokens: list[re.Match[str]]) -> str:
    for token in tokens:
        word = (token["word"] or "").upper()
        for form in _FORMS:
            if word.startswith(form):
                return form
        if word.startswith(_UPDATES):
            raise QueryError(f"{word} is an update; the graph is read only", remedy=f"use {', '.join(_FORMS)}")
        if word and word not in ("PREFIX", "BASE"):
            raise syntax_error(place(text, token.start()), f"{token['word']!r} where a query should start")
    raise syntax_error(place(text, len(text)), f"no query; use {', '.join(_FORMS)}")


def _refuse_remote(text: str, tokens: list[re.Match[str]]) -> None:
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        called = after is not None and after.group() == "{" and (before is None or before.group().upper() != "GRAPH")
        if "service" in (token["word"] or "").lower() or (called and "service" in (token["prefix"] or "").lower()):
            raise QueryError(
                f"SERVICE at {place(text, token.start())}: queries do not leave this machine",
                remedy="query the other service on its own",
            )


def _check_prefixes(text: str, tokens: list[re.Match[str]]) -> None:
    known = set(prefixes())
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token["prefix"] is None:
            continue
        if before is not None and before.group().upper().endswith("PREFIX"):
            known.add(token["prefix"])
        elif token["prefix"] not in known:
            raise syntax_error(place(text, token.start()), f"unknown prefix {token['prefix']}:")


def check_query(text: str) -> Query:
    """The query with its form.

    Raises :class:`QueryError` for an update, for SERVICE, for a prefix that neither the query nor
    ontology/prefixes.toml declares, and for a text that starts with no query form.
    """
    tokens = list(_tokens(text))
    plain = _CODEPOINT.sub(lambda m: chr(min(int(m[1] or m[2], 16), 0x10FFFF)), text)
    for version in {text, plain}:
        _refuse_remote(version, list(_tokens(version)))
    form = _form(text, tokens)
    _check_prefixes(text, tokens)
    return Query(text, form, any((token["word"] or "").upper().startswith("FROM") for token in tokens))
