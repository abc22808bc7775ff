"""The mirror case: the nearest decided issue that went the other way, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from imr_graph.models import Model, Outcome, Party
from imr_graph.namespaces import slug
from imr_graph.rates import OVERTURNED
from imr_graph.search.concepts import label
from imr_graph.search.documents import StoredGround, StoredIssue, StoredPassage, amount_of
from imr_graph.search.precedents import Precedents, SearchRequest
from imr_graph.search.schema import load_schema
from imr_graph.search.twins import rationale_words, same_rationale, same_worker
from imr_graph.vocabulary import Vocabulary

_OTHER_SIDE = {
    Outcome.UPHELD: OVERTURNED,
    Outcome.OVERTURNED: (Outcome.UPHELD,),
    Outcome.PARTIALLY_OVERTURNED: (Outcome.UPHELD,),
}


class Side(Model):
    """One of the two issues: what was asked, decided, and on which grounds and words.

    ``cited`` are the documents with their sections, of either party, as printed.
    """

    case: str
    issue: int
    outcome: Outcome
    decision_date: dt.date | None
    request: str
    claims_administrator_cited: tuple[str, ...]
    reviewer_cited: tuple[str, ...]
    grounds: tuple[StoredGround, ...]
    passages: tuple[StoredPassage, ...]

    @property
    def key(self) -> str:
        """``CASE#N``, as commands take it."""
        return f"{self.case}#{self.issue}"


class Compared(Model):
    """A fact of both issues, in words: what they share, and what either has alone."""

    fact: str
    shared: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    mirror: tuple[str, ...] = ()


class Mirror(Model):
    """An issue and its mirror case, None where no like issue went the other way.

    ``facts`` compares them; ``twin`` names the issue where both look like letters of one worker or have one rationale.
    """

    asked: Side
    mirror: Side | None = None
    score: float = 0.0
    twin: bool = False
    facts: tuple[Compared, ...] = ()


def mirror_case(precedents: Precedents, vocabulary: Vocabulary, case: str, n: int | None = None) -> Mirror:
    """The mirror of an issue (without ``n``, of the first issue of its letter).

    Like by the ranking of :meth:`Precedents.similar`; :class:`UnknownItem` where there is no such issue.
    """
    issue = precedents.issue(case, n)
    other_side = tuple(("outcome", slug(outcome)) for outcome in _OTHER_SIDE[issue.outcome])
    found = precedents.similar(issue.case, issue.n, SearchRequest(limit=1, filters=other_side, around=False))
    if not found.hits or not found.hits[0].why.shared:
        return Mirror(asked=_side(issue))
    hit = found.hits[0]
    other = precedents.issue(hit.case_number, hit.issue)
    return compare_issues(vocabulary, issue, other).model_copy(update={"score": hit.score})


def compare_issues(vocabulary: Vocabulary, issue: StoredIssue, other: StoredIssue) -> Mirror:
    """Any two issues side by side, the second in the place of the mirror case; without a score."""
    return Mirror(
        asked=_side(issue),
        mirror=_side(other),
        twin=_alike(issue, other),
        facts=tuple(_compared(issue, other, vocabulary)),
    )


def _alike(one: StoredIssue, other: StoredIssue) -> bool:
    return same_worker(one, other) or same_rationale(rationale_words(one), rationale_words(other))


def _side(issue: StoredIssue) -> Side:
    return Side(
        case=issue.case,
        issue=issue.n,
        outcome=issue.outcome,
        decision_date=issue.decision_date,
        request=issue.request,
        claims_administrator_cited=_cited(issue, Party.CLAIMS_ADMINISTRATOR),
        reviewer_cited=_cited(issue, Party.REVIEWER),
        grounds=issue.grounds,
        passages=issue.passages,
    )


def _cited(issue: StoredIssue, party: Party) -> tuple[str, ...]:
    return tuple(dict.fromkeys(citation.text for citation in issue.citations if citation.cited_by is party))


def _facts(issue: StoredIssue) -> dict[str, tuple[str, ...]]:
    """The facts that are compared, as notations of the index's fields."""
    return {
        "service": (issue.service,) if issue.service else (),
        "drug": issue.drug,
        "body_part": issue.body_parts,
        "laterality": (issue.laterality,) if issue.laterality else (),
        "amount": amount_of(issue),
        "diagnosis": issue.diagnoses,
        "section": tuple(c.section for c in issue.citations if c.cited_by is Party.REVIEWER),
        "specialty": issue.specialties,
    }


def _compared(issue: StoredIssue, other: StoredIssue, vocabulary: Vocabulary) -> Iterable[Compared]:
    ours, theirs = _facts(issue), _facts(other)
    for field in ours:
        scheme = load_schema()[field].concept
        one, two = (
            tuple(dict.fromkeys(label(vocabulary, scheme, value) for value in side[field])) for side in (ours, theirs)
        )
        if one or two:
            yield Compared(
                fact=_NAMES.get(field, field.replace("_", " ")),
                shared=tuple(value for value in one if value in two),
                asked=tuple(value for value in one if value not in two),
                mirror=tuple(value for value in two if value not in one),
            )


_NAMES = {"section": "cited by the reviewer", "specialty": "specialty of the reviewer"}
