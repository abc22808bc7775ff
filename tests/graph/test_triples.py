"""A decision as quads: complete, escaped, sorted, alike for every parser."""

import datetime as dt
from collections.abc import Iterable

import pyoxigraph
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Dataset

from imr_graph.graph.memory import RdflibStore
from imr_graph.graph.terms import number, string
from imr_graph.graph.triples import decision_quads, shared_graph
from imr_graph.models import Decision, Diagnosis, Issue, Layout, Outcome, QuotedPassage
from imr_graph.namespaces import BASE, source_iri
from tests.graph.letters import DECISIONS, OVERTURNED, SPAN, UPHELD

# every character but lone surrogates, which no decoded file holds
words = st.text(st.characters(codec="utf-8"), max_size=20)


def with_oxigraph(lines: Iterable[str]) -> set[str]:
    text = "".join(f"{line}\n" for line in lines).encode()
    return {f"{quad} ." for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS)}


def with_rdflib(lines: Iterable[str]) -> set[str]:
    return set(RdflibStore(list(lines)).quads())


@settings(max_examples=40, deadline=None)
@given(words, words, st.integers(0, 10**9) | st.floats(0, 10**6, allow_nan=False), st.dates())
def test_any_text_survives_both_parsers(request: str, identity: str, quantity: int | float, day: dt.date) -> None:
    issue = Issue(
        n=1,
        request=request,
        outcome=Outcome.UPHELD,
        quantity=quantity,
        unit=request,
        request_span=SPAN,
        quoted_passages=(QuotedPassage(id="ab", text=identity, span=SPAN, rule="test"),),
        date_of_service=day,
    )
    decision = Decision(
        id=identity or "x",
        text_sha256="e" * 64,
        source_sha256="f" * 64,
        source_name=request,
        layout=Layout.NOTICE_2013,
        issues=(issue,),
        diagnoses=(Diagnosis(text=request, concept=identity, span=SPAN, rule="test"),),
    )
    lines = decision_quads(decision)
    assert with_oxigraph(lines) == with_rdflib(lines) == set(lines)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_a_string_reads_back(value: str) -> None:
    (quad,) = pyoxigraph.parse(f"<a:s> <a:p> {string(value)} .".encode(), format=pyoxigraph.RdfFormat.N_QUADS)
    assert quad.object == pyoxigraph.Literal(value)


def test_numbers_are_canonical() -> None:
    assert [number(n).split('"')[1] for n in (12, 12.0, 2.5, 0.1, 1e-7, 3e20)] == [
        "12",
        "12",
        "2.5",
        "0.1",
        "0.0000001",
        "300000000000000000000",
    ]


def test_lone_surrogates_are_replaced() -> None:
    assert string("a\ud800b") == '"a�b"'


def test_quads_are_sorted_unique_and_without_blank_nodes() -> None:
    for decision in DECISIONS:
        lines = decision_quads(decision)
        assert lines == sorted(set(lines)) == decision_quads(decision)
        assert not [line for line in lines if "_:" in line]


def test_every_letter_has_its_own_graph() -> None:
    """No triple lies in two graphs: Oxigraph's union would count it twice."""
    graphs: dict[str, set[str]] = {}
    for decision in DECISIONS:
        for quad in pyoxigraph.parse("\n".join(decision_quads(decision)).encode(), format=pyoxigraph.RdfFormat.N_QUADS):
            graphs.setdefault(str(quad.triple), set()).add(str(quad.graph_name))
    assert not {triple: names for triple, names in graphs.items() if len(names) > 1}
    assert {name for names in graphs.values() for name in names} == {
        "DEFAULT",
        *(f"<{source_iri(d.text_sha256)}>" for d in DECISIONS),
        f"<{shared_graph()}>",
    }


def test_another_base() -> None:
    lines = decision_quads(OVERTURNED, "https://example.org/imr/")
    subjects = {line.split(" ", 1)[0] for line in lines}
    assert subjects
    assert not [subject for subject in subjects if subject.startswith(f"<{BASE}")]


def facts(store: RdflibStore, query: str) -> set[tuple[object, ...]]:
    return {tuple(None if term is None else term.toPython() for term in row) for row in store.run(query).rows}  # type: ignore[attr-defined]


def tail(values: Iterable[tuple[object, ...]]) -> set[tuple[object, ...]]:
    return {tuple(str(v).rsplit("/", 1)[-1] if str(v).startswith("http") else v for v in row) for row in values}


def test_the_facts_come_back() -> None:
    for decision in DECISIONS:
        store = RdflibStore(decision_quads(decision))
        assert tail(
            facts(
                store,
                "SELECT ?n ?t ?o ?s { ?i imr:issueNumber ?n ; dcterms:title ?t ; imr:outcome ?o ; imr:service ?s }",
            )
        ) == {(i.n, i.request, str(i.outcome).replace(" ", "-"), i.service) for i in decision.issues}
        assert tail(facts(store, "SELECT ?n ?g { ?i imr:issueNumber ?n ; imr:ground ?g }")) == {
            (i.n, g.notation) for i in decision.issues for g in i.grounds
        }
        cited = """SELECT ?n ?p (COUNT(?c) AS ?k) {
          ?c cito:hasCitingEntity ?i ; imr:citingParty ?p . ?i imr:issueNumber ?n
        } GROUP BY ?n ?p"""
        assert tail(facts(store, cited)) == {
            (i.n, str(p).replace(" ", "-"), k)
            for i in decision.issues
            for p in {c.cited_by for c in i.citations}
            if (k := sum(c.cited_by == p for c in i.citations))
        }
        assert facts(store, "SELECT ?l { ?x imr:hasDiagnosis ?d . ?d rdfs:label ?l }") == {
            (d.text,) for d in decision.diagnoses
        }
        assert tail(facts(store, "SELECT ?day { ?d imr:decisionDate ?day }")) == {(decision.decision_date,)}


def test_the_three_requests() -> None:
    store = RdflibStore(decision_quads(UPHELD))
    query = "SELECT ?p ?t ?q ?u { ?i ?p ?r . ?r dcterms:title ?t ; imr:quantity ?q ; imr:unit ?u }"
    assert {(str(p).rsplit("#", 1)[-1], str(t), q.toPython(), str(u)) for p, t, q, u in store.run(query).rows} == {  # type: ignore[union-attr]
        ("originalRequest", "12 sessions of physical therapy", 12, "sessions"),
        ("authorizedRequest", "6 sessions", 6, "sessions"),
        ("remainingRequest", "6 sessions", 6, "sessions"),
    }


def test_guidelines_that_no_vocabulary_knows_keep_their_words() -> None:
    store = RdflibStore(decision_quads(OVERTURNED))
    labels = """SELECT ?s ?l ?above {
      ?s skos:prefLabel ?l OPTIONAL { ?s skos:broader ?above } FILTER(CONTAINS(STR(?s), '/cited/'))
    }"""
    found = {tuple(str(term).removeprefix(BASE) for term in row) for row in store.run(labels).rows}
    assert found == {
        ("cited/obscure-handbook", "Obscure handbook", "None"),
        ("cited/obscure-handbook/odd-section", "Odd section", "cited/obscure-handbook"),
        (
            "cited/mtus-chronic-pain-medical-treatment-2009/opioids",
            "Opioids",
            "guideline/mtus-chronic-pain-medical-treatment-2009",
        ),
    }


def test_the_source_is_named_without_its_folder() -> None:
    store = RdflibStore(decision_quads(OVERTURNED))
    assert facts(store, "SELECT ?t { ?d prov:hadPrimarySource ?s . ?s dcterms:title ?t }") == {("CM14-0000001.pdf",)}


def test_the_union_of_graphs_is_one_graph(quads: list[str]) -> None:
    dataset = Dataset(default_union=True)
    dataset.parse(data="\n".join(quads), format="nquads")
    assert len(dataset) == len(set(quads))
