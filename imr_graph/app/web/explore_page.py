"""The graph around a node, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from imr_graph.app.web.asked import Asked, Pairs, address
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.nodes import address_of
from imr_graph.app.web.page import VENDOR, Link, Page, Tally, without
from imr_graph.app.web.tree import Drawing, Leaf, draw
from imr_graph.errors import UsageError
from imr_graph.graph.exports.json_formats import cytoscape
from imr_graph.graph.exports.locate import locate
from imr_graph.graph.exports.model import Network, Node
from imr_graph.graph.exports.nearby import nearby
from imr_graph.graph.exports.style import backwards
from imr_graph.graph.exports.xml_formats import graphml
from imr_graph.models import Model
from imr_graph.namespaces import curie

_EACH = 10
_MOST = 60
_EXPANDED = 8
_LABEL, _MIDDLE = 44, 32  # characters of a label that is drawn
FORMATS: dict[str, tuple[str, Callable[[Network], Iterator[str]]]] = {
    "graphml": ("application/xml", graphml),
    "cyjs": ("application/json", cytoscape),
}


class Neighbour(Model):
    """A node of the view: how it is related, the page that shows it, and the views with it in the middle or opened."""

    label: str
    type: str
    relation: str
    to: str
    page: str
    centre: str
    expand: str
    opened: bool


class ExplorePage(Page):
    """The neighbourhood of a node; without one an empty box. ``movable`` where the graph view is installed."""

    node: str
    start: Link | None = None
    kind: str = ""
    types: tuple[Tally, ...] = ()
    drawing: Drawing | None = None
    neighbours: tuple[Neighbour, ...] = ()
    notes: tuple[str, ...] = ()
    more: str = ""
    downloads: tuple[Link, ...] = ()
    movable: bool = False


def explore_page(reader: Reader, asked: Asked) -> ExplorePage:
    """What is next to ``node``, and to the nodes of ``expand``; only nodes of ``type`` where one is named."""
    name = asked.one("node")
    if not name:
        return ExplorePage(title="Explore the graph", node="")
    network, start, opened = _view(reader, asked)
    nodes = {node.id: node for node in network.nodes}
    here = tuple((key, value) for key, value in asked.query if key in {"node", "expand", "type", "each"})
    chosen = set(asked.many("type"))
    shown = _shown(network, opened, chosen)
    beside = _beside(network, shown)
    counts = Counter(node.type for key, node in nodes.items() if key != start)
    base = reader.manifest.recipe.base
    each = asked.number("each", _EACH, 1, _MOST)
    return ExplorePage(
        movable=(VENDOR / "cytoscape.min.js").is_file(),
        title=f"Around {nodes[start].label}",
        node=name,
        start=Link(text=nodes[start].label, href=address_of(start, base)),
        kind=nodes[start].type,
        types=tuple(
            Tally(label=kind, count=n, href=_toggled(here, kind, kind in chosen), chosen=kind in chosen)
            for kind, n in sorted(counts.items())
        ),
        drawing=draw(_leaf(start, "", nodes, beside, opened, {start})),
        neighbours=tuple(_neighbours(start, nodes, beside, opened, here, base)),
        notes=tuple(network.notes),
        more=address("/explore", [*without(here, "each"), ("each", str(_MOST))])
        if network.notes and each < _MOST
        else "",
        downloads=tuple(
            Link(text=text, href=address(f"/view.{ending}", here))
            for text, ending in (("GraphML", "graphml"), ("Cytoscape JSON", "cyjs"))
        ),
    )


def exported(reader: Reader, asked: Asked, style: str) -> str:
    """The view as a file of :data:`FORMATS`."""
    network, _, opened = _view(reader, asked)
    shown = _shown(network, opened, set(asked.many("type")))
    nodes = [node for node in network.nodes if node.id in shown]
    edges = [edge for edge in network.edges if edge.source in shown and edge.target in shown]
    return "".join(FORMATS[style][1](Network(network.title, nodes, edges, notes=network.notes)))


def _view(reader: Reader, asked: Asked) -> tuple[Network, str, set[str]]:
    """The network of a view, the IRI of the node in its middle, and all nodes that are opened."""
    start = locate(reader.workers, asked.one("node"))
    names = asked.many("expand")
    if len(names) > _EXPANDED:
        raise UsageError(f"no more than {_EXPANDED} nodes are opened at once", remedy="close some")
    opened = dict.fromkeys([start, *(locate(reader.workers, name) for name in names)])
    return nearby(reader.workers, opened, asked.number("each", _EACH, 1, _MOST)), start, set(opened)


def _shown(network: Network, opened: set[str], types: set[str]) -> set[str]:
    """The nodes of the chosen types, or of all, and those that are opened."""
    return {node.id for node in network.nodes if not types or node.type in types or node.id in opened}


def _beside(network: Network, shown: set[str]) -> dict[str, list[tuple[str, str]]]:
    """For each node what is next to it, as ``(relation, node)``; against its direction the relation reads so."""
    found: dict[str, list[tuple[str, str]]] = {}
    for edge in network.edges:
        if edge.source in shown and edge.target in shown:
            found.setdefault(edge.source, []).append((edge.relation, edge.target))
            found.setdefault(edge.target, []).append((backwards(edge.relation), edge.source))
    return {node: sorted(set(pairs)) for node, pairs in found.items()}


def _leaf(
    node: str,
    relation: str,
    nodes: dict[str, Node],
    beside: dict[str, list[tuple[str, str]]],
    opened: set[str],
    seen: set[str],
) -> Leaf:
    below = []
    if node in opened:
        near = [(name, other) for name, other in beside.get(node, ()) if other not in seen]
        seen |= {other for _, other in near}
        near.sort(key=lambda pair: (pair[0], nodes[pair[1]].label))
        below = [_leaf(other, name, nodes, beside, opened, seen) for name, other in near]
    label, most = nodes[node].label, _LABEL if relation else _MIDDLE
    return Leaf(
        id=node,
        label=label if len(label) <= most else f"{label[: most - 2]}…",
        type=nodes[node].type,
        relation=relation,
        href=address("/explore", [("node", curie(node))]),
        children=tuple(below),
    )


def _neighbours(
    start: str,
    nodes: dict[str, Node],
    beside: dict[str, list[tuple[str, str]]],
    opened: set[str],
    here: Pairs,
    base: str,
) -> Iterator[Neighbour]:
    for parent in sorted(opened & nodes.keys(), key=lambda node: (node != start, node)):
        for relation, node in beside.get(parent, ()):
            name = curie(node)
            pair = ("expand", name)
            is_open = node in opened
            yield Neighbour(
                label=nodes[node].label,
                type=nodes[node].type,
                relation=relation,
                to="" if parent == start else nodes[parent].label,
                page=address_of(node, base),
                centre=address("/explore", [("node", name)]),
                expand=address("/explore", [p for p in here if p != pair] if is_open else [*here, pair]),
                opened=is_open,
            )


def _toggled(here: Pairs, kind: str, chosen: bool) -> str:
    pair = ("type", kind)
    return address("/explore", [p for p in here if p != pair] if chosen else [*here, pair])
