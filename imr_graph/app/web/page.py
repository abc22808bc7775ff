"""What pages are made of, and the parts that several pages show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from imr_graph.app.web.asked import Pairs, address
from imr_graph.models import Model, Outcome
from imr_graph.namespaces import slug
from imr_graph.rates import Rate
from imr_graph.search.answer import Cohort

ALL: Pairs = (("q", "*"),)  # the search that finds every issue
VENDOR = Path(__file__).parent / "static" / "vendor"  # filled by make assets, or not at all


class Page(Model):
    """What a page shows: the whole of its JSON twin. Every ``href`` is an address on this server."""

    title: str
    status: int = 200


class Link(Model):
    """Words that lead somewhere; ``href`` empty where there is nowhere to go."""

    text: str
    href: str = ""


class Tally(Model):
    """Something counted, and the address of what was counted."""

    label: str
    count: int
    href: str = ""
    chosen: bool = False


class Counted(Model):
    """Decided issues by outcome: which ones in words, how many, and the share overturned with its interval.

    Every number has the address of its issues; ``query`` are the parameters of that search. ``rate`` is missing where
    there are too few for one.
    """

    population: str
    total: Tally
    outcomes: tuple[Tally, ...]
    rate: Rate | None = None
    query: Pairs | None = None


def counted(cohort: Cohort, query: Pairs | None, *, population: str = "") -> Counted:
    """A cohort with addresses of its issues: searches for ``query``, None where no search gives them."""

    def href(*more: tuple[str, str]) -> str:
        return "" if query is None else address("/search", [*query, *more])

    return Counted(
        population=population or cohort.population,
        total=Tally(label="issues", count=cohort.total, href=href()),
        outcomes=tuple(
            Tally(label=str(outcome), count=cohort.outcomes.get(str(outcome), 0), href=href(("outcome", slug(outcome))))
            for outcome in Outcome
        ),
        rate=cohort.overturned,
        query=query,
    )


class Piece(Model):
    """A stretch of text, marked or not."""

    text: str
    marked: bool = False


def pieces(snippet: str) -> tuple[Piece, ...]:
    """A snippet whose words of the query stand between ``**``, as the search gives it."""
    return tuple(Piece(text=part, marked=at % 2 == 1) for at, part in enumerate(snippet.split("**")) if part)


def without(query: Iterable[tuple[str, str]], *names: str) -> Iterator[tuple[str, str]]:
    """``query`` without the parameters of these names."""
    return ((key, value) for key, value in query if key not in names)
