"""A small invented corpus, linked by hand, and a reader of queries that knows its words."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from imr_graph.models import (
    Citation,
    Decision,
    Diagnosis,
    Ground,
    Issue,
    Layout,
    Outcome,
    Party,
    Patient,
    QuotedPassage,
)
from imr_graph.search.documents import issue_documents
from imr_graph.search.engine import ENGINES, create_index, index_writer, open_index
from imr_graph.search.facts import QueryFacts
from imr_graph.search.precedents import Precedents
from imr_graph.text import Span
from imr_graph.vocabulary import Concept, Scheme, Vocabulary

HERE = Span(0, 1)
PASSAGE = "This treatment is an adjunct and is limited to 4-6 visits in most cases."


def scheme(name: str, *concepts: tuple[str, str, str]) -> Scheme:
    """Concepts as (notation, label, broader notations)."""
    found = {n: Concept(name, n, label, broader=tuple(above.split())) for n, label, above in concepts}
    return Scheme(name, name, found)


VOCABULARY = Vocabulary(
    {
        "service": scheme(
            "service",
            ("physical-medicine", "Physical medicine", ""),
            ("imaging", "Imaging", ""),
            ("massage-therapy", "Massage therapy", "physical-medicine"),
            ("acupuncture", "Acupuncture", "physical-medicine"),
            ("electro-acupuncture", "Electro-acupuncture", "acupuncture"),
            ("mri", "MRI", "imaging"),
            ("nsaid", "NSAID", "medication"),
            ("medication", "Medication", ""),
        ),
        "body-part": scheme("body-part", ("neck", "Neck", ""), ("low-back", "Low back", ""), ("knee", "Knee", "")),
        "drug": scheme("drug", ("naproxen", "Naproxen", "")),
        "diagnosis": scheme("diagnosis", ("neck-strain", "Neck strain", ""), ("knee-sprain", "Knee sprain", "")),
        "ground": scheme("ground", ("exceeds-recommended-quantity", "More than the guideline recommends", "")),
    }
)
CLASSES = {
    "massage-therapy": "physical-medicine",
    "acupuncture": "physical-medicine",
    "mri": "imaging",
    "nsaid": "medication",
}


def decision(
    case: str,
    *issues: tuple[str, str, str, str],
    diagnosis: str = "",
    day: str = "2016-05-01",
    injury: str | None = None,
    age: int = 50,
) -> Decision:
    """A linked decision; issues as (request, service, body part or drug, outcome)."""
    found = []
    for n, (request, service, focus, outcome) in enumerate(issues, 1):
        over = outcome != "upheld"
        rationale = f"The worker asked for {request.lower()}. {PASSAGE if service == 'massage-therapy' else ''}".strip()
        found.append(
            Issue(
                n=n,
                request=request,
                outcome=Outcome(outcome),
                service=service,
                service_class=CLASSES[service],
                drug=(focus,) if focus == "naproxen" else (),
                body_parts=() if focus in {"", "naproxen"} else (focus,),
                citations=(
                    Citation(
                        cited_by=Party.REVIEWER,
                        source="MTUS",
                        document="Chronic Pain",
                        section=service.partition("-")[0].title(),
                        span=HERE,
                        rule="t",
                    ),
                ),
                rationale=rationale,
                grounds=(
                    Ground(
                        notation="functional-improvement-documented" if over else "exceeds-recommended-quantity",
                        sentence=rationale,
                        span=HERE,
                        rule="t",
                    ),
                ),
                quoted_passages=(QuotedPassage(id="p1", text=PASSAGE, span=HERE, rule="t"),)
                if service == "massage-therapy"
                else (),
                request_span=HERE,
            )
        )
    return Decision(
        id=case,
        case_number=case,
        text_sha256=case,
        source_sha256=case,
        source_name=case,
        layout=Layout.FINAL_DETERMINATION_2015,
        decision_date=dt.date.fromisoformat(day),
        date_of_injury=dt.date.fromisoformat(injury) if injury else None,
        patient=Patient(age=age, sex="female"),
        clinical_summary=f"The worker has {diagnosis.replace('-', ' ')}.",
        diagnoses=(Diagnosis(text=diagnosis.replace("-", " "), concept=diagnosis, span=HERE, rule="t"),)
        if diagnosis
        else (),
        issues=tuple(found),
    )


CORPUS = (
    decision("M1", ("Massage therapy 8 sessions, neck", "massage-therapy", "neck", "upheld"), diagnosis="neck-strain"),
    decision(
        "M2",
        ("Massage for the neck", "massage-therapy", "neck", "overturned"),
        diagnosis="knee-sprain",
        day="2017-02-03",
    ),
    decision("M3", ("Massage therapy to the low back", "massage-therapy", "low-back", "upheld")),
    decision(
        "A1", ("Acupuncture of the neck", "acupuncture", "neck", "upheld"), ("MRI knee", "mri", "knee", "overturned")
    ),
    decision("A2", ("Acupuncture", "acupuncture", "", "partially overturned")),
    decision("N1", ("Naproxen 550 mg #60", "nsaid", "naproxen", "upheld"), diagnosis="neck-strain"),
)


def read_query(text: str) -> QueryFacts:
    """The concepts whose label stands in the text."""

    def first(name: str) -> str | None:
        words = text.lower()
        return next((c.notation for c in VOCABULARY[name] if c.label.lower() in words), None)

    service, drug, part, diagnosis = first("service"), first("drug"), first("body-part"), first("diagnosis")
    return QueryFacts(
        words=text,
        service=service or ("nsaid" if drug else None),
        service_class=CLASSES.get(service or ""),
        drugs=(drug,) if drug else (),
        body_parts=(part,) if part else (),
        diagnoses=(diagnosis,) if diagnosis else (),
    )


Build = Callable[..., Precedents]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Makes an index of decisions, those of the corpus by default, and a search over it."""

    def built(engine: str, *decisions: Decision) -> Precedents:
        folder = tmp_path / engine
        create_index(folder, engine)
        with index_writer(folder) as writer:
            for one in decisions or CORPUS:
                writer.add(issue_documents(one, VOCABULARY))
        return Precedents(open_index(folder), VOCABULARY, read_query)

    return built


@pytest.fixture(params=ENGINES)
def precedents(request: pytest.FixtureRequest, build: Build) -> Precedents:
    return build(request.param)


@pytest.fixture(name="decision")
def decision_factory() -> Callable[..., Decision]:
    return decision


@pytest.fixture
def corpus() -> tuple[Decision, ...]:
    return CORPUS
