"""Headers as PDF, text and markdown print them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from imr_graph.parse import ParsedLetter

WHOLE = {
    "case_number": "CM15-9910001",
    "date_assigned": dt.date(2015, 8, 17),
    "date_of_injury": dt.date(2013, 3, 2),
    "decision_date": dt.date(2015, 9, 21),
    "ur_denial_date": dt.date(2015, 7, 20),
    "date_received": dt.date(2015, 7, 31),
    "priority": "standard",
}
FORMS = {
    "date beside Application": """Case Number: CM15-9910001
Date Assigned: 08/17/2015  Date of Injury: 03/02/2013
Decision Date: 09/21/2015  UR Denial Date: 07/20/2015
Priority: Standard  Application 07/31/2015
Received:
""",
    "columns": """Case Number:
CM15-9910001
Date Assigned:
Decision Date:
Priority:
08/17/2015
09/21/2015
Standard
Date of Injury:
UR Denial Date:
Application
Received:
03/02/2013
07/20/2015
07/31/2015
""",
    "all labels, then all values": """Case Number:
Date Assigned:
Date of Injury:
Decision Date:
UR Denial Date:
Priority:
Application Received:
CM15-9910001
08/17/2015
03/02/2013
09/21/2015
07/20/2015
Standard
07/31/2015
""",
    "markdown": """<b>Case Number:</b>\tCM15-9910001\t\t
<b>Date Assigned:</b>\t08/17/2015\t<b>Date of Injury:</b>\t03/02/2013
<b>Decision Date:</b>\t09/21/2015\t<b>UR Denial Date:</b>\t07/20/2015
<b>Priority:</b>\tStandard\t<b>Application Received:</b>\t07/31/2015
""",
    "one line": "Case Number: CM15-9910001 Date Assigned: 08/17/2015 Date of Injury: 03/02/2013 "
    "Decision Date: 09/21/2015 UR Denial Date: 07/20/2015 Priority: Standard Application Received: 07/31/2015\n",
}


def header_of(letter: ParsedLetter) -> dict[str, object]:
    return {name: getattr(letter.decision, name) for name in WHOLE}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_header(form: str, letter: Callable[..., ParsedLetter]) -> None:
    parsed = letter("MRI: Upheld", header=FORMS[form])
    assert header_of(parsed) == WHOLE
    assert not parsed.decision.problems
    for evidence in parsed.decision.evidence:
        if evidence.field in WHOLE and evidence.field != "priority":
            quoted = parsed.source.text[evidence.span.start : evidence.span.end]
            value = WHOLE[evidence.field]
            assert quoted == (value.strftime("%m/%d/%Y") if isinstance(value, dt.date) else value)


def test_a_blank_value_is_missing_and_no_neighbour_takes_its_place(letter: Callable[..., ParsedLetter]) -> None:
    header = "Case Number: CM15-9910001\nDate Assigned: Date of Injury: 03/02/2013\nDecision Date: 09/21/2015\n"
    decision = letter("MRI: Upheld", header=header).decision
    assert decision.date_assigned is None
    assert decision.date_of_injury == dt.date(2013, 3, 2)
    assert {p.message.split(":")[0] for p in decision.problems} == {
        "date assigned",
        "UR denial date",
        "date received",
        "priority",
    }


def test_values_before_their_labels_are_told_by_time(letter: Callable[..., ParsedLetter]) -> None:
    header = """Case Number:
Date Assigned:
Decision Date:
Priority:
CM15-9910001
08/17/2015
09/21/2015
Standard
03/02/2013
Date of Injury:
UR Denial Date: 07/20/2015
07/31/2015
Application
Received:
"""
    parsed = letter("MRI: Upheld", header=header)
    assert header_of(parsed) == WHOLE
    assert [p.code for p in parsed.decision.problems] == ["header-jumbled"]
    assert parsed.decision.text_sha256 == letter("MRI: Upheld", header=FORMS["one line"]).decision.text_sha256


def test_the_order_of_the_header_does_not_count_and_that_of_the_rest_does(letter: Callable[..., ParsedLetter]) -> None:
    """Converters differ in the columns of the header; two letters differ in a date, or in what was upheld."""

    def identity(*issues: str, header: str = FORMS["one line"]) -> str:
        return str(letter(*issues, header=header).decision.text_sha256)

    both = ("MRI: Upheld", "CT: Overturned")
    converted = {identity(*both, header=FORMS[form]) for form in FORMS if form != "markdown"}
    assert len(converted) == 1
    others = {
        identity("MRI: Overturned", "CT: Upheld"),
        identity("CT: Overturned", "MRI: Upheld"),
        identity(*both, header=FORMS["columns"].replace("09/21/2015", "09/12/2015")),
    }
    assert len(others) == 3
    assert not converted & others


def test_a_day_that_is_none_is_a_problem(letter: Callable[..., ParsedLetter]) -> None:
    parsed = letter("MRI: Upheld", header=FORMS["one line"].replace("03/02/2013", "02/30/2013"))
    (problem,) = parsed.decision.problems
    assert problem.code == "date-unreadable"
    assert parsed.source.text[slice(*problem.spans[0])] == "02/30/2013"


def test_without_header_the_text_is_the_identity(letter: Callable[..., ParsedLetter]) -> None:
    parsed = letter("MRI: Upheld", header="")
    assert parsed.decision.case_number is None
    assert parsed.decision.id == f"h-{parsed.decision.text_sha256[:16]}"
    assert [p.code for p in parsed.decision.problems] == ["header-missing"]
