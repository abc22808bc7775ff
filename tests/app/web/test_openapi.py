"""The description of the twins says what they are, and whatever it allows to be asked gives no error of ours."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from starlette.testclient import TestClient

from imr_graph.app.web.application import VIEWS, make_app
from imr_graph.app.web.asked import Asked
from imr_graph.app.web.openapi import QUERY, describe
from tests.app.web.browsing import serving
from tests.app.web.test_pages import PAGES, twin_of

PATHS = sorted(describe(VIEWS)["paths"])


def test_every_page_is_described_with_what_it_reads(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: dict[str, set[str]] = defaultdict(set)
    now = ""
    for method in ("one", "many", "number", "day"):
        real = getattr(Asked, method)

        def noted(asked: Asked, name: str, *rest: Any, _real: Any = real) -> Any:
            read[now].add(name)
            return _real(asked, name, *rest)

        monkeypatch.setattr(Asked, method, noted)
    client = TestClient(make_app(store), base_url="http://127.0.0.1")
    paths = {view.path.partition("{")[0].rstrip("/"): view.path for view in VIEWS}
    for address in (*PAGES, *(f"/ask?name={name}" for name in QUERY["/ask"]["name"]["enum"])):
        path = "/search" if address.startswith(("/?", "/search")) or address == "/" else address.partition("?")[0]
        now = paths.get(path) or paths[path[: path.index("/", 1)]]
        assert client.get(twin_of(address)).status_code in {200, 400, 503}
    assert {view.path for view in VIEWS} == QUERY.keys()
    for path, names in QUERY.items():
        assert read[path] <= names.keys() | {"query"}, path
        assert names.keys() <= read[path] | {"query"}, path


def test_the_description_is_served(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    assert found["openapi"] == "3.1.0"
    assert "/case/{case}.json" in found["paths"]
    assert "SearchPage" in found["components"]["schemas"]


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_no_request_that_is_described_fails(store: Path, path: str) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="pip install -e '.[dev]'")
    from schemathesis import checks
    from schemathesis.specs.openapi import checks as described

    wanted = [
        checks.not_a_server_error,
        described.status_code_conformance,
        described.content_type_conformance,
        described.response_schema_conformance,
    ]
    with serving(store) as address:
        operation = schemathesis.openapi.from_url(f"{address}/openapi.json")[path]["GET"]

        @settings(
            max_examples=40,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(checks=wanted)

        ask()
