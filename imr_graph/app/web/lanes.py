"""Threads for the work of requests: so many at once, and so many waiting for their turn.

A thread cannot be stopped. So work that lasts longer than a request may goes on in its thread, and keeps its place
until it ends: however many requests overrun, no more threads than these are ever at work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from imr_graph.errors import QueryLimit

T = TypeVar("T")


class Lane:
    """``threads`` at work, ``waiting`` requests behind them, each for so many ``seconds``, or until it is done."""

    def __init__(self, threads: int, waiting: int, seconds: float | None = None) -> None:
        self._pool = ThreadPoolExecutor(threads)
        self._threads = threads
        self._most = threads + waiting
        self._seconds = seconds
        self._inside = 0
        self._overdue: list[Future[Any]] = []

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` gives.

        Raises :class:`TimeoutError` where it takes too long; :class:`QueryLimit` at once where too many wait already,
        or where every thread is still at work on something whose request has been given up.
        """
        self._overdue = [future for future in self._overdue if not future.done()]
        if self._inside >= self._most or len(self._overdue) >= self._threads:
            raise QueryLimit("the server is busy with earlier requests", remedy="try again in a minute")
        future = self._pool.submit(work)
        self._inside += 1
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(future)
        finally:
            self._inside -= 1
            if not (future.cancel() or future.done()):  # one that only waited is cancelled, and will not be run
                self._overdue.append(future)
