"""docs/ontology.md and docs/queries.md, made from ontology/imr.ttl and queries/*.rq; a test keeps them in step."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.term import Node

from imr_graph.graph.contract import named
from imr_graph.graph.queries import NamedQuery, load_queries
from imr_graph.graph.schemes import ontology_files, parse_turtle

# What a Decision holds and the graph does not, with the reason. All of it is in the archive of the store.
NOT_IN_GRAPH = {
    "Evidence": "where each value stands in the letter; `show CASE` reads it from the archive",
    "Mention": "words that were linked, with score and rule; only `show --explain` asks for them",
    "Reviewer.certifications": "the words; imr:reviewerSpecialty has what they mean",
    "Reviewer.licensed_in": "no question asks for the states of licensure",
    "Decision.case_number": "equal to the identifier wherever the letter has one",
    "Decision.layout": "how the letter was read",
    "Decision.date_assigned": "no question asks for it; received, denied and decided do",
    "Decision.clinical_summary": "text is searched in the text index",
    "Decision.clinical_summary_span": "evidence",
    "Decision.evidence": "see Evidence",
    "Decision.mentions": "see Mention",
    "Problem.message": "`problems CASE` shows it",
    "Problem.spans": "evidence",
    "Diagnosis.icd10cm": "the concept in the vocabulary has its codes",
    "Diagnosis.span": "evidence",
    "Diagnosis.score": "evidence",
    "Diagnosis.rule": "evidence",
    "Drug.text": "the heading has the words",
    "Drug.ingredients": "imr:drug has them for the issue",
    "Drug.form": "no question asks for it",
    "Drug.span": "evidence",
    "Drug.rule": "evidence",
    "Issue.service_class": "skos:broader of the service",
    "Issue.rationale": "text is searched in the text index",
    "Issue.rationale_span": "evidence",
    "Issue.conclusion": "says the outcome again",
    "Issue.conclusion_span": "evidence",
    "Citation.source": "the guideline has its family above it",
    "Citation.chapter": "part of the section that is cited; the words only where no section is named",
    "Citation.span": "evidence",
    "Citation.rule": "evidence",
    "GuidelineLine.text": "read into citation acts; `show CASE` has the words",
    "GuidelineLine.span": "evidence",
    "GuidelineLine.outside_mtus": "says why a guideline was chosen, which no question asks",
    "Ground.sentence": "text is searched in the text index; `show CASE` has it",
    "Ground.span": "evidence",
    "Ground.score": "evidence",
    "Ground.rule": "evidence",
    "QuotedPassage.span": "evidence",
    "QuotedPassage.source": "the guideline has its family above it",
    "QuotedPassage.marked": "evidence",
    "QuotedPassage.rule": "evidence",
}
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
    lines += [f"- `{field}`: {reason}" for field, reason in NOT_IN_GRAPH.items()]
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
