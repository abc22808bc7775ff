"""Measures, communities, positions and looks."""

import itertools
import math

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.errors import UsageError
from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports.layout import LAYOUT_LIMIT, positions
from imr_graph.graph.exports.model import Edge, Network, Node
from imr_graph.graph.exports.networks import dressed, measured, page_rank, summary, to_networkx
from imr_graph.graph.exports.page import page
from imr_graph.graph.exports.reading import Selection
from imr_graph.graph.exports.style import edge_color, look_of, outcomes, size_of, term_of
from imr_graph.graph.exports.write import Part, plain_network
from imr_graph.namespaces import prefixes
from imr_graph.resources import rules


def made(count: int) -> Network:
    """A ring with spokes, as streams."""
    nodes = (Node(f"urn:{k}", f"Node {k}", "service", {"degree": 3}) for k in range(count))
    edges = (
        Edge(f"urn:{k}", f"urn:{(k + step) % count}", "r", {"weight": 1.0}) for k in range(count) for step in (1, 7)
    )
    return Network("Ring", nodes, edges)


def test_to_networkx(letters: GraphStore) -> None:
    whole = to_networkx(letters)
    assert isinstance(whole, nx.MultiDiGraph)
    services = to_networkx(letters, projection="service-guideline", measures=True)
    assert type(services) is nx.Graph
    assert {"label", "type", "degree", "pagerank", "betweenness", "community", "x"} <= set(
        services.nodes["https://w3id.org/imr-graph/concept/service/mri"]
    )
    assert to_networkx(letters, selection=Selection(sample=1)).number_of_nodes() < whole.number_of_nodes()
    with pytest.raises(UsageError):
        to_networkx(letters, projection="x")


def test_measures_are_those_of_networkx(letters: GraphStore) -> None:
    graph = to_networkx(letters, projection="guideline-guideline", measures=True)
    assert dict(graph.degree) == dict(graph.nodes("degree"))
    expected = nx.betweenness_centrality(graph)
    assert all(math.isclose(expected[n], v, abs_tol=1e-6) for n, v in graph.nodes("betweenness"))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 5)), max_size=30))
def test_page_rank_holds_its_equation(count: int, edges: list[tuple[int, int, int]]) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_weighted_edges_from((a % count, b % count, w) for a, b, w in edges)
    rank = page_rank(graph)
    assert math.isclose(sum(rank), 1, abs_tol=1e-5)
    strength = {n: sum(d["weight"] for _, _, d in graph.edges(n, data=True)) for n in graph}
    lost = sum(rank[n] for n in graph if not strength[n])
    for node in graph:
        flow = sum(rank[m] * graph[m][node]["weight"] / strength[m] for m in graph[node])
        assert math.isclose(rank[node], 0.85 * (flow + lost / count) + 0.15 / count, abs_tol=1e-5)


def test_positions_spread_and_repeat() -> None:
    edges = [(k, (k + 1) % 30) for k in range(30)]
    groups = [k % 3 for k in range(30)]
    places = positions(30, edges, groups)
    assert places == positions(30, edges, groups)
    nearest = min(math.dist(a, b) for a, b in itertools.combinations(places, 2))
    assert nearest > 8
    joined = sum(math.dist(places[a], places[b]) for a, b in edges) / len(edges)
    apart = sum(math.dist(a, b) for a, b in itertools.combinations(places, 2)) / (30 * 29 / 2)
    assert joined < apart / 2
    assert positions(0, [], []) == []
    assert len(positions(1, [(0, 0)], [0])) == 1


def test_a_large_network_passes_as_a_stream() -> None:
    network = dressed(made(LAYOUT_LIMIT + 5))
    assert not isinstance(network.nodes, list)
    assert network.notes == [f"More than {LAYOUT_LIMIT} nodes: no measures, communities and positions."]
    nodes = list(network.nodes)
    assert len(nodes) == LAYOUT_LIMIT + 5
    assert nodes[0].values == {"degree": 3, "color": look_of("service").color, "size": size_of(3)}
    with pytest.raises(UsageError, match="too many for a page"):
        list(page(dressed(made(LAYOUT_LIMIT + 5))))


def test_colours_follow_the_share_overturned() -> None:
    def colored(share: float) -> str:
        return edge_color(Edge("a", "b", "r", {"overturn_share": share, "weight": 1.0}))

    assert [colored(0.0), colored(1.0)] == [outcomes()["upheld"], outcomes()["overturned"]]
    assert len({colored(k / 4) for k in range(5)}) == 5


def test_the_rules_name_terms_that_there_are() -> None:
    table = rules("exports")
    terms = [look["term"] for look in table["nodes"].values()] + [term_of(name) for name in table["relations"]]
    assert {term.partition(":")[0] for term in terms} <= set(prefixes())


def test_summary(letters: GraphStore) -> None:
    found = dict(summary(plain_network(letters, Part())))
    assert (found["nodes: case"], found["nodes: issue"], found["edges: has issue"]) == ("2", "4", "4")
    assert found["communities"].endswith("nodes")
    assert "(issue)" in found["degree 1"]
    assert dict(summary(Network("Empty", [], [])))["nodes"] == "0"


def test_measures_of_a_large_network_take_no_layout() -> None:
    network = made(LAYOUT_LIMIT + 5)
    whole = measured(network)
    (first, *_) = whole.nodes
    assert {"pagerank", "betweenness", "community"} <= first.values.keys()
    assert "x" not in first.values
    assert whole.notes == [f"Betweenness is estimated from 200 of {LAYOUT_LIMIT + 5} nodes."]
