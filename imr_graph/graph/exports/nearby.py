"""What lies next to some nodes, so much of it as can be looked at: bounded however large the store is."""

from __future__ import annotations

from collections.abc import Iterable

from imr_graph.errors import UnknownItem
from imr_graph.graph.contract import Queryable
from imr_graph.graph.exports.model import Edge, Network
from imr_graph.graph.exports.reading import RELATIONS, described, kind_of
from imr_graph.graph.terms import iri


def nearby(store: Queryable, nodes: Iterable[str], each: int) -> Network:
    """The nodes with these IRIs and what is next to them, no more than ``each`` of one relation in one direction.

    The notes say which relations of which node have more. Raises :class:`UnknownItem` where a node has no neighbour.
    """
    kinds: dict[str, set[str]] = {}
    found: set[tuple[str, str, str]] = set()
    more = []
    opened = list(nodes)
    for node in opened:
        kinds.setdefault(kind_of(node), set()).add(node)
        seen = 0
        for relation in RELATIONS:
            for end, own, other in (
                ("source", relation.source, relation.target),
                ("target", relation.target, relation.source),
            ):
                if own != kind_of(node):
                    continue
                ends = _ends(store, relation.pattern, end, node, each + 1)
                if len(ends) > each:
                    more.append((relation.name, node))
                found |= {(relation.name, source, target) for source, target in ends[:each]}
                kinds.setdefault(other, set()).update(e[end == "source"] for e in ends[:each])
                seen += len(ends)
        if not seen:
            raise UnknownItem(f"there is nothing around {node}", remedy="a case number, CASE#2, a passage or a concept")
    shown = {node.id: node for kind, names in kinds.items() for node in described(store, kind, names).values()}
    notes = [f"{name}: more than {each} of {shown[node].label}" for name, node in more]
    edges = [Edge(source, target, name, {"label": name, "weight": 1.0}) for name, source, target in sorted(found)]
    return Network(f"Around {shown[opened[0]].label}", [shown[name] for name in sorted(shown)], edges, notes=notes)


def _ends(store: Queryable, pattern: str, end: str, node: str, limit: int) -> list[tuple[str, str]]:
    query = f"SELECT DISTINCT ?source ?target WHERE {{ VALUES ?{end} {{ {iri(node)} }} {pattern} }} LIMIT {limit}"
    return [(str(source), str(target)) for source, target in store.run(query).rows]
