"""Seconds, memory and megabytes of every export: ``python bench/export.py [--edges 1000000] [--store DIR]``.

Makes so many letters with bench/corpus.py that the property graph has about that many edges, builds a store of them
with ``imr-graph build``, and writes every format in a process of its own; beside it networkx's own writers, which hold
the graph. ``--store`` takes a store that is there. Every figure includes reading the store, but for those of writing
alone. CPU seconds beside those of the clock, as the machine may be shared.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from imr_graph.graph.exports.networks import to_networkx
from imr_graph.graph.exports.property_graph import property_graph
from imr_graph.graph.exports.reading import Selection
from imr_graph.graph.exports.write import export
from imr_graph.graph.store import OxigraphStore
from imr_graph.pipeline.generation import StoreFolder

EDGES_A_LETTER = 21.8  # of the letters of bench/corpus.py; 25.6 of 123 real ones
OURS = (
    "graphml",
    "gexf",
    "cytoscape",
    "node-link",
    "dot",
    "neo4j",
    "kgx",
    "parquet",
    "csv",
    "nt",
    "nq",
    "ttl",
    "jsonld",
)
THEIRS = ("graphml", "gexf", "cytoscape", "node-link")
BENCH = Path(__file__).parent


def build(folder: Path, letters: int) -> None:
    """A store of so many letters in the new folder ``folder``."""
    corpus = folder.with_name("letters.jsonl.zst")
    subprocess.run([sys.executable, str(BENCH / "corpus.py"), str(letters), str(corpus)], check=True)
    command = [sys.executable, "-m", "imr_graph", "build", str(corpus), "--store", str(folder), "--quiet"]
    subprocess.run(command, check=True)


def seconds() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def ours(store: OxigraphStore, form: str, target: Path) -> float:
    before = seconds()
    export(store, form, target)
    return seconds() - before


def reading(store: OxigraphStore, form: str, target: Path) -> float:
    """Nodes and edges one by one, and nothing written."""
    before = seconds()
    network = property_graph(store, Selection())
    target.write_text(f"{sum(1 for _ in network.nodes)} nodes, {sum(1 for _ in network.edges)} edges")
    return seconds() - before


def theirs(store: OxigraphStore, form: str, target: Path) -> float:
    """The CPU seconds of writing alone."""
    import networkx as nx

    graph = to_networkx(store)
    graph.graph.clear()
    before = seconds()
    if form == "graphml":
        nx.write_graphml(graph, target)
    elif form == "gexf":
        nx.write_gexf(graph, target)
    else:
        document = nx.cytoscape_data(graph) if form == "cytoscape" else nx.node_link_data(graph, edges="edges")
        with target.open("w") as file:
            json.dump(document, file)
    return seconds() - before


def peak() -> float:
    """The most memory this process had, in MB; the figure of getrusage may be its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def one(graph: Path, kind: str, form: str, folder: Path) -> None:
    """In a process of its own: write, and print what it took."""
    target = folder / f"{kind}.{form}"
    started = time.perf_counter()
    with OxigraphStore.open(graph) as store:
        alone = {"ours": ours, "reading": reading, "networkx": theirs}[kind](store, form, target)
    clock = time.perf_counter() - started
    files = [*target.iterdir()] if target.is_dir() else [target]
    size = sum(file.stat().st_size for file in files) / 1e6
    if kind == "reading":
        print(f"{target.read_text()}: reading alone {alone:.0f} CPU s, {peak():.0f} MB\n", flush=True)
        print(
            "| format | written by | s | CPU s | CPU s of writing | peak MB | file MB |\n" + "|---" * 7 + "|",
            flush=True,
        )
    else:
        writing = f"{alone:.0f}" if kind == "networkx" else ""
        print(
            f"| {form} | {kind} | {clock:.0f} | {seconds():.0f} | {writing} | {peak():.0f} | {size:.0f} |", flush=True
        )
    for file in files:
        file.unlink()
    if target.is_dir():
        target.rmdir()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, help="a store that is there, in place of a new one")
    parser.add_argument("--formats", nargs="*", default=OURS)
    parser.add_argument("--one", nargs=4, metavar=("GRAPH", "KIND", "FORMAT", "FOLDER"))
    options = parser.parse_args()
    if options.one:
        graph, kind, form, folder = options.one
        one(Path(graph), kind, form, Path(folder))
        return
    with tempfile.TemporaryDirectory() as work:
        store = options.store or Path(work) / "store"
        if options.store is None:
            build(store, round(options.edges / EDGES_A_LETTER))
        graph = StoreFolder(store).require().graph
        theirs = [form for form in THEIRS if form in options.formats]
        for kind, forms in (("reading", ["none"]), ("ours", options.formats), ("networkx", theirs)):
            for form in forms:
                subprocess.run([sys.executable, __file__, "--one", str(graph), kind, form, work], check=True)


if __name__ == "__main__":
    main()
