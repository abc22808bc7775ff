"""A store of the sample letters and one with markup in its text, behind the local page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from imr_graph.app.web.application import make_app
from imr_graph.graph.limits import Limits
from imr_graph.pipeline.build import build
from tests.app.web.browsing import serving

HOSTILE = "CM16-9900998"


@pytest.fixture(scope="session")
def letters(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, and an invented letter whose text is full of markup."""
    folder = tmp_path_factory.mktemp("letters")
    for path in corpus.glob("CM*"):
        shutil.copy(path, folder)
    text = (corpus / "CM16-9900006.txt").read_text()
    text = text.replace("CM16-9900006", HOSTILE).replace(
        "unloading a truck", "unloading <script>alert(1)</script> crates"
    )
    text = text.replace(
        "MRI of the lumbar spine without contrast: Upheld", "MRI <img src=x onerror=alert(2)> of lumbar: Upheld"
    )
    text = text.replace("no red flag was found", 'no "red" flag \'</mark></textarea> ${{7*7}} {{ 7*7 }} was found')
    (folder / f"{HOSTILE}.txt").write_text(text)
    return folder


@pytest.fixture(scope="session")
def store(letters: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store built from the letters."""
    folder = tmp_path_factory.mktemp("web") / "store"
    assert not build([letters], folder, jobs=1).refused
    return folder


@pytest.fixture(scope="session")
def client(store: Path) -> TestClient:
    """A client of the application over that store; it speaks to 127.0.0.1."""
    app = make_app(store, Limits(seconds=2, megabytes=256, rows=5000))
    return TestClient(app, base_url="http://127.0.0.1:8765")


@pytest.fixture(scope="session")
def server(store: Path) -> Iterator[str]:
    """The address of the server as it really runs, on a free port."""
    with serving(store) as address:
        yield address


@pytest.fixture(scope="session")
def browsed(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same for the browser, over the store that IMR_GRAPH_WEB_STORE names where it names one."""
    other = os.environ.get("IMR_GRAPH_WEB_STORE")
    if not other:
        yield request.getfixturevalue("server")
        return
    with serving(Path(other)) as address:
        yield address
