"""Networks as two tables in a folder: Neo4j's CSV, KGX's TSV, Parquet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imr_graph.errors import UsageError
from imr_graph.graph.exports.identifiers import token
from imr_graph.graph.exports.model import DAYS, EDGE_COLUMNS, NODE_COLUMNS, Network, Node, Value
from imr_graph.graph.exports.style import look_of, predicate_of, term_of

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
    return f"{column}:{'date' if column in DAYS else _NEO4J[type_]}"


def _pascal(words: str) -> str:
    return "".join(word.capitalize() for word in words.split())


def _cells(values: Mapping[str, Value], columns: Iterable[str]) -> Iterator[Value]:
    return (" ".join(v.split()) if isinstance(v := values.get(column, ""), str) else v for column in columns)


_KGX_EDGE = ("id", "subject", "predicate", "object", "original_predicate", "knowledge_level", "agent_type")
# How edges are known, in Biolink's words: read from letters, or counted over them
_READ = ("knowledge_assertion", "text_mining_agent")
_COUNTED = ("statistical_association", "data_analysis_pipeline")


def kgx(network: Network, folder: Path) -> None:
    """nodes.tsv and edges.tsv for KGX: CURIEs, category and predicate of Biolink, the ontology's own beside them."""
    with (folder / "nodes.tsv").open("w", encoding="utf-8", newline="") as file:
        file.write(_line(["id", "category", "name", "iri", "type", *NODE_COLUMNS]))
        for n in network.nodes:
            category = look_of(n.type).category
            file.write(_line([token(n.id), category, n.label, n.id, n.type, *_cells(n.values, NODE_COLUMNS)]))
    with (folder / "edges.tsv").open("w", encoding="utf-8", newline="") as file:
        file.write(_line([*_KGX_EDGE, "relation", *EDGE_COLUMNS]))
        known = _COUNTED if network.counted else _READ
        for k, e in enumerate(network.edges):
            triple = [token(e.source), predicate_of(e.relation), token(e.target), term_of(e.relation)]
            file.write(_line([f"e{k}", *triple, *known, e.relation, *_cells(e.values, EDGE_COLUMNS)]))


def _line(cells: Iterable[Value]) -> str:
    """A line of a table without quoting: no cell may hold a tab or a line break."""
    return "\t".join(" ".join(c.split()) if isinstance(c, str) else str(c) for c in cells) + "\n"


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
    fields = [(name, arrow.date32() if name in DAYS else types[kind]) for name, kind in columns.items()]
    schema = arrow.schema(fields, metadata={"title": network.title, "notes": " ".join(network.notes)})
    as_stored: dict[str, Callable[[Any], Any]] = dict.fromkeys(DAYS, dt.date.fromisoformat)
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
