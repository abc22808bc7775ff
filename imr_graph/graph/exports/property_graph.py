"""The whole property graph as a stream.

Memory grows with what letters share (concepts, guidelines, passages) and with the number of cases, not with edges:
a file needs all nodes before the first edge, so edges wait in a temporary file.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator

from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports.model import Edge, Network, Node
from imr_graph.graph.exports.reading import Batch, Selection, batches, described, kind_of, related, select_cases


def property_graph(store: GraphStore, selection: Selection) -> Network:
    """Cases, issues and what they are about, as far as ``selection`` goes."""
    cases, notes = select_cases(store, selection)
    spool = _Spool()
    nodes = _nodes(store, batches(store, cases, selection.outcome), spool)
    return Network("Cases, issues and what they are about", nodes, spool.edges(), notes=notes)


class _Spool:
    """Edges in a temporary file, a JSON line a batch."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  closed below

    def add(self, edges: Iterable[Edge]) -> None:
        self._file.write(json.dumps(list(edges)) + "\n")

    def edges(self) -> Iterator[Edge]:
        self._file.seek(0)
        for line in self._file:
            yield from (Edge(*edge) for edge in json.loads(line))
        self._file.close()

    def __del__(self) -> None:
        self._file.close()


def _nodes(store: GraphStore, found: Iterator[Batch], spool: _Spool) -> Iterator[Node]:
    """The cases and issues, batch by batch, then what they share; every edge goes to ``spool``."""
    shared: Counter[str] = Counter()
    for batch in found:
        degree: Counter[str] = Counter()
        for edge in batch.edges:
            degree[edge.source] += 1
            degree[edge.target] += 1
        shared.update({name: n for name, n in degree.items() if name not in batch.nodes})
        spool.add(batch.edges)
        for name in sorted(batch.nodes):
            yield _with_degree(batch.nodes[name], degree[name])
    kinds: dict[str, set[str]] = {}
    for name in shared:
        kinds.setdefault(kind_of(name), set()).add(name)
    above = _above(store, kinds)
    spool.add(above)
    for edge in above:
        shared[edge.source] += 1
        shared[edge.target] += 1
        kinds.setdefault(kind_of(edge.target), set()).add(edge.target)
    for kind in sorted(kinds):
        for node in described(store, kind, kinds[kind]).values():
            yield _with_degree(node, shared[node.id])


def _above(store: GraphStore, kinds: dict[str, set[str]]) -> list[Edge]:
    """The edges among shared nodes: where passages are from, what sections are part of, up to the top."""
    found: set[tuple[str, str, str]] = set()
    new = {kind: names for kind, names in kinds.items() if kind in ("passage", "guideline")}
    known = {name for names in new.values() for name in names}
    while new:
        reached = {(relation.name, source, target) for relation, source, target in related(store, "source", new)}
        found |= reached
        targets = {target for _, _, target in reached} - known
        known |= targets
        new = {"guideline": targets} if targets else {}
    return [Edge(source, target, name, {"label": name, "weight": 1.0}) for name, source, target in sorted(found)]


def _with_degree(node: Node, degree: int) -> Node:
    return node._replace(values={**node.values, "degree": degree})
