"""What the text index keeps of a decision: one document an issue, with its letter's summary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from imr_graph.models import Citation, Decision, Issue, Model, Outcome, Party
from imr_graph.namespaces import slug
from imr_graph.search.query import number
from imr_graph.text import Span
from imr_graph.vocabulary import Vocabulary

UNLOCATED = "yes"
NOTHING_CITED = "nothing"  # "did not cite any evidence"
UNNAMED = "not-named"  # a guideline line that names no document, or none at all
CROSSING = " | "  # between what the claims administrator and what the reviewer cited, in the crossing fields


class StoredCitation(Model):
    """Who cites what: ``text`` is the document with its section; ``section`` the key of the facet."""

    cited_by: Party
    source: str
    text: str
    section: str


class StoredPassage(Model):
    """Guideline words that the rationale reproduces, with their place in the source text."""

    id: str
    text: str
    span: Span


class StoredGround(Model):
    """A reason of the reviewer with its sentence."""

    notation: str
    sentence: str
    span: Span


class StoredIssue(Model):
    """An issue as a hit shows it: kept in the index, so that a search opens no letter.

    ``case`` is the id of the decision; ``drug`` has ingredients and combination products; ``diagnoses`` are
    notations, ``diagnosis_texts`` the summary's words.
    """

    case: str
    n: int
    request: str
    outcome: Outcome
    decision_date: dt.date | None = None
    service: str | None = None
    service_class: str | None = None
    drug: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    laterality: str | None = None
    quantity: int | float | None = None
    unit: str | None = None
    diagnoses: tuple[str, ...] = ()
    diagnosis_texts: tuple[str, ...] = ()
    diagnosis_parts: tuple[str, ...] = ()
    citations: tuple[StoredCitation, ...] = ()
    passages: tuple[StoredPassage, ...] = ()
    grounds: tuple[StoredGround, ...] = ()
    specialties: tuple[str, ...] = ()
    date_of_injury: dt.date | None = None
    age: int | None = None
    sex: str | None = None
    summary: str = ""
    rationale: str = ""

    @property
    def key(self) -> str:
        """``CASE#N``, as commands take it."""
        return f"{self.case}#{self.n}"


@dataclass(frozen=True, slots=True)
class IssueDocument:
    """An issue as an engine takes it: values by the field names of index/schema.toml."""

    text: Mapping[str, str]
    keywords: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int]
    payload: bytes


def read_payload(payload: bytes) -> StoredIssue:
    """The issue that a payload holds."""
    return StoredIssue.model_validate_json(payload)


def issue_documents(decision: Decision, vocabulary: Vocabulary) -> list[IssueDocument]:
    """One document for each issue of a linked decision, in the order of their numbers."""
    return [_document(decision, issue, vocabulary) for issue in sorted(decision.issues, key=lambda issue: issue.n)]


def distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    """The values without repeats and empty ones, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def _class_of(issue: Issue, vocabulary: Vocabulary) -> str | None:
    if issue.service_class or not issue.service or issue.service not in vocabulary["service"]:
        return issue.service_class
    ancestors = vocabulary["service"].ancestors(issue.service)
    return ancestors[-1] if ancestors else None


def _document_of(citation: Citation) -> str:
    return citation.guideline or slug(citation.document)


def _section_of(citation: Citation) -> str:
    if citation.guideline_section:
        return citation.guideline_section
    return f"{_document_of(citation)}/{slug(citation.section)}" if citation.section else ""


def _citation(citation: Citation) -> StoredCitation:
    return StoredCitation(
        cited_by=citation.cited_by,
        source=citation.source,
        text=citation.printed,
        section=_section_of(citation) or _document_of(citation),
    )


def _crossings(issue: Issue, name: Callable[[Citation], str]) -> tuple[str, ...]:
    """Every name cited by the claims administrator with every name cited by the reviewer."""
    silent = {line.party for line in issue.guideline_lines if line.cites_nothing}
    cited = {
        party: distinct(name(citation) for citation in issue.citations if citation.cited_by is party)
        or (NOTHING_CITED if party in silent else UNNAMED,)
        for party in Party
    }
    pairs = product(cited[Party.CLAIMS_ADMINISTRATOR], cited[Party.REVIEWER])
    return tuple(CROSSING.join(pair) for pair in pairs)


def amount_of(issue: Issue | StoredIssue) -> tuple[str, ...]:
    """The amount first requested with its unit, as in ``8 sessions``; empty where none is stated."""
    return (f"{issue.quantity:g} {issue.unit or 'units'}",) if issue.quantity is not None else ()


def _stored(decision: Decision, issue: Issue, service_class: str | None) -> StoredIssue:
    present = [diagnosis for diagnosis in decision.diagnoses if diagnosis.status == "present"]
    return StoredIssue(
        case=decision.id,
        n=issue.n,
        request=issue.request,
        outcome=issue.outcome,
        decision_date=decision.decision_date,
        service=issue.service,
        service_class=service_class,
        drug=issue.drug_concepts,
        body_parts=issue.body_parts,
        laterality=issue.laterality,
        quantity=issue.quantity,
        unit=issue.unit,
        diagnoses=distinct(diagnosis.concept for diagnosis in present),
        diagnosis_texts=distinct(diagnosis.text for diagnosis in present),
        diagnosis_parts=distinct(diagnosis.body_part for diagnosis in present),
        citations=tuple(_citation(citation) for citation in issue.citations),
        passages=tuple(StoredPassage(id=p.id, text=p.text, span=p.span) for p in issue.quoted_passages),
        grounds=tuple(StoredGround(notation=g.notation, sentence=g.sentence, span=g.span) for g in issue.grounds),
        specialties=decision.reviewer.specialties or distinct(map(slug, decision.reviewer.certifications)),
        date_of_injury=decision.date_of_injury,
        age=decision.patient.age,
        sex=decision.patient.sex,
        summary=decision.clinical_summary,
        rationale=issue.rationale,
    )


def _unlinked(issue: Issue, stored: StoredIssue) -> tuple[str, ...]:
    """Of what the vocabularies know no concept in this issue."""
    known = {
        "service": issue.service,
        "diagnosis": stored.diagnoses,
        "ground": issue.grounds,
        "guideline": all(citation.guideline for citation in issue.citations),
    }
    return tuple(name for name, concepts in known.items() if not concepts)


def _document(decision: Decision, issue: Issue, vocabulary: Vocabulary) -> IssueDocument:
    stored = _stored(decision, issue, _class_of(issue, vocabulary))
    located = stored.drug or stored.body_parts
    day = decision.decision_date
    text = {
        "request": issue.request,
        "diagnoses": ". ".join(stored.diagnosis_texts),
        "summary": decision.clinical_summary,
        "rationale": issue.rationale,
        "passages": "\n".join(passage.text for passage in stored.passages),
        "guideline": "\n".join(line.text for line in issue.guideline_lines),
    }
    keywords = {
        "service": distinct([stored.service]),
        "service_class": distinct([stored.service_class]),
        "drug": stored.drug,
        "body_part": stored.body_parts,
        "laterality": distinct([stored.laterality]),
        "diagnosis": stored.diagnoses,
        "document": distinct(map(_document_of, issue.citations)),
        "section": distinct(map(_section_of, issue.citations)),
        "ground": distinct(ground.notation for ground in issue.grounds),
        "specialty": stored.specialties,
        "outcome": (slug(issue.outcome),),
        "year": (str(day.year),) if day else (),
        "amount": amount_of(issue),
        "crossing": _crossings(issue, _document_of),
        "section_crossing": _crossings(issue, lambda citation: _section_of(citation) or _document_of(citation)),
        "unlocated": () if located else (UNLOCATED,),
        "beside": distinct(other.service for other in decision.issues if other.service != issue.service),
        "unlinked": _unlinked(issue, stored),
        "case": (decision.id,),
    }
    numbers = {"n": issue.n} | ({"date": number(day)} if day else {})
    payload = stored.model_dump_json(exclude_defaults=True).encode()
    return IssueDocument({k: v for k, v in text.items() if v}, keywords, numbers, payload)
