"""The quantity ladder: how many were asked for, how it was decided, and what the quoted guideline words name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from imr_graph.insight.caps import named_amounts
from imr_graph.insight.population import notations, population_of
from imr_graph.models import Model, Outcome
from imr_graph.namespaces import slug
from imr_graph.passages.reader import PassageFilter, PassageReader
from imr_graph.search.answer import Cohort
from imr_graph.search.cohorts import cohort_of, count_cohort
from imr_graph.search.engine import TextIndex
from imr_graph.search.query import All, Node, Word
from imr_graph.vocabulary import Vocabulary

_AMOUNTS = 1000  # distinct amounts of a service and an outcome that are looked at, the most frequent first
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
    amounts = _amounts(index, asked.node)
    units: dict[str, int] = {}
    for (_, name), counts in amounts.items():
        units[name] = units.get(name, 0) + counts.total()
    units = dict(sorted(units.items(), key=lambda item: (-item[1], item[0])))
    chosen = unit or next(iter(units), "units")
    steps = {amount: counts for (amount, name), counts in sorted(amounts.items()) if name == chosen}
    everything = count_cohort(index, asked.words, asked.node)
    only = PassageFilter(services=notations(vocabulary, "service", service))
    return Ladder(
        population=asked.words,
        unit=chosen,
        all=everything,
        without_amount=everything.total - units.get(chosen, 0),
        units=units,
        steps=tuple(
            Step(amount=amount, unit=chosen, counted=cohort_of(f"{amount:g} {chosen}", counts))
            for amount, counts in steps.items()
        ),
        caps=tuple(_caps(passages, only, chosen, steps)),
    )


def _amounts(index: TextIndex, asked: Node) -> dict[tuple[int | float, str], Counter[str]]:
    """How many issues ask for each amount and unit, by outcome: one pass of the index an outcome."""
    found: dict[tuple[int | float, str], Counter[str]] = defaultdict(Counter)
    for outcome in map(slug, Outcome):
        side = All((asked, Word("outcome", outcome)))
        for value, count in index.facets(side, ["amount"], _AMOUNTS)["amount"].items():
            number, _, unit = value.partition(" ")
            amount = float(number)
            found[int(amount) if amount.is_integer() else amount, unit][outcome] += count
    return found


def _caps(
    passages: PassageReader, only: PassageFilter, unit: str, steps: Mapping[int | float, Counter[str]]
) -> Iterator[Cap]:
    """The caps in the passages of the service, each amount once, with the passage that most letters quote."""
    seen = set()
    for passage in passages.find(only=only, limit=_PASSAGES):
        for named in named_amounts(passage.text):
            if named.unit != unit or (named.kind, named.high) in seen:
                continue
            seen.add((named.kind, named.high))
            within = sum((counts for amount, counts in steps.items() if amount <= named.high), Counter[str]())
            above = sum((counts for amount, counts in steps.items() if amount > named.high), Counter[str]())
            yield Cap(
                kind=named.kind,
                low=named.low,
                high=named.high,
                unit=unit,
                words=named.words,
                passage=passage.id,
                letters=passage.letters,
                within=cohort_of(f"up to {named.high} {unit}", within),
                above=cohort_of(f"more than {named.high} {unit}", above),
            )
