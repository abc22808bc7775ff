"""Every format is read back by the library that others would read it with: the same nodes, edges, labels, weights."""

import csv
import datetime as dt
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import igraph
import networkx as nx
import pandas as pd
import pyarrow.parquet as pq
import pytest
import rustworkx

from imr_graph.graph.exports.model import EDGE_COLUMNS, NODE_COLUMNS, Network
from imr_graph.graph.exports.write import Part
from tests.graph.exports.conftest import Written

Folder = Callable[[str], Path]
Row = Mapping[str, Any]
NODE_FACTS = ("label", "type", "outcome", "decided", "issues", "overturned", "overturn_share", "degree", "pagerank")
EDGE_FACTS = ("relation", "label", "weight", "issues", "overturn_share")


def plain(value: object) -> str:
    """A value as every format can say it: 3 and 3.0 are one."""
    return f"{value:.6g}" if isinstance(value, int | float) else str(value)


def facts(row: Row, names: Iterable[str]) -> tuple[str, ...]:
    empty = (None, "")
    return tuple("" if row.get(name) in empty or row.get(name) != row.get(name) else plain(row[name]) for name in names)


def same(network: Network, nodes: Mapping[str, Row], edges: Iterable[tuple[str, str, Row]], ends: str = "") -> None:
    """``nodes`` and ``edges`` as they were read are those of ``network``."""
    expected = {n.id: facts({"label": n.label, "type": n.type, **n.values}, NODE_FACTS) for n in network.nodes}
    assert {name: facts(row, NODE_FACTS) for name, row in nodes.items()} == expected

    def key(source: str, target: str) -> tuple[str, str]:
        return (source, target) if network.directed else (min(source, target), max(source, target))

    counted = Counter(
        (*key(e.source, e.target), *facts({"relation": e.relation, **e.values}, EDGE_FACTS)) for e in network.edges
    )
    assert Counter((*key(s, t), *facts(row, EDGE_FACTS)) for s, t, row in edges) == counted


def without_yed(text: str) -> str:
    """GraphML as the schema alone has it; some readers take no extension."""
    return re.sub(r'<data key="yed_node">.*?</data>|<key id="yed_node".*?/>', "", text)


def test_graphml_in_networkx(written: Written, part: Part, network: Network, tmp_path: Path) -> None:
    (tmp_path / "a.graphml").write_text(written("graphml", part))
    graph = nx.read_graphml(tmp_path / "a.graphml", force_multigraph=True)
    assert graph.is_directed() == network.directed
    graph = nx.relabel_nodes(graph, dict(graph.nodes("iri")))
    same(network, graph.nodes, graph.edges(data=True))


def test_graphml_in_rustworkx(written: Written, part: Part, network: Network, tmp_path: Path) -> None:
    (tmp_path / "a.graphml").write_text(without_yed(written("graphml", part)))
    (graph,) = rustworkx.read_graphml(str(tmp_path / "a.graphml"))
    nodes = graph.nodes()
    assert graph.attrs["title"] == network.title
    edges = ((nodes[source]["iri"], nodes[target]["iri"], row) for source, target, row in graph.weighted_edge_list())
    same(network, {row["iri"]: row for row in nodes}, edges)


def test_graphml_in_igraph(written: Written, part: Part, network: Network, tmp_path: Path) -> None:
    (tmp_path / "a.graphml").write_text(without_yed(written("graphml", part)))
    graph = igraph.Graph.Read_GraphML(str(tmp_path / "a.graphml"))
    nodes = {vertex["iri"]: vertex.attributes() for vertex in graph.vs}
    names = graph.vs["iri"]
    for row in nodes.values() if not network.counted else ():  # igraph has no empty numbers: counts are 0
        row.update(issues=None, overturned=None)
    same(network, nodes, ((names[e.source], names[e.target], e.attributes()) for e in graph.es))


def test_graphml_has_labels_and_positions_for_yed(written: Written, part: Part, network: Network) -> None:
    root = ElementTree.fromstring(written("graphml", part))
    space = {"y": "http://www.yworks.com/xml/graphml"}
    assert {e.text for e in root.iterfind(".//y:NodeLabel", space)} == {n.label for n in network.nodes}
    assert len({(e.get("x"), e.get("y")) for e in root.iterfind(".//y:Geometry", space)}) > 1


def test_gexf_in_networkx(written: Written, part: Part, network: Network, tmp_path: Path) -> None:
    text = written("gexf", part)
    (tmp_path / "a.gexf").write_text(text)
    graph = nx.read_gexf(tmp_path / "a.gexf", version="1.3")
    wanted = {n.id: n for n in network.nodes}
    same(network, graph.nodes, graph.edges(data=True))
    for name, row in graph.nodes(data=True):
        values = wanted[name].values
        assert row["viz"]["size"] == values["size"]
        assert (row["viz"]["position"]["x"], row["viz"]["position"]["y"]) == (values["x"], values["y"])
        red, green, blue = (row["viz"]["color"][k] for k in "rgb")
        assert f"#{red:02X}{green:02X}{blue:02X}" == values["color"]
    starts = {
        node.get("id"): node.get("start") for node in ElementTree.fromstring(text).iter("{http://gexf.net/1.3}node")
    }
    assert starts == {n.id: n.values.get("decided") or n.values.get("first_decided") for n in network.nodes}


def test_cytoscape_json_in_networkx(written: Written, part: Part, network: Network) -> None:
    document = json.loads(written("cytoscape", part))
    graph = nx.cytoscape_graph(document)
    same(network, graph.nodes, graph.edges(data=True))
    assert all({"x", "y"} == element["position"].keys() for element in document["elements"]["nodes"])
    assert all(entry["selector"] in ("node", "edge") for entry in document["style"])


def test_cytoscape_style_maps_columns_that_there_are(written: Written) -> None:
    root = ElementTree.fromstring(written("cytoscape-style"))
    used = {mapping.get("attributeName") for mapping in root.iter("passthroughMapping")}
    assert used == {"color", "size", "label"}
    assert used <= {"label", *NODE_COLUMNS}


def test_node_link_json_in_networkx(written: Written, part: Part, network: Network) -> None:
    graph = nx.node_link_graph(json.loads(written("node-link", part)), edges="edges")
    same(network, graph.nodes, graph.edges(data=True))
    assert graph.graph["title"] == network.title


def test_neo4j_tables_in_pandas(folder: Folder, network: Network) -> None:
    made = folder("neo4j")
    rows, edges = (pd.read_csv(made / name) for name in ("nodes.csv", "relationships.csv"))
    types = {n.id: n.type.title().replace(" ", "") for n in network.nodes}
    assert dict(zip(rows["id:ID"], rows[":LABEL"], strict=True)) == types
    plain_names = {name: name.partition(":")[0] for name in (*rows, *edges) if not name.startswith(":")}
    nodes = {row["id"]: row for row in rows.rename(columns=plain_names).to_dict("records")}
    types = {n.id: n.type for n in network.nodes}
    relations = {e.relation.upper().replace(" ", "_"): e.relation for e in network.edges}
    read = edges.rename(columns={":START_ID": "source", ":END_ID": "target", ":TYPE": "relation", **plain_names})
    read["relation"] = read["relation"].map(relations)
    same(
        network,
        {name: {**row, "type": types[name]} for name, row in nodes.items()},
        ((row["source"], row["target"], row) for row in read.to_dict("records")),
    )


# neo4j-admin database import: ID, LABEL, TYPE, START_ID and END_ID are its own; a property is a name and a type.
_NEO4J_PROPERTY = re.compile(
    r"\w+:(int|long|float|double|boolean|byte|short|char|string|point|date|localtime|time|localdatetime|datetime|duration)"
)


def test_neo4j_tables_keep_the_rules_of_its_import(folder: Folder) -> None:
    made = folder("neo4j")
    nodes, edges = (
        list(csv.reader((made / name).read_text().splitlines())) for name in ("nodes.csv", "relationships.csv")
    )
    for header, own in ((nodes[0], {"id:ID", ":LABEL"}), (edges[0], {":START_ID", ":END_ID", ":TYPE"})):
        assert own <= set(header)
        assert all(_NEO4J_PROPERTY.fullmatch(name) for name in set(header) - own - {"label"})
        assert len(set(header)) == len(header)
    readers: dict[str, Callable[[str], object]] = {"long": int, "double": float, "date": dt.date.fromisoformat}
    for header, *rows in (nodes, edges):
        assert {len(row) for row in rows} == {len(header)}  # no field runs over lines
        for name, cells in zip(header, zip(*rows, strict=True), strict=True):
            kind = name.partition(":")[2]
            assert all(readers.get(kind, str)(cell) is not None for cell in cells if cell)
    known = [row[nodes[0].index("id:ID")] for row in nodes[1:]]
    assert len(set(known)) == len(known)
    assert {row[k] for row in edges[1:] for k in (0, 1)} <= set(known)
    assert all(re.fullmatch("[A-Z_]+", row[2]) for row in edges[1:])


def test_kgx_tables_in_pandas(folder: Folder, network: Network) -> None:
    made = folder("kgx")
    nodes, edges = (pd.read_csv(made / f"{name}.tsv", sep="\t", quoting=csv.QUOTE_NONE) for name in ("nodes", "edges"))
    iris = dict(zip(nodes["id"], nodes["iri"], strict=True))
    rows = {row["iri"]: {**row, "label": row["name"]} for row in nodes.to_dict("records")}
    same(network, rows, ((iris[row["subject"]], iris[row["object"]], row) for row in edges.to_dict("records")))


def test_kgx_tables_keep_the_rules_of_its_validator(folder: Folder) -> None:
    """The patterns of kgx 2.7 (PrefixManager.is_curie, Validator), and what Biolink 4.4 requires of associations."""
    made = folder("kgx")
    nodes, edges = (
        list(csv.DictReader((made / name).read_text().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
        for name in ("nodes.tsv", "edges.tsv")
    )
    curie = re.compile(r"[^ <()>:]*:[^/ :]+")
    for row in nodes:
        assert curie.fullmatch(row["id"])
        assert re.fullmatch(r"biolink:([A-Z][a-z\d]+)+", row["category"])
    for row in edges:
        assert all(curie.fullmatch(row[end]) for end in ("subject", "object", "original_predicate"))
        assert re.fullmatch(r"biolink:[a-z_]+", row["predicate"])
        assert row["knowledge_level"] in ("knowledge_assertion", "statistical_association")
        assert row["agent_type"] in ("text_mining_agent", "data_analysis_pipeline")
    assert len({row["id"] for row in nodes}) == len(nodes)
    assert len({row["id"] for row in edges}) == len(edges)


def test_parquet_in_pandas(folder: Folder, network: Network) -> None:
    made = folder("parquet")
    nodes, edges = pd.read_parquet(made / "nodes.parquet"), pd.read_parquet(made / "edges.parquet")
    rows = {row["id"]: row for row in nodes.to_dict("records")}
    same(network, rows, ((row["source"], row["target"], row) for row in edges.to_dict("records")))


def test_parquet_in_arrow(folder: Folder, network: Network) -> None:
    made = folder("parquet")
    nodes, edges = pq.read_table(made / "nodes.parquet"), pq.read_table(made / "edges.parquet")
    assert nodes.column_names == ["id", "label", "type", *NODE_COLUMNS]
    assert edges.column_names == ["source", "target", "relation", *EDGE_COLUMNS]
    rows = {row["id"]: row for row in nodes.to_pylist()}
    assert all(isinstance(row["decided"], dt.date | None) for row in rows.values())
    same(network, rows, ((row["source"], row["target"], row) for row in edges.to_pylist()))
    assert nodes.schema.metadata[b"title"].decode() == network.title


@pytest.mark.slow
def test_dot_in_graphviz(written: Written, part: Part, network: Network) -> None:
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    made = subprocess.run(["dot", "-Tjson"], input=written("dot", part), capture_output=True, text=True, check=True)
    assert made.stderr == ""
    document = json.loads(made.stdout)
    names = [thing["name"] for thing in document["objects"]]
    assert set(names) == {n.id for n in network.nodes}
    labels = {thing["name"]: " ".join(thing["label"].replace("\\n", " ").split()) for thing in document["objects"]}
    assert labels == {n.id: n.label.replace("\\", "\\\\") for n in network.nodes}
    found = Counter(
        (names[edge["tail"]], names[edge["head"]], edge["label"], edge["tooltip"], float(edge["weight"]))
        for edge in document["edges"]
    )
    assert found == Counter(
        (
            edge.source,
            edge.target,
            str(edge.values.get("issues", edge.relation)),
            edge.values["label"],
            edge.values["weight"],
        )
        for edge in network.edges
    )
