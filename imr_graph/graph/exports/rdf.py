"""The graph as RDF, a named graph at a time: N-Triples, N-Quads, Turtle and JSON-LD that need no whole graph in memory.

Sorted within a named graph, so two stores with the same facts give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import groupby

from rdflib import BNode, Literal, URIRef
from rdflib.plugins.parsers.ntriples import unquote
from rdflib.term import Node as Term

from imr_graph.errors import ImrGraphError
from imr_graph.graph.contract import GraphStore, Result
from imr_graph.graph.exports.reading import Selection, batches, select, select_cases
from imr_graph.graph.terms import iri, of_node
from imr_graph.namespaces import prefixes

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
# <s> <p> <o> .   or with a literal "o"@en, "o"^^<type>; what follows the object is a graph or nothing
_LINE = re.compile(
    r'(<[^>]*>|_:[\w.-]+) (<[^>]*>) (<[^>]*>|_:[\w.-]+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?)(?: <[^>]*>)? \.'
)
# What needs no escape as the local part of a Turtle name: CM14-0000001, mri, but no slash and no dot at the end
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[\w-]*[\w])?", re.ASCII)


def all_quads(store: GraphStore, selection: Selection) -> Iterator[tuple[str, list[str]]]:
    """Every named graph ("" is the default one) with its sorted N-Quads lines; of letters, the selected ones.

    A selection keeps whole letters: with an outcome, those that have an issue decided so.
    """
    kept = None if selection.everything else _sources(store, selection)
    letters = {} if kept is None else _letter_graphs(store)
    for graph in ["", *store.graphs()]:
        if kept is None or graph not in letters or graph in kept:
            lines = sorted(store.quads(graph))
            yield graph, lines if graph or kept is None else [line for line in lines if _about(line, letters, kept)]


def _letter_graphs(store: GraphStore) -> dict[str, str]:
    """The named graph of every letter's source, and the letter."""
    rows = store.run("SELECT ?case ?source { ?case prov:hadPrimarySource ?source }").rows
    return {str(source): str(case) for case, source in rows}


def _about(line: str, letters: dict[str, str], kept: set[str]) -> bool:
    """Whether a fact of the default graph is about no letter, or about a kept one."""
    match = _LINE.match(line)
    if match is None:
        raise ImrGraphError(f"this is no N-Quads line: {line}", remedy="prove the store with imr-graph check")
    ends = {match[1][1:-1], match[3][1:-1]} & letters.keys()
    return ends <= kept


def _sources(store: GraphStore, selection: Selection) -> set[str]:
    cases, _ = select_cases(store, selection)
    if selection.outcome is not None:
        cases = [
            node.id
            for batch in batches(store, cases, selection.outcome, ())
            for node in batch.nodes.values()
            if node.type == "case"
        ]
    return {str(row["source"]) for row in select(store, "?case prov:hadPrimarySource ?source", "case", cases)}


# What belongs to nodes: their own triples, and those of requests, diagnoses and citation acts that hang on them.
_ABOUT = """CONSTRUCT { ?s ?p ?o } WHERE {
  VALUES ?node { NODES }
  { ?node ?p ?o BIND(?node AS ?s) }
  UNION { ?node imr:hasDiagnosis|imr:originalRequest|imr:authorizedRequest|imr:remainingRequest ?s . ?s ?p ?o }
  UNION { ?s cito:hasCitingEntity ?node . ?s ?p ?o }
}"""


def about(store: GraphStore, nodes: Iterable[str]) -> Result:
    """The triples of ``nodes``, and of what hangs on them alone."""
    return store.run(_ABOUT.replace("NODES", " ".join(map(iri, sorted(nodes)))))


def lines_of(result: Result) -> list[str]:
    """The triples of an answer as sorted N-Triples lines."""
    return sorted({" ".join((*map(of_node, triple), ".")) for triple in result.triples})


Graphs = Iterable[tuple[str, list[str]]]


def ntriples(graphs: Graphs) -> Iterator[str]:
    """N-Triples; a fact that stands in two named graphs comes twice."""
    for graph, lines in graphs:
        yield from (f"{line.removesuffix(f' <{graph}> .').removesuffix(' .')} .\n" for line in lines)


def nquads(graphs: Graphs) -> Iterator[str]:
    """N-Quads, with the source that each fact is from."""
    for _, lines in graphs:
        yield from (f"{line}\n" for line in lines)


def _subjects(graphs: Graphs) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Subject with its (predicate, object) in N-Triples form, graph by graph."""
    for _, lines in graphs:
        found = (match for line in lines if (match := _LINE.match(line)))
        for subject, matches in groupby(found, key=lambda match: match[1]):
            yield subject, [(match[2], match[3]) for match in matches]


def turtle(graphs: Graphs) -> Iterator[str]:
    """Turtle, a subject a paragraph; a subject comes again where another named graph speaks of it."""
    yield from (f"@prefix {prefix}: <{home}> .\n" for prefix, home in sorted(prefixes().items()))
    for subject, facts in _subjects(graphs):
        parts = []
        for predicate, pairs in groupby(facts, key=lambda fact: fact[0]):
            verb = "a" if predicate == _TYPE else _name(predicate)
            parts.append((predicate != _TYPE, f"{verb} {', '.join(_name(value) for _, value in pairs)}"))
        yield f"\n{_name(subject)} " + " ;\n    ".join(part for _, part in sorted(parts)) + " .\n"


@cache
def _homes() -> list[tuple[str, str]]:
    return sorted(((home, prefix) for prefix, home in prefixes().items()), key=lambda pair: -len(pair[0]))


@lru_cache(maxsize=65536)
def _name(term: str) -> str:
    """A term in N-Triples form as Turtle writes it."""
    if term.startswith('"'):
        text, mark, datatype = term.rpartition("^^")
        return f"{text}{mark}{_name(datatype)}" if mark and text.endswith('"') else term
    for home, prefix in _homes():
        if term.startswith(home, 1) and _LOCAL.fullmatch(term, len(home) + 1, len(term) - 1):
            return f"{prefix}:{term[len(home) + 1 : -1]}"
    return term


def jsonld(graphs: Graphs) -> Iterator[str]:
    """JSON-LD: the prefix map as context, a subject a line."""
    yield f'{{"@context": {json.dumps(prefixes(), indent=1)},\n"@graph": ['
    comma = ""
    for subject, facts in _subjects(graphs):
        node: dict[str, object] = {"@id": _id(subject)}
        for predicate, pairs in groupby(facts, key=lambda fact: fact[0]):
            values = [value for _, value in pairs]
            if predicate == _TYPE:
                node["@type"] = [_id(value) for value in values]
            else:
                node[_id(predicate)] = [_jsonld_value(value) for value in values]
        yield f"{comma}\n{json.dumps(node, ensure_ascii=False)}"
        comma = ","
    yield "]}\n"


def _id(term: str) -> str:
    return _name(term).removeprefix("<").removesuffix(">")


def _jsonld_value(term: str) -> object:
    value = term_of_line(term)
    if not isinstance(value, Literal):
        return {"@id": _id(term)}
    if value.language:
        return {"@value": str(value), "@language": value.language}
    if value.datatype is None:
        return str(value)
    return {"@value": str(value), "@type": _id(iri(value.datatype))}


def term_of_line(term: str) -> Term:
    """The rdflib term of one in N-Triples form."""
    if term.startswith("<"):
        return URIRef(term[1:-1])
    if term.startswith("_:"):
        return BNode(term[2:])
    text, _, tail = term[1:].rpartition('"')
    datatype = URIRef(tail[3:-1]) if tail.startswith("^^") else None
    return Literal(unquote(text), lang=tail[1:] if tail.startswith("@") else None, datatype=datatype, normalize=False)
