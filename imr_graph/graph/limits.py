"""SPARQL within limits: queries run in worker processes that can be killed.

An engine cannot be stopped in the middle of a query, and one bad query can take all memory. So a worker process opens
the graph, takes one query after another, and is killed where one lasts too long; a limit of its address space ends it
where one takes too much, and a larger answer than a quarter of that never leaves it. The next query gets a new worker.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from multiprocessing.context import ForkProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

from imr_graph.errors import ImrGraphError, QueryLimit, StoreError
from imr_graph.graph.contract import Result
from imr_graph.graph.store import OxigraphStore

_GRACE = 5.0  # seconds after the limit in which the asking process kills the worker
_OPENING = 60.0  # seconds for a worker to start and open the graph


@dataclass(frozen=True)
class Limits:
    """What one query may take: seconds, megabytes beyond the open store, and rows or triples of its answer."""

    seconds: float = 20.0
    megabytes: int = 1024
    rows: int = 10_000


class _Fork(ForkProcess):
    """A forked process under the names of :class:`subprocess.Popen`."""

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self) -> None:
        self.join()


def _started(theirs: Connection, graph: Path, limits: Limits) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "imr_graph.graph.limits", str(theirs.fileno()), str(graph)]
    return subprocess.Popen(
        [*command, str(limits.megabytes), str(limits.rows), str(limits.seconds)],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "MALLOC_ARENA_MAX": "2"},  # address space is limited, and arenas reserve much of it
    )


def _forked(theirs: Connection, graph: Path, limits: Limits) -> _Fork:
    process = _Fork(target=_serve_quietly, args=(theirs, graph, limits), daemon=True)
    process.start()
    return process


def _may_fork() -> bool:
    """Whether this process has one thread: then a fork is safe, and starts nothing anew."""
    tasks = Path("/proc/self/task")
    return tasks.is_dir() and len(list(tasks.iterdir())) == 1


class _Worker:
    """A process with the graph open, for one query at a time."""

    def __init__(
        self,
        graph: Path,
        limits: Limits,
        start: Callable[[Connection, Path, Limits], subprocess.Popen[bytes] | _Fork] = _started,
    ) -> None:
        self._limits = limits
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = start(theirs, graph, limits)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def opened(self) -> None:
        """Wait until the graph is open."""
        if not self._pipe.poll(_OPENING):
            raise StoreError("the graph could not be opened in time", remedy="is the machine overloaded?")
        self._answer()

    def ask(self, query: str) -> Result:
        """The answer; the worker is stopped where it gives none."""
        try:
            self._pipe.send(query)
            if not self._pipe.poll(self._limits.seconds):
                self.stop()
                raise QueryLimit(
                    f"stopped after {self._limits.seconds:g} seconds",
                    remedy="ask for less: name a service, or add LIMIT",
                )
        except OSError as error:
            self.stop()
            raise QueryLimit("the query process has ended", remedy="ask again") from error
        return self._answer()

    def _answer(self) -> Result:
        try:
            found = self._pipe.recv()
        except (EOFError, OSError):
            self.stop()
            raise QueryLimit(
                f"stopped: it needs more than {self._limits.megabytes} megabytes, or is nested too deeply",
                remedy="ask for less, or add LIMIT",
            ) from None
        if isinstance(found, ImrGraphError):
            raise found
        assert isinstance(found, Result)
        return found

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()


class QueryWorkers:
    """Runs queries of one graph within limits; workers are started when needed and kept for the next query."""

    def __init__(self, graph: Path, limits: Limits | None = None, *, fork: bool = False) -> None:
        self._graph = graph
        self._start = _forked if fork else _started
        self.limits = limits or Limits()
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()
        weakref.finalize(self, _stop, self._idle)

    def run(self, query: str) -> Result:
        """The answer; :class:`QueryLimit` where the query was stopped, else as :meth:`GraphStore.run`."""
        worker = self._take()
        try:
            found = worker.ask(query)
        except ImrGraphError:
            if worker.alive:
                self._put(worker)
            raise
        except BaseException:  # interrupted: an answer may still come, so nobody else may have this worker
            worker.stop()
            raise
        self._put(worker)
        return found

    def _take(self) -> _Worker:
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                break
            if worker.alive:
                return worker
            worker.stop()
        worker = _Worker(self._graph, self.limits, self._start)
        try:
            worker.opened()
        except BaseException:
            worker.stop()
            raise
        return worker

    def _put(self, worker: _Worker) -> None:
        with self._lock:
            self._idle.append(worker)

    def close(self) -> None:
        """End the workers; it happens by itself when nobody holds this any more."""
        _stop(self._idle)


def _stop(idle: list[_Worker]) -> None:
    while idle:
        idle.pop().stop()


def run_limited(graph_path: Path, query: str, limits: Limits | None = None) -> Result:
    """Run one query over the graph in the folder ``graph_path`` in a process of its own.

    Raises :class:`QueryLimit` where it takes longer, more memory, or has a longer answer, :class:`QueryError` for a bad
    query, :class:`StoreError` where there is no graph.
    """
    workers = QueryWorkers(graph_path, limits, fork=_may_fork())
    try:
        return workers.run(query)
    finally:
        workers.close()


def _limit_memory(megabytes: int) -> None:
    """Let the address space grow by ``megabytes`` from here."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
    most = pages * resource.getpagesize() + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(store: OxigraphStore, query: str, rows: int) -> Result | ImrGraphError:
    try:
        found = store.run(query, most=rows + 1)
    except ImrGraphError as error:
        return error
    except MemoryError:
        return QueryLimit("stopped: it needs too much memory", remedy="ask for less, or add LIMIT")
    if max(len(found.rows), len(found.triples)) > rows:
        return QueryLimit(f"the answer has more than {rows} rows", remedy=f"add LIMIT {rows}, or ask for less")
    return found


def _answer(store: OxigraphStore, query: str, limits: Limits) -> bytes:
    """The answer, or the error, ready to send."""
    found = _run(store, query, limits.rows)
    most = limits.megabytes // 4
    try:
        answer = bytes(ForkingPickler.dumps(found))
    except MemoryError:
        answer = b""
    if 0 < len(answer) <= most * 1024 * 1024:
        return answer
    del found, answer
    error = QueryLimit(f"the answer is larger than {most} megabytes", remedy="ask for less, or add LIMIT")
    return bytes(ForkingPickler.dumps(error))


def _serve_quietly(pipe: Connection, graph: Path, limits: Limits) -> None:
    """Serve in a forked process, whose last words are not for the terminal."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    faulthandler.disable()
    _serve(pipe, graph, limits)


def _serve(pipe: Connection, graph: Path, limits: Limits) -> None:
    try:
        store = OxigraphStore.open(graph)
    except ImrGraphError as error:
        pipe.send(error)
        return
    _limit_memory(limits.megabytes)
    pipe.send(Result("ASK", answer=True))
    while True:
        try:
            query = pipe.recv()
        except EOFError:
            return  # the one who asks has gone
        # where the asking process is killed, nobody stops us
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + _GRACE)
        answer = _answer(store, query, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        pipe.send_bytes(answer)


if __name__ == "__main__":
    _serve(
        Connection(int(sys.argv[1])),
        Path(sys.argv[2]),
        Limits(megabytes=int(sys.argv[3]), rows=int(sys.argv[4]), seconds=float(sys.argv[5])),
    )
