"""The page of a guideline document or section: who cites it, how such issues were decided, and its words."""

from __future__ import annotations

from imr_graph.app.web.asked import Asked, Pairs, explore_address, guideline_address
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.page import Counted, Link, Page, Tally, counted
from imr_graph.app.web.passage_page import PassageRow, passage_row
from imr_graph.app.web.plots import Plot, stacked
from imr_graph.errors import UnknownItem
from imr_graph.models import Model
from imr_graph.passages.reader import PassageFilter
from imr_graph.search.cohorts import count_cohort, facet_values
from imr_graph.search.concepts import label, value_of
from imr_graph.search.documents import CROSSING
from imr_graph.search.query import All, Node, Word

_SHOWN = 12


class Crossed(Model):
    """What both sides cited for one issue, and how such issues were decided."""

    claims_administrator: str
    reviewer: str
    counts: Counted


class GuidelinePage(Page):
    """A document or a section of one; ``known`` where the vocabulary has it."""

    notation: str
    known: bool
    definition: str
    broader: tuple[Link, ...]
    sections: tuple[Tally, ...]
    counts: Counted
    timeline: Plot | None
    services: tuple[Counted, ...]
    crossings: tuple[Crossed, ...]
    passages: tuple[PassageRow, ...]
    explore: str


def guideline_page(reader: Reader, asked: Asked) -> GuidelinePage:
    """The guideline whose notation the address names; :class:`UnknownItem` where nobody knows or cites it."""
    notation = asked.path["notation"]
    scheme = reader.vocabulary["guideline"]
    known = notation in scheme
    field = "section" if "/" in notation else "document"
    query: Pairs = ((field, value_of(reader.vocabulary, field, notation)),)
    node = Word(field, notation)
    name = label(reader.vocabulary, "guideline", notation)
    counts = counted(count_cohort(reader.index, f"issues in which a party cites {name}", node), query)
    if not known and not counts.total.count:
        raise UnknownItem(f"no guideline {notation[:80]} is cited in this store", remedy="search for its words")
    broader = scheme[notation].broader if known else tuple(filter(None, [notation.rpartition("/")[0]]))
    return GuidelinePage(
        title=name,
        notation=notation,
        known=known,
        definition=scheme[notation].definition if known else "",
        broader=tuple(
            Link(text=label(reader.vocabulary, "guideline", up), href=guideline_address(up)) for up in broader
        ),
        sections=_sections(reader, notation, node) if field == "document" else (),
        counts=counts,
        timeline=stacked("Issues in which it is cited, by year of the decision", by_year(reader, node, query)),
        services=_services(reader, node, query),
        crossings=crossings(reader, node, query, "crossing" if field == "document" else "section_crossing"),
        passages=_passages(reader, notation),
        explore=explore_address(notation),
    )


def by_year(reader: Reader, node: Node, query: Pairs) -> list[Counted]:
    """The issues that match by the year of the decision, oldest first."""
    years = reader.index.facets(node, ["year"], 50)["year"]
    return [
        counted(count_cohort(reader.index, year, All((node, Word("year", year)))), (*query, ("year", year)))
        for year in sorted(years)
    ]


def _sections(reader: Reader, notation: str, node: Node) -> tuple[Tally, ...]:
    found = facet_values(reader.index, reader.vocabulary, node, 200)["section"]
    return tuple(
        Tally(label=value.label, count=value.count, href=guideline_address(value.notation))
        for value in found
        if value.notation.startswith(f"{notation}/")
    )


def _services(reader: Reader, node: Node, query: Pairs) -> tuple[Counted, ...]:
    found = reader.index.facets(node, ["service"], _SHOWN)["service"]
    return tuple(
        counted(
            count_cohort(reader.index, label(reader.vocabulary, "service", name), All((node, Word("service", name)))),
            (*query, ("service", value_of(reader.vocabulary, "service", name))),
        )
        for name in found
    )


def crossings(reader: Reader, node: Node, query: Pairs, field: str) -> tuple[Crossed, ...]:
    """The most frequent pairs of what both sides cited in the issues that match; ``query`` is their search."""
    rows = []
    for value in reader.index.facets(node, [field], _SHOWN)[field]:
        theirs, ours = (label(reader.vocabulary, "guideline", name) for name in value.split(CROSSING))
        cohort = count_cohort(reader.index, f"{theirs} against {ours}", All((node, Word(field, value))))
        counts = counted(cohort, (*query, (field, f"={value}")))
        rows.append(Crossed(claims_administrator=theirs, reviewer=ours, counts=counts))
    return tuple(rows)


def _passages(reader: Reader, notation: str) -> tuple[PassageRow, ...]:
    found = reader.passages.find(only=PassageFilter(guidelines=(notation,)), limit=_SHOWN)
    return tuple(passage_row(passage) for passage in found)
