"""What a pattern of the parser is: a compiled expression under a name, with examples for and against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled expression under a name, with examples that ``search`` finds and does not find."""

    name: str
    regex: re.Pattern[str]
    matches: tuple[str, ...]
    rejects: tuple[str, ...]

    def at_line_starts(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """What ``finditer`` gives for an expression that begins with ``^``, without trying every offset."""
        end = len(text) if end is None else end
        place = start
        if start and text[start - 1] != "\n":
            place = text.find("\n", start, end) + 1
            if not place:
                return
        while True:
            match = self.regex.match(text, place, end)
            if match is not None:
                yield match
                place = max(place, match.end() - 1)
            place = text.find("\n", place, end) + 1
            if not place:
                return


PATTERNS: dict[str, Pattern] = {}


def pattern(
    name: str, expression: str, matches: tuple[str, ...], rejects: tuple[str, ...], *, flags: int = 0
) -> Pattern:
    """Compile ``expression`` (verbose, by lines) under ``name`` and enter it in :data:`PATTERNS`."""
    compiled = re.compile(expression, re.VERBOSE | re.MULTILINE | flags)
    PATTERNS[name] = Pattern(name, compiled, matches, rejects)
    return PATTERNS[name]
