"""The local page under load: a rendered search beside the bare search, then many users at once for a while.

    python bench/web_load.py STORE [--users 50] [--seconds 60] [--pause 1]

Starts the server on a free port, and prints one JSON object. A user asks for a page, waits for ``--pause`` seconds, and
asks for the next. Everything runs on one machine, the users too.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx2

from imr_graph.app.opened import Opened
from imr_graph.search.precedents import SearchRequest

QUERIES = (
    "mri lumbar spine", "physical therapy neck 8 sessions", "acupuncture low back", "norco 10/325", "service:mri neck",
    "massage therapy", "epidural steroid injection lumbar radiculopathy", "urine drug screen", "shoulder surgery",
    "TENS unit", "omeprazole 20mg", "functional capacity evaluation", "outcome:overturned chiropractic", "x-ray hip",
)  # fmt: skip
REPEATS = 20


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def told(values: Sequence[float]) -> dict[str, float]:
    """Median, p95 and the greatest in milliseconds."""
    marks = {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "most": max(values)}
    return {name: round(1000 * value, 1) for name, value in marks.items()}


@contextmanager
def server(store: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "imr_graph", "serve", "--store", str(store), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx2.get(f"{address}/search")
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def beside(store: Path, address: str) -> tuple[list[float], list[float]]:
    """Seconds of each search without a page around it, and of its page; in turn, so that both see the same machine."""
    precedents = Opened(store).precedents
    alone, page = [], []
    with httpx2.Client() as client:
        for query in QUERIES * REPEATS:
            started = time.perf_counter()
            precedents.search(SearchRequest(text=query, limit=10))
            between = time.perf_counter()
            client.get(f"{address}/search?{urlencode({'q': query})}").raise_for_status()
            alone.append(between - started)
            page.append(time.perf_counter() - between)
    return alone[len(QUERIES) :], page[len(QUERIES) :]


def pages(cases: Sequence[str]) -> list[str]:
    """What users look at: mostly searches, then letters, and now and then the rest."""
    searches = [f"/search?{urlencode({'q': query})}" for query in QUERIES]
    letters = [f"/case/{case}" for case in cases]
    rest = ["/amounts?service=physical-therapy", "/explore?node=MRI", "/passages", "/corpus", "/gaps?q=mri+lumbar"]
    rest += ["/search.json?service=mri", "/sparql?" + urlencode({"query": "SELECT * { ?s imr:service ?o } LIMIT 20"})]
    return [*searches, *letters, *rest]


async def crowd(address: str, paths: Sequence[str], users: int, seconds: float, pause: float) -> dict[str, object]:
    times: list[float] = []
    errors: list[str] = []
    until = time.perf_counter() + seconds

    async def user(number: int, client: httpx2.AsyncClient) -> None:
        await asyncio.sleep(pause * number / users)
        for path in itertools.islice(itertools.cycle(paths), number * 7, None):
            if time.perf_counter() > until:
                return
            started = time.perf_counter()
            try:
                answer = await client.get(address + path)
                if answer.status_code != 200:
                    errors.append(f"{answer.status_code} {path}")
            except httpx2.HTTPError as error:
                errors.append(f"{type(error).__name__} {path}")
            times.append(time.perf_counter() - started)
            await asyncio.sleep(pause)

    limits = httpx2.Limits(max_connections=users, max_keepalive_connections=users)
    async with httpx2.AsyncClient(timeout=60, limits=limits) as client:
        await asyncio.gather(*(user(number, client) for number in range(users)))
    rate = round(len(times) / seconds, 1)
    return {
        "requests": len(times),
        "a_second": rate,
        "errors": len(errors),
        "kinds": sorted(set(errors))[:5],
        **told(times),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("store", type=Path)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=1)
    asked = parser.parse_args()
    with server(asked.store) as address:
        alone, page = beside(asked.store, address)
        hits = httpx2.get(f"{address}/search.json?q=*&limit=40").json()["hits"]
        cases = sorted({hit["hit"]["case_number"] for hit in hits})
        load = asyncio.run(crowd(address, pages(cases), asked.users, asked.seconds, asked.pause))
    ratio = round(percentile(page, 0.95) / percentile(alone, 0.95), 2)
    report = {"bare_ms": told(alone), "page_ms": told(page), "p95_ratio": ratio, "users": asked.users, "load_ms": load}
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
