"""A corpus is looked at once in a build, and an unchanged shard not at all."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from imr_graph.archive import Archive
from imr_graph.pipeline.build import build
from imr_graph.pipeline.check import check
from imr_graph.pipeline.compact import compact
from imr_graph.pipeline.generation import StoreFolder
from imr_graph.pipeline.listing import Listing
from imr_graph.read import SourceRef, shards, sources


@pytest.fixture(scope="module")
def letters(corpus: Path) -> list[tuple[str, str]]:
    return [(path.stem, path.read_text()) for path in sorted(corpus.glob("CM16*.txt"))[:5]]


def shard(path: Path, letters: list[tuple[str, str]]) -> Path:
    path.write_text("".join(json.dumps({"name": name, "text": text}) + "\n" for name, text in letters))
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The shards that are opened."""
    found: list[str] = []
    real = shards.list_records

    def listed(path: str, *rest: object) -> Iterator[SourceRef]:
        found.append(Path(path).name)
        return real(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sources, "list_records", listed)
    return found


def ids(store: Path) -> list[str]:
    with Archive.open(StoreFolder(store).require().letters) as archive:
        return [case for case, _ in archive.ids()]


def test_a_build_opens_a_shard_once_and_an_update_only_what_changed(
    tmp_path: Path, letters: list[tuple[str, str]], opened: list[str]
) -> None:
    folder, store = tmp_path / "letters", tmp_path / "store"
    folder.mkdir()
    shard(folder / "a.jsonl", letters[:3])
    told: list[tuple[int, int | None]] = []
    build([folder], store, jobs=1, progress=lambda done, total: told.append((done, total)))
    assert opened == ["a.jsonl"]
    assert told[-1] == (3, 3)
    shard(folder / "b.jsonl", letters[3:])
    report = build([folder], store, jobs=1)
    assert opened == ["a.jsonl", "b.jsonl"]
    assert (report.read, report.unchanged, report.letters) == (2, 3, 5)
    report = build([folder], store, jobs=1, prune=True)
    assert opened == ["a.jsonl", "b.jsonl"]
    assert (report.read, report.unchanged, report.letters, report.removed) == (0, 5, 5, 0)
    shard(folder / "a.jsonl", letters[1:3])
    report = build([folder], store, jobs=1, prune=True)
    assert opened == ["a.jsonl", "b.jsonl", "a.jsonl"]
    assert (report.read, report.unchanged, report.letters, report.removed) == (0, 4, 4, 1)
    assert check(store) == []


def test_a_shard_whose_letters_were_dropped_is_read_again(tmp_path: Path, letters: list[tuple[str, str]]) -> None:
    store = tmp_path / "store"
    one, other = shard(tmp_path / "a#1.jsonl", letters[:2]), shard(tmp_path / "b.jsonl", letters[2:4])
    build([one, other], store, jobs=1)
    assert build([other], store, jobs=1, prune=True).removed == 2
    assert build([one, other], store, jobs=1).parsed == 2
    assert check(store) == []


@pytest.mark.slow
def test_a_shard_behind_whose_back_another_held_a_letter_is_read_again(
    tmp_path: Path, letters: list[tuple[str, str]]
) -> None:
    store = tmp_path / "store"
    first, second = shard(tmp_path / "a.jsonl", letters[:2]), shard(tmp_path / "b.jsonl", letters[:2])
    assert build([first, second], store, jobs=1).duplicates == 2
    shard(first, letters[2:3])
    report = build([first, second], store, jobs=1, prune=True)
    assert (report.letters, report.duplicates) == (3, 0)
    assert ids(store) == sorted(ids(store))
    assert check(store) == []


def test_a_shard_that_was_touched_or_compacted_is_not_opened_again(
    tmp_path: Path, letters: list[tuple[str, str]], opened: list[str]
) -> None:
    one, store = shard(tmp_path / "a.jsonl", letters[:1]), tmp_path / "store"
    build([one], store, jobs=1)
    compact(store)
    build([one], store, jobs=1)
    assert len(opened) == 1
    os.utime(one, (1, 1))
    for _ in range(2):
        assert build([one], store, jobs=1).unchanged == 1
    assert len(opened) == 2


def test_names_that_cannot_be_written_are_told_apart(
    tmp_path: Path, letters: list[tuple[str, str]], opened: list[str]
) -> None:
    one, store = (
        shard(tmp_path / os.fsdecode(b"\xff.jsonl"), [("\ud800", letters[0][1]), ("\ud801", "x")]),
        tmp_path / "s",
    )
    report = build([one], store, jobs=1)
    assert report.letters == 1
    assert [Path(refusal.name).name for refusal in report.refused] == ["\ufffd.jsonl#\ufffd#2"]
    assert build([one], store, jobs=1).unchanged == 2
    assert len(opened) == 1


def test_a_damaged_shard_is_looked_at_each_time(
    tmp_path: Path, letters: list[tuple[str, str]], opened: list[str]
) -> None:
    import zstandard

    whole = zstandard.ZstdCompressor().compress(shard(tmp_path / "a.jsonl", letters).read_bytes())
    cut, store = tmp_path / "cut.jsonl.zst", tmp_path / "store"
    cut.write_bytes(whole[: len(whole) // 2])
    for _ in range(2):
        assert len(build([cut], store, jobs=1).refused) == 1
    assert opened.count("cut.jsonl.zst") == 2


def test_a_renamed_letter_is_kept_by_prune(tmp_path: Path, letters: list[tuple[str, str]]) -> None:
    folder, store = tmp_path / "letters", tmp_path / "store"
    folder.mkdir()
    (folder / "m.txt").write_text(letters[0][1])
    build([folder], store, jobs=1)
    for name in ("a.txt", "z.txt"):  # before and behind the old name
        before = next(folder.iterdir())
        shutil.move(before, folder / name)
        report = build([folder], store, jobs=1, prune=True)
        assert (report.letters, report.removed, report.duplicates) == (1, 1, 0)
        assert check(store) == []


def test_the_total_is_estimated_from_bytes_and_then_counted(tmp_path: Path, letters: list[tuple[str, str]]) -> None:
    for number in range(4):
        shard(tmp_path / f"{number}.jsonl", [(f"{n}", text) for n, (_, text) in enumerate(letters)])
    listing = Listing([tmp_path], None)
    assert listing.total() is None
    sources = iter(listing)
    for _ in range(6):
        next(sources)
    assert 10 <= (listing.total() or 0) <= 30
    assert len([*sources]) == 14
    assert listing.total() == 20
