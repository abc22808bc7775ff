"""A query is stopped at its limit of time, memory or rows, and the next one is answered."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from imr_graph.errors import QueryError, QueryLimit, StoreError
from imr_graph.graph.limits import Limits, QueryWorkers, run_limited
from imr_graph.graph.store import OxigraphStore

ALL = "SELECT * { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a ?d ?g ?j"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("limits") / "graph"
    with OxigraphStore.create(folder) as store:
        store.bulk_load([f"<urn:s:{n}> <urn:p> <urn:o:{n}> <urn:g> ." for n in range(300)])
        store.flush()
    return folder


@pytest.fixture
def workers(graph: Path) -> Iterator[QueryWorkers]:
    found = QueryWorkers(graph, Limits(seconds=1, megabytes=128, rows=300))
    yield found
    found.close()


def test_a_query_within_its_limits_is_answered(graph: Path) -> None:
    assert len(run_limited(graph, ALL, seconds=10, megabytes=256, rows=300).rows) == 300


def test_a_slow_query_is_stopped_and_the_next_one_answered(workers: QueryWorkers) -> None:
    with pytest.raises(QueryLimit, match="after 1 seconds"):
        workers.run(ENDLESS)
    assert workers.run("ASK { ?s ?p ?o }").answer


def test_a_greedy_query_is_stopped(graph: Path) -> None:
    with pytest.raises(QueryLimit, match=r"megabytes|memory"):
        run_limited(graph, GREEDY, seconds=60, megabytes=64, rows=300)


def test_a_long_answer_is_refused(graph: Path) -> None:
    for query in (ALL, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"):
        with pytest.raises(QueryLimit, match="more than 299 rows"):
            run_limited(graph, query, seconds=10, megabytes=256, rows=299)


def test_bad_queries_and_missing_graphs_are_named(workers: QueryWorkers, tmp_path: Path) -> None:
    for query in ("SELECT", "CLEAR ALL", "SELECT ?x { SERVICE <urn:x> { ?x ?y ?z } }", "SELECT ?x { ?x ?y }"):
        with pytest.raises(QueryError):
            workers.run(query)
    with pytest.raises(StoreError, match="no graph"):
        run_limited(tmp_path, ALL, seconds=10, megabytes=256, rows=10)


def test_workers_end_with_their_owner(graph: Path) -> None:
    workers = QueryWorkers(graph)
    workers.run("ASK { ?s ?p ?o }")
    worker = workers._idle[0]
    del workers
    gc.collect()
    assert not worker.alive
