"""Guideline words that decisions quote: the list of passages, and the page of one."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from imr_graph.app.web.asked import Asked, case_address, explore_address
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.page import Counted, Link, Page, counted
from imr_graph.app.web.plots import Plot, stacked
from imr_graph.errors import UnknownItem
from imr_graph.insight.population import notations
from imr_graph.insight.quoting import Silent, citing_without_quoting
from imr_graph.models import Model, Outcome
from imr_graph.namespaces import slug
from imr_graph.passages.model import CitedAs, Fork, Passage, PassageCounts, Variant
from imr_graph.passages.reader import PassageFilter
from imr_graph.search.cohorts import cohort_of
from imr_graph.search.concepts import label

_LISTED = 30
_QUOTES = 200
_DATED = 400  # issues whose year is looked up
_VARIANTS = 25


class PassageRow(Model):
    """A passage in a list; ``fork`` counts independent letters on either side."""

    id: str
    text: str
    href: str
    letters: int
    wordings: int
    fork: Fork


class PassagesPage(Page):
    """Passages, those of most independent letters first."""

    q: str
    service: str
    rows: tuple[PassageRow, ...]


class Change(Model):
    """A stretch of a wording: ``kind`` is same, del (only in the consensus) or ins (only here)."""

    kind: str
    text: str


class Wording(Model):
    """A variant with its difference from the consensus wording, word by word."""

    id: str
    letters: int
    kinds: tuple[str, ...]
    diff: tuple[Change, ...]


class QuotedBy(Model):
    """An issue that quotes the passage."""

    key: str
    href: str
    outcome: Outcome
    service: Link
    cited: str


class PassageShown(Model):
    """One passage: its consensus wording, the others, and its cases on each side.

    ``timeline`` counts quoting issues by the year of the decision, as far as ``dated`` of ``issues`` were looked at.
    """

    id: str
    text: str
    letters: int
    all_letters: int
    issues: int
    fork: Fork
    cited_as: tuple[CitedAs, ...]
    same: int
    wordings: tuple[Wording, ...]
    more_wordings: int
    quotes: tuple[QuotedBy, ...]
    more_quotes: int
    timeline: Plot | None
    dated: int
    amounts: str
    silent: Silent
    explore: str


class PassagePage(Page):
    """The passages with this id; several where it is that of a quotation of several sentences."""

    id: str
    passages: tuple[PassageShown, ...]


def passage_row(passage: PassageCounts) -> PassageRow:
    """A passage as a list shows it."""
    return PassageRow(
        id=passage.id,
        text=passage.text,
        href=f"/passage/{passage.id}",
        letters=passage.letters,
        wordings=passage.wordings,
        fork=passage.fork,
    )


def passages_page(reader: Reader, asked: Asked) -> PassagesPage:
    """The passages that have all the words asked for, in issues about a service where one is named."""
    text, service = asked.one("q")[:500], asked.one("service")[:200]
    limit = asked.number("limit", _LISTED, 1, 200)
    only = PassageFilter(services=notations(reader.vocabulary, "service", service) if service else ())
    return PassagesPage(
        title="Guideline words that decisions quote",
        q=text,
        service=service,
        rows=tuple(map(passage_row, reader.passages.find(text, only=only, limit=limit))),
    )


def passage_page(reader: Reader, asked: Asked) -> PassagePage:
    """The passage with the id in the address; :class:`UnknownItem` where there is none."""
    identity = asked.path["id"]
    if len(identity) > 16:
        raise UnknownItem("there is no such passage", remedy="see the list of passages")
    found = reader.passages.get(identity)
    return PassagePage(
        title="A guideline passage" if len(found) == 1 else "A quotation of several passages",
        id=identity,
        passages=tuple(_shown(reader, passage) for passage in found),
    )


def _shown(reader: Reader, passage: Passage) -> PassageShown:
    others = [variant for variant in passage.variants if variant.changes]
    years, dated = _years(reader, passage)
    quotes = {quote.key: quote for quote in passage.quotes}
    services = Counter(quote.service for quote in passage.quotes if quote.service)
    return PassageShown(
        id=passage.id,
        text=passage.text,
        letters=passage.letters,
        all_letters=passage.all_letters,
        issues=passage.issues,
        fork=passage.fork,
        cited_as=passage.cited_as,
        same=len(passage.variants) - len(others),
        wordings=tuple(_wording(passage.text, variant) for variant in others[:_VARIANTS]),
        more_wordings=max(0, len(others) - _VARIANTS),
        quotes=tuple(
            QuotedBy(
                key=key,
                href=case_address(quote.case, quote.issue),
                outcome=quote.outcome,
                service=_service(reader, quote.service),
                cited=", ".join(part for part in (quote.document, quote.section, quote.pages) if part),
            )
            for key, quote in list(quotes.items())[:_QUOTES]
        ),
        more_quotes=max(0, len(quotes) - _QUOTES),
        timeline=stacked("Issues that quote it, by year of the decision", years),
        dated=dated,
        amounts=f"/amounts?service={services.most_common(1)[0][0]}" if services else "",
        silent=citing_without_quoting(reader.index, reader.precedents, passage),
        explore=explore_address(passage.quotes[0].quotation),
    )


def _service(reader: Reader, service: str | None) -> Link:
    if not service:
        return Link(text="")
    return Link(text=label(reader.vocabulary, "service", service), href=f"/amounts?service={service}")


def _wording(consensus: str, variant: Variant) -> Wording:
    kinds = tuple(dict.fromkeys(change.kind for change in variant.changes))
    return Wording(id=variant.id, letters=variant.letters, kinds=kinds, diff=diff(consensus, variant.text))


def _bare(word: str) -> str:
    return "".join(char for char in word.lower() if char.isalnum()) or word


def diff(consensus: str, here: str) -> tuple[Change, ...]:
    """What of the consensus wording is kept, left out and added; case and marks of a word do not count."""
    ours, theirs = consensus.split(), here.split()
    matcher = SequenceMatcher(None, [_bare(w) for w in ours], [_bare(w) for w in theirs], autojunk=False)
    found = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.append(Change(kind="same", text=" ".join(theirs[j1:j2])))
            continue
        for kind, words in (("del", ours[i1:i2]), ("ins", theirs[j1:j2])):
            if words:
                found.append(Change(kind=kind, text=" ".join(words)))
    return tuple(found)


def _years(reader: Reader, passage: Passage) -> tuple[list[Counted], int]:
    """Quoting issues by year of the decision, oldest first, and how many were looked at."""
    counts: dict[str, Counter[str]] = {}
    quotes = list({quote.key: quote for quote in passage.quotes}.values())[:_DATED]
    for quote in quotes:
        try:
            day = reader.precedents.issue(quote.case, quote.issue).decision_date
        except UnknownItem:
            continue
        if day:
            counts.setdefault(str(day.year), Counter())[slug(quote.outcome)] += 1
    return [counted(cohort_of(year, counts[year]), None) for year in sorted(counts)], len(quotes)
