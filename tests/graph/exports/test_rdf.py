"""RDF exports hold what the store holds, read back by rdflib."""

import csv
import io
from pathlib import Path

import pytest
from rdflib import BNode, Dataset, Graph, Literal
from rdflib.compare import isomorphic

from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports.reading import Selection
from imr_graph.graph.exports.write import Part, formats
from imr_graph.graph.memory import RdflibStore
from imr_graph.namespaces import BASE
from tests.graph.exports.conftest import Written

CASE = f"{BASE}decision/CM14-0000001"
TEXTS = [name for name in formats() if name not in ("neo4j", "kgx", "parquet")]


def test_nquads_are_the_store(letters: GraphStore, written: Written) -> None:
    text = written("nq")
    assert sorted(text.splitlines()) == sorted(letters.quads())
    assert RdflibStore(text.encode()).count() == letters.count()


@pytest.mark.parametrize("form", TEXTS)
def test_both_stores_write_the_same_bytes(written: Written, in_memory: GraphStore, form: str) -> None:
    assert written(form, store=in_memory) == written(form)


@pytest.mark.parametrize(("form", "name"), [("nt", "nt"), ("ttl", "turtle"), ("jsonld", "json-ld")])
def test_rdf_reads_back(in_memory: GraphStore, written: Written, form: str, name: str) -> None:
    union = Graph()
    for triple in in_memory.as_rdflib().triples((None, None, None)):
        union.add(triple)
    assert isomorphic(Graph().parse(data=written(form), format=name), union)


def test_turtle_is_readable(written: Written) -> None:
    text = written("ttl")
    assert "imr:outcome outcome:overturned" in text
    assert "decision:CM14-0000001 a imr:Determination ;" in text


@pytest.mark.parametrize(("form", "name"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("nt", "nt")])
def test_blank_nodes_stay_blank(form: str, name: str, letters: GraphStore, written: Written) -> None:
    query = (
        "CONSTRUCT { ?c imr:hasIssue [ imr:service ?s ; dcterms:title 'x' ] } WHERE { ?c imr:hasIssue/imr:service ?s }"
    )
    back = Graph().parse(data=written(form, Part(query=query)), format=name)
    assert isomorphic(back, letters.run(query).graph())
    assert any(isinstance(term, BNode) for term in back.subjects())


@pytest.mark.parametrize(("form", "name"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("nt", "nt")])
def test_every_literal_survives(form: str, name: str, written: Written) -> None:
    words = 'a "quote"^^<x> \\ back\nline\ttab \u2028 é 𝄞 \x7f'
    store = RdflibStore()
    triples = [
        '<urn:a> <urn:p> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> <urn:g> .',
        '<urn:a> <urn:p> "x"@en-GB <urn:g> .',
        '<urn:a> <https://schema.org/a.b.> <urn:b> .',
        f"<urn:a> <urn:p> {Literal(words).n3()} .".replace("\n", "\\n") if "\n" not in Literal(words).n3() else
        '<urn:a> <urn:p> "a \\"quote\\"^^<x> \\\\ back\\nline\\ttab" .',
    ]  # fmt: skip
    store.bulk_load(triples)
    back = Graph().parse(data=written(form, store=store), format=name)
    assert set(back) == set(store.as_rdflib().triples((None, None, None)))


def test_rdf_around_a_node(written: Written) -> None:
    text = written("nt", Part(around="CM14-0000001#2"))
    subjects = {line.split("> ")[0][1:] for line in text.splitlines()}
    wanted = {f"{CASE}/issue/2", f"{CASE}/issue/2/request/original", f"{CASE}/issue/2/citation/reviewer/1", CASE}
    assert wanted <= subjects
    assert f"{CASE}/issue/1" not in subjects
    assert len(Dataset().parse(data=text, format="nquads")) == len(text.splitlines())


@pytest.mark.parametrize("form", ["nq", "nt", "ttl", "jsonld"])
def test_rdf_of_chosen_letters(written: Written, form: str) -> None:
    text = written(form, Part(selection=Selection(since="2015-01-01")))
    assert "h-cccccccccccccccc" in text
    assert "CM14-0000001" not in text
    assert "Low back" in text


def test_an_outcome_keeps_whole_letters(written: Written) -> None:
    text = written("nq", Part(selection=Selection(outcome="overturned")))
    assert f"{CASE}/issue/2" in text
    assert "h-cccccccccccccccc" not in text


def test_rdf_of_a_query(written: Written) -> None:
    part = Part(query="CONSTRUCT WHERE { ?issue imr:ground ?ground }")
    assert len(Graph().parse(data=written("ttl", part))) == 5


def test_the_table_has_a_row_an_issue(written: Written) -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv"), newline="")))
    assert [(row["case"], row["issue"]) for row in rows] == [
        ("CM14-0000001", "1"), ("CM14-0000001", "2"), ("h-cccccccccccccccc", "1"), ("h-cccccccccccccccc", "2"),
    ]  # fmt: skip
    assert rows[0]["request"] == 'MRI of the lumbar spine, "open"'
    assert rows[1]["grounds"].count("; ") == 1
    assert (rows[1]["quantity"], rows[1]["unit"]) == ("60", "tablets")
    assert (rows[3]["quantity"], rows[3]["approved_quantity"], rows[3]["outcome"]) == (
        "12",
        "6",
        "partially overturned",
    )


def test_the_table_of_a_part(written: Written) -> None:
    (row,) = csv.DictReader(io.StringIO(written("csv", Part(around="CM14-0000001#2")), newline=""))
    assert row["issue"] == "2"
    (row,) = csv.DictReader(io.StringIO(written("csv", Part(selection=Selection(outcome="overturned"))), newline=""))
    assert (row["case"], row["issue"]) == ("CM14-0000001", "1")


def test_line_ends_are_those_of_csv(written: Written, tmp_path: Path) -> None:
    assert written("csv").count("\r\n") == 5
