"""A letter's clean text cut at its section headings; the text before the first heading is kept as preamble."""

from __future__ import annotations

from typing import NamedTuple

from imr_graph.parse import patterns


class Section(NamedTuple):
    """The stretch ``clean.text[start:end]`` below a heading, without it."""

    name: str
    start: int
    end: int


def split_sections(text: str) -> dict[str, Section]:
    """The sections by name, in the order of the text; of two with one name the longer.

    ``preamble`` is always there, and holds the header of the letters that have one.
    """
    headings = list(patterns.SECTION.at_line_starts(text))
    ends = [m.start() for m in headings[1:]] + [len(text)]
    first = headings[0].start() if headings else len(text)
    sections = {"preamble": Section("preamble", 0, first)}
    for heading, end in zip(headings, ends, strict=False):
        name = heading.lastgroup or ""
        found = trimmed(text, name, heading.end(), end)
        if name not in sections or found.end - found.start > sections[name].end - sections[name].start:
            sections[name] = found
    return sections


def trimmed(text: str, name: str, start: int, end: int) -> Section:
    """The section without blanks at its edges."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Section(name, start, end)
