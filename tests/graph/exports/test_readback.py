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
import pyarrow.parquet as pq
import pytest

from imr_graph.graph.exports.model import EDGE_COLUMNS, NODE_COLUMNS, Network
from imr_graph.graph.exports.write import Part
from tests.graph.exports.conftest import Written

Folder = Callable[[str], Path]
Row = Mapping[str, Any]
NODE_FACTS = ("label", "type", "outcome", "decided", "issues", "overturned", "overturn_share", "degree", "pagerank")
EDGE_FACTS = ("relation", "weight", "issues", "overturn_share")


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


def test_graphml_in_networkx(written: Written, part: Part, network: Network, tmp_path: Path) -> None:
    (tmp_path / "a.graphml").write_text(written("graphml", part))
    graph = nx.read_graphml(tmp_path / "a.graphml", force_multigraph=True)
    assert graph.is_directed() == network.directed
    same(network, graph.nodes, graph.edges(data=True))


def test_graphml_in_igraph(written: Written, part: Part, network: Network, tmp_path: Path) -> None:
    (tmp_path / "a.graphml").write_text(re.sub(r'<data key="yed_node">.*?</data>', "", written("graphml", part)))
    graph = igraph.Graph.Read_GraphML(str(tmp_path / "a.graphml"))
    nodes = {vertex["id"]: vertex.attributes() for vertex in graph.vs}
    names = graph.vs["id"]
    for row in nodes.values():  # igraph has no empty numbers; counts are 0 where there are none
        row.update({name: None for name in ("issues", "overturned") if row["overturn_share"] != row["overturn_share"]})
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
    assert starts == {n.id: n.values.get("decided") for n in network.nodes}


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


def test_neo4j_tables(folder: Folder, network: Network) -> None:
    made = folder("neo4j")
    with (made / "nodes.csv").open(newline="") as file:
        rows = [{k.partition(":")[0] or "kind": v for k, v in row.items()} for row in csv.DictReader(file)]
    with (made / "relationships.csv").open(newline="") as file:
        edges = list(csv.DictReader(file))
    types = {n.id: n.type for n in network.nodes}
    assert {row["id"]: row["kind"] for row in rows} == {n: t.title().replace(" ", "") for n, t in types.items()}
    assert {row["id"]: row["label"] for row in rows} == {n.id: n.label for n in network.nodes}
    found = Counter((e[":START_ID"], e[":END_ID"], e[":TYPE"], float(e["weight:double"])) for e in edges)
    kinds = {e.relation: e.relation.upper().replace(" ", "_") for e in network.edges}
    assert found == Counter((e.source, e.target, kinds[e.relation], e.values["weight"]) for e in network.edges)
    assert {row["id"]: row["decided"] for row in rows} == {n.id: n.values.get("decided", "") for n in network.nodes}


def test_kgx_tables(folder: Folder, network: Network) -> None:
    from imr_graph.namespaces import prefixes

    def expanded(curie: str) -> str:
        prefix, _, rest = curie.partition(":")
        return prefixes().get(prefix, f"{prefix}:") + rest

    made = folder("kgx")
    nodes, edges = (
        list(csv.DictReader((made / name).read_text().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
        for name in ("nodes.tsv", "edges.tsv")
    )
    assert {expanded(row["id"]): row["name"] for row in nodes} == {n.id: n.label for n in network.nodes}
    assert all(expanded(row["category"]).startswith("http") for row in nodes)
    found = Counter((expanded(e["subject"]), expanded(e["object"]), e["relation"], float(e["weight"])) for e in edges)
    assert found == Counter((e.source, e.target, e.relation, e.values["weight"]) for e in network.edges)
    assert all(expanded(row["predicate"]).startswith("http") for row in edges)


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
    found = Counter((names[edge["tail"]], names[edge["head"]]) for edge in document["edges"])
    assert found == Counter((edge.source, edge.target) for edge in network.edges)
