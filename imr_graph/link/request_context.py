"""The part of the body and the side that a heading leaves open and the rest of the letter does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from imr_graph.link.body_parts import BodyPartReader
from imr_graph.models import Decision, Issue
from imr_graph.resources import rules

if TYPE_CHECKING:
    from imr_graph.link.requests import RequestFacts


class RequestContext:
    """Fills parts and sides from operations of the same letter, its diagnoses and the rationale."""

    def __init__(self, parts: BodyPartReader) -> None:
        table = rules("requests")["body"]
        self._parts = parts
        self._classes = frozenset(table["context_classes"])
        self._services = frozenset(table["context_services"])
        self._never = frozenset(table["context_never"])
        self._operation_services = frozenset(table["operation_services"])

    def fill(self, decision: Decision, facts: Sequence[RequestFacts]) -> list[RequestFacts]:
        """The facts of the issues in order, completed where the letter allows."""
        operation = next((f for f in facts if f.service_class == "surgery" and f.body_parts), None)
        return [
            self._completed(decision, issue, fact, operation)
            for issue, fact in zip(decision.issues, facts, strict=True)
        ]

    def _completed(
        self, decision: Decision, issue: Issue, fact: RequestFacts, operation: RequestFacts | None
    ) -> RequestFacts:
        if fact.body_parts or fact.service is None:
            return fact
        if fact.service in self._operation_services and operation is not None:
            side = fact.laterality or operation.laterality
            return replace(fact, body_parts=operation.body_parts, laterality=side)
        takes = fact.service in self._services or fact.service_class in self._classes
        if not takes or fact.service in self._never:
            return fact
        parts, side = self._from_letter(decision, issue)
        if not parts:
            parts = tuple(dict.fromkeys(filter(self._parts.is_reported, fact.seen_parts)))
        return replace(fact, body_parts=parts, laterality=fact.laterality or side)

    def _from_letter(self, decision: Decision, issue: Issue) -> tuple[tuple[str, ...], str | None]:
        """The one part of all diagnoses, or those of them that the rationale names; a side only for one part.

        Without diagnosed parts the one part that the rationale names.
        """
        named = [(p.notation, p.side) for p in self._parts.read(issue.rationale) if self._parts.is_reported(p.notation)]
        diagnosed = [(d.body_part, d.laterality) for d in decision.diagnoses if d.body_part]
        parts = self._parts.narrowest(part for part, _ in diagnosed)
        if len(parts) > 1:
            parts = tuple(part for part in parts if any(part == other for other, _ in named))
        elif not parts:
            parts = self._parts.narrowest(part for part, _ in named)
            if len(parts) > 1:
                parts = ()
        sides = {side for part, side in diagnosed or named if side and part in parts}
        return parts, sides.pop() if len(parts) == len(sides) == 1 else None
