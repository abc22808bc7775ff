"""The layouts of 2013 and 2014, and what is no decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from imr_graph.errors import NotADecision
from imr_graph.models import Layout, Outcome
from imr_graph.parse import ParsedLetter

DETERMINATIONS = """1) MAXIMUS Federal Services, Inc. has determined the request for a rolling walker for home use and
for the community is notmedically necessary and appropriate.
2) MAXIMUS Federal Services, Inc. has determined the request for Ultram 50mg #30 is medically
necessary and appropriate.
"""
NOTICE = f"""MAXIMUS FEDERAL SERVICES, INC. Notice of Independent Medical Review Determination Dated: 9/26/2013
IMR Case Number: CM13-9910002
{DETERMINATIONS}INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE
An application for Independent Medical Review was filed on 9/6/2013 disputing the Utilization Review Denial dated
8/30/2013. A Notice of Assignment and Request for Information was provided to the above parties on 9/23/2013.
{DETERMINATIONS}Medical Qualifications of the Expert Reviewer:
The physician reviewer is Board Certified in Neurology and is licensed to practice in California.
Case Summary:
Disclaimer: The following case summary was taken directly from the utilization review denial.
"The patient is a 50 year old female with knee pain."
Documents Reviewed for Determination:
The notes were reviewed.
1) Regarding the request for a rolling walker for home use and for the community:
Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to Make His/Her Decision
The Claims Administrator based its decision on the Official Disability Guidelines.
The Expert Reviewer based his/her decision on the Official Disability Guidelines, knee chapter.
Rationale for the Decision:
She walks well. The request for a walker is not medically necessary and appropriate.
2) Regarding the request for Ultram 50mg #30:
Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to Make His/Her Decision
The Claims Administrator based its decision on the Chronic Pain Guidelines.
The Expert Reviewer based his/her decision on the Chronic Pain Guidelines, page 78.
Rationale for the Decision:
Function improved. The request for Ultram is medically necessary and appropriate.
"""
REVIEW = """MAXIMUS FEDERAL SERVICES, INC.
Independent Medical Review
UR Denial Date:  08/30/2013
HOW THE IMR FINAL DETERMINATION WAS MADE
The physician reviewer is Board Certified in Neurology and is licensed to practice in California, Texas and Iowa.
DOCUMENTS REVIEWED
Notes.
CLINICAL CASE SUMMARY
The patient is a 50 year old man.
IMR DECISION(S) AND RATIONALE(S)
The Final Determination was based on decisions for the disputed items/services set forth below:
1. Ultram 50mg #30 is not medically necessary and appropriate.
The Claims Administrator based its decision on the Chronic Pain Guidelines.
The Physician Reviewer based his/her decision on the Chronic Pain Guidelines, page 78, which is part of the MTUS.
The Physician Reviewer's decision rationale:
Function did not improve. The request for Ultram is not medically necessary and appropriate.
2. A rolling walker is medically necessary and appropriate.
The Claims Administrator based its decision on ODG.
The Physician Reviewer based his/her decision on ODG.
The Physician Reviewer's decision rationale: He fell twice. The request is medically necessary.
"""
PROFESSIONAL = """
MEDICAL PROFESSIONAL REVIEW
ISSUE AT DISPUTE:
MRI of the left knee without contrast
CASE SUMMARY:
A 44 y/o male with knee pain.
DOCUMENTS REVIEWED FOR DETERMINATION:
Notes.
MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL
REVIEWER AND WHY:
Knee chapter.
RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT
MEDICALLY NECESSARY:
Locking was found. The MRI is medically necessary.
MEDICAL REVIEWER QUALIFICATIONS:
The reviewer is Board Certified in Orthopedic Surgery and is licensed to practice in California.
"""


def requests(letter: ParsedLetter) -> list[tuple[str, str]]:
    return [(issue.request, issue.outcome.value) for issue in letter.decision.issues]


def test_the_notice_of_2013_counts_each_determination_once(parse: Callable[[str], ParsedLetter]) -> None:
    letter = parse(NOTICE)
    decision = letter.decision
    assert decision.layout is Layout.NOTICE_2013
    assert requests(letter) == [
        ("a rolling walker for home use and for the community", "upheld"),
        ("Ultram 50mg #30", "overturned"),
    ]
    assert decision.outcome is Outcome.PARTIALLY_OVERTURNED
    assert decision.decision_date == dt.date(2013, 9, 26)
    assert decision.date_received == dt.date(2013, 9, 6)
    assert decision.ur_denial_date == dt.date(2013, 8, 30)
    assert decision.date_assigned == dt.date(2013, 9, 23)
    assert decision.reviewer.certifications == ("Neurology",)
    assert decision.patient.age == 50
    assert decision.issues[1].rationale.startswith("Function improved.")
    assert [line.text[:20] for line in decision.issues[0].guideline_lines] == [
        "The Claims Administr",
        "The Expert Reviewer ",
    ]
    assert not decision.problems


def test_the_independent_medical_review(parse: Callable[[str], ParsedLetter]) -> None:
    letter = parse(REVIEW)
    assert letter.decision.layout is Layout.INDEPENDENT_MEDICAL_REVIEW
    assert requests(letter) == [("Ultram 50mg #30", "upheld"), ("A rolling walker", "overturned")]
    assert letter.decision.ur_denial_date == dt.date(2013, 8, 30)
    assert letter.decision.reviewer.licensed_in == ("California", "Texas", "Iowa")


def test_the_professional_review_is_decided_by_its_conclusion(parse: Callable[[str], ParsedLetter]) -> None:
    letter = parse(PROFESSIONAL)
    assert letter.decision.layout is Layout.MEDICAL_PROFESSIONAL_REVIEW
    assert requests(letter) == [("MRI of the left knee without contrast", "overturned")]
    assert letter.decision.clinical_summary == "A 44 y/o male with knee pain."
    assert letter.decision.reviewer.certifications == ("Orthopedic Surgery",)
    denied = parse(PROFESSIONAL.replace("MRI is medically", "MRI is not medically"))
    assert requests(denied)[0][1] == "upheld"


def test_credentials_tell_2014_from_2015(letter: Callable[..., ParsedLetter]) -> None:
    prose = "The expert reviewer is Board Certified in Neurology and is licensed to practice in California.\n"
    assert letter("MRI: Upheld").decision.layout is Layout.FINAL_DETERMINATION_2015
    assert letter("MRI: Upheld", reviewer=prose).decision.layout is Layout.FINAL_DETERMINATION_2014


def test_the_same_letter_in_other_clothes_is_the_same(
    parse: Callable[[str], ParsedLetter], compose: Callable[..., str]
) -> None:
    plain = compose("MRI of the knee: Upheld", "Norco 10/325mg #60: Overturned|It helped. It is medically necessary.\n")
    marked = plain.replace("CLINICAL CASE", "### CLINICAL CASE").replace(
        "MRI of the knee: Upheld", "**MRI of the knee: Upheld**"
    )
    forms = [plain, plain.replace("\n", "\r\n"), plain.replace("\n", " \n\n"), marked]
    decisions = [parse(form).decision for form in forms]
    assert len({d.text_sha256 for d in decisions}) == 1
    assert len({(d.issues[0].request, d.issues[1].rationale, d.clinical_summary) for d in decisions}) == 1


def test_issues_are_found_without_the_heading_of_their_section(
    parse: Callable[[str], ParsedLetter], compose: Callable[..., str]
) -> None:
    text = compose("MRI of the knee: Upheld").replace("IMR ISSUES, DECISIONS AND RATIONALES\n", "")
    assert requests(parse(text)) == [("MRI of the knee", "upheld")]


def test_a_letter_that_ends_early_is_a_decision_with_a_problem(letter: Callable[..., ParsedLetter]) -> None:
    decision = letter().decision
    assert decision.issues == ()
    assert [p.code for p in decision.problems] == ["no-issues"]


@pytest.mark.parametrize(
    "text", ["Dear colleague,\nthe invoice is attached.\n", "CLINICAL CASE SUMMARY\nA note.\n", "\f"]
)
def test_other_texts_are_refused_with_what_was_missing(text: str, parse: Callable[[str], ParsedLetter]) -> None:
    with pytest.raises(NotADecision, match=r"letter\.txt.*clinical case summary.*docs/layouts\.md"):
        parse(text)


def test_a_notice_cut_before_its_reasons_keeps_its_determinations(parse: Callable[[str], ParsedLetter]) -> None:
    letter = parse(NOTICE[: NOTICE.index("1) Regarding")])
    assert [outcome for _, outcome in requests(letter)] == ["upheld", "overturned"]
    assert all(issue.rationale_span is None for issue in letter.decision.issues)
    assert [(p.code, p.issue) for p in letter.decision.problems] == [("field-missing", 1), ("field-missing", 2)]
