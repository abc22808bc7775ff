"""The quantity ladder of a service: how many were asked for, and how it was decided."""

from __future__ import annotations

from imr_graph.app.web.asked import Asked, Pairs, address
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.guideline_page import Crossed, crossings
from imr_graph.app.web.page import Counted, Page, Tally, counted
from imr_graph.app.web.plots import Plot, stacked
from imr_graph.insight.ladder import Cap, quantity_ladder
from imr_graph.insight.population import notations, population_of
from imr_graph.models import Model
from imr_graph.search.concepts import label, value_of
from imr_graph.search.query import Everything

_SERVICES = 60
_CAPS = 8


class CapShown(Model):
    """An amount that a quoted passage names, and the issues within it and above."""

    cap: Cap
    href: str
    within: Counted
    above: Counted


class AmountsPage(Page):
    """A service's requested amounts against outcomes; without a service the services to choose from."""

    service: str = ""
    body_part: str = ""
    unit: str = ""
    population: str = ""
    services: tuple[Tally, ...] = ()
    all: Counted | None = None
    units: tuple[Tally, ...] = ()
    without_amount: int = 0
    plot: Plot | None = None
    caps: tuple[CapShown, ...] = ()
    crossings: tuple[Crossed, ...] = ()


def amounts_page(reader: Reader, asked: Asked) -> AmountsPage:
    """The ladder of the service that the address names, by label or notation."""
    service, body_part, unit = (asked.one(name)[:200] for name in ("service", "body_part", "unit"))
    if not service:
        return _services(reader)
    ladder = quantity_ladder(
        reader.index, reader.passages, reader.vocabulary, service, body_part=body_part or None, unit=unit or None
    )
    query: Pairs = tuple((name, value) for name, value in (("service", service), ("body_part", body_part)) if value)
    steps = [
        counted(
            step.counted,
            (*query, ("amount", f"={step.amount:g} {step.unit}")),
            population=f"{step.amount:g}",
        )
        for step in ladder.steps
    ]
    amounts = [step.amount for step in ladder.steps]
    lines = sorted({(sum(a <= cap.high for a in amounts), f"{cap.kind} {cap.high}") for cap in ladder.caps[:_CAPS]})
    asked_for = population_of(reader.vocabulary, {"service": service, "body_part": body_part or None})
    title = label(reader.vocabulary, "service", notations(reader.vocabulary, "service", service)[0])
    return AmountsPage(
        title=f"How much was asked for: {title}",
        service=service,
        body_part=body_part,
        unit=ladder.unit,
        population=ladder.population,
        all=counted(ladder.all, query),
        units=tuple(
            Tally(label=name, count=n, href=address("/amounts", [*query, ("unit", name)]), chosen=name == ladder.unit)
            for name, n in ladder.units.items()
        ),
        without_amount=ladder.without_amount,
        plot=stacked(f"Issues by the number of {ladder.unit} first requested", steps, lines),
        caps=tuple(
            CapShown(
                cap=cap,
                href=f"/passage/{cap.passage}",
                within=counted(cap.within, _amounts(query, ladder.unit, [a for a in amounts if a <= cap.high])),
                above=counted(cap.above, _amounts(query, ladder.unit, [a for a in amounts if a > cap.high])),
            )
            for cap in ladder.caps[:_CAPS]
        ),
        crossings=crossings(reader, asked_for.node, query, "crossing"),
    )


def _amounts(query: Pairs, unit: str, amounts: list[float]) -> Pairs | None:
    if not amounts or len(amounts) > 40:
        return None
    return (*query, *(("amount", f"={amount:g} {unit}") for amount in amounts))


def _services(reader: Reader) -> AmountsPage:
    found = reader.index.facets(Everything(), ["service"], _SERVICES)["service"]
    rows = tuple(
        Tally(
            label=label(reader.vocabulary, "service", name),
            count=n,
            href=address("/amounts", [("service", value_of(reader.vocabulary, "service", name).removeprefix("="))]),
        )
        for name, n in found.items()
    )
    return AmountsPage(title="How much was asked for", services=rows)
