"""Seconds, memory and megabytes of every export: ``python bench/export.py [--edges 1000000] [--work DIR]``.

Makes a store of invented decisions with about that many edges in the property graph, and writes every format in a
process of its own; beside it networkx's own writers, which hold the graph. CPU seconds, as the machine may be shared.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from imr_graph.graph.exports.networks import to_networkx
from imr_graph.graph.exports.property_graph import property_graph
from imr_graph.graph.exports.reading import Selection
from imr_graph.graph.exports.write import export
from imr_graph.graph.schemes import vocabulary_quads
from imr_graph.graph.store import OxigraphStore
from imr_graph.graph.triples import decision_quads
from imr_graph.models import Citation, Decision, Diagnosis, Ground, Issue, Layout, Outcome, Party, QuotedPassage
from imr_graph.text import Span
from imr_graph.vocabulary import load_vocabulary

EDGES_A_LETTER = 22.3  # of the invented letters; 25.6 of 123 real ones
SPAN = Span(0, 1)
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


class Letters:
    """Invented decisions with concepts drawn by Zipf's law."""

    def __init__(self) -> None:
        vocabulary = load_vocabulary()
        self._concepts = {name: sorted(c.notation for c in scheme) for name, scheme in vocabulary.schemes.items()}
        self._sections = [name for name in self._concepts["guideline"] if "/" in name]
        self._random = random.Random(7)

    def _one(self, stock: list[str]) -> str:
        return stock[min(len(stock) - 1, int(self._random.paretovariate(0.6)) - 1)]

    def _citation(self, party: Party) -> Citation:
        section = self._one(self._sections)
        guideline = section.partition("/")[0]
        return Citation(
            cited_by=party, source="MTUS", document="MTUS", section="Special Studies", guideline=guideline,
            guideline_section=section, span=SPAN, rule="bench",
        )  # fmt: skip

    def _issue(self, n: int) -> Issue:
        passage = f"{int(self._random.paretovariate(0.5)) % 500_000:016x}"
        return Issue(
            n=n,
            request="MRI of the lumbar spine without contrast",
            outcome=self._random.choices(list(Outcome), (8, 2, 1))[0],
            service=self._one(self._concepts["service"]),
            drug=(self._one(self._concepts["drug"]),) if n == 2 else (),
            body_parts=(self._one(self._concepts["body-part"]),),
            citations=tuple(map(self._citation, (*Party, Party.REVIEWER))),
            grounds=tuple(
                Ground(notation=self._one(self._concepts["ground"]), sentence="So.", span=SPAN, rule="bench")
                for _ in range(2)
            ),
            quoted_passages=(
                QuotedPassage(id=passage, text=f"Recommended as an option {passage}.", span=SPAN, rule="bench"),
            ),
            request_span=SPAN,
        )

    def __call__(self, number: int) -> Decision:
        conditions = {self._one(self._concepts["diagnosis"]) for _ in range(5)}
        return Decision(
            id=f"CM16-{number:07d}", text_sha256=f"{number:064x}"[::-1], source_sha256=f"{number:064x}",
            source_name=f"{number}.txt", layout=Layout.FINAL_DETERMINATION_2015,
            decision_date=date(2013, 1, 1) + timedelta(number % 2000), outcome=Outcome.UPHELD,
            diagnoses=tuple(Diagnosis(text=c, concept=c, span=SPAN, rule="bench") for c in sorted(conditions)),
            issues=tuple(self._issue(n) for n in (1, 2)),
        )  # fmt: skip


def fill(path: Path, letters: int) -> None:
    make = Letters()

    def quads() -> Iterator[str]:
        for number in range(letters):
            yield from decision_quads(make(number))

    with OxigraphStore.create(path) as store:
        store.bulk_load(vocabulary_quads())
        store.bulk_load(quads())
        store.flush()


def ours(store: OxigraphStore, form: str, target: Path) -> None:
    export(store, form, target)


def theirs(store: OxigraphStore, form: str, target: Path) -> None:
    import networkx as nx

    graph = to_networkx(store)
    graph.graph.clear()
    if form == "graphml":
        nx.write_graphml(graph, target)
    elif form == "gexf":
        nx.write_gexf(graph, target)
    else:
        document = nx.cytoscape_data(graph) if form == "cytoscape" else nx.node_link_data(graph, edges="edges")
        with target.open("w") as file:
            json.dump(document, file)


def peak() -> float:
    """The most memory this process had, in MB; the figure of getrusage may be its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


def one(kind: str, form: str, folder: Path) -> None:
    """In a process of its own: write, and print what it took."""
    target = folder / f"{kind}.{form}"
    with OxigraphStore.open(folder / "graph") as store:
        {"ours": ours, "networkx": theirs}[kind](store, form, target)
    used = resource.getrusage(resource.RUSAGE_SELF)
    files = [*target.iterdir()] if target.is_dir() else [target]
    size = sum(file.stat().st_size for file in files) / 1e6
    for file in files:
        file.unlink()
    if target.is_dir():
        target.rmdir()
    print(
        f"| {form} | {kind} | {used.ru_utime + used.ru_stime:.0f} | {peak():.0f} | {size:.0f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--one", nargs=2, metavar=("KIND", "FORMAT"))
    options = parser.parse_args()
    folder = options.work or Path(tempfile.mkdtemp())
    if options.one:
        kind, form = options.one
        one(kind, form, folder)
        return
    if not (folder / "graph").exists():
        fill(folder / "graph", round(options.edges / EDGES_A_LETTER))
    with OxigraphStore.open(folder / "graph") as store:
        network = property_graph(store, Selection())
        print(f"{sum(1 for _ in network.nodes)} nodes, {sum(1 for _ in network.edges)} edges\n", flush=True)
    print("| format | written by | CPU s | peak MB | file MB |\n|---|---|---|---|---|", flush=True)
    for kind, forms in (("ours", OURS), ("networkx", THEIRS)):
        for form in forms:
            subprocess.run([sys.executable, __file__, "--work", str(folder), "--one", kind, form], check=True)


if __name__ == "__main__":
    main()
