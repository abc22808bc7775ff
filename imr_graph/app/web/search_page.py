"""The search page: one box, the counts around the answer, and the decided issues most like what was asked."""

from __future__ import annotations

from itertools import zip_longest

from imr_graph.app.web.asked import Asked, Pairs, address, case_address
from imr_graph.app.web.filters import (
    LONGEST,
    TITLES,
    counting,
    label_of,
    population_filters,
    request_of,
    value_of,
)
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.page import Counted, Link, Page, Piece, Tally, counted, pieces, without
from imr_graph.errors import UnknownItem
from imr_graph.models import Model
from imr_graph.search.answer import Answer, Hit
from imr_graph.search.cohorts import count_cohort, facet_values, populations
from imr_graph.search.precedents import SearchRequest
from imr_graph.search.query import Everything, Parsed, parse_query, words_of

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

    ``case`` leads to the letter where the text is its case number. ``counts`` runs from the narrowest to the widest
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
    if text and not request.filters and (letter := _case_called(reader, text)):
        return SearchPage(title=f"Case {letter}", q=text, case=case_address(letter))
    answer = reader.precedents.search(request)
    counts = _counts(reader, request, answer)
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
        facets=_facets(reader, answer, here, request),
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
    return request.plain or parse_query(request.text) == Parsed(request.text)


def _title(text: str) -> str:
    words = " ".join(text.split())
    return f"Search: {words[:60]}" if words else "Search"


def _case_called(reader: Reader, text: str) -> str | None:
    """The id of the letter that ``text`` names, where it is one word and names one."""
    name = text.partition("#")[0]
    if not name or len(name) > 40 or len(name.split()) != 1 or not any(char.isdigit() for char in name):
        return None
    try:
        return reader.letter(name).decision.id
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
    counts = counted(everything, (("q", "*"),))
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


def _counts(reader: Reader, request: SearchRequest, answer: Answer) -> tuple[Counted, ...]:
    """The cohorts with the searches that give their issues.

    The populations are made once more, as the search made them, for their filters.
    """
    parsed = Parsed(request.text) if request.plain else parse_query(request.text)
    words = " ".join([parsed.words, *(word for part in parsed.required for word in words_of(part))]).strip()
    facts = reader.facts_of(words)
    nodes = [node for _, node in populations(facts, reader.vocabulary, None)]
    limits = counting(request)
    found = []
    for cohort, node in zip_longest(answer.cohorts, nodes[: len(answer.cohorts)]):
        more = None if node is None else population_filters(reader.vocabulary, node)
        if isinstance(node, Everything) and not cohort.population.startswith("issues in which"):
            more = () if limits else (("q", "*"),)
        query = None if more is None else _joined(limits, more)
        found.append(counted(cohort, query))
    return tuple(found)


def _joined(limits: Pairs, more: Pairs) -> Pairs | None:
    """Both sets of filters, or None where they name one field: then they would be alternatives."""
    return None if {name for name, _ in limits} & {name for name, _ in more} else (*limits, *more)


def _facets(reader: Reader, answer: Answer, here: Pairs, request: SearchRequest) -> tuple[Facet, ...]:
    found = []
    for field, values in answer.facets.items():
        tallies = []
        for value in values:
            pair = (field, value_of(reader.vocabulary, field, value.notation))
            chosen = pair in request.filters
            query = [p for p in here if p != pair] if chosen else [*here, pair]
            tallies.append(Tally(label=value.label, count=value.count, href=address("/search", query), chosen=chosen))
        if tallies:
            found.append(Facet(field=field, title=TITLES.get(field, field), values=tuple(tallies)))
    return tuple(found)


def _reasons(reader: Reader, answer: Answer, counts: tuple[Counted, ...]) -> tuple[Reason, ...]:
    base = next((count.query for count in counts if count.population == answer.counted), None)

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
