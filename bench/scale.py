"""Build and query synthetic corpora: ``python bench/scale.py 2000 20000 [--pdfs FOLDER] [--keep FOLDER] ...``.

For each size: the full build from ready text by the command line, its letters a second, peak memory (PSS of all its
processes together) and sizes on disk; beside it, in the same run, what each engine does alone with the same ready
data (tantivy adding the documents, Oxigraph bulk-loading the quads) and what two workers give alone (read, parse,
link); an update by 500 letters; latencies of search bare, with reasons, and with facets and cohorts; named queries
beside bare pyoxigraph. Whoosh is built and asked too, up to ``--whoosh`` letters. With ``--pdfs``, a build from PDF
beside two processes of pypdfium2 alone. 300,000 letters need about 15 GB of disk. Ratios within one run count;
absolute figures are this machine's.
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import cast

import pyoxigraph
from corpus import Writer

from imr_graph.graph.queries import bind, load_queries, run_named
from imr_graph.graph.store import OxigraphStore
from imr_graph.namespaces import BASE, prefixes
from imr_graph.pipeline.generation import StoreFolder
from imr_graph.pipeline.pool import Lost, run
from imr_graph.pipeline.worker import prepare
from imr_graph.read import find_sources
from imr_graph.search.engine import Match, TextIndex, create_index, index_writer, open_index
from imr_graph.search.linked import LinkedReader
from imr_graph.search.precedents import Precedents, SearchRequest
from imr_graph.search.query import Everything, Node
from imr_graph.vocabulary import Vocabulary, load_vocabulary

READY = 5000  # letters whose ready data the engines take alone
UPDATE = 500
QUERIES = (
    "massage therapy 8 sessions neck",
    "MRI lumbar spine radiculopathy",
    "physical therapy 2 times a week for 6 weeks shoulder",
    "omeprazole 20mg #60",
    "EMG/NCV bilateral upper extremities",
    "epidural steroid injection lumbar",
    "acupuncture low back pain",
    "right knee arthroscopy meniscus tear",
)


def write_shard(path: Path, first: int, letters: int) -> None:
    command = [
        sys.executable,
        str(Path(__file__).with_name("corpus.py")),
        str(letters),
        str(path),
        "--first",
        str(first),
    ]
    subprocess.run(command, check=True)


def descendants(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from descendants(int(child))


def pss(pid: int) -> tuple[int, int]:
    """Proportional set size of a process and its descendants in kB, and what of it is no mapped file."""
    total = {"Pss:": 0, "Pss_Anon:": 0}
    with suppress(OSError):  # it ended while we looked
        for member in descendants(pid):
            for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
                name, _, size = line.partition(" ")
                if name in total:
                    total[name] += int(size.split()[0])
    return total["Pss:"], total["Pss_Anon:"]


def timed_build(source: Path, store: Path, *options: str) -> tuple[float, str]:
    """Seconds of ``imr-graph build``, and its peaks of memory in MB."""
    command = [sys.executable, "-m", "imr_graph", "build", str(source), "--store", str(store), "--jobs", "2", "--quiet"]
    command += options
    started, peak = time.perf_counter(), [0, 0]
    process = subprocess.Popen(command)
    watcher = threading.Thread(target=lambda: _watch(process, peak), daemon=True)
    watcher.start()
    if process.wait():
        sys.exit(f"the build of {source} failed")
    return time.perf_counter() - started, f"{peak[0] / 1000:.0f}, without mapped files {peak[1] / 1000:.0f}"


def _watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    while process.poll() is None:
        peak[:] = map(max, peak, pss(process.pid))
        time.sleep(0.5)


def processor_seconds() -> float:
    """What the processes that this one started have used and ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def engines_alone(shard: Path, folder: Path) -> dict[str, float]:
    """Letters a second of each engine with ready data."""
    items = (ref for ref, _ in zip(find_sources([shard]), range(READY), strict=False))
    results = run(partial(prepare, BASE), items, jobs=2, batch=64, seconds=60)
    ready = [done for done in islice(results, 1) if not isinstance(done, Lost)]
    started = time.perf_counter()  # the workers have started
    ready += [done for done in results if not isinstance(done, Lost)]
    spent = time.perf_counter() - started

    def tantivy() -> None:
        create_index(folder / "index")
        with index_writer(folder / "index") as index:
            for done in ready:
                index.add(done.documents)

    def oxigraph() -> None:
        with OxigraphStore.create(folder / "graph") as graph:
            graph.bulk_load(b"".join(done.quads for done in ready))

    quads = sum(done.quads.count(b"\n") for done in ready)
    return {
        "quads a letter": quads / len(ready),
        "two workers alone (read, parse, link), letters/s": len(ready) / spent,
        "tantivy alone, letters/s": len(ready) / seconds(tantivy),
        "Oxigraph alone, letters/s": len(ready) / seconds(oxigraph),
    }


def latencies(work: Callable[[str], object]) -> tuple[float, float]:
    """p50 and p95 in ms over the queries, five times each."""
    found = sorted(1000 * seconds(partial(work, query)) for query in QUERIES * 5)
    return statistics.median(found), found[int(0.95 * len(found))]


class Recorder:
    """An index that remembers the engine query it was last asked."""

    def __init__(self, index: TextIndex) -> None:
        self._index = index
        self.node: Node = Everything()

    def search(self, node: Node, limit: int) -> list[Match]:
        self.node = node
        return self._index.search(node, limit)

    def __len__(self) -> int:
        return len(self._index)

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)


def engine_query(index: TextIndex, vocabulary: Vocabulary, reader: LinkedReader, query: str) -> Node:
    recorder = Recorder(index)
    Precedents(cast(TextIndex, recorder), vocabulary, reader).search(
        SearchRequest(text=query, plain=True, around=False)
    )
    return recorder.node


def ask_index(store: Path, engine: str) -> dict[str, object]:
    """Latencies of search."""
    generation = StoreFolder(store).require()
    vocabulary = load_vocabulary()
    index = open_index(generation.index)
    reader = LinkedReader(vocabulary)
    search = Precedents(index, vocabulary, reader)
    nodes = {query: engine_query(index, vocabulary, reader, query) for query in QUERIES}
    table: dict[str, object] = {}
    kinds: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("bare engine query", lambda query: index.search(nodes[query], 10)),
        ("search with reasons", lambda query: search.search(SearchRequest(text=query, plain=True, around=False))),
        ("search with facets and cohorts", lambda query: search.search(SearchRequest(text=query, plain=True))),
    )
    for name, work in kinds:
        latencies(work)
        table[f"{engine}: {name}, p50/p95 ms"] = "{:.1f} / {:.1f}".format(*latencies(work))
    return table


def ask_graph(store: Path) -> dict[str, object]:
    """Named queries that need no value, beside the same text given to pyoxigraph, every term of the answer read."""
    generation, vocabulary, table = StoreFolder(store).require(), load_vocabulary(), dict[str, object]()

    def bare(text: str) -> None:
        rows = engine.query(text, prefixes=prefixes(), use_default_graph_as_union=True)
        assert isinstance(rows, pyoxigraph.QuerySolutions)
        for row in rows:
            for term in row:
                _ = term and term.value

    engine = pyoxigraph.Store.read_only(str(generation.graph))
    slowest = ("", 0.0)
    with OxigraphStore.open(generation.graph) as graph:
        ours = alone = 0.0
        for name, query in load_queries().items():
            if not any(parameter.required for parameter in query.parameters):
                text = bind(query, {}, vocabulary)
                alone += min(seconds(partial(bare, text)) for _ in range(2))
                took = min(seconds(partial(run_named, graph, name, {}, vocabulary)) for _ in range(2))
                ours, slowest = ours + took, max(slowest, (name, took), key=lambda one: one[1])
        table["named queries, ours / bare s"] = f"{ours:.2f} / {alone:.2f} = {ours / alone:.2f}"
        table["slowest named query, s"] = f"{slowest[0]} {slowest[1]:.2f}"
    return table


def measure(size: int, folder: Path, whoosh: int, queries: int) -> Iterator[dict[str, object]]:
    """The figures of one size, as they become known."""
    letters, store = folder / "letters", folder / "store"
    letters.mkdir(parents=True, exist_ok=True)
    if not (letters / "a.jsonl.zst").exists():  # a corpus that was kept need not be written again
        write_shard(letters / "a.jsonl.zst", 0, size)
    alone = engines_alone(letters / "a.jsonl.zst", folder)
    yield {"letters": size, **{name: round(value, 1) for name, value in alone.items()}}
    before = processor_seconds()
    spent, peak = timed_build(letters, store)
    rate, worked = size / spent, processor_seconds() - before
    slower = min(alone["tantivy alone, letters/s"], alone["Oxigraph alone, letters/s"])
    yield {
        "build, letters/s": round(rate, 1),
        "build, ms a letter": round(1000 / rate, 2),
        "build, processor ms a letter": round(1000 * worked / size, 2),
        "build / slower engine alone": f"{rate / slower:.0%}",
        "peak memory of all processes, MB": peak,
    }
    for part in ("graph", "index", "letters.sqlite", "passages.sqlite"):
        yield {f"{part}, MB": round(_bytes(StoreFolder(store).require().folder / part) / 1e6, 1)}
    write_shard(letters / "b.jsonl.zst", size, UPDATE)
    more, _ = timed_build(letters, store)
    yield {f"update by {UPDATE} letters": f"{more:.1f} s = {more / spent:.1%} of the build"}
    yield ask_index(store, "tantivy")
    yield ask_graph(store) if size <= queries else {"named queries": f"skipped above {queries} letters"}
    if size > whoosh:
        yield {"whoosh": f"skipped above {whoosh} letters"}
        return
    spent, _ = timed_build(letters, folder / "whoosh", "--engine", "whoosh")
    yield {"whoosh: build, letters/s": round((size + UPDATE) / spent, 1)}
    yield ask_index(folder / "whoosh", "whoosh")


def _bytes(path: Path) -> int:
    files = [Path(folder) / name for folder, _, names in os.walk(path) for name in names] or [path]
    return sum(file.stat().st_size for file in files)


def extract(paths: list[Path]) -> int:
    import pypdfium2

    characters = 0
    for path in paths:
        with pypdfium2.PdfDocument(path) as document:
            for page in document:
                characters += len(page.get_textpage().get_text_range())
    return characters


def from_pdf(pdfs: Path, folder: Path) -> dict[str, object]:
    """The PDFs twenty times over under other names, so that starting does not count."""
    paths, copies = sorted(pdfs.glob("*.pdf")), folder / "pdfs"
    copies.mkdir(parents=True)
    for n in range(20):
        for path in paths:
            (copies / f"{n:02d}-{path.name}").write_bytes(path.read_bytes())
    every = sorted(copies.iterdir())
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(extract, [every[:2], every[:2]]))
        alone = seconds(lambda: list(pool.map(extract, [every[k : k + 40] for k in range(0, len(every), 40)])))
    spent, _ = timed_build(copies, folder / "pdf-store")
    return {
        "PDFs": len(every),
        "pypdfium2 alone in two processes, letters/s": round(len(every) / alone, 1),
        "build from PDF, letters/s": round(len(every) / spent, 1),
        "build from PDF / pypdfium2 alone": f"{alone / spent:.0%}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*")
    parser.add_argument("--pdfs", type=Path, help="a folder of letters as PDF")
    parser.add_argument("--whoosh", type=int, default=2000, help="build and ask Whoosh up to so many letters")
    parser.add_argument("--queries", type=int, default=50_000, help="ask the named queries up to so many letters")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave the stores there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="imr-graph-scale-") as temporary:
        folder = args.keep or Path(temporary)
        Writer()  # the vocabulary cache is warm for everybody
        costs = []
        for size in args.sizes:
            table: dict[str, object] = {}
            for figures in measure(size, folder / str(size), args.whoosh, args.queries):
                table |= figures
                print(*(f"{name:56}{value}" for name, value in figures.items()), sep="\n", flush=True)
            costs.append((size, float(str(table["build, ms a letter"]))))
        if len(costs) > 1:
            (small, first), (large, last) = costs[0], costs[-1]
            growth = (last / first) ** (math.log(2e6 / large) / math.log(large / small))
            print(f"cost a letter from {small} to {large}: {last / first:.2f}x; "
                  f"2 million letters: {2e6 * last / 3.6e6:.1f} h at the "
                  f"last rate, {2e6 * last * growth / 3.6e6:.1f} h if the cost grows on as it did")  # fmt: skip
        if args.pdfs:
            print(json.dumps(from_pdf(args.pdfs, folder / "pdf"), indent=1))


if __name__ == "__main__":
    main()
