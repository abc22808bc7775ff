"""Both stores, filled with the invented letters of letters.py."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imr_graph.graph.contract import GraphStore
from imr_graph.graph.memory import RdflibStore
from imr_graph.graph.schemes import vocabulary_quads
from imr_graph.graph.store import OxigraphStore
from imr_graph.graph.triples import decision_quads
from tests.graph.letters import DECISIONS


@pytest.fixture(scope="session")
def quads() -> list[str]:
    return [*vocabulary_quads(), *itertools.chain.from_iterable(map(decision_quads, DECISIONS))]


Make = Callable[[list[str]], GraphStore]


@pytest.fixture(params=["oxigraph", "rdflib"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes a store with the given quads; every test with it runs over both."""
    numbers = itertools.count()

    def oxigraph(lines: list[str]) -> GraphStore:
        store = OxigraphStore.create(tmp_path / f"graph{next(numbers)}")
        store.bulk_load(lines)
        return store

    return oxigraph if request.param == "oxigraph" else RdflibStore


@pytest.fixture(scope="session", params=["oxigraph", "rdflib"])
def filled(
    request: pytest.FixtureRequest, quads: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GraphStore]:
    """Both letters with the vocabularies, read only by convention."""
    if request.param == "rdflib":
        yield RdflibStore(quads)
        return
    store = OxigraphStore.create(tmp_path_factory.mktemp("graph") / "store")
    store.bulk_load(quads)
    yield store
    store.close()
