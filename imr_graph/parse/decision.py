"""One letter to one :class:`~imr_graph.models.Decision`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imr_graph.errors import NotADecision
from imr_graph.models import Decision, Issue, Layout, Outcome
from imr_graph.parse import patterns
from imr_graph.parse.clean import clean
from imr_graph.parse.findings import Findings
from imr_graph.parse.header import read_header, report_missing
from imr_graph.parse.issues import read_issues
from imr_graph.parse.patient import read_patient
from imr_graph.parse.reviewer import read_reviewer
from imr_graph.parse.sections import Section, split_sections, trimmed
from imr_graph.text import CleanText, SourceText, identity_of


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
    sections = split_sections(cleaned.text)
    missing = [name for name in ("summary", "issues") if name not in sections]
    if missing:
        raise NotADecision(f"{source.name}: no section {' and no section '.join(missing)}", remedy="x")
    findings = Findings(cleaned)
    decision = _read_decision(source, findings, sections)
    return ParsedLetter(decision, cleaned, source)


def _read_decision(source: SourceText, findings: Findings, sections: dict[str, Section]) -> Decision:
    header = read_header(findings, sections["preamble"].start, sections["preamble"].end)
    report_missing(findings, header)
    how = sections.get("how", sections["preamble"])
    reviewer = read_reviewer(findings, how.start, how.end)
    summary = without_boilerplate(findings.clean.text, sections["summary"])
    patient = read_patient(findings, summary.start, summary.end)
    issues = read_issues(findings, sections["issues"])
    text_sha256 = identity_of(source.text)
    return Decision(
        id=str(header.get("case_number") or f"h-{text_sha256[:16]}"),
        **header,
        text_sha256=text_sha256,
        source_sha256=source.sha256,
        source_name=source.name,
        layout=Layout.FINAL_DETERMINATION_2015,
        outcome=outcome_of(issues),
        reviewer=reviewer,
        patient=patient,
        clinical_summary=findings.clean.text[summary.start : summary.end],
        clinical_summary_span=findings.span(summary.start, summary.end),
        issues=issues,
        evidence=tuple(findings.evidence),
        problems=tuple(findings.problems),
    )


def without_boilerplate(text: str, section: Section) -> Section:
    """The section without the boilerplate sentence that opens it."""
    end = text.find("\n", section.start, section.end)
    end = section.end if end < 0 else end
    match = patterns.BOILERPLATE.regex.search(text, section.start, end)
    return trimmed(text, section.name, match.end(), section.end) if match else section


def outcome_of(issues: Iterable[Issue]) -> Outcome | None:
    """The outcome of a letter: that of its issues where they agree, else partially overturned."""
    outcomes = {issue.outcome for issue in issues}
    if len(outcomes) > 1:
        return Outcome.PARTIALLY_OVERTURNED
    return outcomes.pop() if outcomes else None
