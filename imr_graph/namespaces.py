"""The one prefix map, and the IRIs of everything that imr-graph names.

IRIs are deterministic and readable; there are no blank nodes, so two builds of the same letters give the same
quads. ``base`` is configurable at build time for the instance data; ontology and concepts keep their home.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from urllib.parse import quote

from imr_graph.errors import UsageError
from imr_graph.resources import data_folder

BASE = "https://w3id.org/imr-graph/"
ONTOLOGY = BASE + "ns#"


# http://example.org/imr/: absolute, nothing that an IRI cannot hold, and an end behind which a path may go on
_BASE = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:(?:[^\s\x00-\x20<>"{}|\\^`%\[\]]|%[0-9A-Fa-f]{2})+(?<=[/#])')


def checked_base(base: str) -> str:
    """``base`` where it may begin the IRIs of letters; else :class:`UsageError`."""
    if not _BASE.fullmatch(base):
        raise UsageError(f"{base!r} is no base IRI", remedy="an IRI that ends in / or #, as http://example.org/imr/")
    return base


@cache
def prefixes() -> dict[str, str]:
    """The prefix map of ontology/prefixes.toml: prefix to namespace IRI."""
    with (data_folder("ontology") / "prefixes.toml").open("rb") as file:
        table: dict[str, str] = tomllib.load(file)["prefixes"]
    return table


def curie(iri: str) -> str:
    """``service:mri`` of an IRI, or the IRI where no prefix fits."""
    for prefix, namespace in sorted(prefixes().items(), key=lambda pair: -len(pair[1])):
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def slug(text: str) -> str:
    """``text`` as the last part of an IRI: lower case letters, digits and single hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def concept_iri(scheme: str, notation: str) -> str:
    """The IRI of a concept: its scheme is a prefix of the prefix map, its notation the rest."""
    return prefixes()[scheme] + quote(notation, safe="/")


def scheme_iri(scheme: str) -> str:
    """The IRI of a concept scheme: ``.../concept/<scheme>``."""
    return f"{BASE}concept/{scheme}"


def decision_iri(decision: str, base: str = BASE) -> str:
    """``.../decision/CM14-0186783``, or ``.../decision/h-<hex>`` for a letter without its number."""
    return f"{base}decision/{quote(decision)}"


def issue_iri(decision: str, n: int, base: str = BASE) -> str:
    """``.../decision/<id>/issue/<n>``."""
    return f"{decision_iri(decision, base)}/issue/{n}"


def passage_iri(passage: str, base: str = BASE) -> str:
    """``.../passage/<hash of the normalised words>``."""
    return f"{base}passage/{passage}"


def source_iri(text_sha256: str, base: str = BASE) -> str:
    """``.../source/<16 hex>``: one source document by the identity of its text, and the named graph of its facts."""
    return f"{base}source/{text_sha256[:16]}"
