"""SHACL: does the data keep to the shapes of ontology/shapes?

pyshacl wants everything in memory and takes some 40 CPU seconds a million triples, so a store is validated letter
by letter in batches, each with the shared nodes that it refers to. No inference: what the graph needs is stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyshacl
from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.term import Node

from imr_graph.graph.contract import GraphStore
from imr_graph.graph.schemes import ontology_files, parse_turtle
from imr_graph.graph.terms import iri
from imr_graph.namespaces import curie
from imr_graph.resources import data_folder

_CONCEPTS = "CONSTRUCT { ?c a skos:Concept } WHERE { ?c a skos:Concept }"
_LETTERS = """
CONSTRUCT { ?s ?p ?o } WHERE {
  VALUES ?g { GRAPHS }
  { GRAPH ?g { ?s ?p ?o } }
  UNION { GRAPH ?g { ?a imr:quotes|cito:hasCitedEntity ?s } ?s ?p ?o }
  UNION { ?s prov:hadPrimarySource ?g . BIND(prov:hadPrimarySource AS ?p) BIND(?g AS ?o) }
}"""


@dataclass(frozen=True, order=True)
class Violation:
    """One breach of a shape: the node, the property path, what is wrong, and ``violation`` or ``warning``."""

    focus: str
    path: str
    message: str
    severity: str


@cache
def _shapes(name: str) -> Graph:
    return parse_turtle(data_folder("ontology") / "shapes" / f"{name}.shapes.ttl")


def validate_graph(graph: Graph, shapes: str = "decision") -> list[Violation]:
    """The breaches of ``decision`` or ``vocabulary`` shapes in a graph, sorted."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=_shapes(shapes), inference="none", advanced=True)
    return sorted(set(_violations(report)))


def validate_store(store: GraphStore, *, batch: int = 500) -> Iterator[Violation]:
    """The breaches in every letter of ``store``, ``batch`` letters at a time; sorted within a batch."""
    concepts = store.run(_CONCEPTS).triples
    sources = store.run("SELECT DISTINCT ?g { GRAPH ?g { ?d a imr:Determination } } ORDER BY ?g").rows
    graphs = [iri(str(row[0])) for row in sources]
    for start in range(0, len(graphs), batch):
        found = store.run(_LETTERS.replace("GRAPHS", " ".join(graphs[start : start + batch]))).graph()
        for triple in concepts:
            found.add(triple)
        yield from validate_graph(found)


def validate_vocabularies(folder: Path | None = None) -> list[Violation]:
    """The breaches in the ontology and all vocabularies of ``folder`` (default: the packaged ontology/)."""
    graph = Graph(bind_namespaces="none")
    for path in ontology_files(folder).values():
        graph += parse_turtle(path)
    return validate_graph(graph, "vocabulary")


def _violations(report: Graph) -> Iterator[Violation]:
    for result in report.subjects(RDF.type, SH.ValidationResult):
        message = str(report.value(result, SH.resultMessage) or "")
        value = report.value(result, SH.value)
        if value is not None:
            message += f": {_short(value)}"
        severity = "warning" if report.value(result, SH.resultSeverity) == SH.Warning else "violation"
        path = report.value(result, SH.resultPath)
        yield Violation(
            _short(report.value(result, SH.focusNode)),
            _short(path) if isinstance(path, URIRef) else "",
            message,
            severity,
        )


def _short(node: Node | None) -> str:
    """A term as people read it: its CURIE where a prefix fits, a literal's text."""
    if isinstance(node, Literal) or node is None:
        return str(node)
    return curie(str(node))
