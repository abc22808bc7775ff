"""The gold labels of real letters as a ratchet; skipped where they are not at hand."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imr_graph.app.cli import app

FLOORS = tomllib.loads((Path(__file__).parent / "gold_floors.toml").read_text())


def imr_graph(*arguments: str | Path) -> None:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output


def gold(script: Path, *arguments: str | Path) -> str:
    return subprocess.run(
        [sys.executable, str(script), *map(str, arguments)], capture_output=True, text=True, check=True
    ).stdout


def test_scores_hold(shared: Path, tmp_path: Path) -> None:
    parsed = tmp_path / "parsed.jsonl"
    imr_graph("parse", shared / "letters", "--format", "jsonl", "--output", parsed)
    table = gold(shared / "gold" / "score.py", parsed)
    f1 = {m[1]: float(m[2]) for m in re.finditer(r"^(\w+)\s+[\d.]+\s+[\d.]+\s+([\d.]+)", table, re.MULTILINE)}
    assert {field: f1[field] for field, floor in FLOORS["score"].items() if f1[field] < floor} == {}


def test_the_seeds_are_read(shared: Path, tmp_path: Path) -> None:
    imr_graph("parse", shared / "seeds", "--format", "jsonl", "--output", tmp_path / "seeds.jsonl")
    decisions = [json.loads(line) for line in (tmp_path / "seeds.jsonl").read_text().splitlines()]
    issues = [decision["issues"][0] for decision in decisions]
    assert [i["outcome"] for i in issues] == ["upheld", "upheld", "upheld", "overturned", "overturned"]
    assert [i["quantity"] for i in issues] == [8, 8, 12, 2, 6]
    assert {i["service"] for i in issues} == {"massage-therapy", "myofascial-release"}
    codes = [{problem["code"] for problem in decision["problems"]} for decision in decisions]
    assert "page-differs" in codes[0]
    assert "quantity-differs" in codes[2]


def test_ranking_holds_and_the_seeds_are_found(shared: Path, tmp_path: Path) -> None:
    store, run, queries = tmp_path / "store", tmp_path / "run.jsonl", tmp_path / "queries.jsonl"
    imr_graph("build", shared / "letters", "--store", store, "--quiet")
    for style, floor in FLOORS["rank"].items():
        gold(shared / "gold" / "rank.py", "--write-queries", queries, "--style", style)
        imr_graph("search", "--queries", queries, "--format", "jsonl", "--store", store, "--output", run)
        figures = re.search(r"nDCG@10 ([\d.]+) .* P@1 ([\d.]+)", gold(shared / "gold" / "rank.py", run))
        assert figures
        assert float(figures[1]) >= floor["ndcg"], style
        assert float(figures[2]) >= floor["first"], style


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_the_five_seeds_come_first_with_both_outcomes(shared: Path, tmp_path: Path, engine: str) -> None:
    store, hits = tmp_path / "store", tmp_path / "hits.jsonl"
    imr_graph("build", shared / "seeds", "--store", store, "--engine", engine, "--quiet")
    imr_graph("search", "massage therapy 8 sessions neck", "--store", store, "--format", "jsonl", "--output", hits)
    found = [json.loads(line) for line in hits.read_text().splitlines()]
    assert sorted(hit["outcome"] for hit in found) == ["overturned"] * 2 + ["upheld"] * 3
