"""The issues of a 2014-2017 letter: heading, outcome, requests, guideline lines, rationale and conclusion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from imr_graph.models import GuidelineLine, Issue, Outcome, Party
from imr_graph.parse import patterns, phrases
from imr_graph.parse.citations import read_guideline_lines
from imr_graph.parse.conclusion import Conclusion, find_conclusion, sentence_start
from imr_graph.parse.findings import Findings
from imr_graph.parse.sections import Section, trimmed

_PARTIES = {"claims": Party.CLAIMS_ADMINISTRATOR, "maximus": Party.REVIEWER}
_ORDER = ("claims", "maximus", "rationale")


@dataclass
class Block:
    """One issue as labelled stretches of clean text; ``heading`` is the paragraph before the first label."""

    heading: tuple[int, int]
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)


def read_issues(findings: Findings, section: Section) -> tuple[Issue, ...]:
    """The issues of the section in order, numbered from 1."""
    issues: list[Issue] = []
    for block in split_blocks(findings.clean.text, section):
        issue = _read_issue(findings, block, len(issues) + 1)
        if issue is not None:
            issues.append(issue)
    return tuple(issues)


def split_blocks(text: str, section: Section) -> list[Block]:
    """The section cut into issues at its guideline and rationale labels."""
    labels = find_labels(text, section)
    blocks: list[Block] = []
    last = len(_ORDER)
    for kind, start, end in labels:
        if _ORDER.index(kind) <= last or not blocks:
            blocks.append(Block(_paragraph_before(text, section.start, start)))
        last = _ORDER.index(kind)
        blocks[-1].parts[kind] = (end, section.end)
    bounds = sorted([start for _, start, _ in labels] + [b.heading[0] for b in blocks] + [section.end])
    for block in blocks:
        for kind, (start, _) in block.parts.items():
            edge = next((b for b in bounds if b > start or b == start == section.end), section.end)
            part = trimmed(text, kind, start, edge)
            block.parts[kind] = (part.start, part.end)
    return blocks


def find_labels(text: str, section: Section) -> list[tuple[str, int, int]]:
    """The labels as (kind, start, end); sentences that open a guideline line count only where no label does."""
    labels = list(patterns.ISSUE_LABEL.at_line_starts(text, section.start, section.end))
    if any(m["claims"] or m["maximus"] for m in labels):
        labels = [m for m in labels if not (m.lastgroup or "").endswith("_sentence")]
    return [((m.lastgroup or "").removesuffix("_sentence"), m.start(), m.end()) for m in labels]


def _paragraph_before(text: str, floor: int, at: int) -> tuple[int, int]:
    """The paragraph before a label; in text that has lost its lines, the last sentence of the rationale before it."""
    end = max(floor, at - 1)
    start = max(floor, text.rfind("\n", 0, end) + 1)
    label = patterns.ISSUE_LABEL.regex.match(text, start)
    if start >= end or label is None:
        return start, end
    if patterns.OUTCOME.regex.search(text, label.end(), end) is None:
        return end, end
    start = sentence_start(text, end, label.end())
    while start > label.end() and not patterns.is_whole_heading(text[start:end]):
        start = sentence_start(text, start - 1, label.end())
    return start, end


def _read_issue(findings: Findings, block: Block, n: int) -> Issue | None:
    request, outcome = _read_heading(findings, block.heading, n)
    for kind in _ORDER:
        if kind not in block.parts:
            findings.report("field-missing", f"issue {n}: no {_NAMES[kind]}", findings.span(*block.heading), issue=n)
    return make_issue(findings, block, n, request, outcome)


def make_issue(
    findings: Findings, block: Block, n: int, request: tuple[int, int], outcome: Outcome | None
) -> Issue | None:
    """The issue of a block; an outcome that the heading lacks is read from the rationale, or the issue left out."""
    text = findings.clean.text
    start, end = block.parts.get("rationale", (0, 0))
    conclusion = find_conclusion(text, start, end) if end > start else None
    if outcome is None:
        if conclusion is None:
            findings.report("issue-unreadable", f"issue {n}: no outcome was found", findings.span(*block.heading))
            return None
        outcome = conclusion.outcome
        findings.show(f"issues.{n}.outcome", conclusion.start, conclusion.end, conclusion.rule)
        findings.report("outcome-missing", f"issue {n}: no outcome word", findings.span(*block.heading), issue=n)
    elif conclusion is not None:
        _compare_outcome(findings, n, outcome, conclusion)
    lines = _guideline_lines(findings, block)
    return Issue(
        n=n,
        request=text[slice(*request)],
        request_span=findings.span(*request),
        outcome=outcome,
        **_requests(findings, request, n),
        guideline_lines=lines,
        citations=read_guideline_lines(lines, findings.clean),
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
    text = findings.clean.text
    match = patterns.OUTCOME.regex.search(text, *heading)
    if match is not None:
        findings.show(f"issues.{n}.outcome", *match.span("word"), patterns.OUTCOME.name)
        return (heading[0], match.start()), to_outcome(match["word"])
    determination = patterns.DETERMINATION.regex.match(text, *heading)
    if determination is None:
        return heading, None
    return read_determination(findings, determination, n)


def _compare_outcome(findings: Findings, n: int, outcome: Outcome, conclusion: Conclusion) -> None:
    """Report an outcome word that contradicts the conclusion; only its surest wording counts."""
    if outcome in (conclusion.outcome, Outcome.PARTIALLY_OVERTURNED) or conclusion.rule != phrases.NECESSITY.name:
        return
    findings.report(
        "outcome-differs",
        f"issue {n}: the heading says {outcome}, the conclusion reads as {conclusion.outcome}",
        *findings.where(f"issues.{n}.outcome"),
        findings.span(conclusion.start, conclusion.end),
        issue=n,
    )


def read_determination(findings: Findings, match: re.Match[str], n: int) -> tuple[tuple[int, int], Outcome]:
    """The place of the request and the outcome of ``N. X is [not] medically necessary and appropriate.``"""
    findings.show(f"issues.{n}.outcome", match.end("request"), match.end(), patterns.DETERMINATION.name)
    return match.span("request"), Outcome.UPHELD if match["not"] else Outcome.OVERTURNED


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
    rest = original.end(), request[1]
    other = patterns.AUTHORIZED_OTHER
    keep("authorized_request", other.regex.search(text, *rest), "part", other.name)
    keep("authorized_request", patterns.AUTHORIZED.regex.match(text, *rest), "part", patterns.AUTHORIZED.name)
    keep("remaining_request", patterns.REMAINING.regex.search(text, *rest), "rest", patterns.REMAINING.name)
    return found


def _guideline_lines(findings: Findings, block: Block) -> tuple[GuidelineLine, ...]:
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
