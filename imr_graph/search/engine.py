"""The seam to the text engines: what an index can do, whichever engine is behind it.

An index is a folder. Readers need no right to write there and no lock; a writer replaces files and never changes
one in place, so a hard-linked copy of the folder is a snapshot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from imr_graph.errors import REBUILD, StoreError, UsageError
from imr_graph.search.documents import IssueDocument
from imr_graph.search.query import Node
from imr_graph.search.schema import load_schema

ENGINES = ("tantivy", "whoosh")
_STAMP = "index.json"


class Match(NamedTuple):
    """A ranked document: its score and its stored payload (:mod:`imr_graph.search.documents`)."""

    score: float
    payload: bytes


class TextIndex(Protocol):
    """A snapshot of an index, as it was when opened or last reloaded; threads may share it."""

    engine: str

    def search(self, node: Node, limit: int) -> list[Match]:
        """The best ``limit`` matches, best first; equal scores in the order of their keys."""
        ...

    def count(self, node: Node) -> int:
        """How many issues match."""
        ...

    def facets(self, node: Node, fields: Sequence[str], size: int) -> dict[str, dict[str, int]]:
        """For each field the ``size`` most frequent values among all matches, with their counts."""
        ...

    def doc_freq(self, field: str, term: str) -> int:
        """How many issues have this analysed term in this field (deleted ones may still count)."""
        ...

    def analyse(self, text: str) -> list[str]:
        """The terms of a text field."""
        ...

    def __len__(self) -> int:
        """How many issues there are."""
        ...

    def reload(self) -> None:
        """Look at the folder again."""
        ...


class IndexWriter(Protocol):
    """Changes of an index, all or none of them; leaving the ``with`` block by an error drops them."""

    def add(self, documents: Iterable[IssueDocument]) -> None:
        """Add issues; those of an earlier version of their letter are to be deleted first."""
        ...

    def delete_case(self, case: str) -> None:
        """Drop the issues of a letter, by the id of its decision."""
        ...

    def __enter__(self) -> Self:
        """Take the folder's write lock."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or drop everything after an error."""
        ...


def create_index(folder: Path, engine: str = "tantivy") -> None:
    """Make an empty index in ``folder``, which is made where it is missing.

    Raises :class:`UsageError` for an unknown engine, :class:`StoreError` where an index stands there already.
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no text engine {engine!r}", remedy=f"one of {', '.join(ENGINES)}")
    if (folder / _STAMP).exists():
        raise StoreError(f"{folder} holds an index already", remedy="open it, or choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    if engine == "tantivy":
        from imr_graph.search.tantivy_engine import create
    else:
        from imr_graph.search.whoosh_engine import create
    create(folder)
    (folder / _STAMP).write_text(json.dumps({"engine": engine, "schema": load_schema().version}) + "\n")


def _engine_of(folder: Path) -> str:
    try:
        stamp: Mapping[str, object] = json.loads((folder / _STAMP).read_text())
        engine, version = str(stamp["engine"]), stamp["schema"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"no text index in {folder}", remedy=REBUILD) from error
    if engine not in ENGINES or version != load_schema().version:
        raise StoreError(
            f"the text index in {folder} is of schema {version} of {engine}, not {load_schema().version}",
            remedy=REBUILD,
        )
    return engine


def open_index(folder: Path) -> TextIndex:
    """The index in ``folder``, to read.

    Raises :class:`StoreError` where there is none, it is damaged, or its schema is of another version.
    """
    if _engine_of(folder) == "tantivy":
        from imr_graph.search.tantivy_engine import TantivyIndex

        return TantivyIndex(folder)
    from imr_graph.search.whoosh_engine import WhooshIndex

    return WhooshIndex(folder)


def index_writer(folder: Path) -> IndexWriter:
    """A writer for the index in ``folder``; one at a time.

    Raises :class:`StoreError` as :func:`open_index` does, and where another writer holds the folder.
    """
    if _engine_of(folder) == "tantivy":
        from imr_graph.search.tantivy_engine import TantivyWriter

        return TantivyWriter(folder)
    from imr_graph.search.whoosh_engine import WhooshWriter

    return WhooshWriter(folder)
