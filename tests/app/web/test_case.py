"""The page of a letter: what else was asked for in it, and how such pairings were decided elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from imr_graph.app.web.application import make_app
from imr_graph.pipeline.build import build

PAIR = "CM16-9900016"  # an opioid, and a urine drug test


@pytest.fixture(scope="module")
def pairs(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A store of one letter under 25 names."""
    folder, store = tmp_path_factory.mktemp("letters"), tmp_path_factory.mktemp("pairs") / "store"
    text = next(corpus.glob(f"{PAIR}*")).read_text()
    for n in range(25):
        name = f"CM16-99100{n:02}"
        (folder / f"{name}.txt").write_text(text.replace(PAIR, name))
    assert not build([folder], store, jobs=1).refused
    return TestClient(make_app(store), base_url="http://127.0.0.1")


def twin(client: TestClient, href: str) -> Any:
    path, _, query = href.partition("?")
    return client.get(f"{path}.json?{query}").json()


def check(client: TestClient, rows: list[dict[str, Any]]) -> int:
    """Every number is that of the search or the query that it leads to; how many were looked at."""
    seen = 0
    for row in rows:
        assert (row["rate"] is None) == (row["total"]["count"] < 20)
        assert sum(tally["count"] for tally in row["outcomes"]) == row["total"]["count"]
        for tally in filter(lambda tally: tally["count"], (row["total"], *row["outcomes"])):
            page = twin(client, tally["href"])
            assert tally["count"] == (page["matching"] if "matching" in page else len(page["rows"]))
            seen += 1
    return seen


def test_a_pairing_of_many_letters_has_a_rate_with_its_interval(pairs: TestClient) -> None:
    page = pairs.get("/case/CM16-9910003.json").json()
    everywhere, pair = page["pairings"]
    assert (everywhere["total"]["count"], pair["total"]["count"]) == (50, 48), (
        "two issues of each letter, but not of this one"
    )
    assert pair["rate"]["low"] <= pair["rate"]["share"] <= pair["rate"]["high"]
    assert check(pairs, page["pairings"]) >= 4
    html = pairs.get("/case/CM16-9910003").text
    assert "asked for together with" in html
    assert "95% interval" in html


def test_pairings_of_the_sample_are_those_of_the_graph(client: TestClient) -> None:
    hits = client.get("/search.json?q=*&limit=500").json()["hits"]
    rows = [client.get(f"/case/{case}.json").json()["pairings"] for case in {hit["hit"]["case_number"] for hit in hits}]
    assert sum(check(client, found) for found in rows if len(found) > 1) > 3
    assert all("in other letters" in row["population"] for found in rows for row in found[1:])


def test_a_pairing_that_nobody_else_has_is_said_to_be_one(client: TestClient) -> None:
    page = client.get("/case/CM16-9900013")
    assert "No other letter asks for what issue 1 asks for" in page.text
