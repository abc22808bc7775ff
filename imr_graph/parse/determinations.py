"""The issues of the two layouts of 2013 that have no ``: Upheld`` headings.

The notice lists numbered determinations, twice, and gives the reasons further down under the same numbers. The
medical professional review has one dispute, and one rationale whose heading reads "not medically necessary"
whatever was decided, so that the outcome can only come from the conclusion.
"""

from __future__ import annotations

import re

from imr_graph.models import Issue
from imr_graph.parse import patterns
from imr_graph.parse.conclusion import find_conclusion
from imr_graph.parse.findings import Findings
from imr_graph.parse.issues import Block, find_labels, make_issue, read_determination
from imr_graph.parse.sections import Section, trimmed


def find_determinations(text: str) -> list[re.Match[str]]:
    """The numbered determinations of a notice, each once, by number."""
    found: dict[tuple[int, str], re.Match[str]] = {}
    for match in patterns.DETERMINATION.at_line_starts(text):
        found.setdefault((int(match["n"]), match["request"].lower()), match)
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def read_notice(findings: Findings, determinations: list[re.Match[str]]) -> tuple[Issue, ...]:
    """The issues of a 2013 notice, with what stands under ``N) Regarding the request for X:``."""
    text = findings.clean.text
    reasons = list(patterns.REGARDING.regex.finditer(text))
    ends = [match.start() for match in reasons[1:]] + [len(text)]
    sections = {int(m["n"]): trimmed(text, "reasons", m.end(), end) for m, end in zip(reasons, ends, strict=False)}
    issues: list[Issue] = []
    for match in determinations:
        n = len(issues) + 1
        block = Block(match.span())
        if int(match["n"]) in sections:
            block.parts = _labelled(text, sections[int(match["n"])])
        if "rationale" not in block.parts:
            findings.report("field-missing", f"issue {n}: no rationale", findings.span(*match.span()), issue=n)
        request, outcome = read_determination(findings, match, n)
        issue = make_issue(findings, block, n, request, outcome)
        if issue is not None:
            issues.append(issue)
    return tuple(issues)


def _labelled(text: str, section: Section) -> dict[str, tuple[int, int]]:
    """The guideline sentences of both parties, in two paragraphs or in one, and the rationale."""
    labels = find_labels(text, section)
    ends = [start for _, start, _ in labels[1:]] + [section.end]
    parts = {}
    for (kind, _, start), end in zip(labels, ends, strict=False):
        part = trimmed(text, kind, start, end)
        parts[kind] = (part.start, part.end)
    if "claims" in parts and "maximus" not in parts:
        start, end = parts["claims"]
        second = patterns.REVIEWER_SENTENCE.regex.search(text, start, end)
        if second is not None:
            parts |= {"claims": (start, second.start() - 1), "maximus": (second.start(), end)}
    return parts


def read_dispute(findings: Findings, sections: dict[str, Section]) -> tuple[Issue, ...]:
    """The issues of a medical professional review: every item of the dispute, with the one conclusion."""
    text = findings.clean.text
    dispute = sections["dispute"]
    rationale = sections.get("rationale", Section("rationale", dispute.end, dispute.end))
    conclusion = find_conclusion(text, rationale.start, rationale.end)
    items = [m.span("item") for m in patterns.NUMBERED.regex.finditer(text, dispute.start, dispute.end)]
    issues: list[Issue] = []
    for item in items or [(dispute.start, dispute.end)]:
        n = len(issues) + 1
        block = Block(item, {"rationale": (rationale.start, rationale.end)})
        if "guidelines" in sections:
            block.parts["maximus"] = (sections["guidelines"].start, sections["guidelines"].end)
        if conclusion is not None:
            findings.show(f"issues.{n}.outcome", conclusion.start, conclusion.end, conclusion.rule)
        issue = make_issue(findings, block, n, item, conclusion.outcome if conclusion else None)
        if issue is not None:
            issues.append(issue)
    return tuple(issues)
