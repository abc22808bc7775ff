"""A store is whole at every moment: complete generations, one writer, an atomic switch."""

from pathlib import Path

import pytest

from imr_graph.errors import StoreError
from imr_graph.pipeline.generation import FORMAT, Manifest, Recipe, StoreFolder

MANIFEST = Manifest(
    recipe=Recipe(version="0", engine="tantivy", base="x", knowledge_sha256=""),
    letters=0,
    issues=0,
    sources=0,
    quads=0,
    passages=0,
    quoted_sentences=0,
    sources_sha256="",
)


def commit(folder: StoreFolder) -> str:
    with folder.writing():
        return folder.commit(folder.partial(), MANIFEST).name


def test_generations_follow_each_other_and_old_ones_go(tmp_path: Path) -> None:
    folder = StoreFolder(tmp_path / "store")
    assert folder.current() is None
    assert [commit(folder) for _ in range(4)] == ["000001", "000002", "000003", "000004"]
    current = folder.require()
    assert (current.name, current.manifest()) == ("000004", MANIFEST)
    assert sorted(p.name for p in (folder.root / "generations").iterdir()) == ["000003", "000004"]


def test_what_a_dead_writer_left_is_swept_away(tmp_path: Path) -> None:
    folder = StoreFolder(tmp_path / "store")
    commit(folder)
    with folder.writing():
        left = folder.partial().folder
    assert left.is_dir()
    assert folder.require().name == "000001"
    assert commit(folder) == "000002"
    assert not left.exists()


def test_only_one_writer(tmp_path: Path) -> None:
    folder = StoreFolder(tmp_path / "store")
    second = StoreFolder(folder.root)
    with folder.writing(), pytest.raises(StoreError, match="another process"), second.writing():
        pass


def test_a_folder_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(StoreError, match="no store"), StoreFolder(tmp_path).writing():
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def test_missing_and_foreign_stores_are_named(tmp_path: Path) -> None:
    folder = StoreFolder(tmp_path / "store")
    with pytest.raises(StoreError, match="imr-graph build"):
        folder.require()
    commit(folder)
    path = folder.require().folder / "manifest.json"
    path.write_text(path.read_text().replace(f'"format": {FORMAT}', '"format": 99'))
    with pytest.raises(StoreError, match="store format 99"):
        folder.require().manifest()
    path.write_text("{")
    with pytest.raises(StoreError, match="cannot be read"):
        folder.require().manifest()
