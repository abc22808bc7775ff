"""The labelled letters as an index and as queries, for the scripts of bench/.

``shared`` is the folder with letters/ and gold/ (default ../shared); gold/rank.py gives grades and figures.
"""

import argparse
import importlib.util
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from imr_graph.link import Linker
from imr_graph.models import Decision
from imr_graph.parse import parse_letter
from imr_graph.read import find_sources, read_source
from imr_graph.search.documents import issue_documents
from imr_graph.search.engine import TextIndex, create_index, index_writer, open_index
from imr_graph.vocabulary import load_vocabulary

STYLES = ("short", "case")
Run = Mapping[str, Sequence[str]]  # query to ranked issues, both as CASE#N


@dataclass(frozen=True)
class Query:
    """A labelled issue as a query; ``case`` is left out of its hits."""

    key: str
    case: str
    text: str


class Labels:
    """Queries and grades of the gold labels."""

    def __init__(self, shared: Path) -> None:
        spec = importlib.util.spec_from_file_location("rank", shared / "gold" / "rank.py")
        assert spec is not None
        assert spec.loader is not None
        self.rank: ModuleType = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.rank)
        self.issues = self.rank.load(shared / "gold" / "dev")
        self._ideals = {key: self._ideal(query) for key, query in self.issues.items()}

    def _ideal(self, query: dict[str, Any]) -> list[int]:
        others = (issue for issue in self.issues.values() if issue["case"] != query["case"])
        return sorted((self.rank.grade(query, other) for other in others), reverse=True)

    def queries(self, style: str) -> Iterator[Query]:
        """Every labelled issue as rank.py writes it."""
        for key, issue in self.issues.items():
            more = ". " + ", ".join(issue["texts"]) if style == "case" else ""
            yield Query(key, issue["case"], issue["request"] + more)

    def figures(self, run: Run) -> dict[str, tuple[float, bool | None]]:
        """nDCG@10 of each query, and whether its first hit has grade 3 or 4 (None where there is none)."""
        found: dict[str, tuple[float, bool | None]] = {}
        for key, query in self.issues.items():
            ideal = self._ideals[key]
            if key in run and ideal and ideal[0]:
                got = [self.rank.grade(query, self.issues[hit]) for hit in run[key] if hit in self.issues]
                first = bool(got) and got[0] >= 3 if ideal[0] >= 3 else None
                found[key] = (self.rank.dcg(got) / self.rank.dcg(ideal), first)
        return found


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean, 0 for none."""
    return sum(values) / max(1, len(values))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95% bootstrap interval of the mean, with a fixed seed."""
    rng = random.Random(0)
    means = sorted(mean(rng.choices(values, k=len(values))) for _ in range(1000))
    return means[25], means[975]


def linked(shared: Path) -> list[Decision]:
    """The labelled letters, read, parsed and linked."""
    linker = Linker(load_vocabulary())
    return [linker(parse_letter(read_source(source))) for source in find_sources([shared / "letters"])]


def indexed(decisions: Sequence[Decision], engine: str) -> TextIndex:
    """An index of decisions in a temporary folder, which lasts as long as the process."""
    folder = Path(tempfile.mkdtemp(prefix="imr-graph-bench-")) / "index"
    create_index(folder, engine)
    with index_writer(folder) as writer:
        for decision in decisions:
            writer.add(issue_documents(decision, load_vocabulary()))
    return open_index(folder)


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser with the options that every script has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder with letters/ and gold/")
    parser.add_argument("--engine", choices=("tantivy", "whoosh"), default="tantivy")
    return parser


def require(shared: Path) -> None:
    """Stop with a message where there are no labels."""
    if not (shared / "gold" / "rank.py").exists():
        sys.exit(f"no labelled letters in {shared}: give --shared DIR")
