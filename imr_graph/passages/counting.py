"""What the quotes of a passage count: letters, independent letters, issues, sides, places."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from imr_graph.link.quotation import id_of
from imr_graph.models import Outcome
from imr_graph.passages.independence import Witness, voices
from imr_graph.passages.model import CitedAs, Fork, PassageCounts

# In this order: from the passage to its quotes, however few of these a filter keeps (CROSS forbids SQLite another one)
_JOINS = (
    "CROSS JOIN quote ON quote.variant = variant.key CROSS JOIN issue ON issue.key = quote.issue "
    "CROSS JOIN letter ON letter.key = issue.letter CROSS JOIN attribution ON attribution.key = quote.attribution"
)
_COLUMNS = (
    "quote.variant, start, stop, quotation, n, outcome, service, rationale, letter.key, id, injury, sex, age, "
    "specialties, source, document, section, pages"
)

LISTED_PLACES = 3  # of a list's cited_as


class QuoteRow(NamedTuple):
    """One quote with its issue, its letter and its attribution."""

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


def quote_rows(
    db: sqlite3.Connection, passage: int, conditions: Sequence[str] = (), values: Sequence[str] = ()
) -> list[QuoteRow]:
    """The quotes of a passage that fulfil the SQL ``conditions``, in the order of their letters."""
    where = " AND ".join(["variant.passage = ?", *conditions])
    sql = f"SELECT {_COLUMNS} FROM variant {_JOINS} WHERE {where} ORDER BY id, n, start, variant.key"  # noqa: S608
    return [QuoteRow._make(row) for row in db.execute(sql, (passage, *values))]


def voices_of(rows: Iterable[QuoteRow]) -> dict[int, int]:
    """The voice of each letter that quotes."""
    return voices({Witness(row.letter, row.injury, row.sex, row.age, row.rationale) for row in rows})


def count(
    key: int, text: str, rows: Sequence[QuoteRow], voice: dict[int, int], places: int | None = None
) -> PassageCounts:
    """What ``rows``, all quotes of the passage that count, come to; of its places only the first ``places``."""
    return PassageCounts(
        id=id_of(key),
        text=text,
        letters=len(set(voice.values())),
        all_letters=len(voice),
        issues=len({(row.letter, row.n) for row in rows}),
        fork=Fork(
            upheld=_heard(rows, voice, lambda row: row.outcome == Outcome.UPHELD),
            overturned=_heard(rows, voice, lambda row: row.outcome != Outcome.UPHELD),
        ),
        cited_as=_cited_as(rows, voice)[:places],
        wordings=len({row.variant for row in rows}),
    )


def _heard(rows: Iterable[QuoteRow], voice: dict[int, int], wanted: Callable[[QuoteRow], bool]) -> int:
    """How many independent letters have a row that is wanted."""
    return len({voice[row.letter] for row in rows if wanted(row)})


def _cited_as(rows: Iterable[QuoteRow], voice: dict[int, int]) -> tuple[CitedAs, ...]:
    """Each place once, whatever its capitals, under the name that stands first in the alphabet."""
    printed: dict[tuple[str, str, str, str], set[int]] = defaultdict(set)
    for row in rows:
        printed[row.source, row.document, row.section, row.pages].add(voice[row.letter])
    heard: dict[tuple[str, str, str, str], set[int]] = defaultdict(set)
    names: dict[str, str] = {}
    for (source, document, section, pages), letters in printed.items():
        for name in (document, section):
            names[name.casefold()] = min(names.get(name.casefold(), name), name)
        heard[source, document.casefold(), section.casefold(), pages] |= letters
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
