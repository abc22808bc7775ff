"""What the claims administrator cited against what the expert reviewer cited for the same issue, with outcomes."""

from __future__ import annotations

from imr_graph.insight.population import population_of
from imr_graph.models import Model
from imr_graph.search.answer import Cohort
from imr_graph.search.cohorts import count_cohort
from imr_graph.search.concepts import label
from imr_graph.search.documents import CROSSING
from imr_graph.search.engine import TextIndex
from imr_graph.search.query import All, Word
from imr_graph.vocabulary import Vocabulary


class Pair(Model):
    """What the two parties cited, in words, and the issues in which they did.

    ``nothing`` says that no evidence was cited, ``not named`` that the guideline line names no document. ``same``
    where both cited the same.
    """

    claims_administrator: str
    reviewer: str
    same: bool
    counted: Cohort


class Crossing(Model):
    """The pairs, most frequent first; an issue with several citations counts in each of its pairs."""

    population: str
    all: Cohort
    pairs: tuple[Pair, ...]


def citation_crossing(
    index: TextIndex,
    vocabulary: Vocabulary,
    *,
    service: str | None = None,
    body_part: str | None = None,
    sections: bool = False,
    limit: int = 20,
) -> Crossing:
    """The most frequent pairs of cited documents, or with ``sections`` of their sections.

    Raises :class:`UnknownItem` where no concept is called so.
    """
    field = "section_crossing" if sections else "crossing"
    asked = population_of(vocabulary, {"service": service, "body_part": body_part})
    pairs = []
    for value in index.facets(asked.node, [field], limit)[field]:
        theirs, ours = value.split(CROSSING)
        names = [label(vocabulary, "guideline", name) for name in (theirs, ours)]
        counted = count_cohort(index, f"{names[0]} against {names[1]}", All((asked.node, Word(field, value))))
        pairs.append(Pair(claims_administrator=names[0], reviewer=names[1], same=theirs == ours, counted=counted))
    return Crossing(population=asked.words, all=count_cohort(index, asked.words, asked.node), pairs=tuple(pairs))
