"""Where in the letter the facts of a request stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from imr_graph.models import Evidence, Issue, Mention
from imr_graph.text import Span

if TYPE_CHECKING:
    from imr_graph.link.requests import RequestFacts
    from imr_graph.parse import ParsedLetter


def mentions_of(letter: ParsedLetter, issue: Issue, facts: RequestFacts) -> list[Mention]:
    """The concepts that the heading of an issue names."""
    base = letter.clean.locate(issue.request_span)[0]
    return [
        Mention(
            scheme=mention.scheme,
            notation=mention.notation,
            text=issue.request[mention.start : mention.end],
            span=letter.clean.source_span(base + mention.start, base + mention.end),
            section="request",
            issue=issue.n,
            status="requested",
            laterality=mention.laterality,
            score=mention.score,
            rule=mention.rule,
        )
        for mention in facts.mentions
    ]


def evidence_of(
    letter: ParsedLetter, issue: Issue, facts: RequestFacts, read: Callable[[str], RequestFacts]
) -> list[Evidence]:
    """The places of service and amounts of a linked issue; ``read`` gives the facts of a part of the heading."""
    return [
        Evidence(field=f"issues.{issue.n}.{name}", span=letter.clean.source_span(start, end), rule=rule)
        for name, start, end, rule in _places(letter, issue, facts, read)
    ]


def _places(
    letter: ParsedLetter, issue: Issue, facts: RequestFacts, read: Callable[[str], RequestFacts]
) -> Iterator[tuple[str, int, int, str]]:
    """Field, place in the clean text, and rule."""
    base = letter.clean.locate(issue.request_span)[0]
    for mention in facts.mentions:
        if mention.scheme == "service":
            yield "service", base + mention.start, base + mention.end, mention.rule
    if facts.amount and facts.amount.quantity is not None:
        yield "quantity", base + facts.amount.start, base + facts.amount.end, facts.amount.rule
    stated = {e.field: e.span for e in letter.decision.evidence}
    behind = len(issue.original_request or "")
    for name, quantity, part in (
        ("approved", issue.approved_quantity, issue.authorized_request),
        ("remaining", issue.remaining_quantity, issue.remaining_request),
    ):
        amount = read(part).amount if part and quantity is not None else None
        if part and amount:
            span = stated.get(f"issues.{issue.n}.{'authorized' if name == 'approved' else name}_request")
            start = _start(letter, span) if span else base + issue.request.find(part, behind)
            yield f"{name}_quantity", start + amount.start, start + amount.end, amount.rule


def _start(letter: ParsedLetter, span: Span) -> int:
    return letter.clean.locate(span)[0]
