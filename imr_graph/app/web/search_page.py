"""The search page: one box, the counts around the answer, and the decided issues most like what was asked."""

from __future__ import annotations

from imr_graph.app.web.asked import Asked, Pairs, address, case_address
from imr_graph.app.web.filters import (
    LONGEST,
    TITLES,
    label_of,
    narrowed,
    request_of,
)
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.page import ALL, Counted, Link, Page, Piece, Tally, counted, pieces, without
from imr_graph.errors import UnknownItem
from imr_graph.models import Model
from imr_graph.names import read_issue
from imr_graph.search.answer import Answer, Cohort, Hit
from imr_graph.search.cohorts import count_cohort, facet_values
from imr_graph.search.concepts import value_of
from imr_graph.search.precedents import SearchRequest
from imr_graph.search.query import Everything, Parsed
from imr_graph.search.scope import undecided

_SHOWN = 10
_MOST = 500  # hits of one answer
_BROWSED = 12


class Facet(Model):
    """The values of one field with their counts; each leads to the search narrowed to it."""

    field: str
    title: str
    values: tuple[Tally, ...]


class Reason(Model):
    """A ground of decision with how many upheld and overturned issues give it."""

    label: str
    upheld: Tally
    overturned: Tally


class Found(Model):
    """A hit with its addresses; ``snippet`` has the words of the query marked."""

    hit: Hit
    href: str
    json_href: str
    mirror: str
    snippet: tuple[Piece, ...]


class SearchPage(Page):
    """An answer, or where nothing is asked yet what there is to browse.

    ``case`` leads to the letter or issue that the text names. ``counts`` runs from the narrowest to the widest
    population; ``facets`` and ``reasons`` count the one called ``counted``.
    """

    q: str
    longest: int = LONGEST
    since: str = ""
    until: str = ""
    fold: bool = False
    filters: tuple[Tally, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    asked: bool = False
    case: str = ""
    counts: tuple[Counted, ...] = ()
    counted: str = ""
    facets: tuple[Facet, ...] = ()
    reasons: tuple[Reason, ...] = ()
    matching: int = 0
    unknown: tuple[str, ...] = ()
    hits: tuple[Found, ...] = ()
    more: Link | None = None
    downloads: tuple[Link, ...] = ()
    draft: str = ""
    engine_query: str = ""


def search_page(reader: Reader, asked: Asked) -> SearchPage:
    """The answer to the text and filters of the address."""
    text = asked.one("q")
    limit = asked.number("limit", _SHOWN, 1, _MOST)
    request = request_of(asked, text, limit)
    here = tuple(without(asked.query, "limit"))
    if not (text or request.filters or request.since or request.until):
        return _start(reader)
    if text and not request.filters and (named := _case_called(reader, text)):
        return SearchPage(title=f"Case {named[0]}", q=text, case=case_address(*named))
    answer = reader.precedents.search(request)
    # the search whose issues are counted around the answer: without what limits outcome or ground
    around = (("q", undecided(request.parsed)), *without(here, "q", "outcome", "ground"))
    counts = tuple(_counted(reader, answer, cohort, around) for cohort in answer.cohorts)
    return SearchPage(
        title=_title(text),
        q=text,
        since=str(request.since or ""),
        until=str(request.until or ""),
        fold=request.fold,
        filters=_chosen(reader, request, here),
        hidden=request.filters,
        asked=True,
        counts=counts,
        counted=answer.counted,
        facets=_facets(reader, answer, here, around, request),
        reasons=_reasons(reader, answer, counts),
        matching=answer.matching,
        unknown=answer.unknown,
        hits=tuple(_found(hit) for hit in answer.hits),
        more=_more(here, limit, answer),
        downloads=_downloads(here, answer),
        draft=address("/gaps", [("q", text)]) if answer.grounds and _words_only(request) else "",
        engine_query=answer.engine_query,
    )


def answer_of(reader: Reader, asked: Asked) -> Answer:
    """The bare answer that a download holds, as many hits as the server gives at once."""
    return reader.precedents.search(request_of(asked, asked.one("q"), asked.number("limit", _MOST, 1, _MOST)))


def _words_only(request: SearchRequest) -> bool:
    """Whether the text is words that a draft may have, without signs of the query language."""
    return request.parsed == Parsed(request.text)


def _title(text: str) -> str:
    words = " ".join(text.split())
    return f"Search: {words[:60]}" if words else "Search"


def _case_called(reader: Reader, text: str) -> tuple[str, int | None] | None:
    """The id of the letter that ``text`` names, with the number of the issue, where it names one."""
    named = read_issue(text)
    if named is None or not any(map(str.isdigit, text)):  # words name no case, and need no look-up
        return None
    try:
        return reader.letter(named[0]).decision.id, named[1]
    except UnknownItem:
        return None


def _start(reader: Reader) -> SearchPage:
    everything = count_cohort(reader.index, "all issues of this store", Everything())
    values = facet_values(reader.index, reader.vocabulary, Everything(), _BROWSED)
    fields = ("service_class", "service", "body_part", "drug", "document", "year")
    facets = []
    for field in fields:
        rows = [(value.label, value.count, value.notation) for value in values.get(field, ())]
        tallies = [
            Tally(label=name, count=n, href=address("/search", [(field, value_of(reader.vocabulary, field, notation))]))
            for name, n, notation in rows
        ]
        facets.append(Facet(field=field, title=TITLES[field], values=tuple(tallies)))
    counts = counted(everything, ALL)
    return SearchPage(title="Search decided cases", q="", counts=(counts,), facets=tuple(f for f in facets if f.values))


def _chosen(reader: Reader, request: SearchRequest, here: Pairs) -> tuple[Tally, ...]:
    """The filters in force; each leads to the search without it."""
    found = [
        Tally(
            label=f"{TITLES.get(name, name.replace('_', ' '))}: {label_of(reader.vocabulary, name, value)}",
            count=0,
            href=address("/search", [pair for pair in here if (pair[0], pair[1].strip()) != (name, value)]),
            chosen=True,
        )
        for name, value in request.filters
    ]
    for name, day in (("since", request.since), ("until", request.until)):
        if day:
            found.append(Tally(label=f"{name} {day}", count=0, href=address("/search", without(here, name))))
    return tuple(found)


def _counted(reader: Reader, answer: Answer, cohort: Cohort, around: Pairs) -> Counted:
    """A cohort with the search that gives its issues: the words' own where no filters find them."""
    if cohort.filters is None:
        return counted(cohort, around)
    query = narrowed(reader.vocabulary, answer.limits, cohort.filters)
    return counted(cohort, ALL if query == () else query)


def _facets(reader: Reader, answer: Answer, here: Pairs, around: Pairs, request: SearchRequest) -> tuple[Facet, ...]:
    """The values with the searches narrowed to them; one that is chosen leads to the search without it."""
    base = narrowed(reader.vocabulary, around, (answer.base and answer.base.filters) or ())

    def href(pair: tuple[str, str]) -> str:
        if pair in request.filters:
            return address("/search", [p for p in here if p != pair])
        query = None if base is None else narrowed(reader.vocabulary, base, (pair,))
        return "" if query is None else address("/search", query)

    found = []
    for field, values in answer.facets.items():
        pairs = [(field, value_of(reader.vocabulary, field, value.notation)) for value in values]
        tallies = [
            Tally(label=value.label, count=value.count, href=href(pair), chosen=pair in request.filters)
            for value, pair in zip(values, pairs, strict=True)
        ]
        if tallies:
            found.append(Facet(field=field, title=TITLES.get(field, field), values=tuple(tallies)))
    return tuple(found)


def _reasons(reader: Reader, answer: Answer, counts: tuple[Counted, ...]) -> tuple[Reason, ...]:
    base = counts[answer.cohorts.index(answer.base)].query if answer.base else None

    def tally(ground: str, count: int, *outcomes: str) -> Tally:
        pairs = [("ground", value_of(reader.vocabulary, "ground", ground)), *(("outcome", name) for name in outcomes)]
        href = "" if base is None else address("/search", [*base, *pairs])
        return Tally(label=" or ".join(outcomes), count=count, href=href)

    return tuple(
        Reason(
            label=ground.label,
            upheld=tally(ground.notation, ground.upheld, "upheld"),
            overturned=tally(ground.notation, ground.overturned, "overturned", "partially-overturned"),
        )
        for ground in answer.grounds
    )


def _found(hit: Hit) -> Found:
    return Found(
        hit=hit,
        href=case_address(hit.case_number, hit.issue),
        json_href=address(f"{case_address(hit.case_number)}.json", [("issue", str(hit.issue))]),
        mirror=address("/compare", [("a", hit.key)]),
        snippet=pieces(hit.snippet),
    )


def _more(here: Pairs, limit: int, answer: Answer) -> Link | None:
    if len(answer.hits) < limit or answer.matching <= limit or limit >= _MOST:
        return None
    longer = min(_MOST, 25 if limit < 25 else 100 if limit < 100 else _MOST)
    return Link(
        text=f"Show {min(longer, answer.matching)} of them", href=address("/search", [*here, ("limit", str(longer))])
    )


def _downloads(here: Pairs, answer: Answer) -> tuple[Link, ...]:
    if not answer.hits:
        return ()
    most = [*here, ("limit", str(_MOST))]
    names = (("CSV", "csv"), ("JSON", "json"), ("Markdown", "md"))
    return tuple(Link(text=text, href=address(f"/answer.{ending}", most)) for text, ending in names)
