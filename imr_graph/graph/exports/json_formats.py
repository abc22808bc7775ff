"""Cytoscape JSON, node-link JSON and DOT, an element a line, and the style that Cytoscape imports."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from imr_graph.graph.exports.model import Edge, Network, Node
from imr_graph.graph.exports.style import EDGE_COLOR, look_of
from imr_graph.graph.exports.xml_formats import notes_of


def dump(value: object) -> str:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def _elements(found: Iterable[object]) -> Iterator[str]:
    """The items of a JSON array, a line each."""
    comma = ""
    for element in found:
        yield f"{comma}\n{dump(element)}"
        comma = ","


def _described(network: Network) -> dict[str, object]:
    return {"title": network.title, "notes": notes_of(network)}


def cytoscape(network: Network) -> Iterator[str]:
    """The JSON of Cytoscape (.cyjs) and cytoscape.js: elements with positions, and a style for the latter."""
    placed, nodes = network.placed()
    head = {"shared_name": network.title, "name": network.title, **_described(network)}
    yield '{"format_version": "1.0", "generated_by": "imr-graph", "target_cytoscapejs_version": "~3.0",\n'
    yield f'"data": {dump(head)},\n"directed": {dump(network.directed)}, "multigraph": true,\n'
    layout = {"name": "preset" if placed else "grid"}
    yield f'"style": {dump(_STYLE)}, "layout": {dump(layout)},\n"elements": {{"nodes": ['
    yield from _elements(map(_cytoscape_node, nodes))
    yield '],\n"edges": ['
    yield from _elements(_cytoscape_edge(number, edge) for number, edge in enumerate(network.edges))
    yield "]}}\n"


def _cytoscape_node(node: Node) -> dict[str, object]:
    # networkx reads the id from "value", Cytoscape from "id"
    data = {"id": node.id, "value": node.id, "name": node.label, "label": node.label, "type": node.type, **node.values}
    if "x" not in data:
        return {"data": data}
    x, y = float(node.values["x"]), float(node.values["y"])
    return {"data": data, "position": {"x": x, "y": -y}}  # y grows downwards there


def _cytoscape_edge(number: int, edge: Edge) -> dict[str, object]:
    ends = {"id": f"e{number}", "source": edge.source, "target": edge.target, "key": f"{edge.relation} {number}"}
    return {"data": {**ends, "interaction": edge.relation, "relation": edge.relation, **edge.values}}


_STYLE = [
    {
        "selector": "node",
        "style": {
            "label": "data(label)",
            "background-color": "data(color)",
            "width": "data(size)",
            "height": "data(size)",
            "font-size": 9,
            "min-zoomed-font-size": 7,
            "text-wrap": "ellipsis",
            "text-max-width": "160px",
        },
    },
    {
        "selector": "edge",
        "style": {
            "line-color": "data(color)",
            "width": "mapData(weight, 1, 20, 1.5, 8)",
            "curve-style": "haystack",
            "opacity": 0.6,
        },
    },
]


def cytoscape_style(_: Network) -> Iterator[str]:
    """The style for Cytoscape's File > Import > Styles from File: labels, colours and sizes from the columns."""
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<vizmap id="imr-graph" documentVersion="3.1">\n'
    yield '<visualStyle name="imr-graph">\n<network>\n'
    yield _property("NETWORK_BACKGROUND_PAINT", "#FFFFFF") + "</network>\n<node>\n"
    yield '<dependency name="nodeSizeLocked" value="true"/>\n'
    yield (
        _property("NODE_BORDER_WIDTH", "0.0")
        + _property("NODE_SHAPE", "ELLIPSE")
        + _property("NODE_LABEL_FONT_SIZE", "10")
    )
    yield _property("NODE_FILL_COLOR", "#999999", "color", "string")
    yield _property("NODE_SIZE", "20.0", "size", "float")
    yield _property("NODE_LABEL", "", "label", "string") + "</node>\n<edge>\n"
    yield _property("EDGE_UNSELECTED_PAINT", EDGE_COLOR, "color", "string")
    yield _property("EDGE_STROKE_UNSELECTED_PAINT", EDGE_COLOR, "color", "string")
    yield _property("EDGE_TOOLTIP", "", "label", "string") + _property("EDGE_TRANSPARENCY", "150")
    yield "</edge>\n</visualStyle>\n</vizmap>\n"


def _property(name: str, default: str, column: str = "", type_: str = "") -> str:
    start = f'<visualProperty name="{name}" default="{default}"'
    if not column:
        return f"{start}/>\n"
    return f'{start}><passthroughMapping attributeName={quoteattr(column)} attributeType="{type_}"/></visualProperty>\n'


def node_link(network: Network) -> Iterator[str]:
    """Node-link JSON: ``networkx.node_link_graph``, D3, rustworkx."""
    yield f'{{"directed": {dump(network.directed)}, "multigraph": true,\n"nodes": ['
    yield from _elements({"id": n.id, "label": n.label, "type": n.type, **n.values} for n in network.nodes)
    yield '],\n"edges": ['
    yield from _elements(
        {"source": e.source, "target": e.target, "key": number, "relation": e.relation, **e.values}
        for number, e in enumerate(network.edges)
    )
    yield f'],\n"graph": {dump(_described(network))}}}\n'


_DOT = 1.6  # points for a pixel: Graphviz writes labels into the nodes


def dot(network: Network) -> Iterator[str]:
    """DOT for Graphviz; with positions, which ``neato -n`` keeps as far as labels do not overlap."""
    arrow = "->" if network.directed else "--"
    yield f"{'digraph' if network.directed else 'graph'} imr {{\n"
    yield f'graph [label={_quoted(network.title)}, labelloc=t, fontname="Helvetica", overlap=prism]\n'
    yield 'node [style=filled, fontname="Helvetica", fontsize=9, color="#FFFFFF", fontcolor="#111111"]\n'
    yield 'edge [fontname="Helvetica", fontsize=8, arrowsize=0.5]\n'
    for node in network.nodes:
        values = node.values
        place = f', pos="{_DOT * float(values["x"]):.1f},{_DOT * float(values["y"]):.1f}"' if "x" in values else ""
        look = f'shape={look_of(node.type).shape}, fillcolor="{values.get("color", look_of(node.type).color)}"'
        words = f"label={_quoted(_wrapped(node.label))}, tooltip={_quoted(node.type)}"
        yield f"{_quoted(node.id)} [{words}, {look}{place}]\n"
    for edge in network.edges:
        words = f"label={_quoted(_seen(edge))}, tooltip={_quoted(str(edge.values.get('label', edge.relation)))}"
        weight = float(edge.values["weight"])
        width = f"weight={max(1, round(weight))}, penwidth={1 + math.log2(max(1, weight)):.2g}"
        look = f'{width}, color="{edge.values.get("color", EDGE_COLOR)}"'
        yield f"{_quoted(edge.source)} {arrow} {_quoted(edge.target)} [{words}, {look}]\n"
    yield f"// {' '.join(notes_of(network).split())}\n}}\n"


def _seen(edge: Edge) -> str:
    """What stands on a drawn line: the number of issues where they are counted, else the relation."""
    return str(edge.values["issues"]) if "issues" in edge.values else edge.relation


_WRAP = 24


def _wrapped(label: str) -> str:
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + len(word) > _WRAP:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A DOT string: only quotes and backslashes mean something in it; a line break is written ``\\n``."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\0", "") + '"'
