"""The graph on disk: Oxigraph under rdflib's terms.

Oxigraph allows one writing process, and a reader beside a writer is undefined: readers open a folder that nobody
writes to any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyoxigraph
from rdflib import Dataset, Literal, URIRef
from rdflib.term import BNode, Node

from imr_graph.errors import QueryError, StoreError
from imr_graph.graph.contract import Result, named, no_nquads, nquads
from imr_graph.graph.sparql import Query, check_query, syntax_error
from imr_graph.namespaces import prefixes

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_FAILURES = (OSError, RuntimeError)  # what RocksDB's refusals arrive as
# Oxigraph's messages: error at 3:17: expected one of ABS, AVG
_OX_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class OxigraphStore:
    """An Oxigraph store in a folder; :meth:`create` to write, :meth:`open` to read."""

    def __init__(self, store: pyoxigraph.Store, path: Path) -> None:
        self._store: pyoxigraph.Store | None = store
        self.path = path

    @classmethod
    def create(cls, path: Path) -> OxigraphStore:
        """Open the store of the folder ``path`` for writing, a new one where there is none."""
        try:
            return cls(pyoxigraph.Store(str(path)), path)
        except _FAILURES as error:
            raise StoreError(f"{path}: {error}", remedy="is another build running on it?") from error

    @classmethod
    def open(cls, path: Path) -> OxigraphStore:
        """Open the store of the folder ``path`` for reading. :class:`StoreError` where there is none."""
        if not (path / "CURRENT").is_file():
            raise StoreError(f"no graph in {path}", remedy="make one with imr-graph build")
        try:
            return cls(pyoxigraph.Store.read_only(str(path)), path)
        except _FAILURES as error:
            raise StoreError(f"{path}: {error}", remedy="build it again with imr-graph build") from error

    @property
    def _open(self) -> pyoxigraph.Store:
        if self._store is None:
            raise StoreError(f"the graph in {self.path} is closed", remedy="open it again")
        return self._store

    def run(self, query: str, most: int | None = None) -> Result:
        """See :meth:`GraphStore.run`; no more than ``most`` rows or triples are read, where it is given."""
        checked = check_query(query)
        try:
            found = self._open.query(query, prefixes=prefixes(), use_default_graph_as_union=not checked.dataset)
            return _from_oxigraph(checked, found, most)
        except SyntaxError as error:
            raise _oxigraph_syntax(str(error)) from error
        except (ValueError, *_FAILURES) as error:
            raise QueryError(
                f"the query failed: {error}",
                remedy="see docs/queries.md for examples; imr-graph check proves the store",
            ) from error

    def count(self) -> int:
        """See :meth:`GraphStore.count`; takes time in proportion to the store."""
        return len(self._open)

    def graphs(self) -> list[str]:
        """See :meth:`GraphStore.graphs`."""
        return sorted(graph.value for graph in self._open.named_graphs())

    def quads(self, graph: str | None = None) -> Iterator[str]:
        """See :meth:`GraphStore.quads`."""
        name = pyoxigraph.NamedNode(graph) if graph else None if graph is None else pyoxigraph.DefaultGraph()
        return (f"{quad} ." for quad in self._open.quads_for_pattern(None, None, None, name))

    def bulk_load(self, quads: Iterable[str] | bytes) -> None:
        """See :meth:`GraphStore.bulk_load`."""
        try:
            self._open.bulk_load(nquads(quads), format=pyoxigraph.RdfFormat.N_QUADS)
        except SyntaxError as error:
            raise no_nquads(error) from error
        except _FAILURES as error:
            raise StoreError(f"{self.path}: {error}", remedy="is the disk full, the store open for reading?") from error

    def remove_graph(self, iri: str) -> None:
        """See :meth:`GraphStore.remove_graph`."""
        node, default = pyoxigraph.NamedNode(iri), pyoxigraph.DefaultGraph()
        self._open.remove_graph(node)
        about = [*self._open.quads_for_pattern(node, None, None, default)]
        for quad in [*about, *self._open.quads_for_pattern(None, None, node, default)]:
            self._open.remove(quad)

    def flush(self) -> None:
        """Make sure that everything written is on disk."""
        self._open.flush()

    def optimize(self) -> None:
        """Compact the files for reading; worth it after a large load."""
        self._open.optimize()

    def backup(self, path: Path) -> None:
        """A copy in the new folder ``path``, with hard links where the file system allows."""
        try:
            self._open.backup(str(path))
        except _FAILURES as error:
            raise StoreError(f"{path}: {error}", remedy="the folder must not exist yet") from error

    def as_rdflib(self) -> Dataset:
        """See :meth:`GraphStore.as_rdflib`."""
        from oxrdflib import OxigraphStore as Bridge

        return named(Dataset(store=Bridge(store=self._open), default_union=True))

    def close(self) -> None:
        """See :meth:`GraphStore.close`."""
        self._store = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _oxigraph_syntax(message: str) -> QueryError:
    match = _OX_PLACE.match(message)
    if match is None:
        return QueryError(f"SPARQL syntax error: {message}", remedy="see docs/queries.md for examples")
    reason = " ".join(match[3].split())
    return syntax_error(f"line {match[1]}, column {match[2]}", reason if len(reason) < 200 else f"{reason[:200]} ...")


def _node(term: Any) -> Node | None:
    """An rdflib term of an Oxigraph one."""
    if term is None:
        return None
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        datatype = term.datatype.value
        return Literal(term.value) if datatype == _XSD_STRING else Literal(term.value, datatype=URIRef(datatype))
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    raise QueryError(
        "the answer has a triple as a term, which RDF 1.1 has not", remedy="ask for its parts, as SUBJECT(?t)"
    )


def _from_oxigraph(query: Query, found: Any, most: int | None) -> Result:
    if query.form == "ASK":
        return Result("ASK", answer=bool(found))
    node = cache(_node)  # the terms of an answer repeat, and rdflib's take microseconds each to make
    if query.form == "SELECT":
        columns = tuple(variable.value for variable in found.variables)
        return Result("SELECT", columns, tuple(tuple(map(node, row)) for row in islice(found, most)))
    triples = {(node(t.subject), node(t.predicate), node(t.object)) for t in islice(found, most)}
    return Result(query.form, triples=tuple(sorted(triples)))  # type: ignore[arg-type]
