"""The property graph: cases, issues and what they are about, as nodes and edges that people can read.

A projection of the RDF graph in the words of the field, as a networkx ``MultiDiGraph``: every node has ``label``
and ``type``, every edge ``relation`` (GEXF has a meaning of
its own for the type of an edge). Nothing is in it that the store does not say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import networkx as nx

from imr_graph.errors import UnknownItem
from imr_graph.graph.contract import GraphStore
from imr_graph.graph.terms import iri


class _Edge(NamedTuple):
    type: str
    source: str
    target: str
    pattern: str


_CITES = "?act cito:hasCitingEntity ?source ; imr:citingParty party:{} ; cito:hasCitedEntity ?target"
_EDGES = (
    _Edge("has issue", "case", "issue", "?source imr:hasIssue ?target"),
    _Edge("has diagnosis", "case", "diagnosis", "?source imr:hasDiagnosis/imr:condition ?target"),
    _Edge("requests", "issue", "service", "?source imr:service ?target"),
    _Edge("requests drug", "issue", "drug", "?source imr:drug ?target"),
    _Edge("concerns", "issue", "body part", "?source a imr:DisputedIssue ; imr:bodyPart ?target"),
    _Edge("decided", "issue", "outcome", "?source a imr:DisputedIssue ; imr:outcome ?target"),
    _Edge("on the ground", "issue", "ground", "?source imr:ground ?target"),
    _Edge("quotes", "issue", "passage", "?source imr:quotes ?target"),
    _Edge("reviewer cites", "issue", "guideline", _CITES.format("reviewer")),
    _Edge("claims administrator cites", "issue", "guideline", _CITES.format("claims-administrator")),
    _Edge("attributed to", "passage", "guideline", "?source a imr:GuidelinePassage ; dcterms:isPartOf ?target"),
    _Edge(
        "part of",
        "guideline",
        "guideline",
        "?source a imr:GuidelineSection ; skos:broader ?target FILTER EXISTS { ?act cito:hasCitedEntity ?source }",
    ),
)
# Where labels and attributes of a node type come from; the rest are concepts.
_NODES = {
    "case": """?node a imr:Determination ; dcterms:identifier ?label .
  OPTIONAL { ?node imr:decisionDate ?decided } OPTIONAL { ?node imr:outcome/skos:prefLabel ?outcome }""",
    "issue": """?node dcterms:title ?label ; imr:issueNumber ?number ; imr:outcome/skos:prefLabel ?outcome .
  ?letter imr:hasIssue ?node ; dcterms:identifier ?case""",
    "passage": "?node a imr:GuidelinePassage ; schema:text ?label",
    "guideline": "?node skos:prefLabel ?label VALUES ?kind { imr:Guideline imr:GuidelineSection } ?node a ?kind",
}
_CONCEPT = "?node skos:prefLabel ?label"
_LABEL_LENGTH = 90  # of a passage; viewers draw labels on one line
_STOP = "outcome"  # everything is two steps from everything through an outcome: it is a leaf of a neighbourhood
_VALUES_AT_ONCE = 1000


class _Found(NamedTuple):
    edge: _Edge
    source: str
    target: str


def _select(store: GraphStore, pattern: str, end: str, nodes: Iterable[str] | None) -> Iterator[dict[str, Any]]:
    """The solutions of ``pattern``; where ``nodes`` are given, those that have one of them as ``?end``."""
    batches: list[str] = ["UNDEF"]
    if nodes is not None:
        ordered = sorted(nodes)
        batches = [
            " ".join(map(iri, ordered[start : start + _VALUES_AT_ONCE]))
            for start in range(0, len(ordered), _VALUES_AT_ONCE)
        ]
    for batch in batches:
        result = store.run(f"SELECT DISTINCT * WHERE {{ VALUES ?{end} {{ {batch} }} {pattern} }}")
        for row in result.rows:
            yield dict(zip(result.columns, row, strict=True))


def _edges(store: GraphStore, end: str = "source", nodes: dict[str, set[str]] | None = None) -> Iterator[_Found]:
    for edge in _EDGES:
        wanted = None if nodes is None else nodes.get(getattr(edge, end), set())
        if wanted is None or wanted:
            for row in _select(store, edge.pattern, end, wanted):
                yield _Found(edge, str(row["source"]), str(row["target"]))


def _neighbourhood(store: GraphStore, start: tuple[str, str], depth: int) -> set[_Found]:
    kind, node = start
    frontier: dict[str, set[str]] = {kind: {node}}
    seen, found = {node}, set[_Found]()
    for _ in range(depth):
        reached = {*_edges(store, "source", frontier), *_edges(store, "target", frontier)}
        found |= reached
        frontier = {}
        for edge, source, target in reached:
            for kind, name in ((edge.source, source), (edge.target, target)):
                if name not in seen and kind != _STOP:
                    frontier.setdefault(kind, set()).add(name)
        seen |= {name for names in frontier.values() for name in names}
    return found


def locate(store: GraphStore, name: str) -> tuple[str, str]:
    """``(type, IRI)`` of a node given by case number, ``CASE#2``, passage id, IRI, CURIE or a concept's label.

    Raises :class:`UnknownItem` where nothing in the graph is called so.
    """
    case, _, number = name.partition("#")
    literal = json.dumps(case)
    patterns = [f"?node a imr:Determination ; dcterms:identifier {literal}"]
    if number.isdigit():
        patterns = [f"?letter dcterms:identifier {literal} ; imr:hasIssue ?node . ?node imr:issueNumber {number}"]
    elif re.fullmatch(r"[a-z][\w-]*:[^\s<>\"{}|\\^`]+", name):
        curie = name if re.fullmatch(r"[a-z-]+:[\w%.-]+", name) else iri(name)
        patterns = [f"BIND({curie} AS ?node) FILTER EXISTS {{ ?node ?p ?o }}"]
    else:
        patterns.append(f"?node a imr:GuidelinePassage FILTER(STRENDS(STR(?node), {json.dumps('/' + case)}))")
        patterns.append(f"?node skos:prefLabel ?label FILTER(LCASE(?label) = {json.dumps(case.lower())})")
    for pattern in patterns:
        for row in store.run(f"SELECT DISTINCT ?node WHERE {{ {pattern} }} ORDER BY ?node LIMIT 1").rows:
            return _kind(str(row[0])), str(row[0])
    raise UnknownItem(
        f"nothing in the graph is called {name!r}", remedy="a case number, CASE#2, a passage or a concept"
    )


def _kind(node: str) -> str:
    """The node type that an IRI's form tells."""
    match = re.search(r"/(decision|passage|guideline|cited|concept/[\w-]+)/[^/]+(/issue/\d+$)?", node)
    if match is None:
        return "other"
    if match[1] == "decision":
        return "issue" if match[2] else "case"
    kind = match[1].removeprefix("concept/").replace("-", " ")
    return "guideline" if kind == "cited" else kind


def network(store: GraphStore, *, around: str | None = None, depth: int = 1) -> nx.MultiDiGraph:
    """The property graph of ``store``, or what lies within ``depth`` steps of the node ``around``.

    Raises :class:`UnknownItem` where there is no such node.
    """
    graph = nx.MultiDiGraph(name="imr-graph")
    start = None if around is None else locate(store, around)
    found = set(_edges(store)) if start is None else _neighbourhood(store, start, depth)
    kinds: dict[str, set[str]] = {} if start is None else {start[0]: {start[1]}}
    for edge, source, target in found:
        kinds.setdefault(edge.source, set()).add(source)
        kinds.setdefault(edge.target, set()).add(target)
    attributes = {node: values for kind, names in kinds.items() for node, values in _attributes(store, kind, names)}
    for node in sorted(attributes):
        graph.add_node(node, **dict(sorted(attributes[node].items())))
    for edge, source, target in sorted(found):
        graph.add_edge(source, target, key=edge.type, relation=edge.type, label=edge.type)
    return graph


def _attributes(store: GraphStore, kind: str, names: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    found: dict[str, dict[str, Any]] = {}
    for row in _select(store, _NODES.get(kind, _CONCEPT), "node", names):
        values = {key: term.toPython() for key, term in row.items() if term is not None}
        node = str(values.pop("node"))
        values.pop("letter", None)
        if node in found and str(found[node]["label"]) <= str(values["label"]):
            continue  # one of several wordings of a passage: the first by letter
        found[node] = {key: value if isinstance(value, int) else str(value) for key, value in values.items()}
    for node in names:
        values = found.get(node, {"label": node.rsplit("/", 1)[-1].replace("-", " ")})
        section = str(values.pop("kind", "")).endswith("GuidelineSection")
        label = str(values.pop("label"))
        if kind == "issue":
            label = f"{values['case']} #{values['number']}: {label}"
        values["label"] = label if len(label) <= _LABEL_LENGTH else f"{label[:_LABEL_LENGTH]}..."
        values["type"] = "guideline section" if section else kind
        yield node, values


def serialise(graph: nx.MultiDiGraph, form: str) -> Iterator[str]:
    """The lines of ``graph`` as ``graphml``, ``gexf`` or ``cytoscape`` (JSON)."""
    if form == "graphml":
        yield from (f"{line}\n" for line in nx.generate_graphml(graph, named_key_ids=True))
    elif form == "gexf":
        # networkx stamps the day of writing into the file: lastmodifieddate="2026-11-21"
        yield from (re.sub(r' lastmodifieddate="[^"]*"', "", f"{line}\n") for line in nx.generate_gexf(graph))
    else:
        yield json.dumps(nx.cytoscape_data(graph), ensure_ascii=False, indent=1, sort_keys=True)
        yield "\n"
