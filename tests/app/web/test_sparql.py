"""The SPARQL 1.1 Protocol at /sparql."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest
from rdflib import Graph, Literal
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from rdflib.query import Result
from rdflib.term import Node
from starlette.testclient import TestClient

from imr_graph.app.web.sparql_results import preferred

SELECT = "SELECT ?case ?n WHERE { ?case a imr:Determination ; dcterms:identifier ?n } ORDER BY ?n LIMIT 5"
CONSTRUCT = "CONSTRUCT { ?s dcterms:identifier ?o } WHERE { ?s a imr:Determination ; dcterms:identifier ?o }"


@pytest.mark.parametrize("form", ["get", "form", "direct"])
def test_the_three_ways_to_ask(client: TestClient, form: str) -> None:
    if form == "get":
        answer = client.get("/sparql", params={"query": SELECT})
    elif form == "form":
        answer = client.post("/sparql", data={"query": SELECT})
    else:
        answer = client.post("/sparql", content=SELECT, headers={"content-type": "application/sparql-query"})
    assert answer.headers["content-type"].startswith("application/sparql-results+json")
    assert len(answer.json()["results"]["bindings"]) == 5
    assert answer.json()["head"]["vars"] == ["case", "n"]


def rows_of(form: str, content: bytes) -> list[tuple[Node, ...]]:
    """The rows as rdflib reads them."""
    found = Result.parse(io.BytesIO(content), format=form)
    return [tuple(binding[name] for name in found.vars or ()) for binding in found.bindings]


def test_the_formats_of_rows_agree(client: TestClient) -> None:
    def ask(accept: str) -> bytes:
        answer = client.get("/sparql", params={"query": SELECT}, headers={"accept": accept})
        assert answer.headers["content-type"].startswith(accept.split(",")[0])
        return answer.content

    json_rows = rows_of("json", ask("application/sparql-results+json"))
    xml_rows = rows_of("xml", ask("application/sparql-results+xml"))
    tsv_rows = rows_of("tsv", ask("text/tab-separated-values"))
    csv_rows = list(csv.reader(io.StringIO(ask("text/csv").decode())))[1:]
    assert json_rows == xml_rows == tsv_rows
    assert [[str(cell) for cell in row] for row in json_rows] == csv_rows


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
    ],
)
def test_the_formats_of_triples_agree(client: TestClient, accept: str, form: str) -> None:
    answer = client.get("/sparql", params={"query": CONSTRUCT}, headers={"accept": accept})
    assert answer.headers["content-type"].startswith(accept)
    assert len(Graph().parse(data=answer.text, format=form)) > 30


def test_yes_or_no(client: TestClient) -> None:
    query = {"query": "ASK { ?s a imr:Determination }"}
    assert client.get("/sparql", params=query).json()["boolean"] is True
    xml = client.get("/sparql", params=query, headers={"accept": "application/sparql-results+xml"}).text
    assert ElementTree.fromstring(xml).findtext("{http://www.w3.org/2005/sparql-results#}boolean") == "true"


def test_without_a_query_the_service_describes_itself(client: TestClient) -> None:
    answer = client.get("/sparql")
    graph = Graph().parse(data=answer.text, format="turtle")
    assert (None, None, Literal("x")) not in graph
    assert "SPARQL11Query" in answer.text
    assert client.get("/sparql", headers={"accept": "text/html"}, follow_redirects=False).headers["location"] == "/ask"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELEC ?x {}", 400),
        ("SELECT ?x { ?x a unknown:y }", 400),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", 400),
        ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", 400),
        ("SELECT * { ?a ?b ?c }", 503),
        ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", 503),
    ],
)
def test_what_is_refused_or_stopped(client: TestClient, query: str, status: int) -> None:
    answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).status_code == 200


def test_requests_that_the_protocol_does_not_know(client: TestClient) -> None:
    assert client.post("/sparql", content=SELECT, headers={"content-type": "text/plain"}).status_code == 400
    assert (
        client.post("/sparql", content=b"\xff", headers={"content-type": "application/sparql-query"}).status_code == 400
    )
    assert client.post("/sparql", data={"update": "CLEAR ALL"}).status_code == 400
    assert client.get("/sparql", params=[("query", SELECT), ("query", SELECT)]).status_code == 400
    assert client.get("/sparql", params={"query": SELECT, "default-graph-uri": "a:b"}).status_code == 400
    assert client.get("/sparql", params={"query": SELECT}, headers={"accept": "image/png"}).status_code == 400
    nameless = {"query": "CONSTRUCT { ?s <http://x.org/p/> 1 } WHERE { ?s a imr:Determination }", "format": "xml"}
    assert client.get("/sparql", params=nameless).status_code == 400


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "a/x"),
        ("*/*", "a/x"),
        ("b/*;q=0.5, a/y;q=0.4", "b/z"),
        ("a/*, a/x;q=0", "a/y"),
        ("image/png", None),
        ("a/y;q=bad", None),
        ("B/Z", "b/z"),
    ],
)
def test_which_format_is_liked_best(accept: str, expected: str | None) -> None:
    assert preferred(accept, ("a/x", "a/y", "b/z")) == expected


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_uses_the_endpoint(server: str, method: str) -> None:
    graph = Graph(SPARQLStore(f"{server}/sparql", method=method))
    prefixes = "PREFIX imr: <https://w3id.org/imr-graph/ns#> PREFIX dcterms: <http://purl.org/dc/terms/>"
    rows = list(graph.query(f"{prefixes} {SELECT}"))
    assert len(rows) == 5
    assert graph.query(f"{prefixes} ASK {{ ?s a imr:Determination }}").askAnswer
