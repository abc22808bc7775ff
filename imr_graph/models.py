"""The data model: what one IMR letter says, and what its words mean.

Frozen pydantic models, one JSON object a letter (``imr-graph parse --format jsonl``). ``parse`` fills the
facts that stand in the letter, ``link`` adds the concepts. Every extracted value can be shown in its sentence:
either the model carries ``span`` and ``rule`` itself, or :attr:`Decision.evidence` has an entry for its field.
Spans are offsets into the text of the source (:class:`imr_graph.text.Span`). Concepts are given by notation,
the last part of their IRI (``concept/<scheme>/<notation>``).
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from imr_graph.text import Span


class Model(BaseModel):
    """A frozen value; unknown fields are ignored, so that newer output can be read by older code."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Outcome(StrEnum):
    """What the expert reviewer decided (8 CCR 9792.10.6); for a letter, derived from its issues."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    PARTIALLY_OVERTURNED = "partially overturned"


class Party(StrEnum):
    """Who cites: the claims administrator's utilization review, or the expert reviewer."""

    CLAIMS_ADMINISTRATOR = "claims administrator"
    REVIEWER = "reviewer"


class Layout(StrEnum):
    """The letter layouts of docs/layouts.md."""

    NOTICE_2013 = "2013-notice"
    INDEPENDENT_MEDICAL_REVIEW = "independent-medical-review"
    MEDICAL_PROFESSIONAL_REVIEW = "medical-professional-review"
    FINAL_DETERMINATION_2014 = "2014-final-determination"
    FINAL_DETERMINATION_2015 = "2015-final-determination"


class Evidence(Model):
    """Where the value of a field stands, and the rule that found it.

    ``field`` is a path: ``decision_date``, ``patient.age``, ``issues.2.quantity`` (issues by their number).
    """

    field: str
    span: Span
    rule: str


class Problem(Model):
    """What could not be read, or what contradicts itself; never a silent choice.

    ``code`` is stable and kebab-case (``quantity-differs``, ``outcome-differs``, ``dates-out-of-order``,
    ``page-differs``, ``field-missing`` ...); ``spans`` point at every sentence concerned.
    """

    code: str
    message: str
    spans: tuple[Span, ...] = ()
    issue: int | None = None


class Reviewer(Model):
    """The expert reviewer's profile; the person is confidential by statute (LC 4610.6(f))."""

    licensed_in: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()


class Patient(Model):
    """Age in years and sex as the clinical summary gives them."""

    age: int | None = None
    sex: str | None = None


class Mention(Model):
    """Words of the letter linked to a concept, with the reason.

    ``section`` is ``request``, ``clinical summary`` or ``rationale``; ``status`` is present, absent, possible,
    historical, family, requested or guideline; ``score`` lies in (0, 1].
    """

    scheme: str
    notation: str
    text: str
    span: Span
    section: str
    issue: int | None = None
    status: str = "present"
    laterality: str | None = None
    score: float = 1.0
    rule: str


class Diagnosis(Model):
    """A condition of the worker as the clinical summary presents it."""

    text: str
    concept: str
    body_part: str | None = None
    laterality: str | None = None
    status: str = "present"
    icd10cm: tuple[str, ...] = ()
    span: Span
    score: float = 1.0
    rule: str


class Drug(Model):
    """A requested drug: the name as printed, its concept, its generic ingredients, strength and form.

    ``concept`` is a notation of the scheme drug: that of the combination product where it is one, whatever its name.
    """

    text: str
    concept: str
    ingredients: tuple[str, ...]
    strength: str | None = None
    form: str | None = None
    span: Span
    rule: str


class Schedule(Model):
    """Frequency and duration as requested.

    ``times`` a ``per`` (day, week, month) for ``duration`` times ``duration_unit``.
    """

    times: float | None = None
    per: str | None = None
    duration: float | None = None
    duration_unit: str | None = None


class Citation(Model):
    """One citing act: who cites which section of which document for this issue, as printed.

    ``source`` is MTUS, ODG, ACOEM (outside the MTUS) or other. ``document``, ``chapter`` and ``section`` are
    the letter's words in normal form; ``guideline`` and ``guideline_section`` the linked concepts.
    """

    cited_by: Party
    source: str
    document: str
    chapter: str | None = None
    section: str | None = None
    year: int | None = None
    pages: str | None = None
    guideline: str | None = None
    guideline_section: str | None = None
    span: Span
    rule: str

    @property
    def printed(self) -> str:
        """The citation in words: the document with its chapter, section and year."""
        parts = (self.document, self.chapter, self.section)
        return ", ".join(part for part in parts if part) + (f" ({self.year})" if self.year else "")


class GuidelineLine(Model):
    """The verbatim guideline line of one party; ``cites_nothing`` where it says that it cites no evidence."""

    party: Party
    text: str
    span: Span
    cites_nothing: bool = False
    outside_mtus: bool = False


class Ground(Model):
    """A reason of the reviewer, from the deciding sentences of the rationale."""

    notation: str
    sentence: str
    span: Span
    score: float = 1.0
    rule: str


class QuotedPassage(Model):
    """Guideline text reproduced in a rationale; ``id`` is the hash of its normalised words."""

    id: str
    text: str
    span: Span
    source: str | None = None
    document: str | None = None
    section: str | None = None
    marked: bool = False
    rule: str


class Issue(Model):
    """One disputed item of treatment with its own outcome.

    ``request`` is the heading before the outcome word, verbatim with lines joined. Where the claims
    administrator approved a part, ``original_request``, ``authorized_request`` and ``remaining_request`` hold
    the three requests of the heading. ``quantity`` is the amount as first requested, a range by its upper end;
    ``approved_quantity`` what was authorized of it. ``drug`` are generic ingredients.
    """

    n: int
    request: str
    outcome: Outcome
    original_request: str | None = None
    authorized_request: str | None = None
    remaining_request: str | None = None
    service: str | None = None
    service_class: str | None = None
    drug: tuple[str, ...] = ()
    drugs: tuple[Drug, ...] = ()
    body_parts: tuple[str, ...] = ()
    laterality: str | None = None
    quantity: int | float | None = None
    unit: str | None = None
    schedule: Schedule | None = None
    approved_quantity: int | float | None = None
    remaining_quantity: int | float | None = None
    acquisition: str | None = None
    retrospective: bool = False
    date_of_service: dt.date | None = None
    guideline_lines: tuple[GuidelineLine, ...] = ()
    citations: tuple[Citation, ...] = ()
    rationale: str = ""
    conclusion: str | None = None
    grounds: tuple[Ground, ...] = ()
    quoted_passages: tuple[QuotedPassage, ...] = ()
    request_span: Span
    rationale_span: Span | None = None
    conclusion_span: Span | None = None

    @property
    def drug_concepts(self) -> tuple[str, ...]:
        """All that the issue is found by as a drug: the ingredients, then the products that combine them."""
        return tuple(dict.fromkeys([*self.drug, *(drug.concept for drug in self.drugs)]))


class Decision(Model):
    """One IMR final determination letter.

    ``id`` is the case number, or ``h-`` and the first 16 hex digits of ``text_sha256`` where the header is
    missing. ``text_sha256`` is the letter's identity, however its text was converted
    (:mod:`imr_graph.parse.decision`), ``source_sha256`` the hash of the file's bytes.
    """

    id: str
    case_number: str | None = None
    text_sha256: str
    source_sha256: str
    source_name: str
    layout: Layout
    date_assigned: dt.date | None = None
    date_of_injury: dt.date | None = None
    decision_date: dt.date | None = None
    ur_denial_date: dt.date | None = None
    date_received: dt.date | None = None
    priority: str | None = None
    outcome: Outcome | None = None
    reviewer: Reviewer = Reviewer()
    patient: Patient = Patient()
    clinical_summary: str = ""
    clinical_summary_span: Span | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    issues: tuple[Issue, ...] = ()
    mentions: tuple[Mention, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    problems: tuple[Problem, ...] = ()


class Letter(Model):
    """A decision beside the source text that its spans point into: what the archive of a store keeps."""

    decision: Decision
    text: str
    pages: tuple[int, ...] = (0,)

    def quote(self, span: Span) -> str:
        """The source's own characters at ``span``."""
        return self.text[span.start : span.end]
