"""Which layout a letter has, and its sections under the names that all layouts share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from imr_graph.errors import NotADecision
from imr_graph.models import Layout
from imr_graph.parse import patterns
from imr_graph.parse.determinations import find_determinations
from imr_graph.parse.issues import find_labels
from imr_graph.parse.sections import Section, split_sections, trimmed

_FRAME = ("how", "summary", "issues")
_FEWEST = 2  # of the three, for a letter without a readable issue to count as a decision


@dataclass
class Frame:
    """The layout, the sections by name, and the numbered determinations of a notice."""

    layout: Layout
    sections: dict[str, Section]
    determinations: list[re.Match[str]] = field(default_factory=list)


def find_frame(name: str, text: str) -> Frame:
    """The layout and sections of a clean text.

    Raises :class:`NotADecision`, naming ``name`` and what was looked for, where no layout fits.
    """
    sections = split_sections(text)
    if "dispute" in sections and "issues" not in sections:
        return Frame(Layout.MEDICAL_PROFESSIONAL_REVIEW, _without_boilerplate(text, sections))
    if "issues" not in sections:
        labels = find_labels(text, Section("letter", 0, len(text)))
        determinations = find_determinations(text)
        if determinations and not any(kind == "claims" and end > start for kind, start, end in labels):
            return Frame(Layout.NOTICE_2013, _without_boilerplate(text, sections), determinations)
        if labels:
            sections["issues"] = _issues_without_heading(text, sections, labels[0][1])
    if sum(section in sections for section in _FRAME) < _FEWEST:
        raise NotADecision(
            f"{name}: no IMR final determination: neither its sections (clinical case summary; issues, decisions and "
            "rationales) nor numbered determinations were found",
            remedy="give the whole text of one determination letter, with its headings; docs/layouts.md lists them",
        )
    return Frame(_layout(text, sections), _without_boilerplate(text, sections))


def _layout(text: str, sections: dict[str, Section]) -> Layout:
    """The layouts that share their headings: by the wording of the last heading, then by the credentials."""
    heading = text[: sections["issues"].start].rstrip().rpartition("\n")[2] if "issues" in sections else ""
    if "DECISION(S)" in heading.upper():
        return Layout.INDEPENDENT_MEDICAL_REVIEW
    how = sections.get("how") or sections["preamble"]
    place = how.start, how.end
    if patterns.CREDENTIALS_PROSE.regex.search(text, *place) and not patterns.LICENSURE.regex.search(text, *place):
        return Layout.FINAL_DETERMINATION_2014
    return Layout.FINAL_DETERMINATION_2015


def _issues_without_heading(text: str, sections: dict[str, Section], label: int) -> Section:
    """The issues section where its heading is lost: from the paragraph before the first label."""
    start = text.rfind("\n", 0, max(0, label - 1)) + 1
    for name, section in list(sections.items()):
        if section.start < start < section.end:
            sections[name] = trimmed(text, name, section.start, start)
    return Section("issues", start, len(text))


def _without_boilerplate(text: str, sections: dict[str, Section]) -> dict[str, Section]:
    """The sections without the boilerplate sentence that opens the clinical summary."""
    summary = sections.get("summary")
    if summary is not None:
        end = text.find("\n", summary.start, summary.end)
        end = summary.end if end < 0 else end
        match = patterns.BOILERPLATE.regex.search(text, summary.start, end)
        if match is not None:
            sections["summary"] = trimmed(text, "summary", match.end(), summary.end)
    return sections
