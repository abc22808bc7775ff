"""Find a node by what people call it, and what lies around it."""

from __future__ import annotations

import json
import re

from imr_graph.errors import UnknownItem
from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports.model import Edge, Network, Node
from imr_graph.graph.exports.reading import described, kind_of, related
from imr_graph.graph.terms import iri


def locate(store: GraphStore, name: str) -> str:
    """The IRI of a node given by case number, ``CASE#2``, passage id, IRI, CURIE or a concept's label.

    Raises :class:`UnknownItem` where nothing in the graph is called so.
    """
    case, _, number = name.partition("#")
    literal = json.dumps(case)
    patterns = [f"?node a imr:Determination ; dcterms:identifier {literal}"]
    if number.isascii() and number.isdecimal():
        patterns = [f"?letter dcterms:identifier {literal} ; imr:hasIssue ?node . ?node imr:issueNumber {number}"]
    elif re.fullmatch(r"[a-z][\w-]*:[^\s<>\"{}|\\^`]+", name):
        # service:mri is a CURIE of the prefix map, https://w3id.org/... an IRI
        curie = name if re.fullmatch(r"[a-z-]+:[\w%.-]+", name) else iri(name)
        patterns = [f"BIND({curie} AS ?node) FILTER EXISTS {{ ?node ?p ?o }}"]
    else:
        patterns.append(f"?node a imr:GuidelinePassage FILTER(STRENDS(STR(?node), {json.dumps('/' + case)}))")
        patterns.append(f"?node skos:prefLabel ?label FILTER(LCASE(?label) = {json.dumps(case.lower())})")
    for pattern in patterns:
        for row in store.run(f"SELECT DISTINCT ?node WHERE {{ {pattern} }} ORDER BY ?node LIMIT 1").rows:
            return str(row[0])
    raise UnknownItem(
        f"nothing in the graph is called {name!r}", remedy="a case number, CASE#2, a passage or a concept"
    )


def neighbourhood(store: GraphStore, name: str, depth: int) -> Network:
    """The property graph within ``depth`` steps of the node called ``name``.

    Raises :class:`UnknownItem` where there is no such node.
    """
    start = locate(store, name)
    frontier: dict[str, set[str]] = {kind_of(start): {start}}
    kinds = {kind: set(names) for kind, names in frontier.items()}
    found: set[tuple[str, str, str]] = set()
    for _ in range(depth):
        reached = {*related(store, "source", frontier), *related(store, "target", frontier)}
        found |= {(relation.name, source, target) for relation, source, target in reached}
        frontier = {}
        for relation, source, target in reached:
            for kind, node in ((relation.source, source), (relation.target, target)):
                if node not in kinds.setdefault(kind, set()):
                    frontier.setdefault(kind, set()).add(node)
        for kind, names in frontier.items():
            kinds[kind] |= names
    nodes = {node.id: node for kind, names in kinds.items() for node in described(store, kind, names).values()}
    edges = [Edge(source, target, label, {"label": label, "weight": 1.0}) for label, source, target in sorted(found)]
    note = f"Only what lies within {depth} step{'s' * (depth > 1)} of {nodes[start].label}".rstrip(".") + "."
    return Network(f"Around {nodes[start].label}", [nodes[name] for name in sorted(nodes)], edges, notes=[note])


def within(nodes: list[Node], edges: list[Edge], start: str, depth: int) -> tuple[list[Node], list[Edge]]:
    """The part of a network within ``depth`` steps of the node ``start``."""
    beside: dict[str, set[str]] = {}
    for edge in edges:
        beside.setdefault(edge.source, set()).add(edge.target)
        beside.setdefault(edge.target, set()).add(edge.source)
    kept, frontier = {start}, {start}
    for _ in range(depth):
        frontier = {name for node in frontier for name in beside.get(node, ())} - kept
        kept |= frontier
    return (
        [node for node in nodes if node.id in kept],
        [edge for edge in edges if edge.source in kept and edge.target in kept],
    )
