"""Worker processes that survive their letters.

Each worker has its own pipe and works on one batch at a time. A worker that dies or overruns its time is killed
and replaced; its batch is tried again one item at a time, and an item that kills alone is handed back as
:class:`Lost`. Nothing is lost silently, nothing hangs the build.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Lost(Generic[Item]):
    """An item whose worker died or overran its time, and which of the two."""

    item: Item
    reason: str


def _serve(connection: Connection, prepare: Callable[[], Callable[[Item], Result]]) -> None:
    """The life of a worker: prepare once, then a list of results for each list of items."""
    work = prepare()
    while True:
        try:
            batch = connection.recv()
        except (EOFError, KeyboardInterrupt):
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
        self.connection.send(batch)

    def stop(self) -> None:
        self.connection.close()
        self._process.kill()
        self._process.join()


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
    batch of a worker ten seconds more, for the start. No more than two batches a worker are held in memory.
    """
    source = iter(items)
    retry: deque[Item] = deque()
    workers = [_Worker[Item](prepare) for _ in range(jobs)]
    fresh = set(workers)

    def next_batch() -> list[Item]:
        if retry:
            return [retry.popleft()]
        return [item for _, item in zip(range(batch), source, strict=False)]

    def start(worker: _Worker[Item]) -> None:
        if work := next_batch():
            extra = 10.0 if worker in fresh else 0.0
            worker.start(work, seconds * (1 + 0.1 * (len(work) - 1)) + extra)
        else:
            worker.batch, worker.deadline = [], float("inf")

    try:
        for worker in workers:
            start(worker)
        while busy := [worker for worker in workers if worker.batch]:
            patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
            ready = set(wait([worker.connection for worker in busy], timeout=min(patience, 3600.0)))
            for worker in busy:
                reason = "took too long" if worker.deadline <= time.monotonic() else ""
                results: list[Result] = []
                if worker.connection in ready:
                    try:
                        results, reason = worker.connection.recv(), ""
                    except (EOFError, ConnectionResetError):
                        reason = "crashed its worker process"
                elif not reason:
                    continue
                done = worker.batch
                if reason:
                    worker.stop()
                    workers[workers.index(worker)] = worker = _Worker[Item](prepare)
                    fresh.add(worker)
                    if len(done) > 1:
                        retry.extend(done)
                    else:
                        yield Lost(done[0], reason)
                else:
                    fresh.discard(worker)
                start(worker)
                yield from results
    finally:
        for worker in workers:
            worker.stop()
