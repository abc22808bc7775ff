"""Shards: many texts in one file, one record a letter: JSON lines, zstandard JSON lines, Parquet.

A record has ``text`` and, where it has them, a name: the first of ``name``, ``id``, ``case_number``. A corpus that
was extracted once need not be read from PDF again. Parquet and URLs (``s3://``, ``https://`` ... through fsspec)
need the extra ``shards``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

from imr_graph.errors import DamagedSource, UsageError
from imr_graph.read.refs import Listed, SourceRef, distinct, shown

_NAMES: Final = ("name", "id", "case_number")
_SUFFIXES: Final = (".jsonl", ".ndjson", ".jsonl.zst", ".ndjson.zst", ".parquet")
_CHUNK: Final = 1 << 20
_EXTRA: Final = "pip install 'imr-graph[shards]'"


def is_shard(path: str) -> bool:
    """Whether a file is a shard, by its name."""
    return path.lower().endswith(_SUFFIXES)


def is_url(path: str) -> bool:
    """Whether a path is for fsspec and not for the file system."""
    return "://" in path


def list_records(path: str, listed: Listed | None = None) -> Iterator[SourceRef]:
    """The letters of a shard in their order, each with its text; a damaged record is a reference with its error.

    ``listed`` is told how many bytes of the file have been read.
    """
    listed = listed or Listed()
    try:
        with _opened(path) as file:
            if path.lower().endswith(".parquet"):
                yield from _references(path, _rows(file, listed))
            else:
                yield from _references(path, _lines(path, file, listed))
    except UsageError:
        raise
    except DamagedSource as error:
        yield SourceRef(shown(path), path, error=error)
    except Exception as error:  # zstandard, pyarrow and fsspec have error trees of their own
        damaged = DamagedSource(shown(f"{path} cannot be read: {error}"), remedy="fetch it again")
        yield SourceRef(shown(path), path, error=damaged)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if is_url(path):
        try:
            import fsspec
        except ImportError as error:
            raise UsageError(f"{path} is a URL; fsspec is not installed", remedy=_EXTRA) from error
        with fsspec.open(path, "rb") as file:
            yield file
    else:
        with open(path, "rb") as file:  # noqa: PTH123  the path may be of any length and kind, as given
            yield file


def _lines(path: str, file: BinaryIO, listed: Listed) -> Iterator[object]:
    chunks = _chunks(file, listed)
    for line in _split(_unpacked(path, chunks) if path.lower().endswith(".zst") else chunks):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                yield error


def _chunks(file: BinaryIO, listed: Listed) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
        listed.inside += len(chunk)


def _unpacked(path: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks without their zstandard packing, frame after frame; a frame cut short is an error."""
    import zstandard

    packing = zstandard.ZstdDecompressor()
    frame = None
    for chunk in chunks:
        while chunk:
            frame = frame or packing.decompressobj()
            yield frame.decompress(chunk)
            chunk, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    if frame is not None:
        raise DamagedSource(f"{shown(path)} is truncated", remedy="fetch it again")


def _split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a stream of chunks."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    yield rest


def _rows(file: BinaryIO, listed: Listed) -> Iterator[object]:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow, which is not installed", remedy=_EXTRA) from error
    shard = parquet.ParquetFile(file)
    columns = [name for name in shard.schema_arrow.names if name in (*_NAMES, "text")]
    for batch in shard.iter_batches(batch_size=1000, columns=columns):
        yield from batch.to_pylist()
        listed.inside = file.tell()


def _references(path: str, records: Iterable[object]) -> Iterator[SourceRef]:
    seen = set[str]()
    for number, record in enumerate(records, 1):
        text, name = _record(record, number)
        given = shown(f"{path}#{name}")
        place = distinct(given, seen)
        if text is None:
            reason = f"{place} has no text: {record}" if isinstance(record, ValueError) else f"{place} has no text"
            error = DamagedSource(reason, remedy='a record is {"name": "...", "text": "..."}')
            yield SourceRef(place, path, member=name, error=error)
        elif place != given:
            error = DamagedSource(f"{given} comes twice, again as record {number}", remedy="give it a name of its own")
            yield SourceRef(place, path, member=name, error=error)
        else:
            data = text.encode("utf-8", "replace")
            yield SourceRef(place, path, member=name, size=len(data), data=data)


def _record(record: Any, number: int) -> tuple[str | None, str]:
    if not isinstance(record, Mapping):
        return None, str(number)
    text = record.get("text")
    name = next((str(record[key]) for key in _NAMES if record.get(key)), str(number))
    return (text if isinstance(text, str) else None), name
