"""What an exported network is: nodes and edges with columns that every format knows, and notes to its reader.

A network may be larger than memory: its nodes and edges are streams, read once, all nodes before the first edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import NamedTuple

Value = str | int | float
DAYS = ("decided", "first_decided", "last_decided")  # the columns that hold ISO days

# Column and type. A share never stands without its n (``issues``) and its 95 % interval (``overturn_low``, ``_high``),
# and there is none of fewer than :data:`imr_graph.rates.FLOOR` issues.
NODE_COLUMNS: Mapping[str, type[Value]] = {
    "outcome": str,
    "case": str,
    "number": int,
    "decided": str,
    "issues": int,
    "overturned": int,
    "partially_overturned": int,
    "upheld": int,
    "overturn_share": float,
    "overturn_low": float,
    "overturn_high": float,
    "first_decided": str,
    "last_decided": str,
    "facts": str,
    "degree": int,
    "pagerank": float,
    "betweenness": float,
    "community": int,
    "color": str,
    "size": float,
    "x": float,
    "y": float,
}
EDGE_COLUMNS: Mapping[str, type[Value]] = {
    "label": str,
    "weight": float,
    "issues": int,
    "overturned": int,
    "partially_overturned": int,
    "upheld": int,
    "overturn_share": float,
    "overturn_low": float,
    "overturn_high": float,
    "first_decided": str,
    "last_decided": str,
    "similarity": float,
    "by_reviewer": int,
    "by_claims_administrator": int,
    "why": str,
    "outcome": str,
    "decided": str,
    "color": str,
}


class Node(NamedTuple):
    """A node: its IRI, its name in people's words, its type (``case``, ``service`` ...), its other columns."""

    id: str
    label: str
    type: str
    values: dict[str, Value]


class Edge(NamedTuple):
    """An edge between two IRIs; ``relation`` in people's words (``reviewer cites``), and its other columns."""

    source: str
    target: str
    relation: str
    values: dict[str, Value]


@dataclass
class Network:
    """A network to be written.

    ``notes`` say what was left out or chosen, in whole sentences; ``counted`` is true where edges count issues.
    """

    title: str
    nodes: Iterable[Node]
    edges: Iterable[Edge]
    directed: bool = True
    notes: list[str] = field(default_factory=list)
    counted: bool = False

    def placed(self) -> tuple[bool, Iterator[Node]]:
        """Whether its nodes have positions, which the first tells, and the nodes."""
        nodes = iter(self.nodes)
        first = list(islice(nodes, 1))
        return any("x" in node.values for node in first), chain(first, nodes)
