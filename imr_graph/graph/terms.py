"""RDF terms as N-Triples text.

Formatting strings is some thirty times faster than building rdflib objects, and at millions of letters that is
hours. Lexical forms are canonical (``2.5``, not ``2.50``), so every store gives back the bytes that it was given.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from rdflib import XSD, Literal
from rdflib.term import BNode, Node

_XSD = "http://www.w3.org/2001/XMLSchema#"
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
# What canonical N-Quads escapes, e.g. the quotes of: he said "no"; and lone surrogates, which are not UTF-8
_UNSAFE = re.compile('["\\\\\x00-\x1f\x7f\ud800-\udfff]')


def iri(value: str) -> str:
    """``<value>``; the caller has percent-encoded it."""
    return f"<{value}>"


def _escape(match: re.Match[str]) -> str:
    mark = match.group()
    return _ESCAPES.get(mark) or (f"\\u{ord(mark):04X}" if mark < "\x80" else "\N{REPLACEMENT CHARACTER}")


def string(value: str) -> str:
    """A plain string literal."""
    return f'"{_UNSAFE.sub(_escape, value)}"'


def number(value: int | float) -> str:
    """An xsd:integer, or an xsd:decimal for a broken number; a whole float is an integer."""
    if value == int(value):
        return f'"{int(value)}"^^<{_XSD}integer>'
    return f'"{format(Decimal(repr(value)).normalize(), "f")}"^^<{_XSD}decimal>'


def date(value: dt.date) -> str:
    """An xsd:date without a time zone."""
    return f'"{value.isoformat()}"^^<{_XSD}date>'


def year(value: int) -> str:
    """An xsd:gYear."""
    return f'"{value:04d}"^^<{_XSD}gYear>'


def true() -> str:
    """The boolean true; what is false is not stated."""
    return f'"true"^^<{_XSD}boolean>'


def of_node(node: Node) -> str:
    """An rdflib IRI, literal or blank node."""
    if isinstance(node, BNode):
        return f"_:{node}"
    if not isinstance(node, Literal):
        return iri(str(node))
    if node.language:
        return f"{string(str(node))}@{node.language}"
    return string(str(node)) if node.datatype in (None, XSD.string) else f"{string(str(node))}^^{iri(node.datatype)}"
