"""Nodes of the graph on pages: the pages that show them."""

from __future__ import annotations

from urllib.parse import unquote

from imr_graph.app.web.asked import case_address, explore_address, guideline_address
from imr_graph.namespaces import curie, prefixes


def address_of(iri: str, base: str) -> str:
    """The page that shows a node, empty where none does; ``base`` is the base IRI of the letters."""
    if iri.startswith(prefixes()["guideline"]):
        return guideline_address(unquote(iri.removeprefix(prefixes()["guideline"])))
    kind, _, rest = iri.removeprefix(base).partition("/")
    if not iri.startswith(base) or not rest:
        return ""
    if kind == "decision":
        case, _, inner = rest.partition("/issue/")
        number = inner.partition("/")[0]
        return case_address(unquote(case), int(number) if number.isdecimal() else None)
    if kind == "cited":
        return guideline_address(unquote(rest))
    if kind == "passage":
        return f"/passage/{rest}"
    return explore_address(curie(iri)) if kind == "concept" else ""
