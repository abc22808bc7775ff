"""Where paragraphs end in text that was wrapped to lines, with no blank line to show it.

The PDFs give neither blank lines nor fonts, and the heading of an issue follows the rationale of the issue before
it. What shows the heading: it ends in ``: Upheld`` or ``: Overturned`` before a guideline label, and the rationale
before it ends a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from imr_graph.parse import patterns

_LONGEST_HEADING = 16  # lines
# What ends a sentence before its closing marks: 'is not medically necessary."', also where the full stop is missing
_CLOSING = "\"'”’)]"
_SENTENCE_ENDS = (
    *(".", "!", "?"),
    *("medically necessary", "medically appropriate"),
    *("medically necessary at this time", "medically appropriate at this time"),
)
_ABBREVIATION = re.compile(
    r"""\b(?:wks?|mos?|hrs?|yrs?|vs|no|qty|approx|dr|st|e\.g|i\.e|x)\.$""", re.IGNORECASE
)  # "2 x wk."
_MAY_BE_STRUCTURE = re.compile(
    r" ?(?:claims|case|maximus|medical|decision|documents|how|clinical|imr|independent|issue|rationale|section"
    r"|the claims|the physician|the expert|state|certif|\d\d?[.)] [MR])",
    re.IGNORECASE,
)
# labels whose text is one paragraph, whatever its lines
_LISTING = re.compile(
    r"Claims|MAXIMUS|State|Certification|The Claims|The (?:Physician|Expert) Reviewer (?:based|found|relied)"
)
_BULLET = re.compile(r"^(?:[•●▪·*-]|\(?\d{1,2}[.)])[ ]")  # "1. Physical therapy"


class _Lines:
    """The lines of a text with their offsets and the width that they were wrapped to."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.ends: list[int] = []
        offset = 0
        for line in self.lines:
            offset += len(line)
            self.ends.append(offset)
            offset += 1
        lengths = sorted(len(line) for line in self.lines if len(line) > 40)
        self.width = lengths[len(lengths) // 2] if lengths else 0
        self.wrapped = 0 < self.width <= 125

    def ends_early(self, at: int, following: str) -> bool:
        """Whether the line had room for the next word, so that its end was meant."""
        if not self.wrapped:
            return True
        first = following.split(" ", 1)[0]
        return len(self.lines[at]) + 1 + len(first) < 0.82 * self.width


def paragraph_breaks(text: str) -> set[int]:
    """The offsets of the newlines (of the first in a row of them) that end a paragraph."""
    lines = _Lines(text)
    filled = [i for i, line in enumerate(lines.lines) if line]
    structure = [_is_structure(lines.lines[i]) for i in filled]
    starts = _heading_starts(lines, filled, structure)
    breaks = set()
    listing = False
    for place in range(len(filled) - 1):
        here, there = filled[place], filled[place + 1]
        line = lines.lines[here]
        if structure[place]:
            listing = _LISTING.match(line) is not None
        if (
            structure[place + 1]
            or there in starts
            or _is_closed(line, structure[place])
            or (not listing and _breaks(lines, here, there))
        ):
            breaks.add(lines.ends[here])
    return breaks


def _is_structure(line: str) -> bool:
    if _MAY_BE_STRUCTURE.match(line) is None:
        return False
    return any(p.regex.match(line) is not None for p in (patterns.ISSUE_LABEL, patterns.SECTION, patterns.OTHER_LABEL))


def _is_closed(line: str, structure: bool) -> bool:
    """Whether nothing can follow on the line: a section heading or the end of a boilerplate sentence."""
    section = patterns.SECTION.regex.match(line) if structure else None
    if section is not None and section.end() == len(line):
        return True
    return line.endswith((":", "ecision")) and patterns.BOILERPLATE.regex.search(line) is not None


def _ends_sentence(line: str) -> bool:
    return line.rstrip(_CLOSING).endswith(_SENTENCE_ENDS)


def _breaks(lines: _Lines, here: int, there: int) -> bool:
    """Whether the end of line ``here`` ends a paragraph of running text."""
    line, following = lines.lines[here], lines.lines[there]
    ended = _ends_sentence(line)
    if not lines.wrapped:
        return True
    if there - here > 1:  # an empty line; within a sentence it is only a page break
        return ended or not following[0].islower()
    return (ended or line.endswith(":")) and (_BULLET.match(following) is not None or lines.ends_early(here, following))


def _heading_starts(lines: _Lines, filled: Sequence[int], structure: Sequence[bool]) -> set[int]:
    """The line numbers at which the headings of issues begin."""
    return {
        filled[_walk_back(lines, filled, structure, place)]
        for place in range(len(filled) - 1)
        if structure[place + 1]
        and patterns.ISSUE_LABEL.regex.match(lines.lines[filled[place + 1]])
        and patterns.OUTCOME_LINE_END.regex.search(lines.lines[filled[place]])
    }


def _walk_back(lines: _Lines, filled: Sequence[int], structure: Sequence[bool], last: int) -> int:
    """The place of the first line of the heading that ends at place ``last``."""
    place = last
    heading = lines.lines[filled[last]]
    while place > 0 and last - place < _LONGEST_HEADING and not structure[place]:
        before = lines.lines[filled[place - 1]]
        if _is_closed(before, structure[place - 1]) or not _continues(lines, filled, place, before, heading):
            break
        place -= 1
        heading = f"{before} {heading}"
    return place


def _continues(lines: _Lines, filled: Sequence[int], place: int, before: str, heading: str) -> bool:
    """Whether the heading reaches back beyond the line at ``place``."""
    if patterns.OUTCOME_LINE_END.regex.fullmatch(heading):
        return True  # the outcome word alone on its line
    if not patterns.is_whole_heading(heading):
        return True
    if _ends_sentence(before):
        return heading[0].islower() and _ABBREVIATION.search(before) is not None
    if filled[place] - filled[place - 1] > 1 and not heading[0].islower():
        return False
    return heading[0].islower() or not lines.ends_early(filled[place - 1], heading)
