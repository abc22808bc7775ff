"""Citations in normal form, taken apart and linked."""

from __future__ import annotations

import datetime as dt

import pytest

from imr_graph.link.citations import CitationLinker
from imr_graph.models import Citation, Decision, GuidelineLine, Issue, Layout, Outcome, Party, Reviewer
from imr_graph.parse import ParsedLetter
from imr_graph.parse.citations import read_guideline_line
from imr_graph.text import CleanText, SourceText, Span
from imr_graph.vocabulary import load_vocabulary


@pytest.fixture(scope="module")
def linker() -> CitationLinker:
    return CitationLinker(load_vocabulary())


def letter(text: str, day: dt.date | None = dt.date(2017, 1, 9)) -> ParsedLetter:
    clean = CleanText(text)
    line = GuidelineLine(party=Party.REVIEWER, text=text, span=Span(0, len(text)))
    issue = Issue(
        n=1,
        request="a",
        outcome=Outcome.UPHELD,
        request_span=Span(0, 0),
        guideline_lines=(line,),
        citations=read_guideline_line(line, clean),
    )
    decision = Decision(
        id="CM00-0000001",
        text_sha256="0",
        source_sha256="0",
        source_name="a.txt",
        layout=Layout.FINAL_DETERMINATION_2015,
        decision_date=day,
        issues=(issue,),
        reviewer=Reviewer(certifications=("Family Medicine", "Sports Medicinea", "Falconry")),
    )
    return ParsedLetter(decision, clean, SourceText("a.txt", text, "0", "text/plain"))


def linked(linker: CitationLinker, text: str, day: dt.date | None = dt.date(2017, 1, 9)) -> tuple[Citation, ...]:
    return linker(letter(text, day)).decision.issues[0].citations


def test_mtus_chapter_of_2004_is_acoem(linker: CitationLinker) -> None:
    (citation,) = linked(linker, "Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies.")
    assert (citation.document, citation.section, citation.year) == (
        "ACOEM Low Back Complaints",
        "Special Studies",
        2004,
    )
    assert citation.guideline == "mtus-low-back-complaints-2004"
    assert citation.guideline_section == "mtus-low-back-complaints-2004/special-studies"


def test_sections_with_commas_are_taken_apart_by_the_longest_known_name(linker: CitationLinker) -> None:
    text = (
        "Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): NSAIDs, GI symptoms & cardiovascular "
        "risk, Rocking chairs, wooden, Work conditioning, work hardening."
    )
    found = linked(linker, text)
    assert [c.section for c in found] == [
        "NSAIDs, GI symptoms & cardiovascular risk",
        "Rocking chairs, wooden",
        "Work conditioning, work hardening",
    ]
    assert [bool(c.guideline_section) for c in found] == [True, False, True]
    assert [text[c.span.start : c.span.end] for c in found] == [c.section for c in found]


def test_title_without_year_means_the_edition_in_force(linker: CitationLinker) -> None:
    text = "Decision based on MTUS Chronic Pain Treatment Guidelines Topical analgesics Page(s): 111."
    assert linked(linker, text, dt.date(2014, 5, 1))[0].guideline == "mtus-chronic-pain-medical-treatment-2009"
    assert linked(linker, text, dt.date(2016, 12, 1))[0].guideline == "mtus-chronic-pain-medical-treatment-2016"
    assert linked(linker, text, None)[0].guideline is None


def test_acoem_chapter_that_the_mtus_takes_in_is_a_section(linker: CitationLinker) -> None:
    (citation,) = linked(linker, "Decision based on MTUS ACOEM Chapter 3 Initial Approaches to Treatment Page(s): 48.")
    assert citation.guideline == "mtus-general-approaches-2004"
    assert citation.guideline_section == "mtus-general-approaches-2004/initial-approaches-to-treatment"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ODG Hips & Pelvis Chapter, X-Ray", [("Hips & Pelvis", "X-Ray", "odg/hip-pelvis")]),
        ("ODG MRI Elbow", [("Elbow", "MRI", "odg/elbow")]),
        ("ODG Pain management programs", [(None, "Pain management programs", "odg")]),
        ("ODG Knee/ Transportation", [("Knee", "Transportation", "odg/knee-leg")]),
        (
            "ODG, Neck and Upper Back; Low Back",
            [("Neck and Upper Back", None, "odg/neck-upper-back"), ("Low Back", None, "odg/low-back")],
        ),
        (
            "ODG, Shoulder Chapter, Hand Chapter, Yoga",
            [("Shoulder", "Yoga", "odg/shoulder"), ("Hand", "Yoga", "odg/forearm-wrist-hand")],
        ),
        ("ODG, 14th Edition, 2016, Knee Chapter", [("Knee", None, "odg/knee-leg")]),
        (
            "ODG Low Back (Thoracic and Lumbar, Acute and Chronic) Chapter, Hot sand (HS)",
            [("Low Back (Thoracic and Lumbar, Acute and Chronic)", "Hot sand (HS)", "odg/low-back")],
        ),
        (
            "ODG Low Back (Lumbar & Thoracic) Chapter, Hot sand",
            [("Low Back (Lumbar & Thoracic)", "Hot sand", "odg/low-back")],
        ),
        ("Low Back (Hot sand)", [("Low Back", "Hot sand", "odg/low-back")]),
        ("ODG", [(None, None, "odg")]),
        ("ODG Skin Chapter, Patch tests", [("Skin", "Patch tests", "odg")]),
        (
            "ODG: Low Back - Lumbar & Thoracic (Acute & Chronic) Chapter (Online Version)",
            [("Low Back - Lumbar & Thoracic (Acute & Chronic)", None, "odg/low-back")],
        ),
    ],
)
def test_odg_chapter_and_section(linker: CitationLinker, text: str, expected: list[tuple[str | None, ...]]) -> None:
    found = linked(linker, f"Decision based on Non-MTUS Citation {text}.")
    assert [(c.chapter, c.section, c.guideline) for c in found] == expected
    assert {(c.source, c.document) for c in found} == {("ODG", "ODG")}


@pytest.mark.parametrize(
    "text", ["Third Edition ACOEM Guidelines, Sand Disorders", "ACOEM, Third Edition, Sand Disorders"]
)
def test_an_edition_is_no_source_of_its_own(linker: CitationLinker, text: str) -> None:
    (citation,) = linked(linker, f"Decision based on Non-MTUS Citation {text}.")
    assert (citation.source, citation.document) == ("ACOEM", "ACOEM")
    assert "Sand Disorders" in (citation.chapter, citation.section)


def test_the_year_that_closes_a_reference_is_its_year(linker: CitationLinker) -> None:
    (citation,) = linked(linker, "Decision based on Non-MTUS Citation Some Society, Guideline for Sand Baths, 2016.")
    assert (citation.document, citation.year) == ("Some Society, Guideline for Sand Baths", 2016)


def test_literature_stays_open(linker: CitationLinker) -> None:
    free = "A Hand Book, 6th ed Chapter 17: Bones, accessed 02/18/2017, Other paper (2012)"
    found = linked(linker, f"Decision based on Non-MTUS Citation {free}.")
    assert [(c.document, c.chapter, c.year) for c in found] == [
        ("A Hand Book, 6th ed", "Chapter 17: Bones", None),
        ("Other paper (2012)", None, 2012),
    ]
    assert {(c.source, c.guideline) for c in found} == {("other", None)}


def test_certifications_become_specialties(linker: CitationLinker) -> None:
    found = linker(letter("Decision based on MTUS Knee Complaints 2004.")).decision.reviewer.specialties
    assert found == ("family-practice", "sports-medicine")
