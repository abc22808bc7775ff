"""Counts around the hits: which issues are counted, in words, and how they were decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from imr_graph.models import Outcome
from imr_graph.namespaces import slug
from imr_graph.rates import OVERTURNED, overturn_rate
from imr_graph.search.answer import Cohort, FacetValue, GroundSides
from imr_graph.search.concepts import label, named_drugs, value_of
from imr_graph.search.engine import TextIndex
from imr_graph.search.facts import QueryFacts
from imr_graph.search.query import All, Any, Everything, Node, Word
from imr_graph.search.schema import load_schema
from imr_graph.vocabulary import Vocabulary


class Population(NamedTuple):
    """Issues to count: in words, as a query, and as the filters of a search, None where no filters find them."""

    words: str
    node: Node
    filters: tuple[tuple[str, str], ...] | None


def populations(facts: QueryFacts, vocabulary: Vocabulary, asked: Node | None) -> list[Population]:
    """Which issues to count, narrowest first.

    A linked service counts with its drugs, or else its body parts, then alone, then its class; without a service
    the drugs or body parts count; without any concept whatever the words match.
    """

    def said(field: str, values: Sequence[str]) -> str:
        scheme = load_schema()[field].concept
        return " or ".join(label(vocabulary, scheme, value) for value in values)

    def having(words: str, *fields: tuple[str, Sequence[str]]) -> Population:
        parts = tuple(Any(tuple(Word(field, value) for value in values)) for field, values in fields)
        pairs = ((field, value_of(vocabulary, field, value)) for field, values in fields for value in values)
        return Population(words, All(parts), tuple(pairs))

    drugs = named_drugs(vocabulary, facts.drugs)
    field, values = ("drug", drugs) if drugs else ("body_part", facts.body_parts)
    joint = {"drug": "of", "body_part": "for"}[field]
    found: list[Population] = []
    if facts.service:
        service, words = ("service", [facts.service]), f"requests for {said('service', [facts.service])}"
        if values:
            found.append(having(f"{words} {joint} {said(field, values)}", service, (field, values)))
        found.append(having(words, service))
        if facts.service_class:
            kind = label(vocabulary, "service", facts.service_class)
            found.append(having(f"requests of the class {kind}", ("service_class", [facts.service_class])))
    elif values:
        found.append(having(f"requests {joint} {said(field, values)}", (field, values)))
    if asked and not found:
        found.append(Population("issues in which a word of the query stands", asked, None))
    return found or [Population("all issues", Everything(), ())]


def count_cohort(index: TextIndex, population: str, node: Node) -> Cohort:
    """How the issues that match ``node`` were decided."""
    return cohort_of(population, index.facets(node, ["outcome"], len(Outcome))["outcome"])


def cohort_of(population: str, counts: Mapping[str, int]) -> Cohort:
    """The cohort with these counts of issues, by the index's notation of their outcome."""
    outcomes = {str(outcome): counts.get(slug(outcome), 0) for outcome in Outcome}
    rate = overturn_rate(outcomes)
    return Cohort(
        population=population,
        total=sum(outcomes.values()),
        outcomes=outcomes,
        overturned=rate,
        too_few=rate is None,
    )


def facet_values(index: TextIndex, vocabulary: Vocabulary, node: Node, size: int) -> dict[str, tuple[FacetValue, ...]]:
    """The most frequent values of every facet among all issues that match."""
    schema = load_schema()
    counts = index.facets(node, schema.facets, size)
    return {
        field: tuple(
            FacetValue(notation=value, label=label(vocabulary, schema[field].concept, value), count=count)
            for value, count in values.items()
        )
        for field, values in counts.items()
    }


def ground_sides(index: TextIndex, vocabulary: Vocabulary, node: Node, size: int) -> tuple[GroundSides, ...]:
    """The grounds of the issues that match, with how often each stands on either side, most frequent first."""
    upheld = _grounds(index, node, (Outcome.UPHELD,))
    overturned = _grounds(index, node, OVERTURNED)
    names = sorted(upheld.keys() | overturned.keys(), key=lambda g: (-upheld.get(g, 0) - overturned.get(g, 0), g))
    return tuple(
        GroundSides(
            notation=name,
            label=label(vocabulary, "ground", name),
            upheld=upheld.get(name, 0),
            overturned=overturned.get(name, 0),
        )
        for name in names[:size]
    )


def _grounds(index: TextIndex, node: Node, outcomes: Sequence[Outcome]) -> dict[str, int]:
    side = All((node, Any(tuple(Word("outcome", slug(outcome)) for outcome in outcomes))))
    return index.facets(side, ["ground"], 200)["ground"]
