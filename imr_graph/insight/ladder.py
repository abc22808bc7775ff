"""The quantity ladder: how many were asked for, how it was decided, and what the quoted guideline words name."""

from __future__ import annotations

from collections.abc import Iterator

from imr_graph.insight.caps import named_amounts
from imr_graph.insight.population import notations, population_of
from imr_graph.models import Model, Outcome
from imr_graph.passages.reader import PassageFilter, PassageReader
from imr_graph.search.answer import Cohort
from imr_graph.search.cohorts import count_cohort
from imr_graph.search.engine import TextIndex
from imr_graph.search.query import All, Any, Node, Word
from imr_graph.vocabulary import Vocabulary

_AMOUNTS = 500  # distinct amounts of a service that are looked at, the most frequent first
_PASSAGES = 200  # passages of a service that are read for caps, those of most letters first


class Step(Model):
    """The issues that ask for one amount."""

    amount: int | float
    unit: str
    counted: Cohort


class Cap(Model):
    """An amount that a quoted passage names, and the issues that ask for no more, and for more.

    ``kind`` is limit, trial or course; ``words`` stand in ``passage``, which ``letters`` independent letters quote
    in issues about the service.
    """

    kind: str
    low: int
    high: int
    unit: str
    words: str
    passage: str
    letters: int
    within: Cohort
    above: Cohort


class Ladder(Model):
    """Requested amounts in one unit against outcomes; ``without_amount`` issues state none in this unit.

    ``units`` counts the issues with an amount in each unit.
    """

    population: str
    unit: str
    all: Cohort
    without_amount: int
    units: dict[str, int]
    steps: tuple[Step, ...]
    caps: tuple[Cap, ...]


def quantity_ladder(
    index: TextIndex,
    passages: PassageReader,
    vocabulary: Vocabulary,
    service: str,
    *,
    body_part: str | None = None,
    drug: str | None = None,
    unit: str | None = None,
) -> Ladder:
    """The ladder of a service, by label or notation; without ``unit`` in that which most requests state.

    Raises :class:`UnknownItem` where no concept is called so.
    """
    asked = population_of(vocabulary, {"service": service, "body_part": body_part, "drug": drug})
    amounts = index.facets(asked.node, ["amount"], _AMOUNTS)["amount"]
    units: dict[str, int] = {}
    for value, count in amounts.items():
        name = value.partition(" ")[2]
        units[name] = units.get(name, 0) + count
    units = dict(sorted(units.items(), key=lambda item: (-item[1], item[0])))
    chosen = unit or next(iter(units), "units")
    values = sorted((float(v.partition(" ")[0]), v) for v in amounts if v.partition(" ")[2] == chosen)
    everything = count_cohort(index, asked.words, asked.node)
    only = PassageFilter(services=notations(vocabulary, "service", service))
    return Ladder(
        population=asked.words,
        unit=chosen,
        all=everything,
        without_amount=everything.total - units.get(chosen, 0),
        units=units,
        steps=tuple(
            Step(
                amount=int(amount) if amount.is_integer() else amount,
                unit=chosen,
                counted=count_cohort(index, value, All((asked.node, Word("amount", value)))),
            )
            for amount, value in values
        ),
        caps=tuple(_caps(index, passages, only, asked.node, chosen, values)),
    )


def _caps(
    index: TextIndex,
    passages: PassageReader,
    only: PassageFilter,
    asked: Node,
    unit: str,
    values: list[tuple[float, str]],
) -> Iterator[Cap]:
    """The caps in the passages of the service, each amount once, with the passage that most letters quote."""
    seen = set()
    for passage in passages.find(only=only, limit=_PASSAGES):
        for named in named_amounts(passage.text):
            if named.unit != unit or (named.kind, named.high) in seen:
                continue
            seen.add((named.kind, named.high))
            yield Cap(
                kind=named.kind,
                low=named.low,
                high=named.high,
                unit=unit,
                words=named.words,
                passage=passage.id,
                letters=passage.letters,
                within=_counted(index, asked, f"up to {named.high} {unit}", [v for n, v in values if n <= named.high]),
                above=_counted(
                    index, asked, f"more than {named.high} {unit}", [v for n, v in values if n > named.high]
                ),
            )


def _counted(index: TextIndex, asked: Node, words: str, values: list[str]) -> Cohort:
    if not values:
        return Cohort(population=words, total=0, outcomes={str(outcome): 0 for outcome in Outcome}, too_few=True)
    return count_cohort(index, words, All((asked, Any(tuple(Word("amount", value) for value in values)))))
