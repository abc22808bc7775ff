"""Networks in networkx: measures, communities, and the look that needs the whole of a network.

The only importer of networkx. What does not fit into memory passes through as a stream, without measures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import networkx as nx

from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports.layout import LAYOUT_LIMIT, positions
from imr_graph.graph.exports.model import Edge, Network, Node, Value
from imr_graph.graph.exports.projections import project
from imr_graph.graph.exports.property_graph import property_graph
from imr_graph.graph.exports.reading import Selection
from imr_graph.graph.exports.style import color_of, edge_color, size_of

_EXACT = 500  # nodes up to which betweenness is exact
_PIVOTS, _WORK = 200, 20_000_000  # beyond: estimated from so many sources, fewer where that many edges were passed
_SEED = 1
_DAMPING, _STEPS, _TOLERANCE = 0.85, 100, 1e-8


def to_networkx(
    store: GraphStore, *, projection: str | None = None, selection: Selection | None = None, measures: bool = False
) -> nx.MultiDiGraph | nx.Graph:
    """The property graph, or a projection of it, as a networkx graph whose nodes and edges carry their columns.

    The property graph is a ``MultiDiGraph`` with relations as keys; projections have one edge a pair. With
    ``measures`` nodes also carry degree, pagerank, betweenness and community, and x and y where there are at most
    2,000. Raises :class:`UsageError` for an unknown projection.
    """
    chosen = selection or Selection()
    network = property_graph(store, chosen) if projection is None else project(store, projection, chosen)
    if measures:
        network = measured(network)
    return as_networkx(network, multi=projection is None)


def as_networkx(network: Network, *, multi: bool = True) -> Any:
    """``network`` as a networkx graph, read into memory."""
    kinds = {(True, True): nx.MultiDiGraph, (True, False): nx.DiGraph, (False, True): nx.MultiGraph}
    graph = kinds.get((network.directed, multi), nx.Graph)(title=network.title)
    for node in network.nodes:
        graph.add_node(node.id, label=node.label, type=node.type, **node.values)
    for edge in network.edges:
        key = {"key": edge.relation} if multi else {}
        graph.add_edge(edge.source, edge.target, **key, relation=edge.relation, **edge.values)
    graph.graph["notes"] = list(network.notes)
    return graph


def dressed(network: Network, *, limit: int = LAYOUT_LIMIT) -> Network:
    """``network`` with colours and sizes; with measures and positions too where it has ``limit`` nodes at most."""
    nodes = iter(network.nodes)
    head = list(islice(nodes, limit + 1))
    if len(head) <= limit:
        return measured(replace(network, nodes=head))
    notes = [*network.notes, f"More than {limit} nodes: no measures, communities and positions."]
    return replace(network, nodes=map(_looking, chain(head, nodes)), edges=map(_drawn, network.edges), notes=notes)


def _looking(node: Node) -> Node:
    degree = int(node.values.get("degree", 0))
    return node._replace(values={**node.values, "color": color_of(node), "size": size_of(degree)})


def _drawn(edge: Edge) -> Edge:
    return edge._replace(values={**edge.values, "color": edge_color(edge)})


def measured(network: Network) -> Network:
    """The network with all measures and looks as columns, and positions where it is small; it is read whole."""
    nodes, edges = list(network.nodes), list(network.edges)
    number = {node.id: k for k, node in enumerate(nodes)}
    joined: Counter[tuple[int, int]] = Counter()
    degree: Counter[int] = Counter()
    for edge in edges:
        ends = number[edge.source], number[edge.target]
        degree.update(ends)
        joined[min(ends), max(ends)] += float(edge.values["weight"])  # type: ignore[assignment]
    graph = nx.Graph()
    graph.add_nodes_from(range(len(nodes)))
    graph.add_weighted_edges_from((*ends, weight) for ends, weight in sorted(joined.items()))
    rank, between, group = page_rank(graph), betweenness(graph), communities(graph)
    place = positions(len(nodes), list(joined), group) if len(nodes) <= LAYOUT_LIMIT else []
    shown = []
    for k, node in enumerate(nodes):
        values: dict[str, Value] = {**node.values, "degree": degree[k], "pagerank": rank[k], "betweenness": between[k]}
        values["community"] = group[k]
        if place:
            values |= {"x": place[k][0], "y": place[k][1]}
        shown.append(_looking(node._replace(values=values)))
    pivots = _pivots(graph)
    more = [f"Betweenness is estimated from {pivots} of {len(nodes)} nodes."] if pivots else []
    return replace(network, nodes=shown, edges=[_drawn(edge) for edge in edges], notes=[*network.notes, *more])


def page_rank(graph: nx.Graph) -> list[float]:
    """PageRank by weight, of nodes 0 to n - 1 of an undirected graph; by power iteration in numpy alone."""
    import numpy as np

    count = graph.number_of_nodes()
    if count == 0:
        return []
    ends = np.array([(a, b, w) for a, b, w in graph.edges(data="weight")], dtype=np.float64).reshape(-1, 3)
    loop = ends[:, 0] == ends[:, 1]
    source = np.concatenate((ends[:, 0], ends[~loop, 1])).astype(np.int64)
    target = np.concatenate((ends[:, 1], ends[~loop, 0])).astype(np.int64)
    weight = np.concatenate((ends[:, 2], ends[~loop, 2]))
    total = np.bincount(source, weight, count)
    share = weight / total[source]
    rank = np.full(count, 1 / count)
    for _ in range(_STEPS):
        lost = rank[total == 0].sum()
        new = _DAMPING * (np.bincount(target, rank[source] * share, count) + lost / count) + (1 - _DAMPING) / count
        done = np.abs(new - rank).sum() < _TOLERANCE * count
        rank = new
        if done:
            break
    return [round(float(value), 8) for value in rank]


def betweenness(graph: nx.Graph) -> list[float]:
    """Betweenness of nodes 0 to n - 1, normalised; estimated from some sources in a large graph."""
    found = nx.betweenness_centrality(graph, k=_pivots(graph), seed=_SEED)
    return [round(found[node], 8) for node in range(graph.number_of_nodes())]


def _pivots(graph: nx.Graph) -> int | None:
    """How many sources betweenness is estimated from; None where it is exact."""
    if graph.number_of_nodes() <= _EXACT:
        return None
    edges: int = graph.number_of_edges()
    return max(10, min(_PIVOTS, _WORK // max(1, edges)))


def communities(graph: nx.Graph) -> list[int]:
    """The community (Louvain) of nodes 0 to n - 1; 0 is the largest."""
    groups = sorted(map(sorted, nx.community.louvain_communities(graph, seed=_SEED)), key=lambda g: (-len(g), g))
    member = {node: k for k, group in enumerate(groups) for node in group}
    return [member[node] for node in range(graph.number_of_nodes())]


def _figure(value: Value) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{float(value):.4g}"


def summary(network: Network, top: int = 10) -> Iterator[tuple[str, str]]:
    """What a network is like: sizes, and the nodes that stand out by each measure."""
    whole = measured(network)
    nodes, edges = list(whole.nodes), list(whole.edges)
    yield "nodes", str(len(nodes))
    yield from ((f"nodes: {kind}", str(n)) for kind, n in sorted(Counter(node.type for node in nodes).items()))
    yield "edges", str(len(edges))
    yield from ((f"edges: {name}", str(n)) for name, n in sorted(Counter(edge.relation for edge in edges).items()))
    graph = as_networkx(whole).to_undirected()
    yield "components", str(nx.number_connected_components(graph))
    groups = Counter(int(node.values["community"]) for node in nodes)
    yield "communities", f"{len(groups)}, the largest of {max(groups.values(), default=0)} nodes"
    for measure in ("degree", "pagerank", "betweenness"):
        best = sorted(nodes, key=lambda node: (-float(node.values[measure]), node.id))[:top]
        for place, node in enumerate(best, 1):
            yield f"{measure} {place}", f"{node.label} ({node.type}): {_figure(node.values[measure])}"
    yield from (("note", note) for note in whole.notes)
