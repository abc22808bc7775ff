"""A damaged store, or one of an earlier version, is made whole by the build that its error names."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
import zstandard

from imr_graph.errors import REBUILD, StoreError
from imr_graph.pipeline.build import build
from imr_graph.pipeline.check import check
from imr_graph.pipeline.generation import FORMAT, Generation, StoreFolder


@pytest.fixture(scope="module")
def whole(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two letters, and a store of them."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "in").mkdir()
    for name in ("CM16-9900006.txt", "CM16-9900013.txt"):
        shutil.copy2(corpus / name, folder / "in")
    build([folder / "in"], folder / "store", jobs=1)
    return folder / "in", folder / "store"


@pytest.fixture
def store(whole: tuple[Path, Path], tmp_path: Path) -> Path:
    return shutil.copytree(whole[1], tmp_path / "store")


def current(store: Path) -> Generation:
    generation = StoreFolder(store).current()
    assert generation is not None
    return generation


@pytest.mark.parametrize("part", ["graph", "index", "passages"])
def test_a_missing_part_is_made_again(whole: tuple[Path, Path], store: Path, part: str) -> None:
    path: Path = getattr(current(store), part)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    report = build([whole[0]], store, jobs=1)
    assert (report.read, report.letters) == (2, 2)
    assert check(store) == []


def test_anew_makes_an_undamaged_looking_store_again(whole: tuple[Path, Path], store: Path) -> None:
    assert build([whole[0]], store, jobs=1).read == 0
    report = build([whole[0] / "CM16-9900006.txt"], store, jobs=1, anew=True)
    assert (report.read, report.carried, report.letters) == (2, 1, 2)
    assert "--anew" in REBUILD


def test_a_store_of_an_earlier_format_is_told_and_taken_over(corpus: Path, store: Path) -> None:
    manifest = current(store).folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": FORMAT - 1}))
    with sqlite3.connect(current(store).letters) as letters:  # decisions of a model that is no longer known
        letters.execute("UPDATE letter SET decision = ?", (zstandard.compress(b"{}"),))
    letters.close()
    with pytest.raises(StoreError, match="store format") as caught:
        StoreFolder(store).require()
    assert "imr-graph build" in caught.value.remedy
    report = build([corpus / "CM15-9900001.txt"], store, jobs=1)
    assert (report.carried, report.letters) == (2, 3)
    assert check(store) == []
