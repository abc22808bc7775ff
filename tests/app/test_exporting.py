"""export and stats --graph on the command line."""

from pathlib import Path

import networkx as nx
import pytest
from typer.testing import CliRunner, Result

from imr_graph.app.cli import app
from imr_graph.errors import UnknownItem


@pytest.fixture(scope="module")
def store(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exporting") / "store"
    letters = sorted(corpus.glob("CM16-*.txt"))[:6]
    assert CliRunner().invoke(app, ["build", *map(str, letters), "--store", str(folder), "-q"]).exit_code == 0
    return folder


def run(store: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--store", str(store)])


def test_data_goes_to_stdout_and_notes_to_stderr(store: Path) -> None:
    made = run(store, "export", "-f", "graphml", "--sample", "2")
    assert made.exit_code == 0
    assert made.stdout.startswith("<?xml")
    assert made.stderr == "A sample: 2 of 6 cases, chosen by the hash of their IRI.\n"
    assert run(store, "export", "-f", "graphml", "--sample", "2", "-q").stderr == ""


def test_the_cases_of_a_search(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.graphml"
    made = run(store, "export", "-f", "graphml", "--search", "therapy", "-n", "1", "-o", str(path))
    assert made.exit_code == 0, made.output
    assert [t for _, t in nx.read_graphml(path).nodes("type")].count("case") == 1
    assert "Only 1 chosen cases." in made.stderr


@pytest.mark.parametrize("choice", [("--search", "zyzzyva"), ("--since", "2099-01-01")])
@pytest.mark.parametrize("form", ["csv", "nq", "graphml"])
def test_what_chooses_no_case_writes_no_file(store: Path, tmp_path: Path, form: str, choice: tuple[str, str]) -> None:
    made = run(store, "export", "-f", form, *choice, "-o", str(tmp_path / "none"))
    assert isinstance(made.exception, UnknownItem)
    assert not list(tmp_path.iterdir())


def test_a_query_and_a_projection(store: Path) -> None:
    made = run(store, "export", "-f", "dot", "--construct", "CONSTRUCT WHERE { ?issue imr:service ?service }")
    assert made.stdout.startswith("digraph")
    made = run(store, "export", "-f", "dot", "--project", "service-guideline", "--since", "2000-01-01")
    assert "cases decided since 2000-01-01" in made.stderr
    assert made.stdout.startswith("graph")


def test_wrong_choices_are_usage_errors(store: Path) -> None:
    assert "no outcome 'won'" in str(run(store, "export", "-f", "csv", "--outcome", "won").exception)
    assert "no projection 'x'" in str(run(store, "export", "-f", "gexf", "--project", "x").exception)
    assert "--output" in str(run(store, "export", "-f", "neo4j").exception)


def test_stats_of_the_network(store: Path) -> None:
    made = run(store, "stats", "--graph", "-f", "csv")
    assert "nodes: case,6" in made.stdout
    assert "pagerank 1," in made.stdout
    assert "nodes: service" in run(store, "stats", "--project", "service-guideline", "-f", "csv").stdout
