"""However many requests overrun their time, no more threads and processes than there may be are at work."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from pathlib import Path

import httpx2
import pytest

from imr_graph.app.web.application import make_app
from imr_graph.app.web.lanes import Lane
from imr_graph.errors import QueryLimit
from imr_graph.graph.limits import Limits

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


class Stuck:
    """Work that does not end before it is let go; ``peak`` is how many threads were at it at once."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.peak = self.started = 0
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self, *_: object) -> None:
        with self._lock:
            self._now += 1
            self.started += 1
            self.peak = max(self.peak, self._now)
        self.go.wait(60)
        with self._lock:
            self._now -= 1
        raise QueryLimit("let go")


async def burst(client: httpx2.AsyncClient, addresses: list[str]) -> list[int]:
    answers = await asyncio.gather(*(client.get(address) for address in addresses))
    return [answer.status_code for answer in answers]


async def until(client: httpx2.AsyncClient, address: str) -> int:
    """Seconds may pass until those who were let go have ended."""
    for _ in range(200):
        if (status := (await client.get(address)).status_code) != 503:
            break
        await asyncio.sleep(0.05)
    return status


def test_overrunning_pages_do_not_pile_up(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, stuck = make_app(store), Stuck()
    site = app.state.site
    site.pages = Lane(2, 256, 0.3)
    reader = site.generations.reader()
    search = reader.precedents.search
    monkeypatch.setattr(reader.precedents, "search", stuck)

    async def attack() -> None:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for _ in range(3):
                assert set(await burst(client, [f"/search?q=mri+{n}" for n in range(40)])) == {503}
            assert (stuck.peak, stuck.started) == (2, 2), "those that waited too long are not begun later"
            refused = await client.get("/case/CM16-9900006.json")
            assert (refused.status_code, refused.json()["message"]) == (503, "the server is busy with earlier requests")
            assert (await client.get("/static/style.css")).status_code == 200
            stuck.go.set()
            monkeypatch.setattr(reader.precedents, "search", search)
            for n in range(5):
                assert await until(client, f"/search?q=mri+{n}") == 200

    asyncio.run(attack())


def query_processes() -> int:
    """The living processes of this one that run queries."""
    found = 0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            command = (path / "cmdline").read_text()
        except (OSError, ValueError):
            continue  # it has just ended
        found += "imr_graph.graph.limits" in command and parent == threading.main_thread().native_id
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted in /proc, which is not here")
def test_overrunning_queries_do_not_pile_up(store: Path) -> None:
    app = make_app(store, Limits(seconds=0.4, megabytes=256, rows=5000))
    before = query_processes()

    async def attack() -> tuple[Counter[int], int]:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=120) as client:
            attacks = [f"/{page}?{httpx2.QueryParams(query=ENDLESS)}" for page in ("sparql", "ask.json")] * 15
            task = asyncio.create_task(burst(client, attacks))
            peak = 0
            while not task.done():
                peak = max(peak, query_processes() - before)
                await asyncio.sleep(0.02)
            yes = await client.get(f"/sparql?{httpx2.QueryParams(query='ASK { ?s ?p ?o }')}")
            assert yes.json()["boolean"] is True
            return Counter(await task), peak

    statuses, peak = asyncio.run(attack())
    assert set(statuses) == {503}
    assert 1 <= peak <= 2
