"""The network as one HTML page that needs no network and no server: drawing, search, filters, legend."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice

from imr_graph.errors import UsageError
from imr_graph.graph.exports.layout import LAYOUT_LIMIT
from imr_graph.graph.exports.model import Network
from imr_graph.graph.exports.style import explained, legend

# What must not stand in a script element, as JSON writes it just as well
_UNSAFE = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
_HELP = "Choose a node to see its facts and what stands beside it. Drag to move, turn the wheel to zoom."


def page(network: Network) -> Iterator[str]:
    """The page; :class:`UsageError` for a network with more nodes than have positions (2,000): nobody could read it."""
    nodes = list(islice(network.nodes, LAYOUT_LIMIT + 1))
    if len(nodes) > LAYOUT_LIMIT:
        raise UsageError(
            f"more than {LAYOUT_LIMIT} nodes are too many for a page",
            remedy="choose less: --around, --project, --min-weight, --since, --sample",
        )
    number = {node.id: k for k, node in enumerate(nodes)}
    edges = list(network.edges)
    document = {
        "title": network.title,
        "notes": [explained(network.counted), *network.notes, _HELP],
        "counted": network.counted,
        "legend": legend({node.type for node in nodes}, network.counted),
        "nodes": [{"id": n.id, "label": n.label, "type": n.type, **n.values} for n in nodes],
        "edges": [
            {**e.values, "source": number[e.source], "target": number[e.target], "relation": e.relation} for e in edges
        ],
    }
    template = files("imr_graph.graph.exports").joinpath("page.html").read_text(encoding="utf-8")
    head, _, rest = template.partition("@TITLE@")
    middle, _, tail = rest.partition("@DATA@")
    data = json.dumps(document, ensure_ascii=False).translate(_UNSAFE)
    yield from (head, html.escape(f"{network.title} - imr-graph"), middle, data, tail)
