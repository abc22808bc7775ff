"""Passages of a generation, to read."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from imr_graph.errors import StoreError, UnknownItem
from imr_graph.models import Outcome
from imr_graph.passages.drift import changes
from imr_graph.passages.independence import Witness, voices
from imr_graph.passages.model import CitedAs, Fork, Passage, Quoting, Variant
from imr_graph.passages.wording import id_of, key_from, words_of
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


class _Row(NamedTuple):
    variant: int
    start: int
    stop: int
    quotation: int
    n: int
    outcome: str
    service: str
    rationale: int
    letter: int
    id: str
    injury: str
    sex: str
    age: int | None
    specialties: str
    source: str
    document: str
    section: str
    pages: str


_JOINS = (
    "JOIN quote ON quote.variant = variant.key JOIN issue ON issue.key = quote.issue "
    "JOIN letter ON letter.key = issue.letter JOIN attribution ON attribution.key = quote.attribution"
)
_COLUMNS = (
    "quote.variant, start, stop, quotation, n, outcome, service, rationale, letter.key, id, injury, sex, age, "
    "specialties, source, document, section, pages"
)


class PassageReader:
    """Reads the passages of one generation; several processes and threads may at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def open(cls, path: Path) -> PassageReader:
        """The file at ``path``; :class:`StoreError` where it is missing."""
        if not path.is_file():
            raise StoreError(f"{path} is missing", remedy="build the store again")
        return cls(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False))

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
    ) -> list[Passage]:
        """The passages that have all words of ``text`` in one variant, those of most independent letters first.

        ``only`` chooses the quotes that count, ``least`` is the smallest number of independent letters. The cases
        (:attr:`Passage.quotes`) are left out.
        """
        only = only or PassageFilter()
        found: list[Passage] = []
        for key, weight in self._ranked(text, only):
            full = limit is not None and len(found) >= limit and weight <= found[-1].letters
            if weight < least or full:
                break
            passage = self._passage(key, only, cases=False)
            if passage and passage.letters >= least:
                found = sorted([*found, passage], key=lambda one: (-one.letters, -one.issues, one.id))[:limit]
        return found

    def get(self, identity: str) -> list[Passage]:
        """The passages with this id: of a passage, of one of its variants, or of a quotation as hits print it.

        A quotation may hold several passages; they come in the order of their ids. Raises :class:`UnknownItem`.
        """
        try:
            key = key_from(identity)
        except (ValueError, OverflowError):
            key = 0
        rows = self._db.execute(
            "SELECT passage FROM variant WHERE key = ?1 UNION "
            "SELECT passage FROM quote JOIN variant ON variant.key = quote.variant WHERE quotation = ?1",
            (key,),
        )
        found = [self._passage(passage, PassageFilter()) for (passage,) in rows]
        if not found:
            raise UnknownItem(f"no passage {identity} in this store", remedy="see imr-graph passages")
        return sorted((passage for passage in found if passage), key=lambda passage: passage.id)

    def of_issue(self, case: str, n: int) -> list[Passage]:
        """The passages that an issue quotes, in the order of the ids."""
        rows = self._db.execute(
            f"SELECT DISTINCT passage FROM variant {_JOINS} WHERE letter.id = ? AND issue.n = ?",  # noqa: S608
            (case, n),
        )
        found = [self._passage(passage, PassageFilter()) for (passage,) in rows]
        return sorted((passage for passage in found if passage), key=lambda passage: passage.id)

    def _ranked(self, text: str, only: PassageFilter) -> Iterable[tuple[int, int]]:
        """Passages with their weight, which no count of independent letters exceeds; greatest weight first."""
        conditions, values = only.conditions()
        within = []
        if conditions:
            where = " AND ".join(conditions)
            within.append(f"passage.key IN (SELECT variant.passage FROM variant {_JOINS} WHERE {where})")  # noqa: S608
        # what stands between blanks must stand side by side: "4-6" is a 4 before a 6
        if phrases := [" ".join(words) for piece in text.split() if (words := words_of(piece))]:
            within.append(
                "passage.key IN (SELECT variant.passage FROM word JOIN variant ON variant.key = word.rowid "
                "WHERE word MATCH ?)"
            )
            values.append(" ".join(f'"{phrase}"' for phrase in phrases))
        where = f"WHERE {' AND '.join(within)}" if within else ""
        return self._db.execute(f"SELECT key, weight FROM passage {where} ORDER BY weight DESC, key", values)  # noqa: S608

    def _passage(self, key: int, only: PassageFilter, *, cases: bool = True) -> Passage | None:
        """The passage with the quotes that count, or None where there are none."""
        conditions, values = only.conditions()
        where = " AND ".join(["variant.passage = ?", *conditions])
        rows = [
            _Row._make(row)
            for row in self._db.execute(
                f"SELECT {_COLUMNS} FROM variant {_JOINS} WHERE {where} ORDER BY id, n, start, variant.key",  # noqa: S608
                (key, *values),
            )
        ]
        if not rows:
            return None
        voice = voices(Witness(row.letter, row.injury, row.sex, row.age, row.rationale) for row in rows)
        (text,) = self._db.execute("SELECT text FROM variant WHERE key = ?", (key,)).fetchone()
        return Passage(
            id=id_of(key),
            text=text,
            letters=len(set(voice.values())),
            all_letters=len(voice),
            issues=len({(row.letter, row.n) for row in rows}),
            fork=Fork(
                upheld=_heard(rows, voice, lambda row: row.outcome == Outcome.UPHELD),
                overturned=_heard(rows, voice, lambda row: row.outcome != Outcome.UPHELD),
            ),
            cited_as=_cited_as(rows, voice),
            wordings=len({row.variant for row in rows}),
            variants=self._variants(text, rows, voice),
            specialties=_specialties(rows, voice),
            quotes=_quotes(rows, voice) if cases else (),
        )

    def _variants(self, consensus: str, rows: Sequence[_Row], voice: dict[int, int]) -> tuple[Variant, ...]:
        heard: dict[int, set[int]] = defaultdict(set)
        for row in rows:
            heard[row.variant].add(voice[row.letter])
        found = []
        for key in sorted(heard, key=lambda key: (-len(heard[key]), id_of(key)))[:_VARIANTS]:
            (text,) = self._db.execute("SELECT text FROM variant WHERE key = ?", (key,)).fetchone()
            found.append(Variant(id=id_of(key), text=text, letters=len(heard[key]), changes=changes(consensus, text)))
        return tuple(found)


def _heard(rows: Iterable[_Row], voice: dict[int, int], wanted: Callable[[_Row], bool]) -> int:
    """How many independent letters have a row that is wanted."""
    return len({voice[row.letter] for row in rows if wanted(row)})


def _cited_as(rows: Iterable[_Row], voice: dict[int, int]) -> tuple[CitedAs, ...]:
    """Each place once, whatever its capitals, under the name that stands first in the alphabet."""
    heard: dict[tuple[str, str, str, str], set[int]] = defaultdict(set)
    names: dict[str, str] = {}
    for row in rows:
        for name in (row.document, row.section):
            names[name.casefold()] = min(names.get(name.casefold(), name), name)
        heard[row.source, row.document.casefold(), row.section.casefold(), row.pages].add(voice[row.letter])
    ranked = sorted(heard, key=lambda place: (-len(heard[place]), place))
    usual: dict[tuple[str, ...], str] = {}
    for place in ranked:
        if place[3]:
            usual.setdefault(place[:3], place[3])
    return tuple(
        CitedAs(
            source=source,
            document=names[document],
            section=names[section],
            pages=pages,
            letters=len(heard[source, document, section, pages]),
            other_page=bool(pages) and usual[source, document, section] != pages,
        )
        for source, document, section, pages in ranked
    )


def _specialties(rows: Iterable[_Row], voice: dict[int, int]) -> dict[str, int]:
    heard = {(voice[row.letter], name) for row in rows for name in row.specialties.split()}
    return dict(sorted(Counter(name for _, name in heard).items(), key=lambda item: (-item[1], item[0])))


def _quotes(rows: Iterable[_Row], voice: dict[int, int]) -> tuple[Quoting, ...]:
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
