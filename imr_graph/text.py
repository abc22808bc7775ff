"""Text that knows where it came from.

A letter is read into a :class:`SourceText`, cleaned into a :class:`CleanText` by named steps, and every
value found in the clean text is reported with its :class:`Span` in the source text, so that "show me the
sentence" always works. Offsets count Python characters (Unicode code points), ends are exclusive.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
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


_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())


def identity_of(text: str) -> str:
    """The sha256 of the letters and digits of ``text``, in lower case, ligatures and accents taken apart.

    White space, punctuation and markup do not count, so the same words read from a PDF, from text and from
    markdown have one identity.
    """
    words = text.lower().encode("utf-8", "surrogatepass").translate(None, _ASCII_MARKS)  # most of what goes
    if not words.isascii():
        others = re.compile(r"[^\x00-\x7f]+")
        text = others.sub(_letters_and_digits, words.decode("utf-8", "surrogatepass"))
        words = text.encode()
    return hashlib.sha256(words).hexdigest()


def _letters_and_digits(others: re.Match[str]) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", others.group())))


@dataclass(frozen=True, slots=True)
class _Step:
    """One clean step: segments, each kept or replaced, by the offsets where they begin in the new and the old text.

    The last entry of each is the length of the text. An offset moves with the segment that the character at
    ``probe`` lies in: for a start the one at the offset, for an end the one before it.
    """

    name: str
    new: tuple[int, ...]
    old: tuple[int, ...]

    def to_old(self, position: int, probe: int) -> int:
        """The old offset of a new one."""
        new, old = self.new, self.old
        at = bisect_right(new, probe, 0, len(new) - 1) - 1
        if position >= new[at + 1]:
            return old[at + 1]
        return min(old[at] + position - new[at], old[at + 1])

    def to_new(self, position: int, probe: int) -> int:
        """The new offset of an old one."""
        new, old = self.new, self.old
        at = bisect_right(old, probe, 0, len(old) - 1) - 1
        return min(new[at] + position - old[at], new[at + 1])


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
        text = self.text
        pieces: list[str] = []
        news: list[int] = []
        olds: list[int] = []
        old = new = 0
        for match in pattern.finditer(text):
            value = by if isinstance(by, str) else by(match)
            start, end = match.span()
            if value == text[start:end]:
                continue
            if start > old:
                news.append(new)
                olds.append(old)
                pieces.append(text[old:start])
                new += start - old
            news.append(new)
            olds.append(start)
            pieces.append(value)
            new += len(value)
            old = end
        if not pieces:
            return self
        pieces.append(text[old:])
        step = _Step(name, (*news, new, new + len(text) - old), (*olds, old, len(text)))
        return CleanText("".join(pieces), (*self.steps, step))

    def source_span(self, start: int, end: int) -> Span:
        """The span in the source text that ``self.text[start:end]`` came from."""
        for step in reversed(self.steps):
            start, end = step.to_old(start, start), step.to_old(end, end - 1 if end else 0)
        return Span(start, max(start, end))

    def locate(self, span: Span) -> tuple[int, int]:
        """Where a span of the source text lies in the clean text: ``(start, end)``."""
        start, end = span
        for step in self.steps:
            start, end = step.to_new(start, start), step.to_new(end, end - 1 if end else 0)
        return start, max(start, end)
