"""The graph in memory: rdflib, slower and limited by RAM, but nothing else than Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import rdflib.plugins.sparql
from rdflib import Dataset, URIRef, Variable
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

from imr_graph.errors import ImrGraphError, QueryError
from imr_graph.graph.contract import Result, named, no_nquads, nquads
from imr_graph.graph.sparql import Query, check_query, syntax_error
from imr_graph.graph.terms import of_node
from imr_graph.namespaces import prefixes


class RdflibStore:
    """The quads of a list or of ready N-Quads bytes, in an rdflib Dataset."""

    def __init__(self, quads: Iterable[str] | bytes = ()) -> None:
        self._dataset = named(Dataset(default_union=True))
        self.bulk_load(quads)

    def run(self, query: str) -> Result:
        """See :meth:`GraphStore.run`."""
        checked = check_query(query)
        loads = rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS
        rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False  # else FROM <file:...> or <http:...> is fetched
        try:
            return _answer(self._dataset, checked)
        except ImrGraphError:
            raise
        except Exception as error:  # rdflib and pyparsing raise many unrelated types, bare Exception too
            raise _bad_query(error) from error
        finally:
            rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = loads

    def count(self) -> int:
        """See :meth:`GraphStore.count`."""
        return sum(len(graph) for graph in self._dataset.graphs())

    def graphs(self) -> list[str]:
        """See :meth:`GraphStore.graphs`."""
        names = (str(graph.identifier) for graph in self._dataset.graphs() if len(graph))
        return sorted(name for name in names if name != str(DATASET_DEFAULT_GRAPH_ID))

    def quads(self, graph: str | None = None) -> Iterator[str]:
        """See :meth:`GraphStore.quads`."""
        for found in self._dataset.graphs():
            name = "" if found.identifier == DATASET_DEFAULT_GRAPH_ID else str(found.identifier)
            if graph in (None, name):
                end = f" <{name}> ." if name else " ."
                yield from (" ".join(map(of_node, triple)) + end for triple in found)

    def bulk_load(self, quads: Iterable[str] | bytes) -> None:
        """See :meth:`GraphStore.bulk_load`."""
        data = nquads(quads)
        if not data:
            return
        try:
            self._dataset.parse(data=data, format="nquads")
        except Exception as error:  # the parser raises ParseError, and what its regexes and int() raise
            raise no_nquads(error) from error

    def remove_graph(self, iri: str) -> None:
        """See :meth:`GraphStore.remove_graph`."""
        node = URIRef(iri)
        self._dataset.remove_graph(node)
        self._dataset.default_graph.remove((node, None, None))
        self._dataset.default_graph.remove((None, None, node))

    def as_rdflib(self) -> Dataset:
        """See :meth:`GraphStore.as_rdflib`."""
        return self._dataset

    def close(self) -> None:
        """Nothing to let go of."""


def _answer(dataset: Dataset, query: Query) -> Result:
    found = dataset.query(query.text, initNs=prefixes())
    if query.form == "ASK":
        return Result("ASK", answer=found.askAnswer)
    if query.form == "SELECT":
        columns = tuple(str(variable) for variable in found.vars or ())
        rows = tuple(tuple(row.get(Variable(name)) for name in columns) for row in found.bindings)
        return Result("SELECT", columns, rows)
    return Result(query.form, triples=tuple(sorted(set(found.graph or ()))))


def _bad_query(error: Exception) -> QueryError:
    line, column = getattr(error, "lineno", None), getattr(error, "col", None)
    if line is None:
        return QueryError(f"the query failed: {error}", remedy="see docs/queries.md for examples")
    return syntax_error(f"line {line}, column {column}", getattr(error, "msg", str(error)))
