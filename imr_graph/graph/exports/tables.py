"""Networks as two tables in a folder: Neo4j's CSV, KGX's TSV, Parquet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imr_graph.errors import UsageError
from imr_graph.graph.exports.model import EDGE_COLUMNS, NODE_COLUMNS, Network, Node, Value
from imr_graph.graph.exports.style import look_of, term_of
from imr_graph.namespaces import prefixes

if TYPE_CHECKING:
    import pyarrow as pa

_NEO4J = {str: "string", int: "long", float: "double"}
_ROWS = 20_000  # of a group of Parquet rows
IMPORT = (
    "Import into an empty database with: neo4j-admin database import full "
    "--nodes={folder}/nodes.csv --relationships={folder}/relationships.csv neo4j"
)


def neo4j(network: Network, folder: Path) -> None:
    """nodes.csv and relationships.csv for ``neo4j-admin database import``."""
    nodes = ["id:ID", "label", ":LABEL", *(_typed(c, t) for c, t in NODE_COLUMNS.items())]
    edges = [":START_ID", ":END_ID", ":TYPE", *(_typed(c, t) for c, t in EDGE_COLUMNS.items())]
    with (folder / "nodes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(nodes)
        writer.writerows([n.id, n.label, _pascal(n.type), *_cells(n.values, NODE_COLUMNS)] for n in network.nodes)
    with (folder / "relationships.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(edges)
        for e in network.edges:
            kind = e.relation.upper().replace(" ", "_").replace("-", "_")
            writer.writerow([e.source, e.target, kind, *_cells(e.values, EDGE_COLUMNS)])


def _typed(column: str, type_: type[Value]) -> str:
    return f"{column}:{'date' if column == 'decided' else _NEO4J[type_]}"


def _pascal(words: str) -> str:
    return "".join(word.capitalize() for word in words.split())


def _cells(values: Mapping[str, Value], columns: Iterable[str]) -> Iterator[Value]:
    return (" ".join(v.split()) if isinstance(v := values.get(column, ""), str) else v for column in columns)


def kgx(network: Network, folder: Path) -> None:
    """nodes.tsv and edges.tsv in the manner of KGX: CURIEs, a category of the ontology, a predicate."""
    curie = _Curies()
    with (folder / "nodes.tsv").open("w", encoding="utf-8", newline="") as file:
        file.write(_line(["id", "category", "name", "type", *NODE_COLUMNS]))
        for n in network.nodes:
            term = look_of(n.type).term
            file.write(_line([curie(n.id), term, n.label, n.type, *_cells(n.values, NODE_COLUMNS)]))
    with (folder / "edges.tsv").open("w", encoding="utf-8", newline="") as file:
        file.write(_line(["id", "subject", "predicate", "object", "relation", *EDGE_COLUMNS]))
        for k, e in enumerate(network.edges):
            ends = [curie(e.source), term_of(e.relation), curie(e.target)]
            file.write(_line([f"e{k}", *ends, e.relation, *_cells(e.values, EDGE_COLUMNS)]))


def _line(cells: Iterable[Value]) -> str:
    """A line of a table without quoting: no cell may hold a tab or a line break."""
    return "\t".join(" ".join(c.split()) if isinstance(c, str) else str(c) for c in cells) + "\n"


class _Curies:
    """IRIs as CURIEs of the prefix map, by the longest namespace; others stay IRIs."""

    def __init__(self) -> None:
        self._homes: Sequence[tuple[str, str]] = sorted(
            ((home, prefix) for prefix, home in prefixes().items()), key=lambda pair: -len(pair[0])
        )

    def __call__(self, iri: str) -> str:
        for home, prefix in self._homes:
            if iri.startswith(home):
                return f"{prefix}:{iri[len(home) :]}"
        return iri


def parquet(network: Network, folder: Path) -> None:
    """nodes.parquet and edges.parquet for pandas, polars and DuckDB; days are dates.

    Raises :class:`UsageError` where pyarrow is not installed.
    """
    try:
        import pyarrow as arrow
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow", remedy="pip install 'imr-graph[shards]'") from error
    nodes = {"id": str, "label": str, "type": str, **NODE_COLUMNS}
    edges = {"source": str, "target": str, "relation": str, **EDGE_COLUMNS}
    _parquet(arrow, folder / "nodes.parquet", nodes, network, (_row(n) for n in network.nodes))
    _parquet(
        arrow,
        folder / "edges.parquet",
        edges,
        network,
        ({"source": e.source, "target": e.target, "relation": e.relation, **e.values} for e in network.edges),
    )


def _row(node: Node) -> dict[str, Value]:
    return {"id": node.id, "label": node.label, "type": node.type, **node.values}


def _parquet(
    arrow: Any, path: Path, columns: Mapping[str, type[Value]], network: Network, rows: Iterable[dict[str, Value]]
) -> None:
    import datetime as dt

    from pyarrow.parquet import ParquetWriter

    types: dict[type[Value], pa.DataType] = {str: arrow.string(), int: arrow.int64(), float: arrow.float64()}
    fields = [(name, arrow.date32() if name == "decided" else types[kind]) for name, kind in columns.items()]
    schema = arrow.schema(fields, metadata={"title": network.title, "notes": " ".join(network.notes)})
    as_stored: dict[str, Callable[[Any], Any]] = {"decided": dt.date.fromisoformat}
    with ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _groups(rows):
            table = {
                name: [None if (v := row.get(name)) is None else as_stored.get(name, _same)(v) for row in group]
                for name in columns
            }
            writer.write_table(arrow.table(table, schema=schema))


def _same(value: Any) -> Any:
    return value


def _groups(rows: Iterable[dict[str, Value]]) -> Iterator[list[dict[str, Value]]]:
    remaining = iter(rows)
    while group := list(islice(remaining, _ROWS)):
        yield group
