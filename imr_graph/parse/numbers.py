"""Numbers as letters print them: digits, words, and both ("Eight (8)"). Enough to compare, not to understand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from imr_graph.resources import rules


@cache
def word_values() -> dict[str, int]:
    """The value of each number word."""
    table: dict[str, int] = rules("problems")["numbers"]
    return table


_BRACKETED = re.compile(r"\([ ]?#?(?P<digits>\d{1,4})[ ]?\)")  # "(24)"


@cache
def _words_at_end() -> re.Pattern[str]:
    """Number words at the end of a text: "twenty-four"."""
    word = "|".join(sorted(set(word_values()) - {"a"}, key=len, reverse=True))
    return re.compile(rf"\b(?:{word})(?:(?:[ -]|[ ]and[ ])(?:{word})){{0,4}}[ ]?$", re.IGNORECASE)


def spelled_numbers(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Numbers in words with digits in brackets behind, as start, end, the words' value and the digits' value."""
    for match in _BRACKETED.finditer(text):
        floor = max(0, match.start() - 60)
        words = _words_at_end().search(text[floor : match.start()])
        if words is not None:
            yield floor + words.start(), match.end(), to_number(words.group().strip()), int(match["digits"])


@cache
def _counted() -> re.Pattern[str]:
    """A number before or behind a word for appointments, "quantity 6", "times 6" or "#60"."""
    word = "|".join(sorted(word_values(), key=len, reverse=True))
    unit = "|".join(rules("problems")["quantities"]["appointments"])
    number = rf"(?:\d{{1,4}}|(?:{word})(?:-(?:{word}))?)"
    return re.compile(
        rf"(?<![\w./-])(?P<before>{number})(?:[ ]?\(\d+\))?(?:[ ][a-z/-]{{1,20}}){{0,3}}[ ](?:{unit})s?\b"
        rf"|(?P<pills>\#)[ ]?(?P<count>\d{{1,4}})\b",
        re.IGNORECASE,
    )


def to_number(text: str) -> int:
    """The value of digits or number words."""
    if text.isdigit():
        return int(text)
    total = 0
    for word in re.split(r"[ -]+", text.lower().replace(" and ", " ")):
        value = word_values()[word]
        total = max(total, 1) * value if value == 100 else total + value
    return total


def counts(text: str) -> Iterator[tuple[str, int]]:
    """The counted amounts of a text: ("appointments", 12), ("pills", 60)."""
    for match in _counted().finditer(text):
        if match["pills"]:
            yield "pills", int(match["count"])
        else:
            yield "appointments", to_number(match["before"])
