"""Two invented letters with everything that the graph holds."""

import datetime as dt

from imr_graph.models import (
    Citation,
    Decision,
    Diagnosis,
    Drug,
    Ground,
    GuidelineLine,
    Issue,
    Layout,
    Outcome,
    Party,
    Patient,
    Problem,
    QuotedPassage,
    Reviewer,
    Schedule,
)
from imr_graph.text import Span

SPAN = Span(10, 20)
UR, REVIEWER = Party.CLAIMS_ADMINISTRATOR, Party.REVIEWER


def cites(party: Party, document: str, section: str | None = None, **more: object) -> Citation:
    return Citation(cited_by=party, source="MTUS", document=document, section=section, span=SPAN, rule="test", **more)


def ground(notation: str) -> Ground:
    return Ground(notation=notation, sentence="Therefore.", span=SPAN, rule="test")


SHARED_PASSAGE = QuotedPassage(
    id="9f3a9f3a9f3a9f3a",
    text="Imaging is for those who would consider surgery an option.",
    span=SPAN,
    document="ACOEM Low Back Complaints",
    section="Special Studies",
    rule="test",
)

OVERTURNED = Decision(
    id="CM14-0000001",
    case_number="CM14-0000001",
    text_sha256="a" * 64,
    source_sha256="b" * 64,
    source_name="letters.zip!2014/CM14-0000001.pdf",
    layout=Layout.FINAL_DETERMINATION_2014,
    date_assigned=dt.date(2014, 2, 1),
    date_of_injury=dt.date(2009, 5, 4),
    decision_date=dt.date(2014, 3, 9),
    ur_denial_date=dt.date(2014, 1, 2),
    date_received=dt.date(2014, 1, 20),
    priority="standard",
    outcome=Outcome.PARTIALLY_OVERTURNED,
    reviewer=Reviewer(
        licensed_in=("California",), certifications=("Orthopedic Surgery",), specialties=("orthopedic-surgery",)
    ),
    patient=Patient(age=44, sex="female"),
    diagnoses=(
        Diagnosis(
            text="lumbar radiculopathy",
            concept="lumbar-radiculopathy",
            body_part="low-back",
            laterality="left",
            span=SPAN,
            rule="test",
        ),
        Diagnosis(text="depression", concept="depression", status="possible", span=SPAN, rule="test"),
    ),
    issues=(
        Issue(
            n=1,
            request='MRI of the lumbar spine, "open"',
            outcome=Outcome.OVERTURNED,
            service="mri",
            service_class="imaging",
            body_parts=("low-back",),
            laterality="left",
            retrospective=True,
            date_of_service=dt.date(2013, 12, 1),
            guideline_lines=(GuidelineLine(party=UR, text="did not cite", span=SPAN, cites_nothing=True),),
            citations=(
                cites(
                    REVIEWER,
                    "ACOEM Low Back Complaints",
                    "Special Studies",
                    year=2004,
                    pages="303",
                    guideline="mtus-low-back-complaints-2004",
                    guideline_section="mtus-low-back-complaints-2004/special-studies",
                ),
            ),
            grounds=(ground("neurologic-deficit-documented"),),
            quoted_passages=(SHARED_PASSAGE,),
            request_span=Span(100, 130),
        ),
        Issue(
            n=2,
            request="Norco 10/325 mg #60",
            outcome=Outcome.UPHELD,
            service="opioid",
            drug=("hydrocodone", "acetaminophen"),
            drugs=(
                Drug(
                    text="Norco",
                    concept="hydrocodone-acetaminophen",
                    ingredients=("hydrocodone", "acetaminophen"),
                    strength="10/325 mg",
                    span=SPAN,
                    rule="test",
                ),
            ),
            quantity=60,
            unit="tablets",
            schedule=Schedule(times=2, per="day", duration=1.5, duration_unit="month"),
            citations=(
                cites(UR, "MTUS Chronic Pain", "Opioids", guideline="mtus-chronic-pain-medical-treatment-2009"),
                cites(REVIEWER, "Obscure Handbook", "Odd § Section"),
                cites(REVIEWER, "Obscure Handbook"),
            ),
            grounds=(ground("opioid-monitoring-not-documented"), ground("no-functional-improvement")),
            request_span=Span(200, 230),
        ),
    ),
    problems=(
        Problem(code="dates-out-of-order", message="assigned before it was received"),
        Problem(code="quantity-differs", message="60 and 90", issue=2),
    ),
)
UPHELD = Decision(
    id="h-cccccccccccccccc",
    text_sha256="c" * 64,
    source_sha256="d" * 64,
    source_name="notes.txt",
    layout=Layout.INDEPENDENT_MEDICAL_REVIEW,
    decision_date=dt.date(2015, 6, 30),
    outcome=Outcome.UPHELD,
    reviewer=Reviewer(specialties=("family-practice", "orthopedic-surgery")),
    diagnoses=(Diagnosis(text="lumbar radiculopathy", concept="lumbar-radiculopathy", span=SPAN, rule="test"),),
    issues=(
        Issue(
            n=1,
            request="MRI of the lumbar spine",
            outcome=Outcome.UPHELD,
            service="mri",
            body_parts=("low-back",),
            citations=(
                cites(UR, "MTUS Chronic Pain", guideline="mtus-chronic-pain-medical-treatment-2009"),
                cites(
                    REVIEWER,
                    "ACOEM Low Back Complaints",
                    "Special Studies",
                    guideline="mtus-low-back-complaints-2004",
                    guideline_section="mtus-low-back-complaints-2004/special-studies",
                ),
            ),
            grounds=(ground("no-red-flags"),),
            quoted_passages=(SHARED_PASSAGE,),
            request_span=SPAN,
        ),
        Issue(
            n=2,
            request="12 sessions of physical therapy",
            original_request="12 sessions of physical therapy",
            authorized_request="6 sessions",
            remaining_request="6 sessions",
            outcome=Outcome.PARTIALLY_OVERTURNED,
            service="physical-therapy",
            body_parts=("low-back",),
            quantity=12,
            unit="sessions",
            approved_quantity=6,
            remaining_quantity=6,
            acquisition="rental",
            grounds=(ground("exceeds-recommended-quantity"),),
            request_span=SPAN,
        ),
    ),
)
DECISIONS = (OVERTURNED, UPHELD)
