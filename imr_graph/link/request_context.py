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
        named = {part for fact in facts for part in fact.body_parts}
        return [
            self._completed(decision, issue, fact, facts, operation, named)
            for issue, fact in zip(decision.issues, facts, strict=True)
        ]

    def _completed(
        self,
        decision: Decision,
        issue: Issue,
        fact: RequestFacts,
        siblings: Sequence[RequestFacts],
        operation: RequestFacts | None,
        named: set[str],
    ) -> RequestFacts:
        if fact.bare_spine:
            regions = [d.body_part for d in decision.diagnoses if d.body_part in self._parts.spine]
            return replace(fact, body_parts=tuple(dict.fromkeys(filter(None, regions)))) if regions else fact
        if fact.body_parts or fact.service is None:
            return fact
        if fact.service in self._operation_services and operation is not None:
            side = fact.laterality or operation.laterality
            return replace(fact, body_parts=operation.body_parts, laterality=side)
        parts = tuple(dict.fromkeys(filter(self._parts.is_reported, fact.seen_parts)))
        takes = fact.service in self._services or fact.service_class in self._classes
        if takes and not parts and fact.service not in self._never:
            parts = self._from_letter(decision, issue)
            if not named <= set(parts):
                return fact  # other issues of the letter are about other parts: it is left open
        if fact.laterality or len(parts) != 1:
            return replace(fact, body_parts=parts)
        sides = {other.laterality for other in siblings if parts[0] in other.body_parts}
        return replace(fact, body_parts=parts, laterality=sides.pop() if len(sides) == 1 else None)

    def _from_letter(self, decision: Decision, issue: Issue) -> tuple[str, ...]:
        """The one part of all diagnoses, or those of them that the rationale names.

        Without diagnosed parts the one part that the rationale names.
        """
        said = [p.notation for p in self._parts.read(issue.rationale) if self._parts.is_reported(p.notation)]
        parts = self._parts.narrowest(d.body_part for d in decision.diagnoses if d.body_part)
        if len(parts) > 1:
            return tuple(part for part in parts if part in said)
        if not parts:
            parts = self._parts.narrowest(said)
        return parts if len(parts) == 1 else ()
