"""What the readers of the parts of a letter hand to the assembly: evidence and problems, with their spans."""

from __future__ import annotations

from dataclasses import dataclass, field

from imr_graph.models import Evidence, Problem
from imr_graph.text import CleanText, Span

CODES: dict[str, str] = {
    "header-missing": "The letter has no header, so no case number and no dates.",
    "header-jumbled": "The header's values stand before their labels; its dates were told by their order in time.",
    "field-missing": "A field that letters of this layout have was not found.",
    "date-unreadable": "A date of the header is no date of the calendar.",
    "outcome-missing": "An issue's heading has no Upheld or Overturned; the outcome was read from its rationale.",
    "issue-unreadable": "An issue has neither an outcome word nor a conclusion, and was left out.",
    "no-issues": "The letter has no issue that could be read.",
    "outcome-differs": "The heading's outcome contradicts the conclusion of the rationale.",
    "quantity-differs": "The heading's quantity differs from that of the conclusion.",
    "number-differs": "A number in words differs from the digits behind it.",
    "dates-out-of-order": "Two dates stand in an order that cannot be.",
    "injury-date-differs": "The clinical summary gives another date of injury than the header.",
    "page-differs": "The same guideline section is cited with different pages.",
    "ur-date-differs": "The clinical summary gives another date of the utilization review than the header.",
    "remainder-differs": "The authorized and the remaining part do not add up to the original request.",
    "strength-differs": "A drug has another strength in the remaining than in the original request.",
    "sex-differs": "The clinical summary names one sex, and its pronouns are all of the other.",
}
"""The problem codes of the parser and what they mean; docs/layouts.md has the same table."""


@dataclass
class Findings:
    """Evidence and problems gathered over one letter; spans are given in clean text and kept in source text."""

    clean: CleanText
    evidence: list[Evidence] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def span(self, start: int, end: int) -> Span:
        """The source span of ``clean.text[start:end]``."""
        return self.clean.source_span(start, end)

    def place(self, span: Span | None) -> tuple[int, int]:
        """Where a source span lies in clean text; an empty place for None."""
        return self.clean.locate(span) if span is not None else (0, 0)

    def show(self, name: str, start: int, end: int, rule: str) -> None:
        """Record where the field ``name`` was read, and the rule that read it."""
        self.evidence.append(Evidence(field=name, span=self.span(start, end), rule=rule))

    def where(self, name: str) -> tuple[Span, ...]:
        """The spans of the evidence for a field."""
        return tuple(e.span for e in self.evidence if e.field == name)

    def report(self, code: str, message: str, *spans: Span, issue: int | None = None) -> None:
        """Record a problem; ``code`` must stand in :data:`CODES`."""
        if code not in CODES:
            raise KeyError(code)
        self.problems.append(Problem(code=code, message=message, spans=spans, issue=issue))
