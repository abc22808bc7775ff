"""The words of the graph: classes and properties of the ontology, and the schemes of concepts."""

from __future__ import annotations

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, URIRef

from imr_graph.app.web.asked import Asked, address
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.page import Page, Tally
from imr_graph.graph.schemes import parse_turtle
from imr_graph.models import Model
from imr_graph.namespaces import ONTOLOGY, curie, scheme_iri
from imr_graph.resources import data_folder

_KINDS = (("Classes", OWL.Class), ("Relations", OWL.ObjectProperty), ("Values", OWL.DatatypeProperty))


class Word(Model):
    """A class or property: its short name, what it means, and an example in Turtle."""

    name: str
    label: str
    definition: str
    example: str
    domain: str = ""
    range: str = ""


class OntologyPage(Page):
    """The ontology by kind of word, and the schemes with the number of their concepts."""

    description: str
    kinds: tuple[tuple[str, tuple[Word, ...]], ...]
    schemes: tuple[Tally, ...]


def ontology_page(reader: Reader, asked: Asked) -> OntologyPage:
    """The ontology as it is packaged; read once."""
    return reader.once("ontology", lambda: _ontology(reader))


def _ontology(reader: Reader) -> OntologyPage:
    graph = parse_turtle(data_folder("ontology") / "imr.ttl")
    return OntologyPage(
        title="Words of the graph",
        description=str(graph.value(URIRef(ONTOLOGY.rstrip("#")), DCTERMS.description) or ""),
        kinds=tuple((title, _words(graph, kind)) for title, kind in _KINDS),
        schemes=tuple(
            Tally(label=name, count=len(scheme), href=address("/ask", [("query", _concepts(name))]))
            for name, scheme in sorted(reader.vocabulary.schemes.items())
        ),
    )


def _concepts(scheme: str) -> str:
    return (
        f"SELECT ?concept ?label WHERE {{ ?concept skos:inScheme <{scheme_iri(scheme)}> ; "
        "skos:prefLabel ?label } ORDER BY ?label"
    )


def _words(graph: Graph, kind: URIRef) -> tuple[Word, ...]:
    found = sorted(str(word) for word in graph.subjects(RDF.type, kind) if str(word).startswith(ONTOLOGY))
    return tuple(
        Word(
            name=curie(word),
            label=str(graph.value(URIRef(word), RDFS.label) or ""),
            definition=str(graph.value(URIRef(word), SKOS.definition) or ""),
            example=str(graph.value(URIRef(word), SKOS.example) or ""),
            domain=curie(str(graph.value(URIRef(word), RDFS.domain) or "")),
            range=curie(str(graph.value(URIRef(word), RDFS.range) or "")),
        )
        for word in found
    )
