"""The issues of a 2014-2017 letter: heading, outcome, requests, guideline lines, rationale and conclusion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from imr_graph.models import GuidelineLine, Issue, Outcome, Party
from imr_graph.parse import patterns
from imr_graph.parse.citations import read_guideline_line
from imr_graph.parse.conclusion import find_conclusion
from imr_graph.parse.findings import Findings
from imr_graph.parse.sections import Section, trimmed

_PARTIES = {"claims": Party.CLAIMS_ADMINISTRATOR, "maximus": Party.REVIEWER}
_ORDER = ("claims", "maximus", "rationale")


@dataclass
class _Block:
    """One issue as labelled stretches of clean text; ``heading`` is the paragraph before the first label."""

    heading: tuple[int, int]
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)


def read_issues(findings: Findings, section: Section) -> tuple[Issue, ...]:
    """The issues of the section in order, numbered from 1."""
    issues = []
    for block in _blocks(findings.clean.text, section):
        issue = _read_issue(findings, block, len(issues) + 1)
        if issue is not None:
            issues.append(issue)
    return tuple(issues)


def _blocks(text: str, section: Section) -> list[_Block]:
    labels = list(patterns.ISSUE_LABEL.regex.finditer(text, section.start, section.end))
    blocks: list[_Block] = []
    last = len(_ORDER)
    for label in labels:
        kind = label.lastgroup or ""
        if _ORDER.index(kind) <= last or not blocks:
            blocks.append(_Block(_paragraph_before(text, section.start, label.start())))
        last = _ORDER.index(kind)
        blocks[-1].parts[kind] = (label.end(), section.end)
    bounds = sorted([m.start() for m in labels] + [b.heading[0] for b in blocks] + [section.end])
    for block in blocks:
        for kind, (start, _) in block.parts.items():
            part = trimmed(text, kind, start, next((b for b in bounds if b >= start), section.end))
            block.parts[kind] = (part.start, part.end)
    return blocks


def _paragraph_before(text: str, floor: int, at: int) -> tuple[int, int]:
    end = max(floor, at - 1)
    start = max(floor, text.rfind("\n", 0, end) + 1)
    return (start, end) if start < end and not patterns.ISSUE_LABEL.regex.match(text, start) else (end, end)


def _read_issue(findings: Findings, block: _Block, n: int) -> Issue | None:
    text = findings.clean.text
    start, end = block.parts.get("rationale", (0, 0))
    conclusion = find_conclusion(text, start, end) if end > start else None
    request, outcome = _read_heading(findings, block.heading, n)
    if outcome is None:
        if conclusion is None:
            findings.report("issue-unreadable", f"issue {n}: no outcome was found", findings.span(*block.heading))
            return None
        outcome = conclusion.outcome
        findings.show(f"issues.{n}.outcome", conclusion.start, conclusion.end, conclusion.rule)
        findings.report("outcome-missing", f"issue {n}: no outcome word", findings.span(*block.heading), issue=n)
    lines = _guideline_lines(findings, block)
    for kind in _ORDER:
        if kind not in block.parts:
            findings.report("field-missing", f"issue {n}: no {_NAMES[kind]}", findings.span(*block.heading), issue=n)
    return Issue(
        n=n,
        request=text[slice(*request)],
        request_span=findings.span(*request),
        outcome=outcome,
        **_requests(findings, request, n),
        guideline_lines=lines,
        citations=tuple(c for line in lines for c in read_guideline_line(line, findings.clean)),
        rationale=text[start:end],
        rationale_span=findings.span(start, end) if end > start else None,
        conclusion=text[conclusion.start : conclusion.end] if conclusion else None,
        conclusion_span=findings.span(conclusion.start, conclusion.end) if conclusion else None,
    )


_NAMES = {
    "claims": "claims administrator guideline",
    "maximus": "MAXIMUS guideline",
    "rationale": "decision rationale",
}


def _read_heading(findings: Findings, heading: tuple[int, int], n: int) -> tuple[tuple[int, int], Outcome | None]:
    """The place of the request, and the outcome; the heading is split at its last outcome word."""
    match = patterns.OUTCOME.regex.search(findings.clean.text, *heading)
    if match is None:
        return heading, None
    findings.show(f"issues.{n}.outcome", *match.span("word"), patterns.OUTCOME.name)
    return (heading[0], match.start()), to_outcome(match["word"])


def to_outcome(word: str) -> Outcome:
    """The outcome of a heading's last word."""
    if word.lower().startswith("partial"):
        return Outcome.PARTIALLY_OVERTURNED
    return Outcome(word.lower())


def _requests(findings: Findings, request: tuple[int, int], n: int) -> dict[str, str]:
    """The original, authorized and remaining requests of a heading that has them."""
    text = findings.clean.text
    original = patterns.ORIGINAL.regex.match(text, *request)
    if original is None:
        return {}
    found: dict[str, str] = {}

    def keep(name: str, match: re.Match[str] | None, group: str, rule: str) -> None:
        if match is not None and name not in found:
            found[name] = match[group]
            findings.show(f"issues.{n}.{name}", *match.span(group), rule)

    keep("original_request", original, "original", patterns.ORIGINAL.name)
    for pattern in (patterns.AUTHORIZED_OTHER, patterns.AUTHORIZED):
        match = pattern.regex.search(text, original.end(), request[1])
        keep("authorized_request", match, "part", pattern.name)
    remaining = patterns.REMAINING.regex.search(text, original.end(), request[1])
    keep("remaining_request", remaining, "rest", patterns.REMAINING.name)
    return found


def _guideline_lines(findings: Findings, block: _Block) -> tuple[GuidelineLine, ...]:
    lines = []
    for kind, party in _PARTIES.items():
        start, end = block.parts.get(kind, (0, 0))
        if end > start:
            line = findings.clean.text[start:end]
            lines.append(
                GuidelineLine(
                    party=party,
                    text=line,
                    span=findings.span(start, end),
                    cites_nothing=patterns.GUIDELINE_NONE.regex.search(line) is not None,
                    outside_mtus=patterns.GUIDELINE_OUTSIDE.regex.search(line) is not None,
                )
            )
    return tuple(lines)
