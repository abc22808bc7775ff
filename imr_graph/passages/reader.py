"""Passages of a generation, to read."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from imr_graph.errors import REBUILD, StoreError, UnknownItem
from imr_graph.link.quotation import id_of, key_from, words_of
from imr_graph.models import Outcome
from imr_graph.passages.counting import LISTED_PLACES, QuoteRow, count, quote_rows, voices_of
from imr_graph.passages.drift import changes
from imr_graph.passages.model import Passage, PassageCounts, Quoting, Variant
from imr_graph.text import Span


@dataclass(frozen=True, slots=True)
class PassageFilter:
    """Which quotes count: of these services (notations), and attributed to one of these documents.

    ``guidelines`` are notations, ``document`` words that stand in the document's name as printed.
    """

    services: tuple[str, ...] = ()
    guidelines: tuple[str, ...] = ()
    document: str = ""

    def conditions(self) -> tuple[list[str], list[str]]:
        """SQL conditions over ``issue`` and ``attribution``, and their values."""
        conditions: list[str] = []
        values: list[str] = []
        if self.services:
            conditions.append(f"issue.service IN ({', '.join('?' * len(self.services))})")
            values += self.services
        if self.guidelines or self.document:
            either = [f"attribution.guideline IN ({', '.join('?' * len(self.guidelines))})"]
            either += ["instr(lower(attribution.document), lower(?))"] if self.document else []
            conditions.append(f"({' OR '.join(either)})")
            values += [*self.guidelines, *([self.document] if self.document else [])]
        return conditions, values


_VARIANTS = 50  # wordings of a passage that are compared with its consensus, the most frequent ones


class PassageReader:
    """Reads the passages of one generation; several processes and threads may at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def open(cls, path: Path) -> PassageReader:
        """The file at ``path``; :class:`StoreError` where it is missing."""
        if not path.is_file():
            raise StoreError(f"{path} is missing", remedy=REBUILD)
        return cls(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False))

    def __enter__(self) -> PassageReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def counts(self) -> tuple[int, int]:
        """``(passages, quoted sentences)``."""
        (passages,) = self._db.execute("SELECT count(*) FROM passage").fetchone()
        (quotes,) = self._db.execute("SELECT count(*) FROM quote").fetchone()
        return passages, quotes

    def quotes_of(self, letter: str) -> set[tuple[int, int, int]]:
        """``(issue, sentence, start)`` of every quoted sentence of a letter, by its id; sentences by their key."""
        rows = self._db.execute(
            "SELECT n, variant, start FROM letter JOIN issue ON issue.letter = letter.key "
            "JOIN quote ON quote.issue = issue.key WHERE id = ?",
            (letter,),
        )
        return set(rows)

    def find(
        self, text: str = "", *, only: PassageFilter | None = None, least: int = 1, limit: int | None = None
    ) -> list[PassageCounts]:
        """The passages that have all words of ``text`` in one variant, those of most independent letters first.

        ``only`` chooses the quotes that count, ``least`` is the smallest number of independent letters.
        """
        conditions, values = only.conditions() if only else ([], [])
        if not conditions:
            return self._listed(text, least, limit)
        found: list[PassageCounts] = []
        for key, weight in self._ranked(text, conditions, values):
            full = limit is not None and len(found) >= limit and weight < found[-1].letters
            if weight < least or full:
                break
            rows = quote_rows(self._db, key, conditions, values)
            passage = count(key, self._text(key), rows, voices_of(rows), LISTED_PLACES)
            if passage.letters >= least:
                found = sorted([*found, passage], key=lambda one: (-one.letters, -one.issues, one.id))[:limit]
        return found

    def get(self, identity: str) -> list[Passage]:
        """The passages with this id: of a passage, of one of its variants, or of a quotation as hits print it.

        A quotation may hold several passages; they come in the order of their ids. Raises :class:`UnknownItem`.
        """
        try:
            key = key_from(identity)
        except ValueError:
            key = 0
        rows = self._db.execute(
            "SELECT passage FROM variant WHERE key = ?1 UNION "
            "SELECT passage FROM quote JOIN variant ON variant.key = quote.variant WHERE quotation = ?1",
            (key,),
        )
        found = [self._passage(passage) for (passage,) in rows]
        if not found:
            raise UnknownItem(f"no passage {identity} in this store", remedy="see imr-graph passages")
        return sorted(found, key=lambda passage: passage.id)

    def _listed(self, text: str, least: int, limit: int | None) -> list[PassageCounts]:
        """The passages with all their quotes, as the writer counted them."""
        within, words = _having("key", text)
        rows = self._db.execute(
            f"SELECT counts FROM passage WHERE letters >= ? {within} "  # noqa: S608
            "ORDER BY letters DESC, issues DESC, key < 0, key LIMIT ?",  # as the ids, which have no sign
            (least, *words, -1 if limit is None else limit),
        )
        return [PassageCounts.model_validate_json(counts) for (counts,) in rows]

    def _ranked(self, text: str, conditions: list[str], values: list[str]) -> Iterable[tuple[int, int]]:
        """Passages with the letters whose quotes count, which no count of independent letters exceeds; most first."""
        within, words = _having("variant.passage", text)
        return self._db.execute(
            "SELECT variant.passage AS key, count(DISTINCT issue.letter) AS weight FROM issue "  # noqa: S608
            "JOIN quote ON quote.issue = issue.key JOIN variant ON variant.key = quote.variant "
            "JOIN attribution ON attribution.key = quote.attribution "
            f"WHERE {' AND '.join(conditions)} {within} GROUP BY variant.passage ORDER BY weight DESC, key",
            (*values, *words),
        )

    def _text(self, key: int) -> str:
        (text,) = self._db.execute("SELECT text FROM variant WHERE key = ?", (key,)).fetchone()
        return str(text)

    def _passage(self, key: int) -> Passage:
        rows, text = quote_rows(self._db, key), self._text(key)
        voice = voices_of(rows)
        return Passage(
            **dict(count(key, text, rows, voice)),
            variants=self._variants(text, rows, voice),
            specialties=_specialties(rows, voice),
            quotes=_quotes(rows, voice),
        )

    def _variants(self, consensus: str, rows: Sequence[QuoteRow], voice: dict[int, int]) -> tuple[Variant, ...]:
        heard: dict[int, set[int]] = defaultdict(set)
        for row in rows:
            heard[row.variant].add(voice[row.letter])
        found = []
        for key in sorted(heard, key=lambda key: (-len(heard[key]), id_of(key)))[:_VARIANTS]:
            text = self._text(key)
            found.append(Variant(id=id_of(key), text=text, letters=len(heard[key]), changes=changes(consensus, text)))
        return tuple(found)


def _having(column: str, text: str) -> tuple[str, list[str]]:
    """A condition that the passage in ``column`` has the words in one variant, and its values."""
    # what stands between blanks must stand side by side: "4-6" is a 4 before a 6
    phrases = [" ".join(words) for piece in text.split() if (words := words_of(piece))]
    if not phrases:
        return "", []
    quoting = "SELECT variant.passage FROM word JOIN variant ON variant.key = word.rowid WHERE word MATCH ?"
    return f"AND {column} IN ({quoting})", [" ".join(f'"{phrase}"' for phrase in phrases)]


def _specialties(rows: Iterable[QuoteRow], voice: dict[int, int]) -> dict[str, int]:
    heard = {(voice[row.letter], name) for row in rows for name in row.specialties.split()}
    return dict(sorted(Counter(name for _, name in heard).items(), key=lambda item: (-item[1], item[0])))


def _quotes(rows: Iterable[QuoteRow], voice: dict[int, int]) -> tuple[Quoting, ...]:
    numbers: dict[int, int] = {}
    return tuple(
        Quoting(
            case=row.id,
            issue=row.n,
            outcome=Outcome(row.outcome),
            service=row.service or None,
            variant=id_of(row.variant),
            quotation=id_of(row.quotation),
            span=Span(row.start, row.stop),
            document=row.document,
            section=row.section,
            pages=row.pages,
            voice=numbers.setdefault(voice[row.letter], len(numbers) + 1),
        )
        for row in rows
    )
