"""Every format is read back by the library that others would read it with."""

import csv
import io
import json
import os
from pathlib import Path

import networkx as nx
import pytest
from rdflib import Dataset, Graph

from imr_graph.errors import UnknownItem, UsageError
from imr_graph.graph.contract import GraphStore
from imr_graph.graph.export import export, formats
from imr_graph.graph.memory import RdflibStore
from imr_graph.graph.network import network
from imr_graph.graph.schemes import vocabulary_quads
from imr_graph.graph.store import OxigraphStore
from imr_graph.graph.triples import decision_quads
from imr_graph.namespaces import BASE
from tests.graph.letters import DECISIONS

CASE = f"{BASE}decision/CM14-0000001"


def written(store: GraphStore, form: str, **options: object) -> str:
    file = io.StringIO(newline="")
    export(store, form, file, **options)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.fixture(scope="module")
def letters() -> RdflibStore:
    """The letters with the small vocabularies only: serialising 30,000 triples takes rdflib seconds."""
    lines = [line for decision in DECISIONS for line in decision_quads(decision)]
    labels = [
        line for line in vocabulary_quads() if "prefLabel" in line or "core#broader" in line or "Guideline" in line
    ]
    return RdflibStore([*lines, *labels])


def test_nquads_are_the_store(filled: GraphStore) -> None:
    text = written(filled, "nq")
    assert sorted(text.splitlines()) == sorted(filled.quads())
    assert RdflibStore(text.encode()).count() == filled.count()


def test_both_stores_write_the_same_bytes(letters: RdflibStore, tmp_path: Path) -> None:
    with OxigraphStore.create(tmp_path / "a") as store:
        store.bulk_load(sorted(letters.quads(), reverse=True))
        for form in formats():
            assert written(store, form) == written(letters, form), form


@pytest.mark.parametrize(("form", "name"), [("nt", "nt"), ("ttl", "turtle"), ("jsonld", "json-ld")])
def test_rdf_reads_back(letters: RdflibStore, form: str, name: str) -> None:
    union = set(letters.as_rdflib().triples((None, None, None)))
    back = Graph().parse(data=written(letters, form), format=name)
    assert len(back) == len(union)
    assert {t for t in back if not isinstance(t[2], float)} == union


def test_turtle_is_readable(letters: RdflibStore) -> None:
    text = written(letters, "ttl")
    assert "imr:outcome outcome:overturned" in text
    assert "ns1:" not in text


@pytest.mark.parametrize("form", ["graphml", "gexf", "cytoscape"])
def test_the_property_graph_reads_back(letters: RdflibStore, form: str, tmp_path: Path) -> None:
    expected = network(letters)
    path = tmp_path / "graph"
    export(letters, form, path)
    if form == "cytoscape":
        found = nx.cytoscape_graph(json.loads(path.read_text()))
    else:
        found = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}[form](path)
    assert set(found) == set(expected)
    assert found.number_of_edges() == expected.number_of_edges()
    for node, values in expected.nodes(data=True):
        assert found.nodes[node]["label"] == values["label"]
        assert found.nodes[node]["type"] == values["type"]
    kinds = sorted(str(data["relation"]) for _, _, data in expected.edges(data=True))
    assert sorted(str(data["relation"]) for _, _, data in found.edges(data=True)) == kinds


def test_nodes_and_edges_speak_the_language_of_the_field(letters: RdflibStore) -> None:
    graph = network(letters)
    issue = graph.nodes[f"{CASE}/issue/1"]
    assert issue["label"] == 'CM14-0000001 #1: MRI of the lumbar spine, "open"'
    assert (issue["type"], issue["outcome"], issue["case"], issue["number"]) == (
        "issue",
        "overturned",
        "CM14-0000001",
        1,
    )
    assert graph.nodes[CASE]["decided"] == "2014-03-09"
    assert graph.nodes[f"{BASE}concept/service/mri"]["label"] == "MRI"
    assert {data["type"] for _, data in graph.nodes(data=True)} == {
        "case",
        "issue",
        "service",
        "drug",
        "body part",
        "diagnosis",
        "guideline",
        "guideline section",
        "passage",
        "ground",
        "outcome",
    }
    out = {
        (data["relation"], graph.nodes[target]["label"])
        for _, target, data in graph.out_edges(f"{CASE}/issue/1", data=True)
    }
    assert ("reviewer cites", "Low Back Complaints 2004: Special Studies") in out
    assert ("on the ground", "Neurologic deficit documented") in out
    assert ("quotes", "Imaging is for those who would consider surgery an option.") in out


def test_the_table_has_a_row_an_issue(letters: RdflibStore) -> None:
    rows = list(csv.DictReader(io.StringIO(written(letters, "csv"), newline="")))
    assert [(row["case"], row["issue"]) for row in rows] == [
        ("CM14-0000001", "1"),
        ("CM14-0000001", "2"),
        ("h-cccccccccccccccc", "1"),
        ("h-cccccccccccccccc", "2"),
    ]
    assert rows[0]["request"] == 'MRI of the lumbar spine, "open"'
    assert rows[1]["grounds"].count("; ") == 1
    assert (rows[1]["quantity"], rows[1]["unit"]) == ("60", "tablets")
    assert (rows[3]["quantity"], rows[3]["approved_quantity"], rows[3]["outcome"]) == (
        "12",
        "6",
        "partially overturned",
    )


@pytest.mark.parametrize(
    ("around", "depth", "inside", "outside"),
    [
        ("CM14-0000001", 1, f"{CASE}/issue/2", f"{BASE}concept/service/mri"),
        ("CM14-0000001", 2, f"{BASE}concept/service/mri", f"{BASE}decision/h-cccccccccccccccc/issue/1"),
        ("CM14-0000001#1", 2, f"{BASE}decision/h-cccccccccccccccc/issue/1", f"{BASE}decision/h-cccccccccccccccc"),
        ("CM14-0000001#2", 2, f"{CASE}/issue/1", f"{BASE}decision/h-cccccccccccccccc/issue/1"),
        ("service:mri", 1, f"{CASE}/issue/1", f"{CASE}/issue/2"),
        ("mri", 1, f"{CASE}/issue/1", f"{CASE}/issue/2"),
        ("9f3a9f3a9f3a9f3a", 1, f"{CASE}/issue/1", f"{CASE}/issue/2"),
        (f"{BASE}concept/outcome/upheld", 1, f"{CASE}/issue/2", f"{CASE}/issue/1"),
    ],
)
def test_around_a_node(letters: RdflibStore, around: str, depth: int, inside: str, outside: str) -> None:
    nodes = set(network(letters, around=around, depth=depth))
    assert inside in nodes
    assert outside not in nodes


def test_rdf_and_table_around_a_node(letters: RdflibStore) -> None:
    text = written(letters, "nt", around="CM14-0000001#2", depth=1)
    subjects = {line.split("> ")[0][1:] for line in text.splitlines()}
    assert {
        f"{CASE}/issue/2",
        f"{CASE}/issue/2/request/original",
        f"{CASE}/issue/2/citation/reviewer/1",
        CASE,
    } <= subjects
    assert f"{CASE}/issue/1" not in subjects
    assert len(Dataset().parse(data=text, format="nquads")) == len(text.splitlines())
    (row,) = csv.DictReader(io.StringIO(written(letters, "csv", around="CM14-0000001#2"), newline=""))
    assert row["issue"] == "2"


def test_unknown_things_are_refused(letters: RdflibStore, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'xls'.*one of: nt, nq, ttl, jsonld, csv, graphml, gexf, cytoscape"):
        export(letters, "xls", tmp_path / "x")
    for name in ("CM99-9999999", 'x" } ', "service:leeching", "CM14-0000001#9", "urn:x> {"):
        with pytest.raises(UnknownItem, match="nothing in the graph"):
            export(letters, "graphml", tmp_path / "x", around=name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_whole_or_not(letters: RdflibStore, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(UnknownItem):
        export(letters, "csv", path, around="nobody")
    assert path.read_text() == "before"
    export(letters, "csv", path)
    assert path.read_text().startswith("case,issue")
    assert os.listdir(tmp_path) == ["out.csv"]  # noqa: PTH208


def test_every_format_says_what_it_is_for() -> None:
    assert all(len(use) > 5 for use in formats().values())


def test_no_clock(letters: RdflibStore) -> None:
    assert "lastmodified" not in written(letters, "gexf")
