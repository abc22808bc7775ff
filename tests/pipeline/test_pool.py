"""Workers that crash or hang lose nothing but the item that did it."""

import os
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import active_children
from multiprocessing.connection import Connection

import pytest

from imr_graph.pipeline.pool import Lost, run


def prepare(crash: int, hang: int) -> Callable[[int], int]:
    def work(item: int) -> int:
        if item == crash:
            os._exit(9)
        if item == hang:
            time.sleep(60)
        return item * item

    return work


def test_every_item_comes_back_once() -> None:
    results = list(run(partial(prepare, -1, -1), range(50), jobs=2, batch=7, seconds=30))
    assert sorted(r for r in results if isinstance(r, int)) == [n * n for n in range(50)]


def test_a_crash_costs_one_item_and_is_named() -> None:
    results = list(run(partial(prepare, 13, -1), range(30), jobs=2, batch=10, seconds=30))
    assert [r for r in results if isinstance(r, Lost)] == [Lost(13, "crashed its worker process")]
    assert sorted(r for r in results if isinstance(r, int)) == [n * n for n in range(30) if n != 13]


@pytest.mark.parametrize("message", ["send", "recv"])
def test_a_worker_that_dies_in_a_message_is_replaced(monkeypatch: pytest.MonkeyPatch, message: str) -> None:
    whole = getattr(Connection, message)

    def cut(connection: Connection, *batch: object) -> object:
        monkeypatch.setattr(Connection, message, whole)
        for worker in active_children():
            worker.kill()
            worker.join()
        if message == "recv":
            raise OSError("got end of file during message")
        return whole(connection, *batch)

    monkeypatch.setattr(Connection, message, cut)
    results = list(run(partial(prepare, -1, -1), range(6), jobs=1, batch=3, seconds=30))
    assert sorted(r for r in results if isinstance(r, int)) == [n * n for n in range(6)]


@pytest.mark.slow
def test_a_hang_is_ended_at_the_time_limit(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("imr_graph.pipeline.pool._START_SECONDS", 10.0)
    results = list(run(partial(prepare, -1, 3), range(6), jobs=1, batch=3, seconds=1))
    assert [r for r in results if isinstance(r, Lost)] == [Lost(3, "took too long")]
    assert sorted(r for r in results if isinstance(r, int)) == [n * n for n in range(6) if n != 3]


def test_nothing_to_do_is_no_error() -> None:
    assert list(run(partial(prepare, -1, -1), [], jobs=2, batch=4, seconds=5)) == []
