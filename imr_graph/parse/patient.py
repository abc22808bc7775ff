"""Age and sex of the worker, from the clinical summary."""

from __future__ import annotations

from imr_graph.models import Patient
from imr_graph.parse import phrases
from imr_graph.parse.findings import Findings

_OLDEST, _YOUNGEST = 110, 10
_NEAR = 120  # characters around the age in which the sex stands: "a 48 year old right-hand dominant male"


def read_patient(findings: Findings, start: int, end: int) -> Patient:
    """The first age of ``clean.text[start:end]``, and the sex named beside it or, failing that, by the pronouns."""
    text = findings.clean.text
    age, near = None, start
    for pattern in (phrases.AGE, phrases.AGED):
        match = next((m for m in pattern.regex.finditer(text, start, end) if _is_age(m["age"])), None)
        if match is not None:
            findings.show("patient.age", match.start(), match.end(), pattern.name)
            age, near = int(match["age"]), match.start()
            break
    return Patient(age=age, sex=_read_sex(findings, start, end, near))


def _is_age(digits: str) -> bool:
    return _YOUNGEST <= int(digits) <= _OLDEST


def _read_sex(findings: Findings, start: int, end: int, near: int) -> str | None:
    text = findings.clean.text
    for first, last in ((near, min(end, near + _NEAR)), (start, min(end, start + 3 * _NEAR))):
        match = phrases.SEX.regex.search(text, first, last)
        if match is not None:
            findings.show("patient.sex", match.start(), match.end(), phrases.SEX.name)
            return "female" if match["female"] else "male"
    return _sex_of_pronouns(findings, start, end)


def _sex_of_pronouns(findings: Findings, start: int, end: int) -> str | None:
    """The sex that every pronoun shows; with pronouns of both sexes, or fewer than two, none."""
    found = list(phrases.PRONOUN.regex.finditer(findings.clean.text, start, end))
    sexes = {match.lastgroup for match in found}
    if len(found) < 2 or len(sexes) != 1:
        return None
    findings.show("patient.sex", found[0].start(), found[0].end(), phrases.PRONOUN.name)
    return sexes.pop()
