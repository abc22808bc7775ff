"""From the text as read to clean text: named steps, each of which keeps the way back to the source.

Two stages. :func:`clean_lines` gives letters with one kind of line end, single blanks, no marks of markdown or
html and headings on lines of their own. :func:`join_paragraphs` then joins the lines of each paragraph, so that
in the final text a line is a paragraph and a newline is a paragraph break.
"""

from __future__ import annotations

import re
from functools import cache

from imr_graph.parse import patterns
from imr_graph.parse.paragraphs import paragraph_breaks
from imr_graph.resources import rules
from imr_graph.text import CleanText

_MARKS = ("**", "__", "</", "<b>", "<p>", "<br", "\n#", "\r#", "\n>", "\\")
# The first words of the headings and labels that must begin a line, the last ones of those that must end it.
_OPENING = (
    "HOW THE IMR",
    "CLINICAL CASE SUMMARY",
    "IMR ISSUES,",
    "Claims Administrator guideline",
    "MAXIMUS guideline",
    "Decision rationale:",
    "State(s) of Licensure:",
    "Certification(s)/Specialty:",
)
_CLOSED = ("WAS MADE", "CASE SUMMARY", "AND RATIONALES", "forth below:", "medical records:")
_WORD_BEFORE = re.compile(r"[A-Za-z0-9]+$")  # "anti" of "non-steroidal anti"
_WORD_AFTER = re.compile(r"[A-Za-z0-9]+")


def clean(text: str) -> CleanText:
    """The clean text of a letter: paragraphs as lines, single blanks, no marks."""
    return join_paragraphs(clean_lines(text))


def clean_lines(text: str) -> CleanText:
    """The text with its lines kept: line ends, blanks, marks, doubled lines, glued headings and hyphens mended."""
    result = CleanText(text)
    if any(mark in text for mark in _MARKS) or text.startswith(("#", ">", "<")):
        result = result.replaced(patterns.MARKUP.name, patterns.MARKUP.regex, "")
    result = result.replaced(patterns.BLANKS.name, patterns.BLANKS.regex, " ")
    result = result.replaced(patterns.LINE_END.name, patterns.LINE_END.regex, "\n")
    if _is_doubled(result.text):
        result = result.replaced(patterns.DOUBLED.name, patterns.DOUBLED.regex, "\n")
    if _is_glued(result.text):
        result = result.replaced(patterns.HEADING.name, patterns.HEADING.regex, _alone)
        result = result.replaced(patterns.LABEL.name, patterns.LABEL.regex, _at_line_start)
        result = result.replaced(patterns.CLOSING.name, patterns.CLOSING.regex, lambda m: m.group().rstrip() + "\n")
    if "\ufffe" in result.text or "\u00ad" in result.text:
        result = result.replaced(patterns.SOFT_HYPHEN.name, patterns.SOFT_HYPHEN.regex, _join_hyphen)
    if "PROFESSIONAL REVIEW" in result.text:
        result = result.replaced(patterns.WRAPPED_HEADING.name, patterns.WRAPPED_HEADING.regex, " ")
    return result.replaced(patterns.WRAPPED_HYPHEN.name, patterns.WRAPPED_HYPHEN.regex, _join_hyphen)


def join_paragraphs(lines: CleanText) -> CleanText:
    """The text with the lines of a paragraph joined by single blanks, and one newline between paragraphs."""
    breaks = paragraph_breaks(lines.text)
    return lines.replaced(
        patterns.LINE_BREAK.name, patterns.LINE_BREAK.regex, lambda m: "\n" if m.start() in breaks else " "
    )


def _is_doubled(text: str) -> bool:
    """Whether every line is followed by an empty one, as in copies of PDF text; paragraphs then do not show."""
    filled = text.count("\n") - text.count("\n\n")
    return text.count("\n\n") > 20 and _single_breaks(text) * 10 < filled


def _single_breaks(text: str) -> int:
    return sum(1 for line in text.split("\n\n") if "\n" in line.strip("\n"))


def _is_glued(text: str) -> bool:
    """Whether a heading or label shares its line with other text; a cheap test, since few letters have one."""
    return any(
        (count := text.count(words)) and count > text.count("\n" + words) + text.startswith(words) for words in _OPENING
    ) or any((count := text.count(words)) and count > text.count(words + "\n") for words in _CLOSED)


def _alone(match: re.Match[str]) -> str:
    """A section heading on a line of its own; some PDFs print the next sentence on its line."""
    text = match.string
    before = "" if match.start() == 0 or text[match.start() - 1] == "\n" else "\n"
    after = "" if text[match.end() : match.end() + 1] in ("\n", ":", "") else "\n"
    return f"{before}{match.group().rstrip()}{after}"


def _at_line_start(match: re.Match[str]) -> str:
    text = match.string
    return match.group() if match.start() == 0 or text[match.start() - 1] == "\n" else "\n" + match.group()


@cache
def _hyphen_rules() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    table = rules("clean")["hyphen"]
    return frozenset(table["divided_after"]), frozenset(table["divided_before"]), frozenset(table["suspended"])


def _join_hyphen(match: re.Match[str]) -> str:
    """What takes the place of a hyphen at a line's end: nothing, or a hyphen; a dash between words stays."""
    text, (start, end) = match.string, match.span()
    before = _WORD_BEFORE.search(text[max(0, start - 30) : start])
    after = _WORD_AFTER.match(text, end)
    if before is None or after is None:
        return match.group() if match.group().startswith("-") else ""
    left, right = before.group(), after.group()
    divided_after, divided_before, suspended = _hyphen_rules()
    if match.group() == "- " and (right in suspended or (not right[0].islower() and not _joins_blank(left, right))):
        return match.group()
    if left[-1].isdigit() or not right[0].islower():
        return "-"
    divided = left.lower() in divided_after or right in divided_before or left + right in text
    return "" if divided else "-"


def _joins_blank(left: str, right: str) -> bool:
    """Whether "left- right" is a divided word although the right half has no small letter: dates, "Non- MTUS"."""
    return (left.isdigit() and right.isdigit()) or left.lower() == "non"
