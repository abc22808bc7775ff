"""docs/ontology.md and docs/queries.md, made from ontology/imr.ttl and queries/*.rq; a test keeps them in step."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.term import Node

from imr_graph.graph.contract import named
from imr_graph.graph.queries import NamedQuery, load_queries
from imr_graph.graph.schemes import ontology_files, parse_turtle
from imr_graph.resources import rules

_KINDS = (("Classes", OWL.Class), ("Properties", None), ("Properties of concepts", OWL.AnnotationProperty))


def _short(graph: Graph, node: Node) -> str:
    return str(graph.namespace_manager.curie(str(node), generate=False)) if isinstance(node, URIRef) else str(node)


def _term(graph: Graph, term: Node) -> Iterator[str]:
    yield f"### {_short(graph, term)}\n"
    yield f"*{graph.value(term, RDFS.label)}*. {graph.value(term, SKOS.definition)}\n"
    for words, predicate in (
        ("Below", RDFS.subClassOf),
        ("Below", RDFS.subPropertyOf),
        ("Of", RDFS.domain),
        ("Value", RDFS.range),
    ):
        found = ", ".join(sorted(f"`{_short(graph, value)}`" for value in graph.objects(term, predicate)))
        if found:
            yield f"- {words}: {found}"
    for example in sorted(map(str, graph.objects(term, SKOS.example))):
        yield f"- Example: `{example}`"
    yield ""


def ontology_page() -> str:
    """The text of docs/ontology.md."""
    graph = named(parse_turtle(next(iter(ontology_files().values()))))
    lines = [
        "# The ontology\n",
        "Made from ontology/imr.ttl by `imr_graph.graph.reference`; do not edit. Prefixes are those of",
        "ontology/prefixes.toml, `<...>` stands for the base IRI of the data.\n",
        "Facts of a letter lie in the named graph of its source, `<.../source/16 hex digits>`, and go with it. What",
        "letters share (passages, guidelines that no vocabulary knows) lies in `<.../source/shared>`. The name and the",
        "hash of each source are in the default graph. Queries see all graphs together.\n",
        "Reused: skos (every vocabulary), prov (source of a letter, place of a heading), dcterms (identifier, title,",
        "isPartOf, issued), cito (citing and cited entity), schema (text, pagination), rdfs (label), dcat and void",
        "(the data set).\n",
    ]
    for title, kind in _KINDS:
        lines.append(f"## {title}\n")
        kinds = (kind,) if kind else (OWL.ObjectProperty, OWL.DatatypeProperty)
        for term in sorted(str(term) for each in kinds for term in graph.subjects(RDF.type, each)):
            lines += _term(graph, URIRef(term))
    lines += ["## What the graph leaves out\n", "Each of these is in the archive of a store, beside the text.\n"]
    lines += [f"- `{field}`: {reason}" for field, reason in rules("not_in_graph").items()]
    return "\n".join(lines) + "\n"


def _query(query: NamedQuery) -> Iterator[str]:
    yield f"## {query.name}\n"
    yield f"{query.summary}. Tags: {', '.join(query.tags)}.\n"
    for parameter in query.parameters:
        note = ", required" if parameter.required else f", default {parameter.default}" if parameter.default else ""
        among = f"; one of {', '.join(f'`{value}`' for value in parameter.values)}" if parameter.values else ""
        yield f"- `-p {parameter.name}=...` ({parameter.type}{note}): {parameter.help}{among}"
    yield f"- Columns: {', '.join(query.columns)}\n"


def queries_page() -> str:
    """The text of docs/queries.md."""
    lines = [
        "# Named queries\n",
        "Made from queries/*.rq by `imr_graph.graph.reference`; do not edit. Run one with `imr-graph query NAME`;",
        "each file is plain SPARQL and runs in any tool; in a line after `#?`, take away the `#?` and put a value for",
        "`UNDEF`. A concept may be given by notation, label, CURIE or IRI.\n",
    ]
    for query in load_queries().values():
        lines += _query(query)
    return "\n".join(lines)
