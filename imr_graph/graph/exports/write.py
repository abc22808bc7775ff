"""Write a part of the graph in a format: one function for every format and every choice."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from imr_graph.errors import UsageError
from imr_graph.files import writing_whole
from imr_graph.graph.contract import GraphStore, Result
from imr_graph.graph.exports import json_formats, rdf, tables, xml_formats
from imr_graph.graph.exports.answers import answer_network, construct
from imr_graph.graph.exports.issue_table import issue_table, issues_of
from imr_graph.graph.exports.locate import locate, neighbourhood, within
from imr_graph.graph.exports.model import Network
from imr_graph.graph.exports.page import page
from imr_graph.graph.exports.projections import CASE_CASE, lighter, project
from imr_graph.graph.exports.property_graph import property_graph
from imr_graph.graph.exports.reading import Selection, select_cases

_CASE_CASE_WEIGHT = 2  # one shared concept says little; the note of the network tells


@dataclass(frozen=True)
class Part:
    """What of the store is exported.

    Everything; ``around`` a node, ``depth`` steps far; a ``projection``, of the whole or around a node; the answer
    of the CONSTRUCT query ``query``. ``selection`` chooses the letters of everything and of a projection.
    ``min_weight`` None stands for 0, for cases joined by concepts for 2.
    """

    around: str | None = None
    depth: int = 1
    projection: str | None = None
    query: str | None = None
    selection: Selection = field(default_factory=Selection)
    min_weight: float | None = None

    def __post_init__(self) -> None:
        if self.query is not None and (self.around or self.projection or not self.selection.everything):
            raise UsageError("a query chooses what is exported by itself", remedy="leave out the other choices")
        if self.around and not self.projection and not self.selection.everything:
            raise UsageError("--around takes everything near a node", remedy="leave out the choice of letters")


_Rdf = Callable[[rdf.Graphs], Iterator[str]]
_Text = Callable[[Network], Iterator[str]]
_Folder = Callable[[Network, Path], None]
_RDF: dict[str, tuple[str, _Rdf]] = {
    "nt": ("N-Triples: every tool of the web of data", rdf.ntriples),
    "nq": ("N-Quads: with the source that each fact is from", rdf.nquads),
    "ttl": ("Turtle: RDF to read", rdf.turtle),
    "jsonld": ("JSON-LD: RDF for programs that read JSON", rdf.jsonld),
}
_NETWORKS: dict[str, tuple[str, _Text]] = {
    "html": ("a page to open in a browser, without a network", page),
    "graphml": ("GraphML: yEd, Gephi, Cytoscape, igraph", xml_formats.graphml),
    "gexf": ("GEXF: Gephi, with colours, positions and a timeline", xml_formats.gexf),
    "cytoscape": ("Cytoscape JSON: Cytoscape and cytoscape.js", json_formats.cytoscape),
    "cytoscape-style": ("the style to import into Cytoscape beside it", json_formats.cytoscape_style),
    "node-link": ("node-link JSON: networkx, D3, rustworkx", json_formats.node_link),
    "dot": ("DOT: Graphviz", json_formats.dot),
}
_FOLDERS: dict[str, tuple[str, _Folder]] = {
    "neo4j": ("a folder of CSV for neo4j-admin database import", tables.neo4j),
    "kgx": ("a folder of TSV in the manner of KGX", tables.kgx),
    "parquet": ("a folder of Parquet: pandas, polars, DuckDB", tables.parquet),
}
_TABLE = {"csv": "CSV: a row an issue, for spreadsheets and pandas"}


def formats() -> dict[str, str]:
    """The export formats and what each is for."""
    return _TABLE | {name: use for table in (_RDF, _NETWORKS, _FOLDERS) for name, (use, _) in table.items()}


def export(store: GraphStore, form: str, target: Path | TextIO, part: Part | None = None) -> list[str]:
    """Write ``part`` of ``store`` (None: all) to a path or an open text file; returns notes for the user.

    A path is written whole or not at all; the formats of two tables make a folder. Raises :class:`UsageError` for an
    unknown format or projection, or a part that the format cannot hold, :class:`imr_graph.errors.UnknownItem` for
    an unknown node, :class:`imr_graph.errors.QueryError` for a query that cannot be run.
    """
    if form not in formats():
        raise UsageError(f"no export format {form!r}", remedy=f"one of: {', '.join(formats())}")
    chosen = part or Part()
    if form in _FOLDERS:
        if not isinstance(target, Path):
            raise UsageError(f"{form} is a folder of files", remedy="name the folder with --output")
        network = network_of(store, chosen)
        _write_folder(target, network, _FOLDERS[form][1])
        return [*network.notes, *([tables.IMPORT.format(folder=target)] if form == "neo4j" else [])]
    notes: list[str] = []
    pieces = _pieces(store, form, chosen, notes)
    if isinstance(target, Path):
        with writing_whole(target) as stream:
            stream.writelines(pieces)
    else:
        target.writelines(pieces)
    return notes


def network_of(store: GraphStore, part: Part) -> Network:
    """The network of ``part`` with its looks, and with measures and positions where it is small enough."""
    from imr_graph.graph.exports.networks import dressed

    return dressed(plain_network(store, part))


def plain_network(store: GraphStore, part: Part) -> Network:
    """The network of ``part`` as the store has it."""
    least = part.min_weight
    if part.query is not None:
        return lighter(answer_network(store, construct(store, part.query)), least or 0)
    if part.projection is not None:
        network = project(
            store,
            part.projection,
            part.selection,
            _CASE_CASE_WEIGHT if least is None and part.projection == CASE_CASE else least or 0,
        )
        return network if part.around is None else _around(network, locate(store, part.around), part)
    if part.around is not None:
        return lighter(neighbourhood(store, part.around, part.depth), least or 0)
    return lighter(property_graph(store, part.selection), least or 0)


def _around(network: Network, start: str, part: Part) -> Network:
    nodes, edges = within(list(network.nodes), list(network.edges), start, part.depth)
    if not nodes:
        raise UsageError(
            f"{part.around} is no node of this projection", remedy="choose another, or a lower --min-weight"
        )
    note = f"Only what lies within {part.depth} step{'s' * (part.depth > 1)} of {part.around}."
    return replace(network, nodes=nodes, edges=edges, notes=[*network.notes, note])


def _pieces(store: GraphStore, form: str, part: Part, notes: list[str]) -> Iterator[str]:
    if form in _NETWORKS:
        network = network_of(store, part)
        yield from _NETWORKS[form][1](network)
        notes += network.notes
        return
    if part.projection is not None or part.min_weight is not None:
        raise UsageError(
            f"{form} has no projections and weights", remedy=f"one of: {', '.join((*_NETWORKS, *_FOLDERS))}"
        )
    if form in _RDF:
        yield from _RDF[form][1](_graphs(store, part, notes))
    else:
        yield from issue_table(store, _issues(store, part, notes))


def _graphs(store: GraphStore, part: Part, notes: list[str]) -> rdf.Graphs:
    found: Result | None = None
    if part.query is not None:
        found = construct(store, part.query)
    elif part.around is not None:
        network = neighbourhood(store, part.around, part.depth)
        notes += network.notes
        found = rdf.about(store, [node.id for node in network.nodes])
    if found is not None:
        return [("", rdf.lines_of(found))]
    notes += select_cases(store, part.selection)[1]
    return rdf.all_quads(store, part.selection)


def _issues(store: GraphStore, part: Part, notes: list[str]) -> Iterator[str]:
    """The IRIs of the chosen issues, by case and number."""
    if part.query is not None or part.around is not None:
        network = plain_network(store, part)
        notes += network.notes
        kept = [node for node in network.nodes if node.type == "issue"]
        yield from (n.id for n in sorted(kept, key=lambda n: (str(n.values["case"]), int(n.values["number"]))))
        return
    cases, said = select_cases(store, part.selection)
    notes += said
    yield from issues_of(store, cases, part.selection.outcome)


# What an earlier export left in a folder, and a new one may replace.
_OURS = {"nodes.csv", "relationships.csv", "nodes.tsv", "edges.tsv", "nodes.parquet", "edges.parquet"}


def _write_folder(target: Path, network: Network, write: _Folder) -> None:
    target = target.resolve()
    if target.exists() and (not target.is_dir() or {path.name for path in target.iterdir()} - _OURS):
        raise UsageError(f"{target} is there and no earlier export", remedy="name a new folder with --output")
    made = target.with_name(f".imr-graph-{secrets.token_hex(8)}")
    try:
        made.mkdir()
    except OSError as error:
        error.filename = str(target)
        raise
    try:
        write(network, made)
    except BaseException:
        shutil.rmtree(made)
        raise
    if target.exists():
        shutil.rmtree(target)
    made.replace(target)
