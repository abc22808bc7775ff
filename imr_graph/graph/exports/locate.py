"""Find a node by what people call it, and what lies around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imr_graph.errors import UnknownItem
from imr_graph.graph.contract import GraphStore, Queryable
from imr_graph.graph.exports.model import Edge, Network, Node
from imr_graph.graph.exports.reading import described, kind_of, related
from imr_graph.graph.terms import iri, string
from imr_graph.names import read_issue
from imr_graph.namespaces import concept_iri, prefixes, slug
from imr_graph.vocabulary import Match, load_vocabulary

# What people mean first: a treatment rather than a chapter of a guideline, and its own name before others
_SCHEMES = ("service", "drug", "diagnosis", "body-part", "ground", "guideline")
_KINDS = ("preferred", "notation", "alternative", "hidden")


def locate(store: Queryable, name: str) -> str:
    """The IRI of a node given by case number, ``CASE#2``, passage id, IRI, CURIE, or a concept's label or notation.

    Raises :class:`UnknownItem` where nothing in the graph is called so.
    """
    for pattern in _patterns(name):
        for row in store.run(f"SELECT DISTINCT ?node WHERE {{ {pattern} }} ORDER BY ?node LIMIT 1").rows:
            return str(row[0])
    raise UnknownItem(
        f"nothing in the graph is called {name[:60]!r}", remedy="a case number, CASE#2, a passage or a concept"
    )


def _patterns(name: str) -> Iterator[str]:
    """What ``?node`` may be, likeliest first."""
    if re.fullmatch(r"[a-z][\w-]*:[^\s<>\"{}|\\^`]{1,300}", name):
        prefix, _, rest = name.partition(":")  # service:mri, or https://w3id.org/...
        yield _known(prefixes().get(prefix, f"{prefix}:") + rest)
        return
    if re.fullmatch(r"[0-9a-f]{16}", name):
        yield f"?node a imr:GuidelinePassage FILTER(STRENDS(STR(?node), {string(f'/{name}')}))"
    for match in sorted(load_vocabulary().lookup(name), key=_rank)[:1]:
        yield _known(concept_iri(match.concept.scheme, match.concept.notation))
    if named := read_issue(name):
        case, n = named
        letter = f"a imr:Determination ; dcterms:identifier {string(case)}"
        yield f"?node {letter}" if n is None else f"?letter {letter} ; imr:hasIssue ?node . ?node imr:issueNumber {n}"
    end = string("/cited/" + "/".join(map(slug, name.split("/"))))  # what letters cite and no vocabulary knows
    yield f"VALUES ?kind {{ imr:Guideline imr:GuidelineSection }} ?node a ?kind FILTER(STRENDS(STR(?node), {end}))"


def _known(node: str) -> str:
    return f"BIND({iri(node)} AS ?node) FILTER EXISTS {{ ?node ?p ?o }}"


def _rank(match: Match) -> tuple[int, int, str]:
    scheme = match.concept.scheme
    place = _SCHEMES.index(scheme) if scheme in _SCHEMES else len(_SCHEMES)
    return place, _KINDS.index(match.kind), match.concept.notation


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
