"""The answer to a search: the hits, why each is one, and the counts around them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pydantic import Field

from imr_graph.models import Model, Outcome
from imr_graph.rates import Rate
from imr_graph.search.documents import StoredCitation, StoredGround, StoredPassage

LEFT_OPEN = frozenset({"typical", "unlocated"})  # relations of what is usual for the service, where nothing was asked


class SharedConcept(Model):
    """What query and hit have in common, and the points it gave.

    ``relation`` is ``same``, or how near it is: ``sibling`` (another below the same concept), ``class``,
    ``class and body part``, ``hinted`` (by a diagnosis of the query), ``same side``,
    ``typical`` of requests for the service where the query leaves it open, ``unlocated`` (no drug and no body part).
    """

    field: str
    notation: str
    label: str
    relation: str
    points: float


class LackingConcept(Model):
    """What the query has and the hit lacks."""

    field: str
    notation: str
    label: str


class Why(Model):
    """Why an issue is a hit: ``score`` is the points of ``shared`` and ``text_points``, and nothing else.

    ``terms`` are the words of the query, as the letter has them, that occur in its request, diagnoses or rationale.
    """

    shared: tuple[SharedConcept, ...] = ()
    lacking: tuple[LackingConcept, ...] = ()
    terms: tuple[str, ...] = ()
    text_points: float = 0.0

    def words(self) -> str:
        """What was asked for and is there, in words; what the query left open is no part of it."""
        asked = [concept for concept in self.shared if concept.relation not in LEFT_OPEN]
        labels = [one.label if one.relation == "same" else f"{one.label} ({one.relation})" for one in asked]
        return (", ".join(labels) or "the words") + (f"; words: {', '.join(self.terms)}" if self.terms else "")


class Hit(Model):
    """A decided issue like the one asked about.

    ``case_number`` is the id of the decision. ``same_letter`` and ``twin_of`` name better hits of the same letter,
    and of what looks like the same worker or has the same rationale; ``folded`` the hits left out for that.
    """

    query_id: str | None = None
    case_number: str
    issue: int
    request: str
    outcome: Outcome
    decision_date: dt.date | None = None
    score: float
    why: Why
    citations: tuple[StoredCitation, ...] = ()
    passages: tuple[StoredPassage, ...] = ()
    grounds: tuple[StoredGround, ...] = ()
    snippet: str = ""
    same_letter: str | None = None
    twin_of: str | None = None
    folded: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """``CASE#N``, as commands take it."""
        return f"{self.case_number}#{self.issue}"


class Cohort(Model):
    """What was counted: ``population`` says in words which issues, ``total`` how many there are.

    ``overturned`` is the share overturned in whole or in part; it is missing below the floor, where there are too
    few to speak of a rate (``too_few``). ``filters`` are those of a search that finds these issues, within whatever
    limits the answer; None where no filters find them.
    """

    population: str
    total: int
    outcomes: dict[str, int]
    overturned: Rate | None = None
    too_few: bool = False
    filters: tuple[tuple[str, str], ...] | None = None


class FacetValue(Model):
    """A value of a field and how many issues of the cohort have it."""

    notation: str
    label: str
    count: int


class GroundSides(Model):
    """A ground of decision, with how many upheld and how many overturned issues of the cohort give it.

    A ground is read only on the side that it speaks for, or where an issue was decided in part: 0 on the other side
    is no finding.
    """

    notation: str
    label: str
    upheld: int
    overturned: int


class Answer(Model):
    """Hits and what surrounds them.

    ``cohorts`` runs from the narrowest to the widest population; ``facets`` and ``grounds`` count ``counted``, the
    first of them that is not too small, or else the widest. ``limits`` is what limits all that is counted, as the
    parameters of a search: filters, ``since`` and ``until``, and ``q`` for its text. ``matching`` is the number of
    issues that match the query in any way. ``linked`` says whether a service, a drug or a body part was read in the
    query, ``unknown`` which values of its fields no concept is called.
    """

    query: str
    engine: str
    hits: tuple[Hit, ...]
    matching: int = 0
    cohorts: tuple[Cohort, ...] = ()
    counted: str = ""
    limits: tuple[tuple[str, str], ...] = ()
    facets: dict[str, tuple[FacetValue, ...]] = Field(default_factory=dict)
    grounds: tuple[GroundSides, ...] = ()
    engine_query: str
    linked: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def base(self) -> Cohort | None:
        """The cohort that is ``counted``."""
        return next((cohort for cohort in self.cohorts if cohort.population == self.counted), None)

    def grounds_given(self) -> Iterator[str]:
        """The grounds in words, with the issues of ``counted`` decided on them: ``No red flags (17 of 50 upheld)``."""
        outcomes = self.base.outcomes if self.base else {}
        upheld = outcomes.get(Outcome.UPHELD, 0)
        overturned = sum(outcomes.values()) - upheld
        for ground in self.grounds:
            sides = (("upheld", ground.upheld, upheld), ("overturned", ground.overturned, overturned))
            given = ", ".join(f"{n} of {total} {side}" for side, n, total in sides if n)
            yield f"{ground.label} ({given})"
