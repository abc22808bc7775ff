"""The file of passages in a generation, and its one writer.

Variants are joined when they are added: a new one is compared with those that share a fingerprint, known ones cost
a count. Which joined variants are one passage is settled at the end, only where something changed.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from types import TracebackType

from imr_graph.link.quotation import words_of
from imr_graph.passages.counting import LISTED_PLACES, count, quote_rows, voices_of
from imr_graph.passages.records import Attribution, LetterQuotes, QuotedSentence
from imr_graph.passages.settings import load_settings
from imr_graph.passages.stars import Member, Neighbour, settle
from imr_graph.passages.wording import containment, fingerprints, resemblance, shingles

_SCHEMA = """
CREATE TABLE letter (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, injury TEXT NOT NULL, sex TEXT NOT NULL, age INTEGER,
    specialties TEXT NOT NULL);
CREATE TABLE issue (
    key INTEGER PRIMARY KEY, letter INTEGER NOT NULL, n INTEGER NOT NULL, outcome TEXT NOT NULL,
    service TEXT NOT NULL, rationale INTEGER NOT NULL);
CREATE INDEX issue_letter ON issue (letter);
CREATE INDEX issue_service ON issue (service);
CREATE TABLE attribution (
    key INTEGER PRIMARY KEY, source TEXT NOT NULL, document TEXT NOT NULL, section TEXT NOT NULL,
    pages TEXT NOT NULL, guideline TEXT NOT NULL, UNIQUE (source, document, section, pages, guideline));
CREATE TABLE variant (
    key INTEGER PRIMARY KEY, text TEXT NOT NULL, words INTEGER NOT NULL, letters INTEGER NOT NULL,
    passage INTEGER NOT NULL);
CREATE INDEX variant_passage ON variant (passage);
CREATE TABLE passage (
    key INTEGER PRIMARY KEY, letters INTEGER NOT NULL, issues INTEGER NOT NULL, counts TEXT NOT NULL);
CREATE INDEX passage_rank ON passage (letters DESC, issues DESC, (key < 0), key);
CREATE TABLE quote (
    variant INTEGER NOT NULL, issue INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
    quotation INTEGER NOT NULL, attribution INTEGER NOT NULL, PRIMARY KEY (variant, issue, start)) WITHOUT ROWID;
CREATE INDEX quote_issue ON quote (issue);
CREATE INDEX quote_quotation ON quote (quotation);
CREATE INDEX quote_attribution ON quote (attribution);
CREATE TABLE fingerprint (
    hash INTEGER NOT NULL, variant INTEGER NOT NULL, PRIMARY KEY (hash, variant)) WITHOUT ROWID;
CREATE TABLE joined (
    one INTEGER NOT NULL, other INTEGER NOT NULL, resemblance REAL NOT NULL, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE VIRTUAL TABLE word USING fts5 (text, content='variant', content_rowid='key', tokenize='porter unicode61');
"""


class PassageWriter:
    """Fills and changes the passages of one generation. Open it with :meth:`create` or :meth:`update`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._settings = load_settings()
        self._changed: dict[int, int] = {}  # variants by the number of letters before this writer
        self._stale: set[int] = set()
        self._touched: set[int] = set()  # passages whose quotes changed
        self._attributions: dict[Attribution, int] = {}
        self._shingles = lru_cache(maxsize=8192)(self._shingled)  # most variants are compared many times
        # The whole generation is thrown away if the build dies, so a journal would only cost time.
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; BEGIN")

    @classmethod
    def create(cls, path: Path) -> PassageWriter:
        """A new, empty file at ``path``."""
        db = sqlite3.connect(path, isolation_level=None)
        db.executescript(_SCHEMA)
        return cls(db)

    @classmethod
    def update(cls, path: Path) -> PassageWriter:
        """The file at ``path``, a private copy, opened for writing."""
        return cls(sqlite3.connect(path, isolation_level=None))

    def __enter__(self) -> PassageWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, letter: LetterQuotes) -> None:
        """Add a letter that is not there; one that quotes nothing leaves no trace."""
        if not letter.sentences:
            return
        row = (letter.id, letter.injury, letter.sex, letter.age, " ".join(letter.specialties))
        insert = self._db.execute
        key = insert("INSERT INTO letter (id, injury, sex, age, specialties) VALUES (?, ?, ?, ?, ?)", row).lastrowid
        issues = {
            issue.n: insert(
                "INSERT INTO issue (letter, n, outcome, service, rationale) VALUES (?, ?, ?, ?, ?)", (key, *issue)
            ).lastrowid
            for issue in letter.issues
        }
        for text in {sentence.key: sentence for sentence in letter.sentences}.values():
            self._count(text)
        rows = (
            (s.key, issues[s.n], s.start, s.end, s.quotation, self._attribution(s.attribution))
            for s in letter.sentences
        )
        self._db.executemany("INSERT OR IGNORE INTO quote VALUES (?, ?, ?, ?, ?, ?)", rows)

    def remove(self, letter: str) -> None:
        """Drop a letter by its id, if it is there."""
        row = self._db.execute("SELECT key FROM letter WHERE id = ?", (letter,)).fetchone()
        if row is None:
            return
        within = "issue IN (SELECT key FROM issue WHERE letter = ?)"
        quoted = [key for (key,) in self._db.execute(f"SELECT DISTINCT variant FROM quote WHERE {within}", row)]  # noqa: S608
        self._db.execute(f"DELETE FROM quote WHERE {within}", row)  # noqa: S608
        self._db.execute("DELETE FROM issue WHERE letter = ?", row)
        self._db.execute("DELETE FROM letter WHERE key = ?", row)
        for key in quoted:
            (letters,) = self._db.execute("SELECT letters FROM variant WHERE key = ?", (key,)).fetchone()
            self._changed.setdefault(key, letters)
            self._db.execute("UPDATE variant SET letters = letters - 1 WHERE key = ?", (key,))
            if letters == 1:
                self._forget(key)

    def close(self) -> tuple[int, int]:
        """Settle the passages that changed, write and close; ``(passages, quoted sentences)`` of the file."""
        self._settle()
        (passages,) = self._db.execute("SELECT count(*) FROM passage").fetchone()
        (quotes,) = self._db.execute("SELECT count(*) FROM quote").fetchone()
        if self._db.in_transaction:
            self._db.execute("COMMIT")
        self._db.close()
        return passages, quotes

    def _attribution(self, attribution: Attribution) -> int:
        known = self._attributions.get(attribution)
        if known is None:
            self._db.execute(
                "INSERT OR IGNORE INTO attribution (source, document, section, pages, guideline) "
                "VALUES (?, ?, ?, ?, ?)",
                attribution,
            )
            (known,) = self._db.execute(
                "SELECT key FROM attribution WHERE (source, document, section, pages, guideline) = (?, ?, ?, ?, ?)",
                attribution,
            ).fetchone()
            self._attributions[attribution] = known
        return known

    def _count(self, sentence: QuotedSentence) -> None:
        """One letter more quotes this sentence."""
        key, text = sentence.key, sentence.text
        row = self._db.execute("SELECT text, letters FROM variant WHERE key = ?", (key,)).fetchone()
        self._changed.setdefault(key, row[1] if row else 0)
        if row is None:
            words = words_of(text)
            self._db.execute("INSERT INTO variant VALUES (?, ?, ?, 1, ?)", (key, text, len(words), key))
            self._db.execute("INSERT INTO word (rowid, text) VALUES (?, ?)", (key, text))
            self._join(key, words)
            return
        self._db.execute("UPDATE variant SET letters = letters + 1 WHERE key = ?", (key,))
        if text < row[0]:  # the same words with other marks: the first in order speaks, whichever letter came first
            self._db.execute("INSERT INTO word (word, rowid, text) VALUES ('delete', ?, ?)", (key, row[0]))
            self._db.execute("UPDATE variant SET text = ? WHERE key = ?", (text, key))
            self._db.execute("INSERT INTO word (rowid, text) VALUES (?, ?)", (key, text))

    def _join(self, key: int, words: list[str]) -> None:
        """Join a new variant to those that contain it or stand in it."""
        hashes, mine = sorted(fingerprints(words)), shingles(words)
        pairs = []
        for other in self._candidates(hashes):
            theirs = self._shingles(other)
            if containment(mine, theirs) >= self._settings.containment:
                likeness = round(resemblance(mine, theirs), 4)
                pairs += [(key, other, likeness), (other, key, likeness)]
        self._db.executemany("INSERT OR REPLACE INTO joined VALUES (?, ?, ?)", pairs)
        self._db.executemany("INSERT INTO fingerprint VALUES (?, ?)", ((number, key) for number in hashes))

    def _shingled(self, key: int) -> frozenset[int]:
        """The shingles of a variant. They follow from its words, as the key does, so they never change."""
        (text,) = self._db.execute("SELECT text FROM variant WHERE key = ?", (key,)).fetchone()
        return shingles(words_of(text))

    def _candidates(self, hashes: Iterable[int]) -> list[int]:
        """The variants that share most fingerprints; of a frequent fingerprint only so many are looked at."""
        shared = Counter[int]()
        for number in hashes:
            rows = self._db.execute(
                "SELECT variant FROM fingerprint WHERE hash = ? ORDER BY variant LIMIT ?",
                (number, self._settings.most_holders),
            )
            shared.update(variant for (variant,) in rows)
        ranked = sorted(shared, key=lambda key: (-shared[key], key))
        return ranked[: self._settings.most_compared]

    def _forget(self, key: int) -> None:
        """Drop a variant that nobody quotes any more."""
        text, passage = self._db.execute("SELECT text, passage FROM variant WHERE key = ?", (key,)).fetchone()
        others = [other for (other,) in self._db.execute("SELECT other FROM joined WHERE one = ?", (key,))]
        self._touched.add(passage)
        del self._changed[key]
        self._stale.discard(key)
        self._stale.update(others)
        self._db.execute("INSERT INTO word (word, rowid, text) VALUES ('delete', ?, ?)", (key, text))
        self._db.execute("DELETE FROM variant WHERE key = ?", (key,))
        both = [(key, other) for other in others] + [(other, key) for other in others]
        self._db.executemany("DELETE FROM joined WHERE one = ? AND other = ?", both)
        pairs = ((number, key) for number in fingerprints(words_of(text)))
        self._db.executemany("DELETE FROM fingerprint WHERE hash = ? AND variant = ?", pairs)

    def _member(self, key: int) -> Member:
        return Member(
            *self._db.execute("SELECT key, letters, words, passage FROM variant WHERE key = ?", (key,)).fetchone()
        )

    def _joined(self, key: int) -> list[Neighbour]:
        rows = self._db.execute(
            "SELECT key, letters, words, passage, resemblance FROM joined JOIN variant ON key = other WHERE one = ?",
            (key,),
        )
        return [Neighbour(Member(*row[:4]), row[4]) for row in rows]

    def _settle(self) -> None:
        """Move the variants that belong to another passage now, and count the passages that changed."""
        moved = settle(self._changed, self._stale, self._member, self._joined)
        for key in moved.keys() | self._changed.keys():
            before = self._member(key).passage
            self._touched |= {before, moved.get(key, before)}
        self._db.executemany("UPDATE variant SET passage = ? WHERE key = ?", ((to, key) for key, to in moved.items()))
        for key in sorted(self._touched):
            self._recount(key)

    def _recount(self, key: int) -> None:
        """What the quotes of a passage count, which a list of passages shows: nobody quotes it, and it is gone."""
        rows = quote_rows(self._db, key)
        if not rows:
            self._db.execute("DELETE FROM passage WHERE key = ?", (key,))
            return
        (text,) = self._db.execute("SELECT text FROM variant WHERE key = ?", (key,)).fetchone()
        counts = count(key, text, rows, voices_of(rows), LISTED_PLACES)
        row = (key, counts.letters, counts.issues, counts.model_dump_json())
        self._db.execute("INSERT OR REPLACE INTO passage VALUES (?, ?, ?, ?)", row)
