"""The letters as read, with their decisions: one SQLite file in each generation of a store.

It answers "show me the sentence", tells an update what has changed, and lets a store be checked against its
sources. Text and decision are kept as zstandard frames; ids are :attr:`imr_graph.models.Decision.id`.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple

import zstandard
from pydantic import ValidationError

from imr_graph.errors import REBUILD, StoreError, UnknownItem
from imr_graph.models import Decision, Letter
from imr_graph.names import case_id

_SCHEMA = """
CREATE TABLE letter (
    id TEXT PRIMARY KEY, text_sha256 TEXT NOT NULL, source TEXT NOT NULL, issues INTEGER NOT NULL,
    pages TEXT NOT NULL, text BLOB NOT NULL, decision BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE source (
    name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, sha256 TEXT NOT NULL, status TEXT NOT NULL,
    letter TEXT, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX source_letter ON source (letter);
CREATE TABLE shard (path TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) WITHOUT ROWID;
"""

STALE: Final = ""
"""The fingerprint of a source that must be read again."""


class Status(StrEnum):
    """What became of a source."""

    KEPT = "kept"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class SourceRow(NamedTuple):
    """One source of the corpus: its fingerprint when last seen and what became of it.

    ``letter`` is the id of the letter it holds, or would hold if another source did not; ``reason`` says why it was
    refused, or which source holds the letter.
    """

    name: str
    fingerprint: str
    sha256: str
    status: Status
    letter: str | None = None
    reason: str = ""


class Counts(NamedTuple):
    """How much an archive holds."""

    letters: int
    issues: int
    sources: int


class Packed(NamedTuple):
    """A letter as the archive keeps it; made in the workers, so that the one writer only writes."""

    id: str
    text_sha256: str
    source: str
    issues: int
    pages: str
    text: bytes
    decision: bytes


def pack(letter: Letter) -> Packed:
    """``letter`` with its text and its decision as zstandard frames."""
    decision = letter.decision
    squeeze = zstandard.ZstdCompressor(level=3).compress  # level 6 takes twice as long for 4 % less
    return Packed(
        decision.id,
        decision.text_sha256,
        decision.source_name,
        len(decision.issues),
        json.dumps(letter.pages),
        squeeze(letter.text.encode()),
        squeeze(decision.model_dump_json(exclude_defaults=True).encode()),
    )


class Archive:
    """Letters and sources of one generation. Open it with :meth:`create` or :meth:`open`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._unpack = zstandard.ZstdDecompressor()

    @classmethod
    def create(cls, path: Path) -> Archive:
        """A new, empty archive at ``path``; the caller makes it durable by renaming its folder."""
        db = sqlite3.connect(path, isolation_level=None)
        db.executescript(_SCHEMA)
        return cls._writer(db)

    @classmethod
    def update(cls, path: Path) -> Archive:
        """The archive at ``path``, a private copy, opened for writing."""
        return cls._writer(sqlite3.connect(path, isolation_level=None))

    @classmethod
    def _writer(cls, db: sqlite3.Connection) -> Archive:
        # The whole generation is thrown away if the build dies, so a journal would only cost time.
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN")
        return cls(db)

    @classmethod
    def open(cls, path: Path) -> Archive:
        """The archive at ``path``, read only; several processes and threads may read it at once."""
        if not path.is_file():
            raise StoreError(f"{path} is missing", remedy=REBUILD)
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        try:
            db.execute("PRAGMA schema_version")  # opens the file now, so that it may be unlinked later
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}", remedy=REBUILD) from error
        return cls(db)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is pending and close the file."""
        if self._db.in_transaction:
            self._db.execute("COMMIT")
        self._db.close()

    def put(self, letter: Packed) -> None:
        """Add or replace a letter."""
        self._db.execute("INSERT OR REPLACE INTO letter VALUES (?, ?, ?, ?, ?, ?, ?)", letter)

    def remove(self, letter: str) -> None:
        """Drop a letter, if it is there."""
        self._db.execute("DELETE FROM letter WHERE id = ?", (letter,))

    def put_source(self, row: SourceRow) -> None:
        """Add or replace what is known of a source."""
        self._db.execute("INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?, ?)", row)

    def remove_source(self, name: str) -> None:
        """Forget a source; a shard that it came from is whole no more."""
        self._db.execute("DELETE FROM source WHERE name = ?", (name,))
        for mark in re.finditer("#", name):
            self._db.execute("DELETE FROM shard WHERE path = ?", (name[: mark.start()],))

    def letter(self, letter: str) -> Letter:
        """The letter with this id (case number or ``h-...``), whatever its case; else :class:`UnknownItem`."""
        row = self._db.execute("SELECT decision, text, pages FROM letter WHERE id = ?", (case_id(letter),)).fetchone()
        if row is None:
            raise UnknownItem(f"no letter {letter} in this store", remedy="see imr-graph search, or build it in")
        return self._letter(row)

    def _letter(self, row: tuple[bytes, bytes, str]) -> Letter:
        try:
            decision = Decision.model_validate_json(self._unpack.decompress(row[0]))
        except ValidationError as error:
            raise StoreError(f"a letter is stored as another version reads it: {error}", remedy=REBUILD) from error
        return Letter(decision=decision, text=self._unpack.decompress(row[1]).decode(), pages=tuple(json.loads(row[2])))

    def text(self, letter: str) -> tuple[str, tuple[int, ...]]:
        """The text of the letter with exactly this id, and the offsets of its pages; any version can read these."""
        text, pages = self._db.execute("SELECT text, pages FROM letter WHERE id = ?", (letter,)).fetchone()
        return self._unpack.decompress(text).decode(), tuple(json.loads(pages))

    def identity(self, letter: str) -> tuple[str, str] | None:
        """``(text_sha256, source name)`` of a letter, or None where it is not in the archive."""
        row: tuple[str, str] | None = self._db.execute(
            "SELECT text_sha256, source FROM letter WHERE id = ?", (letter,)
        ).fetchone()
        return row

    def ids(self) -> Iterator[tuple[str, int]]:
        """Every letter's id and number of issues, in the order of the ids."""
        yield from self._db.execute("SELECT id, issues FROM letter ORDER BY id")

    def letters(self) -> Iterator[Letter]:
        """Every letter, in the order of the ids, one at a time."""
        for row in self._db.execute("SELECT decision, text, pages FROM letter ORDER BY id"):
            yield self._letter(row)

    def source(self, name: str) -> SourceRow | None:
        """What is known of a source, or None."""
        row = self._db.execute("SELECT * FROM source WHERE name = ?", (name,)).fetchone()
        return None if row is None else _source_row(row)

    def sources(self) -> Iterator[SourceRow]:
        """Every source, in the order of the names."""
        for row in self._db.execute("SELECT * FROM source ORDER BY name"):
            yield _source_row(row)

    def leftovers(self) -> Iterator[SourceRow]:
        """The sources that hold no letter, duplicates and refused ones, in the order of the names."""
        for row in self._db.execute("SELECT * FROM source WHERE status <> ? ORDER BY name", (Status.KEPT.value,)):
            yield _source_row(row)

    def sources_sha256(self) -> str:
        """A hash over the names of all sources, the hashes of their bytes, and what became of them."""
        digest = hashlib.sha256()
        for row in self._db.execute("SELECT name, sha256, status FROM source ORDER BY name"):
            digest.update("\t".join(row).encode() + b"\n")
        return digest.hexdigest()

    def put_shard(self, path: str, fingerprint: str) -> None:
        """Remember that every letter of a shard is among the sources."""
        self._db.execute("INSERT OR REPLACE INTO shard VALUES (?, ?)", (path, fingerprint))

    def shards(self) -> dict[str, str]:
        """The shards whose letters are all among the sources: fingerprints by path."""
        return dict(self._db.execute("SELECT path, fingerprint FROM shard"))

    def shard(self, path: str, fingerprint: str) -> int | None:
        """How many sources a shard with this fingerprint gave; None where it must be read, for all or some of them.

        A source without a fingerprint of its own must be read again.
        """
        if not self._db.execute(
            "SELECT 1 FROM shard WHERE (path, fingerprint) = (?, ?)", (path, fingerprint)
        ).fetchone():
            return None
        known, stale = self._db.execute(
            "SELECT count(*), coalesce(sum(fingerprint = ''), 0) FROM source WHERE name > ? AND name < ?",
            (f"{path}#", f"{path}$"),  # $ is the character after #
        ).fetchone()
        return None if stale else int(known)

    def holders(self, letter: str) -> list[SourceRow]:
        """The sources of this letter by name: the one that holds it, and those behind it."""
        rows = self._db.execute("SELECT * FROM source WHERE letter = ? ORDER BY name", (letter,))
        return [_source_row(row) for row in rows]

    def counts(self) -> Counts:
        """How many letters, issues and sources there are."""
        letters, issues = self._db.execute("SELECT count(*), coalesce(sum(issues), 0) FROM letter").fetchone()
        (sources,) = self._db.execute("SELECT count(*) FROM source").fetchone()
        return Counts(letters, issues, sources)


def _source_row(row: tuple[str, str, str, str, str | None, str]) -> SourceRow:
    return SourceRow(row[0], row[1], row[2], Status(row[3]), row[4], row[5])
