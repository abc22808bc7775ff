"""Writers hold one element at a time, and no label breaks a file."""

import csv
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.graph.exports import json_formats, tables, xml_formats
from imr_graph.graph.exports.model import Edge, Network, Node

TEXTS: dict[str, Callable[[Network], Iterator[str]]] = {
    "graphml": xml_formats.graphml,
    "gexf": xml_formats.gexf,
    "cytoscape": json_formats.cytoscape,
    "node-link": json_formats.node_link,
    "dot": json_formats.dot,
}
FOLDERS = {"neo4j": tables.neo4j, "kgx": tables.kgx}


def large(count: int) -> Network:
    nodes = (Node(f"urn:{k}", f"Node {k}", "case", {"outcome": "upheld", "degree": 2}) for k in range(count))
    edges = (Edge(f"urn:{k}", f"urn:{k * 7 % count}", "quotes", {"weight": 1.0}) for k in range(count * 4))
    return Network("Large", nodes, edges)


@pytest.mark.parametrize("form", [*TEXTS, *FOLDERS])
def test_memory_does_not_grow_with_the_network(form: str, tmp_path: Path) -> None:
    def write(count: int) -> None:
        if form in TEXTS:
            assert sum(map(len, TEXTS[form](large(count)))) > count * 100
        else:
            FOLDERS[form](large(count), tmp_path)

    write(10)
    tracemalloc.start()
    try:
        write(3000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 300_000


WORDS = st.text(max_size=12) | st.sampled_from(
    ['a "b" <c> & \\d', "x\x0cy\x00z", "]]>", "\\", "tab\tline\nend", "\ud800"]
)


@settings(max_examples=40, deadline=None)
@given(WORDS, WORDS)
def test_no_label_breaks_a_file(label: str, other: str) -> None:
    def network() -> Network:
        nodes = [Node("urn:a", label, "case", {"facts": other}), Node("urn:b", other, "x", {})]
        return Network(label, nodes, [Edge("urn:a", "urn:b", other, {"weight": 1.0, "label": label})], notes=[other])

    for form in ("graphml", "gexf"):
        root = ElementTree.fromstring("".join(TEXTS[form](network())).encode("utf-8", "surrogatepass"))
        assert len([e for e in root.iter() if e.tag.endswith("}node")]) == 2
        assert len([e for e in root.iter() if e.tag.endswith("}edge")]) == 1
    linked = json.loads("".join(json_formats.node_link(network())))
    assert [n["label"] for n in linked["nodes"]] == [label, other]
    assert len(json.loads("".join(json_formats.cytoscape(network())))["elements"]["edges"]) == 1
    lines = "".join(json_formats.dot(network())).split("\n")
    assert len(lines) == 4 + 3 + 3


def test_tables_keep_a_row_a_line(tmp_path: Path) -> None:
    words = 'a "b",\t<c>\r\nd\x0be'
    network = Network("t", [Node("urn:a", words, "case", {"facts": words})], [])
    tables.kgx(network, tmp_path)
    header, line = (tmp_path / "nodes.tsv").read_text().splitlines()
    assert header.count("\t") == line.count("\t")
    tables.neo4j(network, tmp_path)
    (row,) = csv.DictReader((tmp_path / "nodes.csv").read_text().splitlines())
    assert row["facts:string"] == 'a "b", <c> d e'
