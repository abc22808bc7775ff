"""RDF terms as N-Triples text.

Formatting strings is some thirty times faster than building rdflib objects, and at millions of letters that is
hours. Lexical forms are canonical (``2.5``, not ``2.50``), so every store gives back the bytes that it was given.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

_XSD = "http://www.w3.org/2001/XMLSchema#"
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
# What a quoted literal may not hold as it is, e.g. the quotes of: he said "no"; lone surrogates are not UTF-8.
_UNSAFE = re.compile('["\\\\\n\r\ud800-\udfff]')


def iri(value: str) -> str:
    """``<value>``; the caller has percent-encoded it."""
    return f"<{value}>"


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match.group(), "�")


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
