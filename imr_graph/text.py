"""Text that knows where it came from.

A letter is read into a :class:`SourceText`, cleaned into a :class:`CleanText` by named steps, and every
value found in the clean text is reported with its :class:`Span` in the source text, so that "show me the
sentence" always works. Offsets count Python characters (Unicode code points), ends are exclusive.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of the source text: ``source.text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """One letter as read, before any cleaning.

    ``name`` is the path, with ``!`` before a member of an archive (``letters.zip!a/b.pdf``); ``sha256`` is
    that of the file's bytes; ``pages`` holds the offset at which each page starts (``(0,)`` where the format
    has no pages).
    """

    name: str
    text: str
    sha256: str
    media_type: str
    pages: tuple[int, ...] = (0,)

    def page_of(self, offset: int) -> int:
        """The number, from 1, of the page that ``offset`` lies on."""
        return bisect_right(self.pages, offset)


_ASCII_MARKS = {code: None for code in range(128) if not chr(code).isalnum()}


def identity_of(text: str) -> str:
    """The sha256 of a letter's letters and digits, in lower case.

    White space, punctuation and markup do not count, so the same letter read from a PDF, from text and from
    markdown has one identity.
    """
    words = "".join(text.lower().replace("\ufffe", "").split())  # white space first: cheap, and most of what goes
    words = words.translate(_ASCII_MARKS) if words.isascii() else re.sub(r"[\W_]+", "", words)
    return hashlib.sha256(words.encode()).hexdigest()


_Segment = tuple[int, int, int, int]
"""Where a stretch begins in the new and in the old text, and its length in each; a plain tuple, for speed."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One clean step as an alternation of kept and replaced segments, in order."""

    name: str
    segments: tuple[_Segment, ...]
    new_starts: tuple[int, ...]
    old_starts: tuple[int, ...]

    def to_old(self, position: int, *, end: bool = False) -> int:
        """The old offset of a new one; as an ``end`` it closes the character before it."""
        probe = position - 1 if end and position else position
        new, old, new_length, old_length = self.segments[max(0, bisect_right(self.new_starts, probe) - 1)]
        offset = position - new
        return old + (old_length if offset >= new_length else min(offset, old_length))

    def to_new(self, position: int, *, end: bool = False) -> int:
        """The new offset of an old one; as an ``end`` it closes the character before it."""
        probe = position - 1 if end and position else position
        new, old, new_length, _ = self.segments[max(0, bisect_right(self.old_starts, probe) - 1)]
        return new + min(position - old, new_length)


@dataclass(frozen=True, slots=True)
class CleanText:
    """Text after clean steps, with the way back to the text that the steps started from."""

    text: str
    steps: tuple[_Step, ...] = field(default=(), repr=False)

    def replaced(self, name: str, pattern: re.Pattern[str], by: str | Callable[[re.Match[str]], str]) -> CleanText:
        """The text with every match of ``pattern`` replaced; ``name`` names the step.

        A step that finds nothing leaves no trace. ``by`` is literal text (no group references) or a function
        of the match.
        """
        pieces: list[str] = []
        segments: list[_Segment] = []
        old = new = 0
        for match in pattern.finditer(self.text):
            value = by if isinstance(by, str) else by(match)
            start, end = match.span()
            if value == match.group():
                continue
            if start > old:
                segments.append((new, old, start - old, start - old))
                pieces.append(self.text[old:start])
                new += start - old
            segments.append((new, start, len(value), end - start))
            pieces.append(value)
            new += len(value)
            old = end
        if not segments:
            return self
        tail = len(self.text) - old
        segments.append((new, old, tail, tail))
        pieces.append(self.text[old:])
        step = _Step(name, tuple(segments), tuple(s[0] for s in segments), tuple(s[1] for s in segments))
        return CleanText("".join(pieces), (*self.steps, step))

    def source_span(self, start: int, end: int) -> Span:
        """The span in the source text that ``self.text[start:end]`` came from."""
        for step in reversed(self.steps):
            start, end = step.to_old(start), step.to_old(end, end=True)
        return Span(start, max(start, end))

    def locate(self, span: Span) -> tuple[int, int]:
        """Where a span of the source text lies in the clean text: ``(start, end)``."""
        start, end = span
        for step in self.steps:
            start, end = step.to_new(start), step.to_new(end, end=True)
        return start, max(start, end)
