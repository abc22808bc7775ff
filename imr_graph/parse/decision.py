"""One letter to one :class:`~imr_graph.models.Decision`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from imr_graph.models import Decision, Issue, Layout, Outcome
from imr_graph.parse.clean import clean
from imr_graph.parse.determinations import read_dispute, read_notice
from imr_graph.parse.findings import Findings
from imr_graph.parse.header import Header, read_header, read_prose_dates, report_missing
from imr_graph.parse.issues import read_issues
from imr_graph.parse.layouts import Frame, find_frame
from imr_graph.parse.patient import read_patient
from imr_graph.parse.problems import report_contradictions
from imr_graph.parse.reviewer import read_reviewer
from imr_graph.parse.sections import Section
from imr_graph.text import CleanText, SourceText, identity_of

_HEADER_WORD = re.compile(r"[^\W_]+(?:[/-][^\W_]+)*")  # cm16-0213037, 11/09/2016


@dataclass(frozen=True, slots=True)
class ParsedLetter:
    """A decision with the texts that it was read from; its spans are offsets into ``source.text``."""

    decision: Decision
    clean: CleanText
    source: SourceText


def parse_letter(source: SourceText) -> ParsedLetter:
    """Read one letter.

    What a decision lacks or contradicts becomes one of its problems. Raises :class:`NotADecision` for a text that
    is no IMR final determination.
    """
    cleaned = clean(source.text)
    findings = Findings(cleaned)
    decision = _read_decision(source, findings, find_frame(source.name, cleaned.text))
    return ParsedLetter(decision, cleaned, source)


def _read_decision(source: SourceText, findings: Findings, frame: Frame) -> Decision:
    sections, text = frame.sections, findings.clean.text
    header = _header(findings, frame)
    how = sections.get("how") or sections["preamble"]
    reviewer = read_reviewer(findings, how.start, how.end)
    summary = sections.get("summary", Section("summary", 0, 0))
    patient = read_patient(findings, summary.start, summary.end)
    issues = _issues(findings, frame)
    identity = _identity(source.text, findings, frame)
    decision = Decision(
        id=str(header.get("case_number") or f"h-{identity[:16]}"),
        **header,
        text_sha256=identity,
        source_sha256=source.sha256,
        source_name=source.name,
        layout=frame.layout,
        outcome=outcome_of(issues),
        reviewer=reviewer,
        patient=patient,
        clinical_summary=text[summary.start : summary.end],
        clinical_summary_span=findings.span(summary.start, summary.end) if summary.end else None,
        issues=issues,
    )
    report_contradictions(findings, decision)
    return decision.model_copy(update={"evidence": tuple(findings.evidence), "problems": tuple(findings.problems)})


def _identity(text: str, findings: Findings, frame: Frame) -> str:
    """The identity of a letter: that of its words, those of the header in alphabetical order.

    Each converter reads the two columns of a header in its own order. The notice of 2013 has no columns and decides
    in its preamble, where the order of the words matters.
    """
    if frame.layout is Layout.NOTICE_2013:
        return identity_of(text)
    preamble = frame.sections["preamble"]
    end = findings.span(preamble.start, preamble.end).end
    return identity_of(" ".join(sorted(_HEADER_WORD.findall(text[:end].lower()))) + text[end:])


def _header(findings: Findings, frame: Frame) -> Header:
    preamble = frame.sections["preamble"]
    header = read_header(findings, preamble.start, preamble.end)
    if frame.layout is Layout.NOTICE_2013:
        read_prose_dates(findings, header, frame.sections.get("summary", preamble).start)
    report_missing(findings, header, frame.layout)
    return header


def _issues(findings: Findings, frame: Frame) -> tuple[Issue, ...]:
    if frame.layout is Layout.NOTICE_2013:
        issues = read_notice(findings, frame.determinations)
    elif frame.layout is Layout.MEDICAL_PROFESSIONAL_REVIEW:
        issues = read_dispute(findings, frame.sections)
    else:
        section = frame.sections.get("issues")
        issues = read_issues(findings, section) if section else ()
    if not issues:
        findings.report("no-issues", "no issue could be read: the letter ends early or its headings are damaged")
    return issues


def outcome_of(issues: Iterable[Issue]) -> Outcome | None:
    """The outcome of a letter: that of its issues where they agree, else partially overturned."""
    outcomes = {issue.outcome for issue in issues}
    if len(outcomes) > 1:
        return Outcome.PARTIALLY_OVERTURNED
    return outcomes.pop() if outcomes else None
