"""A draft request beside like denials: the grounds on which those were upheld, and what the draft says of each."""

from __future__ import annotations

from imr_graph.app.web.asked import Asked, Pairs, address, case_address
from imr_graph.app.web.filters import LONGEST, population_filters, value_of
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.page import Counted, Page, Tally, counted
from imr_graph.errors import UsageError
from imr_graph.insight.gaps import Gap, gap_list
from imr_graph.models import Model, Outcome
from imr_graph.namespaces import slug
from imr_graph.search.cohorts import populations

_MOST = 25


class Lead(Model):
    """A ground of like denials; ``href`` leads to the issue from which its sentence is taken."""

    gap: Gap
    href: str
    upheld: Tally


class GapsPage(Page):
    """Leads for the draft ``q``, most frequent first; ``counts`` are the issues whose grounds are counted."""

    q: str
    longest: int = LONGEST
    asked: bool = False
    counts: Counted | None = None
    leads: tuple[Lead, ...] = ()
    search: str = ""


def gaps_page(reader: Reader, asked: Asked) -> GapsPage:
    """The leads for the draft that the address holds."""
    draft = asked.one("q")
    if len(draft) > LONGEST:
        raise UsageError(f"the draft is longer than {LONGEST} characters", remedy="paste the request itself")
    if not draft:
        return GapsPage(title="Check a draft request", q="")
    found = gap_list(reader.precedents, draft, limit=asked.number("limit", 10, 1, _MOST))
    query = _population(reader, draft, found.population)
    return GapsPage(
        title="Check a draft request",
        q=draft,
        asked=True,
        counts=None if found.counted is None else counted(found.counted, query),
        leads=tuple(_lead(reader, gap, query) for gap in found.gaps),
        search=address("/search", [("q", draft)]),
    )


def _population(reader: Reader, draft: str, population: str) -> Pairs | None:
    """The search that gives the issues of a population, None where no search does."""
    for words, node in populations(reader.facts_of(draft), reader.vocabulary, None):
        if words == population:
            return population_filters(reader.vocabulary, node)
    return None


def _lead(reader: Reader, gap: Gap, query: Pairs | None) -> Lead:
    case, _, issue = gap.case.partition("#")
    ground = ("ground", value_of(reader.vocabulary, "ground", gap.ground))

    found = "" if query is None else address("/search", [*query, ground, ("outcome", slug(Outcome.UPHELD))])
    return Lead(
        gap=gap, href=case_address(case, int(issue)), upheld=Tally(label="upheld", count=gap.upheld, href=found)
    )
