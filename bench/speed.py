"""How fast a letter goes through: ``python bench/speed.py [LETTERS ...] [--rounds 5] [--no-start]``.

Prints the processor time of every stage in milliseconds a letter, the letters a second one core makes of it, what it
costs to start, and the memory that vocabularies and dictionaries take. LETTERS are files and folders, by default the
sample. Each round links with a new linker, warmed on the sample, so that no round profits from what an earlier
one remembers; the median of the rounds counts. Reading PDFs is not measured, only what follows.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from imr_graph.archive import pack
from imr_graph.errors import ImrGraphError
from imr_graph.graph.triples import decision_quads
from imr_graph.link import Linker
from imr_graph.models import Letter
from imr_graph.parse import parse_letter
from imr_graph.read import find_sources, read_source
from imr_graph.resources import data_folder
from imr_graph.search.documents import issue_documents
from imr_graph.text import SourceText
from imr_graph.vocabulary import Vocabulary, load_vocabulary

LINK = "link, all steps"
PYTHON = {
    "import typer": "import typer",
    "vocabularies": "from imr_graph.vocabulary import load_vocabulary; load_vocabulary()",
    "linker": "from imr_graph.link import Linker; from imr_graph.vocabulary import load_vocabulary as v; Linker(v())",
}
MEMORY = "; print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"


def decisions_of(paths: list[str]) -> list[SourceText]:
    """The letters that can be parsed."""
    sources = []
    for ref in find_sources(paths):
        with suppress(ImrGraphError):
            source = read_source(ref)
            parse_letter(source)
            sources.append(source)
    return sources


class Clock:
    """Processor time by stage, in seconds."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def __call__(self, stage: str, work: Callable[..., Any], *given: Any) -> Any:
        """What ``work`` makes of ``given``, its time added to ``stage``."""
        start = time.process_time()
        made = work(*given)
        self.spent[stage] = self.spent.get(stage, 0.0) + time.process_time() - start
        return made


def process(source: SourceText, linker: Linker, vocabulary: Vocabulary, clock: Clock) -> None:
    """One letter as a worker of a build processes it."""
    letter = clock("parse", parse_letter, source)
    for step in linker.steps:
        letter = clock(type(step).__name__, step, letter)
    decision = letter.decision
    clock("quads", lambda: "".join(f"{quad}\n" for quad in decision_quads(decision)).encode())
    clock("documents", lambda: tuple(issue_documents(decision, vocabulary)))
    clock("pack", lambda: pack(Letter(decision=decision, text=source.text, pages=source.pages)))


def rounds(sources: list[SourceText], warm: list[SourceText], count: int) -> Iterator[dict[str, float]]:
    """Milliseconds a letter by stage, round by round."""
    vocabulary = load_vocabulary()
    for _ in range(count):
        linker = Linker(vocabulary)
        for source in warm:
            process(source, linker, vocabulary, Clock())
        clock = Clock()
        for source in sources:
            process(source, linker, vocabulary, clock)
        yield {stage: 1000 * spent / len(sources) for stage, spent in clock.spent.items()}


def report_stages(measured: list[dict[str, float]]) -> None:
    """The median of each stage, and of parse, link and everything together."""
    steps = [stage for stage in measured[0] if stage.endswith("Linker")]
    for row in measured:
        row["all"] = sum(row.values())
        row[LINK] = sum(row[step] for step in steps)
        row["parse and link"] = row["parse"] + row[LINK]
    print(f"{'stage':24}{'ms a letter':>12}{'letters/s':>12}")
    for stage in measured[0]:
        spent = statistics.median(row[stage] for row in measured)
        print(f"{stage:24}{spent:12.2f}{1000 / spent:12.0f}")


def best(command: list[str], times: int = 7) -> float:
    """The shortest of several runs of a command, in seconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        spent.append(time.perf_counter() - start)
    return min(spent)


def report_start() -> None:
    """What it costs to start the commands, and the parts that a build loads."""
    print(f"\n{'start':24}{'s, best of 7':>12}")
    for name, code in PYTHON.items():
        print(f"{name:24}{best([sys.executable, '-c', code]):12.3f}")
    run = [sys.executable, "-m", "imr_graph"]
    with tempfile.TemporaryDirectory() as folder:
        store = ["--store", str(Path(folder) / "store")]
        subprocess.run([*run, "build", "--sample", *store], check=True, capture_output=True)
        for name, command in {"--help": ["--help"], "search": ["search", "massage therapy neck", *store]}.items():
            print(f"{name:24}{best([*run, *command]):12.3f}")


def report_memory() -> None:
    """The greatest memory of a process that has loaded the vocabularies, and the linker, as Linux counts it."""
    if not Path("/proc/self/status").exists():
        return
    print(f"\n{'memory':24}{'MB':>12}")
    for name, code in {"python": "pass", **PYTHON}.items():
        kilobytes = subprocess.run([sys.executable, "-c", code + MEMORY], check=True, capture_output=True).stdout
        print(f"{name:24}{int(kilobytes) / 1024:12.1f}")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("letters", nargs="*", help="files and folders; default: the sample")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--no-start", action="store_true", help="leave out start-up and memory")
    given = options.parse_args()
    sample = str(data_folder("sample"))
    sources, warm = decisions_of(given.letters or [sample]), decisions_of([sample])
    print(
        f"{len(sources)} letters of {statistics.mean(len(s.text) for s in sources):.0f} characters, {given.rounds} "
        f"rounds; Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores\n"
    )
    report_stages(list(rounds(sources, warm, given.rounds)))
    if not given.no_start:
        report_start()
        report_memory()


if __name__ == "__main__":
    main()
