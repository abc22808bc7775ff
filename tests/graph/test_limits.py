"""A query is stopped at its limit of time, memory or rows, and the next one is answered."""

from __future__ import annotations

import gc
import pickle
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from imr_graph.errors import QueryError, QueryLimit, StoreError
from imr_graph.graph.limits import Limits, QueryWorkers, run_limited
from imr_graph.graph.store import OxigraphStore

ALL = "SELECT * { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
TRIPLE = "SELECT ?t { ?s ?p ?o BIND(TRIPLE(?s, ?p, ?o) AS ?t) }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a ?d ?g ?j"


def doubled(times: int) -> str:
    """A literal of 10 times 2 to the ``times`` characters."""
    steps = "".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1}) " for n in range(times))
    return f'BIND("0123456789" AS ?x0) {steps}'


# Ways past a limit that have been thought of; each must be stopped, or be harmless, whatever it is written as.
HOSTILE = {
    "cross join": ENDLESS,
    "sorted cross join": GREEDY,
    "distinct cross join": "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "large construct": "CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "describe of everything": "DESCRIBE ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "ask that is never true": 'ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?a) = "no") }',
    "rows by offset": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } OFFSET 900000000000 LIMIT 1",
    "closure of everything": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)* ?b . ?c (!<urn:x>)* ?d . ?e ?f ?g }",
    "closures in a filter": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?a (!<urn:x>)* ?x . ?x <urn:p>+ ?a } }",
    "aggregates in aggregates": "SELECT (SUM(?n) AS ?m) { ?x ?y ?z { SELECT ?a (COUNT(*) AS ?n) "
    "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } GROUP BY ?a } }",
    "joined text": "SELECT (GROUP_CONCAT(STR(?a)) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "one huge literal": f"SELECT ?x40 {{ {doubled(40)} }}",
    "huge literals that are not shown": f"SELECT (STRLEN(?x40) AS ?n) {{ {doubled(40)} }}",
    "large literals, few rows": f"SELECT ?s ?x17 {{ ?s ?p ?o {doubled(17)} }}",
    "large literals in triples": "CONSTRUCT { ?s ?p ?x } WHERE { ?s ?p ?o "
    f"{doubled(17)} BIND(CONCAT(?x17, STR(?s)) AS ?x) }}",
    "greedy pattern": f'SELECT (REGEX(?x20, "(0|1|2|[0-9]+)+x") AS ?n) {{ {doubled(20)} }}',
    "growing replacement": f'SELECT (REPLACE(?x16, "[0-9]", ?x16) AS ?n) {{ {doubled(16)} }}',
    "repeated pattern": 'SELECT * { ?s ?p ?o FILTER(REGEX(STR(?s), "((((a{1,99}){1,99}){1,99}){1,99})")) }',
    "nested brackets": f"SELECT * {{ {'{' * 5000} ?s ?p ?o {'}' * 5000} }}",
    "nested expression": f"SELECT ({'(' * 20000}1{')' * 20000} AS ?n) {{}}",
    "a name without end": f"SELECT * {{ {'a.' * 100_000} }}",
    "a string without end": "SELECT * { " + '"\\' * 100_000,
    "a long string without end": "SELECT * { " + '"""\\' * 60_000,
    "remote": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "remote, silently": "SELECT * { ?s ?p ?o OPTIONAL { SERVICE SILENT ?s { ?a ?b ?c } } }",
    "remote, spelled out": "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "update": "DELETE WHERE { ?s ?p ?o }",
}


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
    assert len(run_limited(graph, ALL, Limits(seconds=10, megabytes=256, rows=300)).rows) == 300


def test_a_slow_query_is_stopped_and_the_next_one_answered(workers: QueryWorkers) -> None:
    with pytest.raises(QueryLimit, match="after 1 seconds"):
        workers.run(ENDLESS)
    assert workers.run("ASK { ?s ?p ?o }").answer


def test_a_greedy_query_is_stopped(graph: Path) -> None:
    with pytest.raises(QueryLimit, match=r"megabytes|memory"):
        run_limited(graph, GREEDY, Limits(seconds=60, megabytes=64, rows=300))


def test_a_long_answer_is_refused(graph: Path) -> None:
    for query in (ALL, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"):
        with pytest.raises(QueryLimit, match="more than 299 rows"):
            run_limited(graph, query, Limits(seconds=10, megabytes=256, rows=299))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_limit_is_passed_by_writing_the_query_differently(workers: QueryWorkers, name: str) -> None:
    started = time.monotonic()
    try:
        found = workers.run(HOSTILE[name])
    except (QueryLimit, QueryError):
        pass
    else:
        assert len(pickle.dumps(found)) < 32 << 20
        assert max(len(found.rows), len(found.triples)) <= 300
    assert time.monotonic() - started < 10  # the limit is one second; the rest is for a machine under load
    assert workers.run("ASK { ?s ?p ?o }").answer


def test_a_process_of_one_thread_forks_and_another_starts_a_new_one(graph: Path) -> None:
    for fork in (True, False):
        workers = QueryWorkers(graph, Limits(seconds=1, megabytes=64, rows=300), fork=fork)
        try:
            assert len(workers.run(ALL).rows) == 300
            for query in (ENDLESS, GREEDY):
                with pytest.raises(QueryLimit):
                    workers.run(query)
            assert len(workers.run(ALL).rows) == 300
        finally:
            workers.close()


def test_bad_queries_and_missing_graphs_are_named(workers: QueryWorkers, tmp_path: Path) -> None:
    for query in ("SELECT", "CLEAR ALL", "SELECT ?x { SERVICE <urn:x> { ?x ?y ?z } }", "SELECT ?x { ?x ?y }", TRIPLE):
        with pytest.raises(QueryError) as caught:
            workers.run(query)
        assert not isinstance(caught.value, QueryLimit)
    with pytest.raises(StoreError, match="no graph"):
        run_limited(tmp_path, ALL, Limits(seconds=10, megabytes=256, rows=10))


def test_workers_end_with_their_owner(graph: Path) -> None:
    workers = QueryWorkers(graph)
    workers.run("ASK { ?s ?p ?o }")
    worker = workers._idle[0]
    del workers
    gc.collect()
    assert not worker.alive
