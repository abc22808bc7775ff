"""GraphML and GEXF, written as they are read from the network: in the memory of one node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from imr_graph.graph.exports.identifiers import token
from imr_graph.graph.exports.model import EDGE_COLUMNS, NODE_COLUMNS, Edge, Network, Node, Value
from imr_graph.graph.exports.style import explained

_TYPES = {str: "string", int: "int", float: "double"}
# What XML 1.0 cannot hold, not even escaped, such as the form feed of a page end
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKS = re.compile(f'[&<>"\n\r\t{_UNSAFE.pattern[1:]}')  # what is written otherwise than it is
_NODE = {"label": str, "type": str, **NODE_COLUMNS}
_EDGE = {"relation": str, **EDGE_COLUMNS}

_GRAPHML_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:y="http://www.yworks.com/xml/graphml"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
_YED_NODE = (
    '<data key="yed_node"><y:ShapeNode><y:Geometry x="{x}" y="{y}" width="{size}" height="{size}"/>'
    '<y:Fill color="{color}"/><y:BorderStyle color="#FFFFFF" width="1"/>'
    '<y:NodeLabel modelName="sides" modelPosition="s" fontSize="11">{label}</y:NodeLabel>'
    '<y:Shape type="ellipse"/></y:ShapeNode></data>'
)


def clean(text: str) -> str:
    """Text for XML: escaped, and without the characters that XML cannot hold."""
    return escape(_UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)) if _MARKS.search(text) else text


def _attribute(text: str) -> str:
    return quoteattr(_UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)) if _MARKS.search(text) else f'"{text}"'


def notes_of(network: Network) -> str:
    """The notes of a network in one paragraph: what colours mean, what was left out."""
    return " ".join([explained(network.counted), *network.notes])


def graphml(network: Network) -> Iterator[str]:
    """GraphML with every column as a key, and what yEd draws where nodes have positions.

    Its schema wants name tokens as ids, so IRIs are a column. What is yEd's is an extension of the format: where there
    are no positions, the file holds to the plain schema.
    """
    placed, nodes = network.placed()
    yield _GRAPHML_HEAD
    for kind, columns in (("node", {"iri": str, **_NODE}), ("edge", _EDGE)):
        for name, type_ in columns.items():
            yield f'<key id="{kind}_{name}" for="{kind}" attr.name="{name}" attr.type="{_TYPES[type_]}"/>\n'
    if placed:
        yield '<key id="yed_node" for="node" yfiles.type="nodegraphics"/>\n'
    yield '<key id="title" for="graph" attr.name="title" attr.type="string"/>\n'
    yield '<key id="notes" for="graph" attr.name="notes" attr.type="string"/>\n'
    yield f'<graph id="imr-graph" edgedefault="{"directed" if network.directed else "undirected"}">\n'
    yield f'<data key="title">{clean(network.title)}</data>\n'
    for node in nodes:
        values = {"iri": node.id, "label": node.label, "type": node.type, **node.values}
        yield f'<node id="{token(node.id)}">{_graphml_data("node", values)}{_yed(node)}</node>\n'
    for number, edge in enumerate(network.edges):
        ends = f'source="{token(edge.source)}" target="{token(edge.target)}"'
        data = _graphml_data("edge", {"relation": edge.relation, **edge.values})
        yield f'<edge id="e{number}" {ends}>{data}</edge>\n'
    yield f'<data key="notes">{clean(notes_of(network))}</data>\n</graph>\n</graphml>\n'


def _graphml_data(kind: str, values: Mapping[str, Value]) -> str:
    return "".join([f'<data key="{kind}_{name}">{_shown(value)}</data>' for name, value in values.items()])


def _shown(value: Value) -> str:
    return clean(value) if isinstance(value, str) else str(value)


def _yed(node: Node) -> str:
    if "x" not in node.values:
        return ""
    down = -float(node.values["y"])  # y grows downwards in yEd
    return _YED_NODE.format(**{**node.values, "y": down}, label=clean(node.label))


_GEXF_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd">
"""
# Said by the format itself, and not again as attributes
_VIZ = ("color", "size", "x", "y")


def gexf(network: Network) -> Iterator[str]:
    """GEXF 1.3 with colours, sizes and positions.

    On the timeline, cases and issues are there from the day of their decision on, what counts issues from the first.
    """
    direction = "directed" if network.directed else "undirected"
    yield _GEXF_HEAD
    yield f"<meta><creator>imr-graph</creator><description>{clean(network.title)}</description>"
    yield f"<keywords>{clean(notes_of(network))}</keywords></meta>\n"
    yield f'<graph defaultedgetype="{direction}" mode="dynamic" timeformat="date" timerepresentation="interval">\n'
    numbers = {}
    for kind, columns in (("node", _NODE), ("edge", _EDGE)):
        kept = [name for name in columns if name not in (*_VIZ, "label", "weight")]
        numbers[kind] = {name: f"{kind[0]}{number}" for number, name in enumerate(kept)}
        yield f'<attributes class="{kind}">\n'
        for name, key in numbers[kind].items():
            yield f'<attribute id="{key}" title="{name}" type="{_TYPES[columns[name]].replace("int", "integer")}"/>\n'
        yield "</attributes>\n"
    yield "<nodes>\n"
    for node in network.nodes:
        yield _gexf_node(node, numbers["node"])
    yield "</nodes>\n<edges>\n"
    for number, edge in enumerate(network.edges):
        yield _gexf_edge(number, edge, numbers["edge"])
    yield "</edges>\n</graph>\n</gexf>\n"


def _gexf_node(node: Node, keys: Mapping[str, str]) -> str:
    values = node.values
    parts = [f"<node id={_attribute(node.id)} label={_attribute(node.label)}{_start(values)}>"]
    parts.append(_gexf_values({"type": node.type, **values}, keys))
    if "color" in values:
        parts.append(_gexf_color(str(values["color"])))
    if "x" in values:
        parts.append(f'<viz:position x="{values["x"]}" y="{values["y"]}" z="0.0"/>')
    if "size" in values:
        parts.append(f'<viz:size value="{values["size"]}"/>')
    return "".join([*parts, "</node>\n"])


def _gexf_edge(number: int, edge: Edge, keys: Mapping[str, str]) -> str:
    ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)}"
    words = f"label={_attribute(str(edge.values.get('label', '')))} kind={_attribute(edge.relation)}"
    data = _gexf_values({"relation": edge.relation, **edge.values}, keys)
    color = _gexf_color(str(edge.values["color"])) if "color" in edge.values else ""
    weight = edge.values["weight"]
    return f'<edge id="{number}" {ends} {words} weight="{weight}"{_start(edge.values)}>{data}{color}</edge>\n'


def _start(values: Mapping[str, Value]) -> str:
    day = values.get("decided") or values.get("first_decided")
    return f' start="{day}"' if day else ""


def _gexf_values(values: Mapping[str, Value], keys: Mapping[str, str]) -> str:
    kept = [f'<attvalue for="{keys[k]}" value={_attribute(str(v))}/>' for k, v in values.items() if k in keys]
    return f"<attvalues>{''.join(kept)}</attvalues>"


def _gexf_color(color: str) -> str:
    red, green, blue = (int(color[k : k + 2], 16) for k in (1, 3, 5))
    return f'<viz:color r="{red}" g="{green}" b="{blue}"/>'
