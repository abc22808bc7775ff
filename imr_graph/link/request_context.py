"""The part of the body and the side that a heading leaves open and the rest of the letter does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imr_graph.link.body_parts import BodyPartReader
from imr_graph.models import Evidence, Issue
from imr_graph.resources import rules
from imr_graph.text import Span

if TYPE_CHECKING:
    from imr_graph.link.requests import RequestFacts
    from imr_graph.parse import ParsedLetter


@dataclass(frozen=True, slots=True)
class _Parts:
    """Parts taken from the letter: where it names them, and the rule that took them."""

    notations: tuple[str, ...]
    spans: tuple[Span, ...]
    rule: str


class RequestContext:
    """Fills parts and sides from operations of the same letter, its diagnoses and the rationale."""

    def __init__(self, parts: BodyPartReader) -> None:
        table = rules("requests")["body"]
        self._parts = parts
        self._classes = frozenset(table["context_classes"])
        self._services = frozenset(table["context_services"])
        self._never = frozenset(table["context_never"])
        self._operation_services = frozenset(table["operation_services"])

    def fill(self, letter: ParsedLetter, facts: Sequence[RequestFacts]) -> list[RequestFacts]:
        """The facts of the issues in order, completed where the letter allows, with the evidence for it."""
        reading = _Reading(letter, facts, self._parts)
        return [self._filled(reading, issue, fact) for issue, fact in zip(reading.issues, facts, strict=True)]

    def _filled(self, reading: _Reading, issue: Issue, fact: RequestFacts) -> RequestFacts:
        if fact.bare_spine:
            return _with_parts(issue, fact, reading.regions())
        if fact.body_parts or fact.service is None:
            return fact
        if fact.service in self._operation_services and reading.operation:
            operation, asked = reading.operation
            parts = _Parts(asked.body_parts, (operation.request_span,), "part of the operation")
            return _with_side(issue, _with_parts(issue, fact, parts), operation, asked.laterality)
        specialist = reading.specialist(issue, fact)
        takes = fact.service in self._services or fact.service_class in self._classes
        if specialist.notations or not takes or fact.service in self._never:
            return reading.with_sibling_side(issue, _with_parts(issue, fact, specialist))
        found = reading.from_letter(issue)
        if not reading.named <= set(found.notations):
            return fact  # other issues of the letter are about other parts: it is left open
        return reading.with_sibling_side(issue, _with_parts(issue, fact, found))


class _Reading:
    """What one letter says of parts and sides outside the heading that is to be filled."""

    def __init__(self, letter: ParsedLetter, facts: Sequence[RequestFacts], parts: BodyPartReader) -> None:
        self._letter, self._parts = letter, parts
        self.issues = letter.decision.issues
        self._asked = list(zip(self.issues, facts, strict=True))
        self.operation = next(((i, f) for i, f in self._asked if f.service_class == "surgery" and f.body_parts), None)
        self.named = {part for fact in facts for part in fact.body_parts}

    def regions(self) -> _Parts:
        """The regions of the spine that the diagnoses are of."""
        return self._diagnosed(self._parts.spine, "region of the diagnoses")

    def specialist(self, issue: Issue, fact: RequestFacts) -> _Parts:
        """The parts that the name of a specialist implies."""
        seen = _distinct(filter(self._parts.is_reported, fact.seen_parts))
        return _Parts(seen, (issue.request_span,), "part of a specialist's name")

    def from_letter(self, issue: Issue) -> _Parts:
        """The one part of all diagnoses, or those of them that the rationale names.

        Without diagnosed parts the one part that the rationale names.
        """
        read = [p for p in self._parts.read(issue.rationale) if self._parts.is_reported(p.notation)]
        said = {part.notation for part in read}
        diagnoses = self._letter.decision.diagnoses
        parts = self._parts.narrowest(d.body_part for d in diagnoses if d.body_part)
        if len(parts) > 1:
            return self._diagnosed([part for part in parts if part in said], "part of the diagnoses and the rationale")
        if parts:
            return self._diagnosed(parts, "part of the diagnoses")
        parts = self._parts.narrowest(part.notation for part in read)
        if len(parts) != 1 or issue.rationale_span is None:
            return _Parts((), (), "")
        base = self._letter.clean.locate(issue.rationale_span)[0]
        places = [(base + part.start, base + part.end) for part in read if part.notation == parts[0]]
        return _Parts(parts, (self._letter.clean.source_span(*places[0]),), "part of the rationale")

    def with_sibling_side(self, issue: Issue, fact: RequestFacts) -> RequestFacts:
        """The side that all other issues about the same part give; the spine is one, whatever side is injected."""
        if fact.laterality or len(fact.body_parts) != 1 or fact.body_parts[0] in self._parts.spine:
            return fact
        others = [(other, f.laterality) for other, f in self._asked if fact.body_parts[0] in f.body_parts]
        sides = {side for _, side in others}
        return _with_side(issue, fact, *others[0]) if len(sides) == 1 else fact

    def _diagnosed(self, parts: Iterable[str], rule: str) -> _Parts:
        wanted = set(parts)
        of = [d for d in self._letter.decision.diagnoses if d.body_part in wanted]
        return _Parts(_distinct(d.body_part for d in of if d.body_part), tuple(d.span for d in of), rule)


def _distinct(parts: Iterable[str]) -> tuple[str, ...]:
    """The parts without repeats, in order."""
    return tuple(dict.fromkeys(parts))


def _with_parts(issue: Issue, fact: RequestFacts, parts: _Parts) -> RequestFacts:
    if not parts.notations:
        return fact
    evidence = [Evidence(field=f"issues.{issue.n}.body_parts", span=span, rule=parts.rule) for span in parts.spans]
    return replace(fact, body_parts=parts.notations, inferred=(*fact.inferred, *evidence))


def _with_side(issue: Issue, fact: RequestFacts, source: Issue, side: str | None) -> RequestFacts:
    """The fact with the side that another issue gives, where it has none of its own."""
    if fact.laterality or not side:
        return fact
    rule = f"side of issue {source.n}"
    evidence = Evidence(field=f"issues.{issue.n}.laterality", span=source.request_span, rule=rule)
    return replace(fact, laterality=side, inferred=(*fact.inferred, evidence))
