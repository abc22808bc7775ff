"""The ontology, the vocabularies and the data set's own description as N-Quads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from rdflib import RDF, SKOS, Graph
from rdflib.term import URIRef

from imr_graph.cache import cached
from imr_graph.graph.contract import named
from imr_graph.graph.terms import iri, of_node, string
from imr_graph.namespaces import BASE, ONTOLOGY, prefixes, scheme_iri
from imr_graph.resources import data_folder
from imr_graph.version import __version__


def ontology_files(folder: Path | None = None) -> dict[str, Path]:
    """Named graph to Turtle file: the ontology under its own IRI, every vocabulary under its scheme's."""
    home = folder or data_folder("ontology")
    files = {ONTOLOGY.rstrip("#"): home / "imr.ttl"}
    files.update({scheme_iri(path.stem): path for path in sorted((home / "vocab").glob("*.ttl"))})
    return files


def parse_turtle(path: Path) -> Graph:
    """A Turtle file as an rdflib graph with the project's prefixes."""
    return named(Graph(bind_namespaces="none")).parse(path, format="turtle")


def vocabulary_quads(folder: Path | None = None, base: str = BASE) -> list[str]:
    """The ontology and all vocabularies, each in its own named graph, and the data set in the default graph.

    Sorted, unique N-Quads lines. Concepts of the guideline scheme get their class too: a document is an
    ``imr:Guideline``, ``<document>/<section>`` an ``imr:GuidelineSection``.
    """
    files = ontology_files(folder)
    lines: list[str] = cached("quads", [*files.values(), Path(__file__)], lambda: sorted(_quads(files)))
    return sorted([*(f"{s} {p} {o} ." for s, p, o in _dataset(base)), *lines])


def _quads(files: Mapping[str, Path]) -> set[str]:
    """The quads of Turtle files, each file in the graph that it is named by."""
    lines: set[str] = set()
    for name, path in files.items():
        graph = parse_turtle(path)
        if path.stem == "guideline":
            _add_classes(graph)
        context = iri(name)
        lines.update(f"{of_node(s)} {of_node(p)} {of_node(o)} {context} ." for s, p, o in graph)
    return lines


def _add_classes(graph: Graph) -> None:
    for concept in set(graph.subjects(RDF.type, SKOS.Concept)):
        section = "/" in str(concept).removeprefix(prefixes()["guideline"])
        graph.add((concept, RDF.type, URIRef(ONTOLOGY + ("GuidelineSection" if section else "Guideline"))))


def _dataset(base: str) -> Iterator[tuple[str, str, str]]:
    me = iri(f"{base}dataset")
    names = prefixes()
    yield me, iri(names["rdf"] + "type"), iri(names["dcat"] + "Dataset")
    yield me, iri(names["rdf"] + "type"), iri(names["void"] + "Dataset")
    yield me, iri(names["dcterms"] + "title"), string("Independent Medical Review decisions, read by imr-graph")
    yield me, iri(names["void"] + "uriSpace"), string(f"{base}decision/")
    yield me, iri(names["void"] + "vocabulary"), iri(ONTOLOGY)
    yield me, iri(names["prov"] + "wasGeneratedBy"), iri(f"{base}build/imr-graph-{__version__}")
