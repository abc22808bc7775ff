"""Who cites the section of a passage without quoting it."""

from __future__ import annotations

from imr_graph.models import Model, Outcome, Party
from imr_graph.passages.model import Passage
from imr_graph.search.documents import StoredIssue, read_payload
from imr_graph.search.engine import TextIndex
from imr_graph.search.precedents import Precedents
from imr_graph.search.query import Any, Word

_SAMPLED = 20  # quoting issues whose citations are read
_LOOKED_AT = 1000  # issues citing a section


class Silent(Model):
    """Issues whose reviewer cites a section that the passage is attributed to, but does not quote the passage.

    ``sections`` are documents and sections as the quoting letters print them; ``issues`` are ``(CASE#N, outcome)`` in
    the order of the keys; ``complete`` is false where more issues cite them than were looked at.
    """

    sections: tuple[str, ...] = ()
    issues: tuple[tuple[str, Outcome], ...] = ()
    complete: bool = True


def citing_without_quoting(index: TextIndex, precedents: Precedents, passage: Passage) -> Silent:
    """The issues that cite the passage's section, as its own letters cite it, and do not quote it."""
    keys = _section_keys(precedents, passage)
    if not keys:
        return Silent()
    matches = index.search(Any(tuple(Word("section", key) for key in keys)), _LOOKED_AT)
    quoting = {quote.key for quote in passage.quotes}
    issues = [read_payload(match.payload) for match in matches]
    silent = sorted(
        (issue.key, issue.outcome) for issue in issues if issue.key not in quoting and _cites(issue, frozenset(keys))
    )
    return Silent(
        sections=tuple(
            dict.fromkeys(f"{place.document}, {place.section}" for place in passage.cited_as if place.section)
        ),
        issues=tuple(silent),
        complete=len(matches) < _LOOKED_AT,
    )


def _cites(issue: StoredIssue, keys: frozenset[str]) -> bool:
    return any(c.cited_by is Party.REVIEWER and c.section in keys for c in issue.citations)


def _section_keys(precedents: Precedents, passage: Passage) -> tuple[str, ...]:
    """The sections, as the index names them, of the reviewers' citations that introduce the passage."""
    named = set[str]()
    sampled = {quote.key: quote for quote in passage.quotes if quote.section}
    for quote in list(sampled.values())[:_SAMPLED]:
        for citation in precedents.issue(quote.case, quote.issue).citations:
            own = citation.cited_by is Party.REVIEWER
            if own and quote.document in citation.text and quote.section in citation.text:
                named.add(citation.section)
    return tuple(sorted(named))
