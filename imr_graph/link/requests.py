"""What a request heading asks for: service, drugs, part of the body, side, amount."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from imr_graph.link.body_parts import BARE_SPINE, BodyPartReader, PartFound
from imr_graph.link.drugs import DrugFound, DrugReader, ingredient_names
from imr_graph.link.quantities import Amount, QuantityReader
from imr_graph.link.request_context import RequestContext
from imr_graph.link.request_evidence import evidence_of, mentions_of
from imr_graph.link.services import ServiceFound, ServiceReader
from imr_graph.models import Drug, Evidence, Issue, Schedule
from imr_graph.resources import rules
from imr_graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from imr_graph.parse import ParsedLetter

_CACHED_HEADINGS = 20_000  # headings such as "MRI of the lumbar spine" return in thousands of letters
_WEAK_SCORE = 0.7


@dataclass(frozen=True, slots=True)
class RequestMention:
    """A concept named at ``start:end`` of the heading; the notation may lie below the one that is reported."""

    scheme: str
    notation: str
    start: int
    end: int
    rule: str
    laterality: str | None = None
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What one heading asks for.

    ``service`` is None where no word of the heading is known; the class may still be told by the form of the words.

    ``drug`` are the generic ingredients (notations of the scheme drug), ``drugs`` the named products with their
    places. ``seen_parts`` are the parts that only name a specialist; ``bare_spine`` tells that the low back stands for
    a spine of no named region. ``inferred`` shows where the rest of the letter says what the heading leaves open.
    """

    service: str | None = None
    service_class: str | None = None
    service_rule: str = ""
    drug: tuple[str, ...] = ()
    drugs: tuple[DrugFound, ...] = ()
    body_parts: tuple[str, ...] = ()
    laterality: str | None = None
    seen_parts: tuple[str, ...] = ()
    bare_spine: bool = False
    amount: Amount | None = None
    acquisition: str | None = None
    retrospective: bool = False
    date_of_service: dt.date | None = None
    mentions: tuple[RequestMention, ...] = ()
    inferred: tuple[Evidence, ...] = ()

    @property
    def quantity(self) -> int | float | None:
        """How much is asked for, in :attr:`unit`."""
        return self.amount.quantity if self.amount else None

    @property
    def unit(self) -> str | None:
        """What the quantity counts: sessions, tablets, units, days, weeks, months, years or hours."""
        return self.amount.unit if self.amount else None

    @property
    def schedule(self) -> Schedule | None:
        """Frequency and duration."""
        return self.amount.schedule if self.amount else None


class RequestReader:
    """Reads one request heading; build it once, it holds the compiled dictionaries."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        table = rules("requests")
        self.parts = BodyPartReader(vocabulary)
        self._services = ServiceReader(vocabulary)
        self._drugs = DrugReader(vocabulary)
        self._quantities = QuantityReader()
        self._no_parts = frozenset(table["body"]["none"]) | frozenset(table["body"]["none_classes"])
        self._acquisition = [(n, re.compile(p, re.IGNORECASE)) for n, p in table["acquisition"].items()]
        self._retrospective = re.compile(table["retrospective"]["pattern"], re.IGNORECASE)
        self._date = re.compile(table["retrospective"]["date"], re.IGNORECASE)
        self.read = lru_cache(maxsize=_CACHED_HEADINGS)(self._read)

    def _read(self, text: str) -> RequestFacts:
        """The facts of a heading (or of a query that reads like one); spans are offsets into ``text``."""
        services = self._services.read(text)
        drugs = self._drugs_asked_for(text, services)
        notation, rule, chosen = self._service(text, services, drugs)
        kind = None
        if notation is None:
            notation, kind = self._services.by_form(text)
            rule = "form of the words" if notation or kind else ""
        service = self._services.reported(notation) if notation else None
        kind = self._services.class_of(notation) if notation else kind
        found = self._parts(text, services, service, kind)
        side = self.parts.laterality(text, found) if kind != "medication" else None
        date = self._date.search(text)
        return RequestFacts(
            service=service,
            service_class=kind,
            service_rule=rule,
            drug=ingredient_names(drugs),
            drugs=drugs,
            body_parts=tuple(dict.fromkeys(part.notation for part in found)),
            laterality=side,
            seen_parts=tuple(part.notation for part in self.parts.whom_to_see(text)),
            bare_spine=any(part.rule == BARE_SPINE for part in found),
            amount=self._quantities.read(
                self._services.masked(text),
                service,
                kind,
                [*((d.start, d.end) for d in drugs), *_named_with_digits(text, services)],
                by_weight=service == "compound-topical" and len(drugs) > 1,
            ),
            acquisition=next((name for name, pattern in self._acquisition if pattern.search(text)), None),
            retrospective=self._retrospective.search(text) is not None,
            date_of_service=_date(date) if date else None,
            mentions=tuple(_mentions(notation, rule, chosen, drugs, found)),
        )

    def _drugs_asked_for(self, text: str, services: tuple[ServiceFound, ...]) -> tuple[DrugFound, ...]:
        """The drugs, without those that are a word of another service ("testosterone level")."""
        other = [
            (s.start, s.end)
            for s in services
            if s.rule.startswith("label") and self._services.class_of(s.notation) not in ("medication", "injection")
        ]
        return tuple(
            drug
            for drug in self._drugs.read(text)
            if not any(start <= drug.start and drug.end <= end for start, end in other)
        )

    def _service(
        self, text: str, services: tuple[ServiceFound, ...], drugs: tuple[DrugFound, ...]
    ) -> tuple[str | None, str, ServiceFound | None]:
        """The service, the rule, and where it is named."""
        injected = next((s for s in services if self._services.class_of(s.notation) == "injection"), None)
        treatments = [s for s in services if not self._is_drug_word(s)]
        strong = next((s for s in treatments if not s.weak), injected if drugs else None)
        if drugs:
            asked, rule = self._drugs.service_of(text, drugs)
            mixed = asked == "compound-topical" and "inject" not in text.lower()
            if mixed or not self._precedes(strong, drugs[0]):
                return asked, rule, None
        words = sorted((s for s in services if s is not strong), key=lambda s: (s.weak, self._is_drug_word(s)))
        chosen = strong or next(iter(words), None)
        if chosen is None:
            notation = self._services.beside_operation(text, None)
            return notation, "beside an operation" if notation else "", None
        chosen = self._services.more_specific(chosen, services)
        notation = self._services.beside_operation(text, chosen.notation)
        rule = chosen.rule if notation == chosen.notation else f"{chosen.rule}, beside an operation"
        return notation, rule, chosen

    def _is_drug_word(self, service: ServiceFound) -> bool:
        return self._services.class_of(service.notation) == "medication"

    def _precedes(self, service: ServiceFound | None, drug: DrugFound) -> bool:
        """Whether the service and not the drug is asked for: an injection, or what stands before the drug."""
        if service is None:
            return False
        return self._services.class_of(service.notation) == "injection" or service.start <= drug.start

    def _parts(
        self, text: str, services: tuple[ServiceFound, ...], service: str | None, kind: str | None
    ) -> list[PartFound]:
        """The parts of the heading at the level of reports; a service may imply its part."""
        if service in self._no_parts or kind in self._no_parts:
            return []
        own = [
            (s, self._services.concept(s.notation).values("bodyPart"))
            for s in services
            if s.rule.startswith("label") and self._services.concept(s.notation).values("bodyPart")
        ]
        found = []
        for part in self.parts.read(text):
            within = next((v for s, v in own if s.start <= part.start and part.end <= s.end), None)
            found.append(replace(part, notation=within[0]) if within else part)
        found = self.parts.reported(found)
        if not found and service:
            implied = self._services.concept(service).values("bodyPart")
            named = next(((s.start, s.end) for s in services if self._services.reported(s.notation) == service), (0, 0))
            found = [PartFound(part, *named, None, "part of the service") for part in implied]
        return found or self.parts.implied(text)


def _named_with_digits(text: str, services: tuple[ServiceFound, ...]) -> list[tuple[int, int]]:
    """The labels whose digits are part of the name: "OrthoStim 4", "three phase bone scan"."""
    labels = ((s.start, s.end) for s in services if s.rule.startswith("label"))
    return [(start, end) for start, end in labels if any(c.isdigit() for c in text[start:end])]


def _mentions(
    notation: str | None, rule: str, chosen: ServiceFound | None, drugs: tuple[DrugFound, ...], parts: list[PartFound]
) -> list[RequestMention]:
    found = []
    if notation and chosen:
        score = _WEAK_SCORE if chosen.weak else 1.0
        found.append(RequestMention("service", notation, chosen.start, chosen.end, rule, score=score))
    elif notation and drugs:
        found.append(RequestMention("service", notation, drugs[0].start, drugs[0].end, rule))
    found += [RequestMention("drug", d.product, d.start, d.end, "label") for d in drugs]
    found += [RequestMention("body-part", p.notation, p.start, p.end, p.rule, p.side) for p in parts]
    return found


def _same_kind(asked: RequestFacts, approved: RequestFacts) -> bool:
    """Whether the approved amount is one of what was asked for, and not of another service or in another unit."""
    if approved.service not in (None, asked.service):
        return False
    return asked.quantity is None or approved.unit == asked.unit or "units" in (asked.unit, approved.unit)


def _date(match: re.Match[str]) -> dt.date | None:
    year = int(match["year"])
    try:
        return dt.date(year + 2000 if year < 100 else year, int(match["month"]), int(match["day"]))
    except ValueError:
        return None


class RequestLinker:
    """The link step that reads every heading of a letter, and what the letter adds to it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._reader = RequestReader(vocabulary)
        self._context = RequestContext(self._reader.parts)

    def __call__(self, letter: ParsedLetter) -> ParsedLetter:
        """The letter with services, drugs, parts, sides and amounts of its issues, their mentions and evidence."""
        decision = letter.decision
        facts = [self._of_issue(issue) for issue in decision.issues]
        placed = self._context.fill(letter, facts)
        issues, mentions, evidence = [], list(decision.mentions), list(decision.evidence)
        for issue, fact in zip(decision.issues, placed, strict=True):
            linked = self._linked(letter, issue, fact)
            issues.append(linked)
            mentions += mentions_of(letter, issue, fact)
            evidence += [*evidence_of(letter, linked, fact, self._reader.read), *fact.inferred]
        update = {"issues": tuple(issues), "mentions": tuple(mentions), "evidence": tuple(evidence)}
        return replace(letter, decision=decision.model_copy(update=update))

    def _of_issue(self, issue: Issue) -> RequestFacts:
        """The facts of the original request; what remains of it names the service where it names another."""
        facts = self._reader.read(issue.original_request or issue.request)
        if not issue.remaining_request:
            return facts
        rest = self._reader.read(issue.remaining_request)
        certain = any(m.scheme == "service" and m.score == 1.0 for m in rest.mentions)
        if not certain or rest.service == facts.service or rest.service_class == "medication":
            return facts
        return replace(facts, service=rest.service, service_class=rest.service_class, service_rule=rest.service_rule)

    def _linked(self, letter: ParsedLetter, issue: Issue, facts: RequestFacts) -> Issue:
        base = letter.clean.locate(issue.request_span)[0]
        approved = self._reader.read(issue.authorized_request) if issue.authorized_request else None
        remaining = self._reader.read(issue.remaining_request) if issue.remaining_request else None
        return issue.model_copy(
            update={
                "service": facts.service,
                "service_class": facts.service_class,
                "drug": facts.drug,
                "drugs": tuple(
                    Drug(
                        text=issue.request[d.start : d.end],
                        concept=d.product,
                        ingredients=d.ingredients,
                        strength=d.strength,
                        form=d.form,
                        span=letter.clean.source_span(base + d.start, base + d.end),
                        rule="label",
                    )
                    for d in facts.drugs
                ),
                "body_parts": facts.body_parts,
                "laterality": facts.laterality,
                "quantity": facts.quantity,
                "unit": facts.unit,
                "schedule": facts.schedule,
                "approved_quantity": approved.quantity if approved and _same_kind(facts, approved) else None,
                "remaining_quantity": remaining.quantity if remaining else None,
                "acquisition": facts.acquisition,
                "retrospective": facts.retrospective,
                "date_of_service": facts.date_of_service,
            }
        )
