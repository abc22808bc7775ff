"""Worker processes that survive their letters.

Each worker has its own pipe and works on one batch at a time. A worker that dies or overruns its time is killed
and replaced; its batch is tried again one item at a time, and an item that kills alone is handed back as
:class:`Lost`. Nothing is lost silently, nothing hangs the build.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

_START_SECONDS = 30.0  # a worker imports and compiles its dictionaries before its first letter

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Lost(Generic[Item]):
    """An item whose worker died or overran its time, and which of the two."""

    item: Item
    reason: str


def _serve(connection: Connection, prepare: Callable[[], Callable[[Item], Result]]) -> None:
    """The life of a worker: prepare once, then a list of results for each list of items."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends its workers
    work = prepare()
    while True:
        try:
            batch = connection.recv()
        except EOFError:
            return
        connection.send([work(item) for item in batch])


class _Worker(Generic[Item]):
    def __init__(self, prepare: Callable[[], Callable[[Item], object]]) -> None:
        # spawn: the parent has threads (the index writer's), with which fork may deadlock
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, prepare), daemon=True)
        self._process.start()
        theirs.close()
        self.batch: list[Item] = []
        self.deadline = float("inf")

    def start(self, batch: list[Item], seconds: float) -> None:
        self.batch, self.deadline = batch, time.monotonic() + seconds
        with suppress(OSError):  # it has died: its pipe is at its end, which says so to who waits for the results
            self.connection.send(batch)

    def stop(self) -> None:
        self.connection.close()
        self._process.kill()
        self._process.join()


class _Pool(Generic[Item, Result]):
    """The workers of one run, and the work that is still to be given out."""

    def __init__(
        self,
        prepare: Callable[[], Callable[[Item], Result]],
        items: Iterable[Item],
        jobs: int,
        batch: int,
        seconds: float,
    ) -> None:
        self._prepare, self._items, self._batch, self._seconds = prepare, iter(items), batch, seconds
        self._retry: deque[Item] = deque()
        self._workers = [_Worker[Item](prepare) for _ in range(jobs)]
        self._fresh = set(self._workers)

    def results(self) -> Iterator[Result | Lost[Item]]:
        for worker in self._workers:
            self._start(worker)
        while busy := [worker for worker in self._workers if worker.batch]:
            patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
            ready = wait([worker.connection for worker in busy], timeout=min(patience, 3600.0))
            for worker in busy:
                if worker.connection in ready:
                    yield from self._collect(worker)
                elif worker.deadline <= time.monotonic():
                    yield from self._replace(worker, "took too long")

    def stop(self) -> None:
        for worker in self._workers:
            worker.stop()

    def _next_batch(self) -> list[Item]:
        if self._retry:
            return [self._retry.popleft()]
        return list(islice(self._items, self._batch))

    def _start(self, worker: _Worker[Item]) -> None:
        worker.batch, worker.deadline = [], float("inf")
        if work := self._next_batch():
            extra = _START_SECONDS if worker in self._fresh else 0.0
            worker.start(work, self._seconds * (1 + 0.1 * (len(work) - 1)) + extra)

    def _collect(self, worker: _Worker[Item]) -> Iterator[Result | Lost[Item]]:
        try:
            results: list[Result] = worker.connection.recv()
        except (EOFError, OSError):  # OSError: it died while it sent
            yield from self._replace(worker, "crashed its worker process")
            return
        self._fresh.discard(worker)
        self._start(worker)
        yield from results

    def _replace(self, worker: _Worker[Item], reason: str) -> Iterator[Lost[Item]]:
        worker.stop()
        self._fresh.discard(worker)
        if len(worker.batch) > 1:
            self._retry.extend(worker.batch)
        else:
            yield Lost(worker.batch[0], reason)
        successor = _Worker[Item](self._prepare)
        self._workers[self._workers.index(worker)] = successor
        self._fresh.add(successor)
        self._start(successor)


def run(
    prepare: Callable[[], Callable[[Item], Result]],
    items: Iterable[Item],
    *,
    jobs: int,
    batch: int,
    seconds: float,
) -> Iterator[Result | Lost[Item]]:
    """The results of ``prepare()(item)`` for all items, in any order, from ``jobs`` processes.

    ``prepare`` is called once in each worker; it, the items and the results must pickle. ``seconds`` is the time
    limit of one item; a batch gets that much for its slowest item and a tenth for each other, and the first
    batch of a worker more, for the start. No more than one batch a worker is held in memory.
    """
    left = iter(items)
    first = [*islice(left, 1)]
    if not first:
        return  # a worker takes a second to start
    pool = _Pool(prepare, chain(first, left), jobs, batch, seconds)
    try:
        yield from pool.results()
    finally:
        pool.stop()
