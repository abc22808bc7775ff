"""The reviewer's conclusion in a rationale: the sentence that decides, and which way it decides.

The last sentence of a rationale is often advice, so the last sentence that speaks of medical necessity counts;
where none does, the last that recommends or refuses. The wording was collected from real letters of 2013 to 2017.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from imr_graph.models import Outcome
from imr_graph.parse import phrases

_REACH = 120  # characters before "medically necessary" in which its negation stands


class Conclusion(NamedTuple):
    """The deciding sentence ``text[start:end]``, its polarity, and the name of the pattern that found it."""

    start: int
    end: int
    outcome: Outcome
    rule: str


def find_conclusion(text: str, start: int, end: int) -> Conclusion | None:
    """The conclusion of the rationale ``text[start:end]``, or None where no sentence decides."""
    match, rule = _last(phrases.NECESSITY.regex.finditer(text, start, end)), phrases.NECESSITY.name
    if match is not None:
        negated = _is_denial(match) or _is_negated(text, max(start, match.start() - _REACH), match.start())
    else:
        late = phrases.RECOMMENDATION.regex.finditer(text, max(start, end - 600), end)
        match, rule = _last(late), phrases.RECOMMENDATION.name
        negated = match is not None and match["not"] is not None
    if match is None:
        return None
    outcome = Outcome.UPHELD if negated else Outcome.OVERTURNED
    return Conclusion(sentence_start(text, match.start(), start), sentence_end(text, match.end(), end), outcome, rule)


def _is_denial(match: re.Match[str]) -> bool:
    """Whether the words of necessity deny it themselves: "medically unnecessary", "necessity has not been met"."""
    words = match.group()
    return bool(match["un"] or match["denied"]) or " not " in words or "cannot " in words


def _is_negated(text: str, start: int, end: int) -> bool:
    return phrases.NEGATION.regex.search(text, start, end) is not None


def _last(matches: Iterable[re.Match[str]]) -> re.Match[str] | None:
    last = None
    for match in matches:
        last = match
    return last


def sentence_start(text: str, at: int, floor: int) -> int:
    """Where the sentence around ``at`` begins, not before ``floor``."""
    begin = max(floor, at - 1500)
    for edge in phrases.SENTENCE_EDGE.regex.finditer(text, begin, at):
        begin = edge.end()
    return begin


def sentence_end(text: str, at: int, ceiling: int) -> int:
    """Where the sentence around ``at`` ends, its full stop included, not after ``ceiling``."""
    edge = phrases.SENTENCE_EDGE.regex.search(text, at, ceiling)
    if edge is None:
        return ceiling
    return edge.start() + len(edge.group().rstrip())
