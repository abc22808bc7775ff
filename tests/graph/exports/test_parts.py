"""What is exported: everything, around a node, projections, chosen letters, the answer of a query."""

import os
from pathlib import Path

import pytest

from imr_graph.errors import QueryError, UnknownItem, UsageError
from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports.locate import neighbourhood
from imr_graph.graph.exports.model import Edge, Network, Node
from imr_graph.graph.exports.networks import dressed
from imr_graph.graph.exports.projections import _most_cases, project, projections
from imr_graph.graph.exports.property_graph import property_graph
from imr_graph.graph.exports.reading import Selection
from imr_graph.graph.exports.style import EDGE_COLOR
from imr_graph.graph.exports.write import Part, export, formats, plain_network
from imr_graph.graph.exports.xml_formats import notes_of
from imr_graph.graph.memory import RdflibStore
from imr_graph.graph.triples import decision_quads
from imr_graph.models import Outcome
from imr_graph.namespaces import BASE
from imr_graph.rates import FLOOR
from tests.graph.exports.conftest import Written
from tests.graph.letters import DECISIONS

CASE = f"{BASE}decision/CM14-0000001"
OTHER = f"{BASE}decision/h-cccccccccccccccc"


def read(network: Network) -> tuple[dict[str, Node], list[Edge]]:
    return {node.id: node for node in network.nodes}, list(network.edges)


def test_nodes_and_edges_speak_the_language_of_the_field(letters: GraphStore) -> None:
    nodes, edges = read(property_graph(letters, Selection()))
    issue = nodes[f"{CASE}/issue/1"]
    assert issue.label == 'CM14-0000001 #1: MRI of the lumbar spine, "open"'
    assert (issue.type, issue.values["outcome"], issue.values["case"]) == ("issue", "overturned", "CM14-0000001")
    assert nodes[CASE].values["decided"] == "2014-03-09"
    assert nodes[f"{BASE}concept/service/mri"].label == "MRI"
    types = {"case", "issue", "service", "drug", "body part", "diagnosis", "guideline", "guideline section", "passage"}
    assert {node.type for node in nodes.values()} == types | {"ground"}
    out = {(edge.relation, nodes[edge.target].label) for edge in edges if edge.source == issue.id}
    assert ("reviewer cites", "Low Back Complaints 2004: Special Studies") in out
    assert ("on the ground", "Neurologic deficit documented") in out
    assert ("quotes", "Imaging is for those who would consider surgery an option.") in out


def test_every_edge_has_its_ends_and_every_node_its_degree(letters: GraphStore) -> None:
    nodes, edges = read(property_graph(letters, Selection()))
    for node in nodes.values():
        assert node.values["degree"] == sum((edge.source == node.id) + (edge.target == node.id) for edge in edges)
    assert len({edge[:3] for edge in edges}) == len(edges)


@pytest.mark.parametrize(
    ("around", "depth", "inside", "outside"),
    [
        ("CM14-0000001", 1, f"{CASE}/issue/2", f"{BASE}concept/service/mri"),
        ("CM14-0000001", 2, f"{BASE}concept/service/mri", f"{OTHER}/issue/1"),
        ("CM14-0000001#1", 2, f"{OTHER}/issue/1", OTHER),
        ("CM14-0000001#2", 2, f"{CASE}/issue/1", f"{OTHER}/issue/1"),
        ("service:mri", 1, f"{CASE}/issue/1", f"{CASE}/issue/2"),
        ("mri", 1, f"{CASE}/issue/1", f"{CASE}/issue/2"),
        ("magnetic resonance imaging", 1, f"{CASE}/issue/1", f"{CASE}/issue/2"),
        ("cm14-0000001#1", 2, f"{OTHER}/issue/1", OTHER),
        ("9f3a9f3a9f3a9f3a", 1, f"{CASE}/issue/1", f"{CASE}/issue/2"),
    ],
)
def test_around_a_node(letters: GraphStore, around: str, depth: int, inside: str, outside: str) -> None:
    nodes, edges = read(neighbourhood(letters, around, depth))
    assert inside in nodes
    assert outside not in nodes
    assert {name for edge in edges for name in edge[:2]} <= set(nodes)


SECTION = f"{BASE}guideline/mtus-low-back-complaints-2004/special-studies"


def test_service_and_guideline_section(letters: GraphStore) -> None:
    nodes, edges = read(project(letters, "service-guideline", Selection()))
    (edge,) = [e for e in edges if e.target == SECTION]
    assert edge.source == f"{BASE}concept/service/mri"
    assert edge.values["label"] == "2 issues: 1 overturned, 1 upheld"
    assert (edge.values["issues"], edge.values["overturned"]) == (2, 1)
    assert edge.values["first_decided"] <= edge.values["last_decided"]  # type: ignore[operator]
    assert edge.values["by_reviewer"] == 2
    assert nodes[SECTION].values["issues"] == 2


def test_cases_that_share_concepts(letters: GraphStore) -> None:
    nodes, (edge,) = read(project(letters, "case-case", Selection()))
    assert set(nodes) == {CASE, OTHER} == {edge.source, edge.target}
    why = str(edge.values["why"]).split("; ")
    assert {"MRI", "Low Back Complaints 2004: Special Studies", "Lumbar radiculopathy"} <= set(why)
    assert edge.values["weight"] == len(why)
    assert 0 < float(edge.values["similarity"]) < 1


@pytest.mark.parametrize(
    ("sizes", "limit", "most"),
    [([], 20, 20), ([1, 2, 30], 20, 20), ([1, 1000, 1001, 1002], 5000, 1001), ([2000], 5000, 1999), ([2, 10], 20, 20)],
)
def test_rare_concepts_join_cases_first(sizes: list[int], limit: int, most: int) -> None:
    assert _most_cases(sizes, limit) == most


def test_the_other_projections(letters: GraphStore) -> None:
    _, crossed = read(project(letters, "crossing", Selection()))
    assert {(e.source.rpartition("-by-")[2], e.target.rpartition("-by-")[2]) for e in crossed} == {
        ("claims-administrator", "reviewer")
    }
    nodes, quoted = read(project(letters, "passage-case", Selection()))
    assert [(nodes[e.source].type, e.target, e.values["outcome"]) for e in quoted] == [
        ("passage", CASE, "overturned"),
        ("passage", OTHER, "upheld"),
    ]
    nodes, asked = read(project(letters, "diagnosis-service", Selection()))
    assert {(nodes[e.source].type, nodes[e.target].type) for e in asked} == {("diagnosis", "service")}
    _, together = read(project(letters, "guideline-guideline", Selection()))
    assert all(edge.source < edge.target and edge.values["issues"] == 1 for edge in together)
    assert len(together) == 4


@pytest.fixture(scope="module")
def many(lines: list[str]) -> GraphStore:
    """The first letter twice ``FLOOR`` times over, every other time overturned in part, and the second once."""
    store = RdflibStore([line for line in lines if "/decision/" not in line])
    first, *others = DECISIONS
    issue, *rest = first.issues
    in_part = {"issues": (issue.model_copy(update={"outcome": Outcome.PARTIALLY_OVERTURNED}), *rest)}
    again = [
        first.model_copy(update={"id": f"CM15-{n:07d}", "source_sha256": f"{n:064x}", **({} if n % 2 else in_part)})
        for n in range(2 * FLOOR)
    ]
    store.bulk_load([line for decision in (*again, *others) for line in decision_quads(decision)])
    return store


@pytest.mark.parametrize("name", projections())
def test_a_share_never_stands_without_enough_issues(many: GraphStore, name: str) -> None:
    network = dressed(project(many, name, Selection()))
    nodes, edges = read(network)
    rated = set()
    for values in [*(node.values for node in nodes.values()), *(edge.values for edge in edges)]:
        assert ("overturn_share" in values) == (int(values.get("issues", 0)) >= FLOOR)
        rated.add("overturn_share" in values)
        if "issues" in values:
            assert network.counted
            assert values["issues"] == values["overturned"] + values["partially_overturned"] + values["upheld"]  # type: ignore[operator]
        if "overturn_share" in values:
            won = int(values["overturned"]) + int(values["partially_overturned"])
            assert f"{won / int(values['issues']):.3f}" == f"{values['overturn_share']:.3f}"
            low, share, high = (float(values[f"overturn_{name}"]) for name in ("low", "share", "high"))
            assert low <= share <= high
    assert rated == ({False} if name == "case-case" else {False, True})
    assert {edge.values["color"] == EDGE_COLOR for edge in edges if "overturn_share" not in edge.values} <= {True}
    assert {edge.values["color"] == EDGE_COLOR for edge in edges if "overturn_share" in edge.values} <= {False}
    assert network.counted == ("no share is given" in notes_of(network))


def test_no_shares_of_issues_chosen_by_outcome(many: GraphStore) -> None:
    network = project(many, "service-guideline", Selection(outcome="overturned"))
    _, edges = read(network)
    assert any(int(edge.values["issues"]) >= FLOOR for edge in edges)
    assert not any("overturn_share" in edge.values for edge in edges)
    assert network.notes[-1] == "No shares: only issues decided one way are counted."


def test_what_is_left_out_is_said(letters: GraphStore) -> None:
    chosen = Selection(since="2014-01-01", until="2015-01-01", outcome="overturned")
    network = property_graph(letters, chosen)
    nodes, _ = read(network)
    assert {node.values.get("outcome") for node in nodes.values() if node.type == "issue"} == {"overturned"}
    assert OTHER not in nodes
    assert network.notes == [
        "Only cases decided since 2014-01-01 until 2015-01-01; cases without a date of decision are left out.",
        "Only issues that were overturned.",
    ]
    sampled = property_graph(letters, Selection(sample=1))
    assert sum(node.type == "case" for node in sampled.nodes) == 1
    assert sampled.notes == ["A sample: 1 of 2 cases, chosen by the hash of their IRI."]
    light = plain_network(letters, Part(projection="service-guideline", min_weight=2))
    assert len(list(light.edges)) == 1
    assert "edges with a weight below 2" in light.notes[-1]


def test_a_projection_around_a_node(letters: GraphStore) -> None:
    nodes, _ = read(plain_network(letters, Part(projection="service-guideline", around="service:mri")))
    assert f"{BASE}concept/service/mri" in nodes
    assert f"{BASE}concept/service/opioid" not in nodes
    with pytest.raises(UsageError, match="no node of this projection"):
        plain_network(letters, Part(projection="service-guideline", around="CM14-0000001"))


def test_the_answer_of_a_query_has_labels_and_facts(letters: GraphStore) -> None:
    query = "CONSTRUCT { ?i imr:service ?s ; imr:issueNumber ?n } WHERE { ?i imr:service ?s ; imr:issueNumber ?n }"
    nodes, edges = read(plain_network(letters, Part(query=query)))
    assert nodes[f"{CASE}/issue/1"].values["facts"] == "issue number: 1"
    assert {edge.relation for edge in edges} == {"service"}
    assert nodes[f"{BASE}concept/service/mri"].label == "MRI"
    blank, edges = read(
        plain_network(letters, Part(query="CONSTRUCT { [] imr:service ?s } WHERE { ?i imr:service ?s }"))
    )
    assert {edge.source for edge in edges} == {name for name in blank if name.startswith("_:")} != set()
    with pytest.raises(UsageError, match="SELECT gives no graph"):
        plain_network(letters, Part(query="SELECT * { ?s ?p ?o }"))
    with pytest.raises(QueryError):
        plain_network(letters, Part(query="CONSTRUCT { nonsense"))


def test_unknown_things_are_refused(letters: GraphStore, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'xls'.*one of: csv, nt, nq, ttl, jsonld, html"):
        export(letters, "xls", tmp_path / "x")
    with pytest.raises(UsageError, match=r"no projection 'x'.*case-case, service-guideline"):
        export(letters, "gexf", tmp_path / "x", Part(projection="x"))
    with pytest.raises(UsageError, match="no projections"):
        export(letters, "ttl", tmp_path / "x", Part(projection="crossing"))
    for name in ("CM99-9999999", 'x" } ', "service:leeching", "CM14-0000001#9", "urn:x> {"):
        with pytest.raises(UnknownItem, match="nothing in the graph"):
            export(letters, "graphml", tmp_path / "x", Part(around=name))
    assert list(tmp_path.iterdir()) == []
    for contradiction in ({"query": "x", "around": "y"}, {"around": "y", "selection": Selection(sample=1)}):
        with pytest.raises(UsageError):
            Part(**contradiction)


def test_a_file_is_written_whole_or_not(letters: GraphStore, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(UnknownItem):
        export(letters, "csv", path, Part(around="nobody"))
    assert path.read_text() == "before"
    export(letters, "csv", path)
    assert path.read_text().startswith("case,issue")
    assert os.listdir(tmp_path) == ["out.csv"]  # noqa: PTH208


def test_a_folder_replaces_an_export_and_nothing_else(letters: GraphStore, tmp_path: Path) -> None:
    for _ in range(2):
        (note,) = export(letters, "neo4j", tmp_path / "out")
    assert f"--nodes={tmp_path / 'out'}/nodes.csv" in note
    (tmp_path / "out" / "mine.txt").write_text("precious")
    with pytest.raises(UsageError, match="no earlier export"):
        export(letters, "neo4j", tmp_path / "out")
    assert os.listdir(tmp_path) == ["out"]  # noqa: PTH208


def test_folders_do_not_go_to_stdout(written: Written) -> None:
    with pytest.raises(UsageError, match="--output"):
        written("parquet")


def test_every_format_says_what_it_is_for() -> None:
    assert all(len(use) > 5 for use in formats().values())
