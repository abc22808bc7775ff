"""The expert reviewer's credentials: the block of 2015 and later, or the sentence of 2014."""

from __future__ import annotations

import re
from functools import cache

from imr_graph.models import Reviewer
from imr_graph.parse import patterns
from imr_graph.parse.findings import Findings
from imr_graph.resources import rules

_COMMA = re.compile(r"\s*[,;]\s*(?:and\s+)?")  # "Texas,New York, and Ohio"
_AND = re.compile(r"\s+and\s+")


def read_reviewer(findings: Findings, start: int, end: int) -> Reviewer:
    """The credentials in ``clean.text[start:end]``; what is missing becomes a problem."""
    text = findings.clean.text
    states = next(patterns.LICENSURE.at_line_starts(text, start, end), None)
    names = next(patterns.CERTIFICATION.at_line_starts(text, start, end), None)
    if states is None and names is None:
        prose = patterns.CREDENTIALS_PROSE.regex.search(text, start, end)
        if prose is not None:
            return _from_prose(findings, prose)
    licensed = _listed(findings, "reviewer.licensed_in", states, "states", patterns.LICENSURE.name)
    certified = _listed(findings, "reviewer.certifications", names, "names", patterns.CERTIFICATION.name)
    return Reviewer(licensed_in=licensed, certifications=certified)


def _from_prose(findings: Findings, prose: re.Match[str]) -> Reviewer:
    rule = patterns.CREDENTIALS_PROSE.name
    names = prose["names"]
    second = patterns.SUBSPECIALTY.regex.search(names)
    first = names[: second.start()] if second else names
    findings.show("reviewer.certifications", prose.start("names"), prose.end("names"), rule)
    findings.show("reviewer.licensed_in", *prose.span("states"), rule)
    return Reviewer(
        licensed_in=split_names(prose["states"], conjunction=True),
        certifications=split_names(patterns.BOARD_CERTIFIED.regex.sub("", first), conjunction=True),
        specialties=split_names(second["names"], conjunction=True) if second else (),
    )


def _listed(findings: Findings, name: str, match: re.Match[str] | None, group: str, rule: str) -> tuple[str, ...]:
    if match is None or not match[group].strip():
        findings.report("field-missing", f"{name.replace('.', ': ').replace('_', ' ')} not found")
        return ()
    findings.show(name, *match.span(group), rule)
    return split_names(match[group], conjunction=False)


@cache
def _with_and() -> re.Pattern[str]:
    """Names that contain "and": "Physical Medicine and Rehabilitation"."""
    names: list[str] = rules("reviewers")["with_and"]
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)), re.IGNORECASE)


def split_names(text: str, *, conjunction: bool) -> tuple[str, ...]:
    """The names of a comma list; with ``conjunction`` also split at "and", except within a known name."""
    if conjunction:
        text = _with_and().sub(lambda m: m.group().replace(" and ", " \0 "), text)
        text = _AND.sub(", ", text).replace("\0", "and")
    return tuple(dict.fromkeys(name for part in _COMMA.split(text.strip(" .")) if (name := part.strip(" .:"))))
