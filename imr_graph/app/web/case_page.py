"""The page of one letter: its text with what was read in it, its issues, and cases like them."""

from __future__ import annotations

from collections import Counter

from imr_graph.app.web.asked import Asked, address, case_address, explore_address
from imr_graph.app.web.bundle import pairings
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.marks import KINDS, Stretch, cited_address, marks_of, stretches
from imr_graph.app.web.page import Counted, Link, Page, Piece, Tally, pieces
from imr_graph.errors import UnknownItem
from imr_graph.insight.mirror import Mirror, mirror_case
from imr_graph.models import Decision, Issue, Letter, Model, Outcome, Party
from imr_graph.search.answer import Hit
from imr_graph.search.concepts import label, named_drugs, value_of
from imr_graph.search.documents import amount_of
from imr_graph.search.precedents import SearchRequest

_SIMILAR = 6


class Cited(Model):
    """A guideline that a party cites: in words, its page, and where it stands in the letter."""

    text: str
    href: str
    at: int


class Reasoned(Model):
    """A deciding sentence: its ground, other issues decided on it, and where it stands in the letter."""

    ground: str
    href: str
    sentence: str
    at: int


class Quoted(Model):
    """Guideline words quoted, the page of the passage, and where they stand in the letter."""

    text: str
    href: str
    at: int


class IssueShown(Model):
    """One disputed item of treatment; ``facts`` lead to other issues that share them."""

    n: int
    request: str
    outcome: Outcome
    at: int
    href: str
    facts: tuple[Link, ...]
    amount: str
    claims_administrator: tuple[Cited, ...]
    reviewer: tuple[Cited, ...]
    nothing_cited_by: tuple[str, ...]
    grounds: tuple[Reasoned, ...]
    passages: tuple[Quoted, ...]
    conclusion: str


class Like(Model):
    """A similar issue of another letter."""

    hit: Hit
    href: str
    compare: str
    snippet: tuple[Piece, ...]


class Fault(Model):
    """A problem of the letter with the sentences concerned, each with its offset."""

    code: str
    message: str
    issue: int | None
    sentences: tuple[tuple[int, str], ...]


class CasePage(Page):
    """A letter; ``bundle`` counts all its issues.

    ``chosen`` is the issue that ``similar``, ``mirror`` and ``pairings`` are for: how such requests were decided that
    came with others of this letter.
    """

    id: str
    outcome: Outcome | None
    header: tuple[tuple[str, str], ...]
    summary: str
    diagnoses: tuple[Link, ...]
    issues: tuple[IssueShown, ...]
    bundle: tuple[Tally, ...]
    pairings: tuple[Counted, ...]
    problems: tuple[Fault, ...]
    chosen: int
    similar: tuple[Like, ...]
    mirror: Mirror | None
    compare: str
    kinds: dict[str, str]
    stretches: tuple[Stretch, ...]
    links: tuple[Link, ...]


def case_page(reader: Reader, asked: Asked) -> CasePage:
    """The letter that the address names, with cases like one of its issues."""
    letter = reader.letter(asked.path["case"])
    decision = letter.decision
    numbers = [issue.n for issue in decision.issues]
    chosen = asked.number("issue", numbers[0] if numbers else 1, 1, 10_000)
    if numbers and chosen not in numbers:
        raise UnknownItem(f"{decision.id} has no issue {chosen}", remedy=f"it has {len(numbers)}")
    mirror = mirror_case(reader.precedents, reader.vocabulary, decision.id, chosen) if numbers else None
    other = f"{mirror.mirror.key}" if mirror and mirror.mirror else ""
    return CasePage(
        title=f"Case {decision.id}",
        id=decision.id,
        outcome=decision.outcome,
        header=tuple(_header(reader, decision)),
        summary=decision.clinical_summary,
        diagnoses=_diagnoses(reader, decision),
        issues=tuple(_issue(reader, decision, issue) for issue in decision.issues),
        bundle=_bundle(decision),
        pairings=pairings(reader, decision, chosen),
        problems=_faults(letter),
        chosen=chosen,
        similar=_similar(reader, decision, chosen) if numbers else (),
        mirror=mirror,
        compare=address("/compare", [("a", f"{decision.id}#{chosen}"), ("b", other)]) if other else "",
        kinds=KINDS,
        stretches=stretches(letter.text, marks_of(decision, reader.vocabulary)),
        links=(
            Link(text="See it in the graph", href=explore_address(decision.id)),
            Link(text="Search for cases like it", href=address("/search", [("q", _query(decision, chosen))])),
        ),
    )


def _header(reader: Reader, decision: Decision) -> list[tuple[str, str]]:
    reviewer, patient = decision.reviewer, decision.patient
    worker = " ".join(part for part in (f"{patient.age} years" if patient.age else "", patient.sex or "") if part)
    values = {
        "Decided": decision.decision_date,
        "Denied by utilization review": decision.ur_denial_date,
        "Date of injury": decision.date_of_injury,
        "Assigned": decision.date_assigned,
        "Received": decision.date_received,
        "Priority": decision.priority,
        "Injured worker": worker,
        "Expert reviewer": ", ".join(reviewer.certifications),
        "Licensed in": ", ".join(reviewer.licensed_in),
        "Layout of the letter": str(decision.layout),
        "Read from": ", ".join(row.name.rsplit("/", 1)[-1] for row in reader.holders(decision.id)),
    }
    return [(name, str(value)) for name, value in values.items() if value]


def _query(decision: Decision, chosen: int) -> str:
    """The request as a search; quotes and other signs of the query language taken out."""
    request = next((issue.request for issue in decision.issues if issue.n == chosen), "")
    return " ".join("".join(char if char.isalnum() or char in "-./%" else " " for char in request).split())[:200]


def _diagnoses(reader: Reader, decision: Decision) -> tuple[Link, ...]:
    present = dict.fromkeys(d.concept for d in decision.diagnoses if d.status == "present")
    return tuple(_fact(reader, "diagnosis", concept) for concept in present)


def _fact(reader: Reader, field: str, notation: str) -> Link:
    name = label(reader.vocabulary, field.replace("_", "-").removesuffix("-class"), notation)
    return Link(text=name, href=address("/search", [(field, value_of(reader.vocabulary, field, notation))]))


def _issue(reader: Reader, decision: Decision, issue: Issue) -> IssueShown:
    facts = [("service", issue.service)] if issue.service else []
    vocabulary = reader.vocabulary
    facts += [("drug", drug) for drug in named_drugs(vocabulary, issue.drug_concepts)]
    facts += [("body_part", part) for part in issue.body_parts]
    return IssueShown(
        n=issue.n,
        request=issue.request,
        outcome=issue.outcome,
        at=issue.request_span.start,
        href=case_address(decision.id, issue.n),
        facts=tuple(_fact(reader, field, str(value)) for field, value in facts),
        amount="".join(amount_of(issue)),
        claims_administrator=_cited(issue, Party.CLAIMS_ADMINISTRATOR),
        reviewer=_cited(issue, Party.REVIEWER),
        nothing_cited_by=tuple(str(line.party) for line in issue.guideline_lines if line.cites_nothing),
        grounds=tuple(
            Reasoned(
                ground=label(vocabulary, "ground", ground.notation),
                href=address("/search", [("ground", value_of(vocabulary, "ground", ground.notation))]),
                sentence=ground.sentence,
                at=ground.span.start,
            )
            for ground in issue.grounds
        ),
        passages=tuple(
            Quoted(text=passage.text, href=f"/passage/{passage.id}", at=passage.span.start)
            for passage in issue.quoted_passages
        ),
        conclusion=issue.conclusion or "",
    )


def _cited(issue: Issue, party: Party) -> tuple[Cited, ...]:
    return tuple(
        Cited(text=citation.printed, href=cited_address(citation), at=citation.span.start)
        for citation in issue.citations
        if citation.cited_by is party
    )


def _bundle(decision: Decision) -> tuple[Tally, ...]:
    counts = Counter(issue.outcome for issue in decision.issues)
    return tuple(Tally(label=str(outcome), count=counts[outcome], href="#issues") for outcome in Outcome)


def _faults(letter: Letter) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            code=problem.code,
            message=problem.message,
            issue=problem.issue,
            sentences=tuple((span.start, " ".join(letter.quote(span).split())) for span in problem.spans),
        )
        for problem in letter.decision.problems
    )


def _similar(reader: Reader, decision: Decision, n: int) -> tuple[Like, ...]:
    answer = reader.precedents.similar(decision.id, n, SearchRequest(limit=_SIMILAR, around=False))
    return tuple(
        Like(
            hit=hit,
            href=case_address(hit.case_number, hit.issue),
            compare=address("/compare", [("a", f"{decision.id}#{n}"), ("b", hit.key)]),
            snippet=pieces(hit.snippet),
        )
        for hit in answer.hits
    )
