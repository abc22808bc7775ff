"""Shards of texts: every record a letter, a damaged one named, the rest read."""

import json
from pathlib import Path

import pytest
import zstandard

from imr_graph.errors import DamagedSource, UsageError
from imr_graph.read import find_sources, read_source

RECORDS = [{"name": "a", "text": "first"}, {"case_number": "CM15-9900001", "text": "second"}, {"text": "third"}]
LINES = "\n".join(map(json.dumps, RECORDS)) + "\n"


def shard(folder: Path, name: str, lines: str = LINES) -> Path:
    path = folder / name
    data = lines.encode()
    path.write_bytes(zstandard.ZstdCompressor().compress(data) if name.endswith(".zst") else data)
    return path


@pytest.mark.parametrize("name", ["letters.jsonl", "letters.jsonl.zst", "letters.ndjson"])
@pytest.mark.parametrize("by", ["name", "folder"])
def test_every_record_is_a_letter(tmp_path: Path, name: str, by: str) -> None:
    path = shard(tmp_path, name)
    refs = list(find_sources([path if by == "name" else tmp_path]))
    assert [ref.name for ref in refs] == [f"{path}#a", f"{path}#CM15-9900001", f"{path}#3"]
    assert [read_source(ref).text for ref in refs] == ["first", "second", "third"]


def test_a_damaged_record_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = shard(tmp_path, "letters.jsonl", '{"name": "a", "text": "first"}\n{"name": \n[1]\n{"name": "d"}\n')
    first, *damaged = find_sources([path])
    assert read_source(first).text == "first"
    assert [ref.name for ref in damaged] == [f"{path}#2", f"{path}#3", f"{path}#d"]
    for ref in damaged:
        with pytest.raises(DamagedSource, match="no text"):
            read_source(ref)


def test_of_records_with_one_name_the_first_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    texts = [("same", "first"), ("same", "second"), ("same#2", "third"), ("same", "fourth")]
    path = shard(tmp_path, "letters.jsonl", "\n".join(json.dumps({"id": name, "text": t}) for name, t in texts))
    refs = list(find_sources([path]))
    assert [ref.name.removeprefix(f"{path}#") for ref in refs] == ["same", "same#2", "same#2#3", "same#4"]
    assert read_source(refs[0]).text == "first"
    for ref in refs[1:]:
        with pytest.raises(DamagedSource, match="comes twice"):
            read_source(ref)


def test_a_truncated_shard_keeps_what_it_has(tmp_path: Path) -> None:
    path = shard(tmp_path, "letters.jsonl.zst", LINES * 2000)
    path.write_bytes(path.read_bytes()[:-20])
    *refs, last = find_sources([path])
    assert all(ref.error is None for ref in refs)
    assert isinstance(last.error, DamagedSource)


def test_parquet_and_urls_name_the_extra_where_it_is_missing(tmp_path: Path) -> None:
    pytest.importorskip("fsspec", reason="the extra 'shards' is not installed")
    pq = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    pq.write_table(pyarrow.Table.from_pylist(RECORDS), tmp_path / "letters.parquet")
    refs = list(find_sources([tmp_path / "letters.parquet"]))
    assert [read_source(ref).text for ref in refs] == ["first", "second", "third"]
    refs = list(find_sources([f"file://{shard(tmp_path, 'letters.jsonl')}"]))
    assert [read_source(ref).text for ref in refs] == ["first", "second", "third"]


def test_without_the_extra_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(UsageError, match="imr-graph\\[shards\\]"):
        list(find_sources(["s3://bucket/letters.jsonl"]))
