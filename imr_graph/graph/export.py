"""Write the graph as a file: RDF for tools of the web of data, a table an issue, a property graph for viewers."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from rdflib import Graph

from imr_graph.errors import UsageError
from imr_graph.graph.contract import GraphStore, named
from imr_graph.graph.terms import iri, of_node
from imr_graph.namespaces import prefixes

_Writer = Callable[[GraphStore, str | None, int], Iterator[str]]


def formats() -> dict[str, str]:
    """The export formats and what each is for."""
    return {name: use for name, (use, _) in _FORMATS.items()}


def export(store: GraphStore, form: str, target: Path | TextIO, *, around: str | None = None, depth: int = 1) -> None:
    """Write ``store`` to a path or an open text file; only what lies within ``depth`` steps of ``around``, if given.

    A path is written whole or not at all. Raises :class:`UsageError` for an unknown format and
    :class:`imr_graph.errors.UnknownItem` for an unknown ``around``.
    """
    if form not in _FORMATS:
        raise UsageError(f"no export format {form!r}", remedy=f"one of: {', '.join(_FORMATS)}")
    pieces = _FORMATS[form][1](store, around, depth)
    if not isinstance(target, Path):
        target.writelines(pieces)
        return
    with tempfile.NamedTemporaryFile("w", dir=target.parent, delete=False, encoding="utf-8", newline="") as file:
        written = Path(file.name)
        try:
            file.writelines(pieces)
        except BaseException:
            written.unlink()
            raise
    written.chmod(0o644)
    written.replace(target)


# What belongs to nodes: their own triples, and those of requests, diagnoses and citation acts that hang on them.
_ABOUT = """CONSTRUCT { ?s ?p ?o } WHERE {
  VALUES ?node { NODES }
  { ?node ?p ?o BIND(?node AS ?s) }
  UNION { ?node imr:hasDiagnosis|imr:originalRequest|imr:authorizedRequest|imr:remainingRequest ?s . ?s ?p ?o }
  UNION { ?s cito:hasCitingEntity ?node . ?s ?p ?o }
}"""


def _nodes(store: GraphStore, around: str, depth: int) -> list[str]:
    from imr_graph.graph.network import network

    return list(network(store, around=around, depth=depth))


def _ntriples(store: GraphStore, around: str | None, depth: int) -> Iterator[str]:
    """Sorted within a named graph; all the same for every store with the same facts."""
    if around is not None:
        found = store.run(_ABOUT.replace("NODES", " ".join(map(iri, _nodes(store, around, depth)))))
        yield from (" ".join((*map(of_node, triple), ".\n")) for triple in found.triples)
        return
    for graph in ["", *store.graphs()]:
        yield from (
            f"{line.removesuffix(f' <{graph}> .').removesuffix(' .')} .\n" for line in sorted(store.quads(graph))
        )


def _nquads(store: GraphStore, around: str | None, depth: int) -> Iterator[str]:
    """With the named graph of each source; a neighbourhood is without."""
    if around is not None:
        yield from _ntriples(store, around, depth)
        return
    for graph in ["", *store.graphs()]:
        yield from (f"{line}\n" for line in sorted(store.quads(graph)))


def _rdflib(store: GraphStore, around: str | None, depth: int) -> Graph:
    return named(Graph(bind_namespaces="none")).parse(data="".join(_ntriples(store, around, depth)), format="nt")


def _turtle(store: GraphStore, around: str | None, depth: int) -> Iterator[str]:
    yield _rdflib(store, around, depth).serialize(format="turtle")


def _jsonld(store: GraphStore, around: str | None, depth: int) -> Iterator[str]:
    graph = _rdflib(store, around, depth)
    document = json.loads(graph.serialize(format="json-ld", context=prefixes(), auto_compact=True))
    yield json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    yield "\n"


_LABELLED = "?item {} ?value_iri . ?value_iri skos:prefLabel ?value"
_CITED = "?act cito:hasCitingEntity ?item ; imr:citingParty party:{} ; cito:hasCitedEntity/skos:prefLabel ?value"
# The columns of the table of issues: name and where its values come from.
_COLUMNS = {
    "case": "?letter imr:hasIssue ?item ; dcterms:identifier ?value",
    "issue": "?item imr:issueNumber ?value",
    "decided": "?letter imr:hasIssue ?item ; imr:decisionDate ?value",
    "request": "?item a imr:DisputedIssue ; dcterms:title ?value",
    "outcome": _LABELLED.format("a imr:DisputedIssue ; imr:outcome"),
    "service": _LABELLED.format("imr:service"),
    "service_class": "?item imr:service/skos:broader/skos:prefLabel ?value",
    "drugs": _LABELLED.format("imr:drug"),
    "body_parts": _LABELLED.format("a imr:DisputedIssue ; imr:bodyPart"),
    "side": _LABELLED.format("a imr:DisputedIssue ; imr:laterality"),
    "quantity": "?item imr:originalRequest/imr:quantity ?value",
    "unit": "?item imr:originalRequest/imr:unit ?value",
    "approved_quantity": "?item imr:authorizedRequest/imr:quantity ?value",
    "remaining_quantity": "?item imr:remainingRequest/imr:quantity ?value",
    "retrospective": "?item imr:retrospective ?value",
    "claims_administrator_cited": _CITED.format("claims-administrator"),
    "reviewer_cited": _CITED.format("reviewer"),
    "grounds": _LABELLED.format("imr:ground"),
    "passages": "?item imr:quotes ?passage BIND(REPLACE(STR(?passage), '^.*/', '') AS ?value)",
    "specialties": "?letter imr:hasIssue ?item ; imr:reviewerSpecialty/skos:prefLabel ?value",
    "age": "?letter imr:hasIssue ?item ; imr:patientAge ?value",
    "sex": "?letter imr:hasIssue ?item ; imr:patientSex ?value",
}


class _Line:
    """The csv module writes to a file; this one keeps the line."""

    def write(self, text: str) -> str:
        return text


def _csv(store: GraphStore, around: str | None, depth: int) -> Iterator[str]:
    """A row an issue; several values of a cell are joined by "; "."""
    kept = None if around is None else set(_nodes(store, around, depth))
    table: dict[str, dict[str, set[str]]] = {}
    for column, pattern in _COLUMNS.items():
        for item, value in store.run(f"SELECT DISTINCT ?item ?value WHERE {{ {pattern} }}").rows:
            if kept is None or str(item) in kept:
                table.setdefault(str(item), {}).setdefault(column, set()).add(str(value))
    writer = csv.writer(_Line())
    yield str(writer.writerow(_COLUMNS))
    for _, cells in sorted(table.items(), key=lambda row: (min(row[1]["case"]), int(min(row[1]["issue"])))):
        yield str(writer.writerow("; ".join(sorted(cells.get(column, ()))) for column in _COLUMNS))


def _network(form: str) -> _Writer:
    def write(store: GraphStore, around: str | None, depth: int) -> Iterator[str]:
        from imr_graph.graph.network import network, serialise

        return serialise(network(store, around=around, depth=depth), form)

    return write


_FORMATS: dict[str, tuple[str, _Writer]] = {
    "nt": ("N-Triples: every tool of the web of data", _ntriples),
    "nq": ("N-Quads: with the source that each fact is from", _nquads),
    "ttl": ("Turtle: RDF to read", _turtle),
    "jsonld": ("JSON-LD: RDF for programs that read JSON", _jsonld),
    "csv": ("CSV: a row an issue, for spreadsheets and pandas", _csv),
    "graphml": ("GraphML: yEd, Gephi, Cytoscape, igraph", _network("graphml")),
    "gexf": ("GEXF: Gephi", _network("gexf")),
    "cytoscape": ("Cytoscape JSON: Cytoscape and cytoscape.js", _network("cytoscape")),
}
