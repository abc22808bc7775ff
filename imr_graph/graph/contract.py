"""What a graph store is: :class:`~imr_graph.graph.store.OxigraphStore` on disk, for everything, and
:class:`~imr_graph.graph.memory.RdflibStore` in memory, for notebooks, validation and as a second opinion.

Both are filled with the same N-Quads, speak rdflib's terms, see all named graphs together as the default graph
(a query with FROM sees the graphs it names), and are read only through SPARQL. Writing is ``bulk_load`` and
``remove_graph``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from rdflib import Dataset, Graph
from rdflib.term import Node

from imr_graph.errors import StoreError
from imr_graph.namespaces import prefixes

Row = tuple[Node | None, ...]


@dataclass(frozen=True)
class Result:
    """The answer of a query.

    ``form`` is SELECT (``columns`` and ``rows``), ASK (``answer``), CONSTRUCT or DESCRIBE (``triples``).
    """

    form: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    answer: bool | None = None
    triples: tuple[tuple[Node, Node, Node], ...] = ()

    def graph(self) -> Graph:
        """The triples as an rdflib graph with the project's prefixes."""
        graph = named(Graph(bind_namespaces="none"))
        for triple in self.triples:
            graph.add(triple)
        return graph


class Queryable(Protocol):
    """What answers queries: a store, or :class:`~imr_graph.graph.limits.QueryWorkers`, which ask one within limits."""

    def run(self, query: str) -> Result:
        """Answer a SPARQL query; :class:`QueryError` for a bad one, an update, or one that needs the network."""


class GraphStore(Queryable, Protocol):
    """What the rest of the project may ask of a graph store."""

    def count(self) -> int:
        """The number of quads."""

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, sorted."""

    def quads(self, graph: str | None = None) -> Iterator[str]:
        """Every quad as an N-Quads line without line end, in no set order.

        Only those of the named graph ``graph``, or of the default graph for "", where it is given.
        """

    def bulk_load(self, quads: Iterable[str] | bytes) -> None:
        """Add N-Quads: lines, or ready bytes. :class:`StoreError` where they are none."""

    def remove_graph(self, iri: str) -> None:
        """Drop the named graph ``iri`` and what the default graph says about it; nothing where it is not there."""

    def as_rdflib(self) -> Dataset:
        """The same store, not a copy, through rdflib; all named graphs together are its default graph."""

    def close(self) -> None:
        """Let go of the files."""


G = TypeVar("G", bound=Graph)


def named(graph: G) -> G:
    """The graph with the project's prefixes bound."""
    for prefix, namespace in prefixes().items():
        graph.bind(prefix, namespace)
    return graph


def no_nquads(error: Exception) -> StoreError:
    """The one form of the error for what is given as N-Quads and is none."""
    return StoreError(f"these are no N-Quads: {error}", remedy="give a quad a line: <s> <p> <o> <graph> .")


def nquads(quads: Iterable[str] | bytes) -> bytes:
    """Lines of N-Quads as one text; ready bytes as they are."""
    return quads if isinstance(quads, bytes) else "".join(f"{line}\n" for line in quads).encode()
