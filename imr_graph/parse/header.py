"""The header of a letter: case number, dates and priority.

Labels and values are read as a row of tokens, so it does not matter whether a value stands behind its label, on
the next line (``Application`` / ``Received:``), or whether all labels of a column come before all its values, as in
PDF text in plain reading order. Where an extractor has put values before their labels, the dates are told by their
order in time.
"""

from __future__ import annotations

import datetime as dt
import re
from operator import itemgetter

from imr_graph.models import Layout
from imr_graph.parse import patterns
from imr_graph.parse.findings import Findings

DATES = ("date_assigned", "date_of_injury", "decision_date", "ur_denial_date", "date_received")
# An injury comes before the denial, the application for review before its assignment (8 CCR 9792.10.1, 9792.10.3)
_IN_TIME = ("date_of_injury", "ur_denial_date", "date_received", "date_assigned", "decision_date")
# What is known of the headers of the earlier layouts; those of 2014 and later have every field.
_EXPECTED: dict[Layout, tuple[str, ...]] = {
    Layout.NOTICE_2013: ("case_number", "decision_date", "ur_denial_date", "date_received"),
    Layout.INDEPENDENT_MEDICAL_REVIEW: ("case_number", "ur_denial_date"),
    Layout.MEDICAL_PROFESSIONAL_REVIEW: ("case_number",),
}
_DIGITS = re.compile(r"\d+")  # 9, 30 and 2016 of "9/30/2016"

Header = dict[str, str | dt.date]
_Run = tuple[list[str], list[re.Match[str]]]  # labels, and the values behind them


def read_header(findings: Findings, start: int, end: int) -> Header:
    """The header fields of ``clean.text[start:end]``: the names of :class:`imr_graph.models.Decision`.

    A field that is missing is not in the result; :func:`report_missing` tells of it.
    """
    header: Header = {}
    runs = _runs(findings, start, end)
    dates = _jumbled(runs)
    for labels, values in runs:
        _assign(findings, header, [n for n in labels if n not in DATES] if dates else labels, values)
    if dates:
        for name, value in zip(_IN_TIME, dates, strict=True):
            _store(findings, header, name, value)
        findings.report("header-jumbled", "values stand before their labels: dates are told by their order in time")
    return header


def _runs(findings: Findings, start: int, end: int) -> list[_Run]:
    """The labels in order, each run of them with the values behind it."""
    runs: list[_Run] = []
    labels: list[str] = []
    values: list[re.Match[str]] = []
    seen = False  # the label of the date received
    for token in patterns.HEADER_TOKEN.regex.finditer(findings.clean.text, start, end):
        kind = token.lastgroup or ""
        if kind in ("case", "kind", "date"):
            values.append(token)
            continue
        if values and kind != "rest":
            runs.append((labels, values))
            labels, values = [], []
        name = "date_received" if kind == "rest" else kind
        if kind != "rest" or not seen:
            labels.append(name)
        seen = seen or name == "date_received"
    return [*runs, (labels, values)]


def _jumbled(runs: list[_Run]) -> list[re.Match[str]]:
    """The dates by time, where all labels have one, but one run has too many and another too few; else none."""
    surplus = [
        sum(value.lastgroup == "date" for value in values) - sum(label in DATES for label in labels)
        for labels, values in runs
    ]
    labels = sorted(label for labels, _ in runs for label in labels if label in DATES)
    dates = [
        (date, value)
        for _, values in runs
        for value in values
        if value.lastgroup == "date" and (date := to_date(value.group()))
    ]
    if not any(surplus) or sum(surplus) != 0 or labels != sorted(DATES) or len(dates) != len(DATES):
        return []
    return [value for _, value in sorted(dates, key=itemgetter(0))]


def _assign(findings: Findings, header: Header, labels: list[str], values: list[re.Match[str]]) -> None:
    """Give a run of labels the run of values behind it, kind by kind."""
    for kind, names in (("case", ["case_number"]), ("kind", ["priority"]), ("date", [n for n in labels if n in DATES])):
        found = [v for v in values if v.lastgroup == kind]
        if kind != "date":
            names = [n for n in names if n in labels]
        if len(found) < len(names):
            names = names[-len(found) :] if len(found) == 1 else []  # a blank value: only the last label is sure
        for name, value in zip(names, found, strict=False):
            _store(findings, header, name, value)


def _store(findings: Findings, header: Header, name: str, value: re.Match[str]) -> None:
    if name in header:
        return
    text = value.group()
    if name in DATES:
        date = to_date(text)
        if date is None:
            findings.report(
                "date-unreadable", f"{label(name)}: {text} is no date", findings.span(value.start(), value.end())
            )
            return
        header[name] = date
    else:
        header[name] = text.lower() if name == "priority" else text.upper().replace("IMR ", "IMR-")
    findings.show(name, value.start(), value.end(), patterns.HEADER_TOKEN.name)


def read_prose_dates(findings: Findings, header: Header, end: int) -> None:
    """Add the dates that a notice of 2013 gives in sentences before offset ``end``."""
    for match in patterns.NOTICE_DATE.regex.finditer(findings.clean.text, 0, end):
        name = next(name for name in DATES if match.groupdict().get(name))
        date = to_date(match["date"])
        if date is not None and name not in header:
            header[name] = date
            findings.show(name, *match.span("date"), patterns.NOTICE_DATE.name)


def report_missing(findings: Findings, header: Header, layout: Layout) -> None:
    """Problems for the fields that headers of the layout have; one problem where there is no header at all."""
    if not header:
        findings.report("header-missing", "no header: no case number, no dates; the letter is known by its text")
        return
    unreadable = {p.message.split(":")[0] for p in findings.problems if p.code == "date-unreadable"}
    for name in _EXPECTED.get(layout, ("case_number", *DATES, "priority")):
        if name not in header and label(name) not in unreadable:
            findings.report("field-missing", f"{label(name)}: not found in the header")


def label(name: str) -> str:
    """A field's name for people: ``date of injury``, ``UR denial date``."""
    return name.replace("_", " ").replace("ur ", "UR ")


def to_date(text: str) -> dt.date | None:
    """The date of ``mm/dd/yyyy`` or ``mm-dd-yy``, or None where there is no such day; yy below 70 is 20yy."""
    month, day, year = map(int, _DIGITS.findall(text))
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
