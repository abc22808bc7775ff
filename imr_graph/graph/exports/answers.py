"""The answer of a CONSTRUCT or DESCRIBE query as a network: IRIs and blank nodes are nodes, literals their facts."""

from __future__ import annotations

from rdflib import BNode, Literal
from rdflib.term import Node as Term

from imr_graph.errors import UsageError
from imr_graph.graph.contract import GraphStore, Result
from imr_graph.graph.exports.model import Edge, Network, Node, Value
from imr_graph.graph.exports.reading import described, kind_of
from imr_graph.graph.terms import of_node

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def construct(store: GraphStore, query: str) -> Result:
    """The triples of a query; :class:`UsageError` where it asks for rows, QueryError where it cannot be run."""
    result = store.run(query)
    if result.form not in ("CONSTRUCT", "DESCRIBE"):
        raise UsageError(f"{result.form} gives no graph", remedy="use CONSTRUCT or DESCRIBE")
    return result


def answer_network(store: GraphStore, result: Result) -> Network:
    """Every triple between nodes as an edge named by its property, every literal as a fact of its node."""
    facts: dict[str, list[str]] = {}
    edges: list[Edge] = []
    for subject, predicate, value in sorted(result.triples):
        name = _words(str(predicate))
        about = facts.setdefault(_id(subject), [])
        if isinstance(value, Literal) or str(predicate) == _TYPE:
            about.append(f"{name}: {_words(str(value)) if str(predicate) == _TYPE else value}")
        else:
            facts.setdefault(_id(value), [])
            edges.append(Edge(_id(subject), _id(value), name, {"label": name, "weight": 1.0}))
    kinds: dict[str, set[str]] = {}
    for node in facts:
        kinds.setdefault(kind_of(node), set()).add(node)
    nodes: dict[str, Node] = {}
    for kind, names in kinds.items():
        nodes |= described(store, kind, names)
    return Network("The answer of a query", [_with_facts(nodes[n], facts[n]) for n in sorted(nodes)], edges)


def _id(node: Term) -> str:
    return of_node(node) if isinstance(node, BNode) else str(node)


def _with_facts(node: Node, facts: list[str]) -> Node:
    values: dict[str, Value] = {**node.values, "facts": "; ".join(facts)} if facts else node.values
    return node._replace(values=values)


def _words(iri: str) -> str:
    """``https://.../ns#hasIssue`` as ``has issue``."""
    name = iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1]
    return "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(name)).replace("-", " ")
