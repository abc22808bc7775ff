"""The invented letters in memory, with only the labels of the vocabularies, and their exports."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports.model import Network
from imr_graph.graph.exports.write import Part, export, network_of
from imr_graph.graph.memory import RdflibStore
from imr_graph.graph.schemes import vocabulary_quads
from imr_graph.graph.store import OxigraphStore
from imr_graph.graph.triples import decision_quads
from tests.graph.letters import DECISIONS

PARTS = {
    "everything": Part(),
    "around": Part(around="CM14-0000001#1", depth=2),
    "service-guideline": Part(projection="service-guideline"),
    "crossing": Part(projection="crossing"),
    "query": Part(query="CONSTRUCT { ?d imr:hasIssue ?i ; dcterms:identifier ?n } "
                        "WHERE { ?d imr:hasIssue ?i ; dcterms:identifier ?n }"),
}  # fmt: skip


@pytest.fixture(scope="session")
def lines() -> list[str]:
    kept = ("prefLabel", "core#broader", "Guideline")
    labels = [line for line in vocabulary_quads() if any(word in line for word in kept)]
    return [*labels, *(line for decision in DECISIONS for line in decision_quads(decision))]


@pytest.fixture(scope="session")
def letters(lines: list[str], tmp_path_factory: pytest.TempPathFactory) -> GraphStore:
    store = OxigraphStore.create(tmp_path_factory.mktemp("letters") / "graph")
    store.bulk_load(lines)
    return store


@pytest.fixture(scope="session")
def in_memory(lines: list[str]) -> GraphStore:
    return RdflibStore(lines)


Written = Callable[..., str]


@pytest.fixture(scope="session")
def written(letters: GraphStore) -> Written:
    def write(form: str, part: Part | None = None, store: GraphStore = letters) -> str:
        file = io.StringIO(newline="")
        export(store, form, file, part)
        return file.getvalue()

    return write


@pytest.fixture(scope="session", params=PARTS)
def part(request: pytest.FixtureRequest) -> Part:
    return PARTS[request.param]


@pytest.fixture
def network(letters: GraphStore, part: Part) -> Network:
    """What every file of ``part`` must hold."""
    found = network_of(letters, part)
    found.nodes, found.edges = list(found.nodes), list(found.edges)
    assert found.nodes
    assert found.edges
    return found


@pytest.fixture
def folder(letters: GraphStore, part: Part, tmp_path: Path) -> Callable[[str], Path]:
    def write(form: str) -> Path:
        export(letters, form, tmp_path / form, part)
        return tmp_path / form

    return write
