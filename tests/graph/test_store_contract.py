"""What every store promises, run over both."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Literal, URIRef

from imr_graph.errors import QueryError, StoreError
from imr_graph.graph.contract import GraphStore
from imr_graph.graph.store import OxigraphStore

Make = Callable[[list[str]], GraphStore]

QUADS = [
    '<urn:x:s> <urn:x:p> "one \\"quoted\\"" <urn:x:g1> .',
    '<urn:x:s> <urn:x:p> "2"^^<http://www.w3.org/2001/XMLSchema#integer> <urn:x:g2> .',
    "<urn:x:s> <urn:x:q> <urn:x:g1> .",
    '<urn:x:g1> <urn:x:title> "about the graph" .',
]


@pytest.fixture
def small(make: Make) -> GraphStore:
    return make(QUADS)


def test_the_default_graph_is_the_union(small: GraphStore) -> None:
    result = small.run("SELECT ?o WHERE { <urn:x:s> <urn:x:p> ?o } ORDER BY ?o")
    assert (result.form, result.columns) == ("SELECT", ("o",))
    assert set(result.rows) == {(Literal('one "quoted"'),), (Literal(2),)}


def test_named_graphs_can_be_asked_for(small: GraphStore) -> None:
    result = small.run("SELECT ?g WHERE { GRAPH ?g { <urn:x:s> <urn:x:p> ?o } } ORDER BY ?g")
    assert result.rows == ((URIRef("urn:x:g1"),), (URIRef("urn:x:g2"),))


def test_from_restricts(small: GraphStore) -> None:
    assert small.run("SELECT ?o FROM <urn:x:g2> WHERE { ?s <urn:x:p> ?o }").rows == ((Literal(2),),)


def test_from_never_fetches(small: GraphStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside.ttl"
    outside.write_text("<urn:x:secret> <urn:x:p> 1 .")
    assert small.run(f"SELECT * FROM <{outside.as_uri()}> WHERE {{ ?s ?p ?o }}").rows == ()


def test_every_form(small: GraphStore) -> None:
    assert small.run("ASK { <urn:x:s> <urn:x:p> 2 }").answer is True
    assert small.run("ASK { <urn:x:s> <urn:x:p> 3 }").answer is False
    built = small.run("CONSTRUCT { ?s <urn:x:new> ?o } WHERE { ?s <urn:x:p> ?o }")
    assert (built.form, len(built.triples)) == ("CONSTRUCT", 2)
    described = small.run("DESCRIBE <urn:x:s>")
    assert len(described.graph()) == 3


def test_an_unbound_column_is_none(small: GraphStore) -> None:
    rows = small.run("SELECT ?o ?z WHERE { <urn:x:s> <urn:x:p> ?o OPTIONAL { ?o <urn:x:p> ?z } }").rows
    assert {row[1] for row in rows} == {None}


def test_prefixes_of_the_project_need_no_declaration(small: GraphStore) -> None:
    assert small.run("SELECT * WHERE { ?s imr:outcome outcome:upheld }").rows == ()


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <urn:x:a> <urn:x:b> 1 }",
        "PREFIX x: <urn:x:>\n# no\nDELETE WHERE { ?s ?p ?o }",
        "DROP ALL",
        "CLEAR ALL",
    ],
)
def test_updates_are_refused(small: GraphStore, update: str) -> None:
    with pytest.raises(QueryError, match="update; the graph is read only"):
        small.run(update)
    assert small.count() == 4


def test_an_update_behind_a_query_is_refused(small: GraphStore) -> None:
    with pytest.raises(QueryError):
        small.run("SELECT * WHERE { ?s ?p ?o } ; DROP ALL")
    assert small.count() == 4


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { SERVICE <http://invalid.invalid/> { ?s ?p ?o } }",
        "SELECT * WHERE { { } service silent ?x { ?s ?p ?o } }",
        "PREFIX : <http://invalid.invalid/> SELECT * WHERE { SERVICE:x{ ?s ?p ?o } }",
        "PREFIX : <http://invalid.invalid/> SELECT * WHERE { SERVICESILENT:x{ ?s ?p ?o } }",
        "SELECT * WHERE { S\\u0045RVICE <http://invalid.invalid/> { ?s ?p ?o } }",
        "SELECT * WHERE { ?s ?p trueSERVICE<http://invalid.invalid/>{ ?s ?p ?o } }",
    ],
)
def test_queries_stay_on_this_machine(small: GraphStore, query: str) -> None:
    with pytest.raises(QueryError, match="SERVICE at line 1"):
        small.run(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?o WHERE { ?s service:x ?o }",
        'SELECT ?o WHERE { ?s ?p "SERVICE {" }',
        "ASK { GRAPH service:x { ?s ?p ?o } }",
    ],
)
def test_the_word_service_elsewhere_is_fine(small: GraphStore, query: str) -> None:
    small.run(query)


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("SELECT ?x WHERE {\n  ?x ?p\n}", r"line [123], column \d+"),
        ("SELECT ?x\nWHERE { ?x nope:y ?z }", "line 2, column 12: unknown prefix nope:"),
        ("", "line 1, column 1"),
        ("PREFIX a: <urn:x:>\nFIND ?x", "line 2, column 1: 'FIND'"),
    ],
)
def test_syntax_errors_name_the_place(small: GraphStore, query: str, where: str) -> None:
    with pytest.raises(QueryError, match=f"SPARQL syntax error at {where}"):
        small.run(query)


def test_quads_come_back_as_they_went_in(small: GraphStore) -> None:
    assert sorted(small.quads()) == sorted(QUADS)
    assert list(small.quads("urn:x:g2")) == [QUADS[1]]
    assert sorted(small.quads("")) == sorted(QUADS[2:])
    assert (small.count(), small.graphs()) == (4, ["urn:x:g1", "urn:x:g2"])


def test_loading_twice_changes_nothing(small: GraphStore) -> None:
    small.bulk_load("".join(f"{line}\n" for line in QUADS).encode())
    small.bulk_load([])
    assert small.count() == 4


def test_bad_quads_are_refused(small: GraphStore) -> None:
    with pytest.raises(StoreError, match=r"(?s)no N-Quads.*give a quad a line"):
        small.bulk_load(["this is <no quad"])


def test_removing_a_graph_removes_what_is_said_about_it(small: GraphStore) -> None:
    small.remove_graph("urn:x:g1")
    small.remove_graph("urn:x:never-there")
    assert sorted(small.quads()) == [QUADS[1]]


def test_rdflib_opens_the_same_store(small: GraphStore) -> None:
    dataset = small.as_rdflib()
    assert {str(o) for o in dataset.objects(URIRef("urn:x:s"), URIRef("urn:x:p"))} == {'one "quoted"', "2"}
    assert len(list(dataset.query("SELECT ?o WHERE { <urn:x:s> <urn:x:p> ?o }"))) == 2


def test_a_folder_is_written_backed_up_and_read(tmp_path: Path) -> None:
    with OxigraphStore.create(tmp_path / "a") as store:
        store.bulk_load(QUADS)
        store.flush()
        store.optimize()
        store.backup(tmp_path / "b")
        with pytest.raises(StoreError):
            store.backup(tmp_path / "b")
    for name in "ab":
        with OxigraphStore.open(tmp_path / name) as reader:
            assert reader.count() == 4
    with pytest.raises(StoreError, match="closed"):
        reader.count()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with OxigraphStore.create(tmp_path / "a") as store:
        store.bulk_load(QUADS)
    with OxigraphStore.open(tmp_path / "a") as reader, pytest.raises(StoreError):
        reader.bulk_load(QUADS)


def test_one_writer(tmp_path: Path) -> None:
    with OxigraphStore.create(tmp_path / "a"), pytest.raises(StoreError, match="another build"):
        OxigraphStore.create(tmp_path / "a")


def test_no_store_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no graph in"):
        OxigraphStore.open(tmp_path)
    (tmp_path / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreError):
        OxigraphStore.open(tmp_path)
