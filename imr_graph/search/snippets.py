"""The stretch of a letter that shows best why it is a hit."""

from __future__ import annotations

import re
from collections.abc import Callable

from imr_graph.search.documents import StoredIssue

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")  # "... is upheld. The request ..." parts before "The"
_WORD = re.compile(r"[^\W_]+")  # "4-6 visits" has three
_LONGEST = 320


class Marker:
    """Finds and marks the words of one query, whatever their endings."""

    def __init__(self, analyse: Callable[[str], list[str]], terms: tuple[str, ...]) -> None:
        self._analyse = analyse
        self._terms = frozenset(terms)
        self._known: dict[str, str | None] = {}

    def _term(self, word: str) -> str | None:
        if word not in self._known:
            found = self._analyse(word)
            self._known[word] = found[0] if found and found[0] in self._terms else None
        return self._known[word]

    def words(self, text: str) -> tuple[str, ...]:
        """The words of ``text`` that the query has too, each term once, in lower case."""
        found = {term: word.lower() for word in reversed(_WORD.findall(text)) if (term := self._term(word))}
        return tuple(sorted(found.values()))

    def marked(self, text: str) -> str:
        """``text`` with those words between ``**``."""
        return _WORD.sub(lambda match: f"**{match.group()}**" if self._term(match.group()) else match.group(), text)

    def snippet(self, issue: StoredIssue) -> str:
        """The sentence of the rationale, or else of the summary, with most different words of the query, marked."""
        best, most = "", 0
        for text in (issue.rationale, issue.summary):
            for sentence in _SENTENCE.split(text):
                found = len({self._term(word) for word in _WORD.findall(sentence)} - {None})
                if found > most:
                    best, most = sentence, found
            if best:
                break
        return self.marked(_shortened(best or issue.rationale))


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0] + " …"
