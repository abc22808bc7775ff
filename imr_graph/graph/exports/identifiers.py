"""IRIs as formats with rules for identifiers want them: by the prefix map, as name tokens of XML and CURIEs of KGX."""

from __future__ import annotations

import re
from functools import cache

from imr_graph.namespaces import prefixes

_NO_TOKEN = re.compile("[^A-Za-z0-9/-]")


@cache
def _homes() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all namespaces, the longest first, and the prefix of each."""
    known = {home: prefix for prefix, home in prefixes().items()}
    return re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True)))), known


def token(iri: str) -> str:
    """``decision:CM14-0000001.issue.2`` of an IRI, by the longest namespace of the prefix map.

    It is both an NMTOKEN of XML and what KGX takes for a CURIE: a slash is a dot, and what is no letter, digit or
    hyphen is its code, ``_2e_``, so that different IRIs have different tokens.
    """
    pattern, known = _homes()
    home = pattern.match(iri)
    prefix, local = (known[home[0]], iri[home.end() :]) if home else iri.partition(":")[::2]
    return f"{prefix}:{_NO_TOKEN.sub(_code, local).replace('/', '.')}"


def _code(mark: re.Match[str]) -> str:
    return f"_{ord(mark[0]):x}_"
