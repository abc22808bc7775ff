"""Invented letters in parts, to be joined as a test needs them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from imr_graph.parse import ParsedLetter, parse_letter
from imr_graph.text import SourceText

HEADER = """Case Number: CM15-9910001
Date Assigned: 08/17/2015 Date of Injury: 03/02/2013
Decision Date: 09/21/2015 UR Denial Date: 07/20/2015
Priority: Standard Application
Received:
07/31/2015
"""
REVIEWER = """State(s) of Licensure: California
Certification(s)/Specialty: Family Practice
"""
SUMMARY = "The worker is a 40 year old female with a date of injury of 03/02/2013. She has pain.\n"
RATIONALE = """The guideline asks for a trial of exercise before any study, and no such trial was found in the
notes that were sent. Therefore the request is not medically necessary.
"""
LABELS = """Claims Administrator guideline: Decision based on MTUS Knee Complaints 2004.
MAXIMUS guideline: Decision based on MTUS Knee Complaints 2004.
Decision rationale: """


def _compose(*issues: str, header: str = HEADER, reviewer: str = REVIEWER, summary: str = SUMMARY) -> str:
    """A letter of 2015; an issue is a heading, or a heading and a rationale parted by ``|``."""
    text = (
        f"{header}HOW THE IMR FINAL DETERMINATION WAS MADE\nMAXIMUS Federal Services sent the complete case file.\n"
        f"The Expert Reviewer has the following credentials:\n{reviewer}CLINICAL CASE SUMMARY\n"
        "The expert reviewer developed the following clinical case summary based on a review of the\n"
        f"case file, including all medical records:\n{summary}IMR ISSUES, DECISIONS AND RATIONALES\n"
        "The Final Determination was based on decisions for the disputed items/services set forth below:\n"
    )
    for issue in issues:
        heading, _, rationale = issue.partition("|")
        text += f"{heading}\n{LABELS}{rationale or RATIONALE}".rstrip() + "\n"
    return text


def read(text: str) -> ParsedLetter:
    """The parsed letter of a text."""
    return parse_letter(SourceText("letter.txt", text, hashlib.sha256(text.encode()).hexdigest(), "text/plain"))


@pytest.fixture
def compose() -> Callable[..., str]:
    """Compose the text of a letter: issues as ``heading`` or ``heading|rationale``, and parts by name.

    A part is a text, or a pair (old, new) for a change of the usual text.
    """

    def build(*issues: str, **parts: str | tuple[str, str]) -> str:
        usual = {"header": HEADER, "reviewer": REVIEWER, "summary": SUMMARY}
        whole = {k: v if isinstance(v, str) else usual[k].replace(*v) for k, v in parts.items()}
        return _compose(*issues, **whole)

    return build


@pytest.fixture
def letter(compose: Callable[..., str]) -> Callable[..., ParsedLetter]:
    """Compose and parse a letter."""
    return lambda *issues, **parts: read(compose(*issues, **parts))


@pytest.fixture
def parse() -> Callable[[str], ParsedLetter]:
    """Parse the text of a whole letter."""
    return read
