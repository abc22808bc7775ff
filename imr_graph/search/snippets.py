"""The stretch of a letter that shows best why it is a hit."""

from __future__ import annotations

import re
from collections.abc import Callable

from imr_graph.search.documents import StoredIssue

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")  # "... is upheld. The request ..." parts before "The"
_WORD = re.compile(r"[^\W_]+")  # "4-6 visits" has three
_LONGEST = 320


class _Terms(dict[str, str | None]):
    """The term of the query that a word is a form of, or None; each word is analysed once."""

    def __init__(self, analyse: Callable[[str], list[str]], terms: tuple[str, ...]) -> None:
        self._analyse = analyse
        self._terms = frozenset(terms)

    def __missing__(self, word: str) -> str | None:
        found = self._analyse(word)
        self[word] = found[0] if found and found[0] in self._terms else None
        return self[word]


class Marker:
    """Finds and marks the words of one query, whatever their endings."""

    def __init__(self, analyse: Callable[[str], list[str]], terms: tuple[str, ...]) -> None:
        self._terms = _Terms(analyse, terms)

    def words(self, text: str) -> tuple[str, ...]:
        """The words of ``text`` that the query has too, each term once, in lower case."""
        distinct = dict.fromkeys(_WORD.findall(text))
        found = {term: word.lower() for word in reversed(distinct) if (term := self._terms[word])}
        return tuple(sorted(found.values()))

    def marked(self, text: str) -> str:
        """``text`` with those words between ``**``."""
        return _WORD.sub(lambda match: f"**{match.group()}**" if self._terms[match.group()] else match.group(), text)

    def snippet(self, issue: StoredIssue) -> str:
        """The sentence of the rationale, or else of the summary, with most different words of the query, marked."""
        best, most = "", 0
        for text in (issue.rationale, issue.summary):
            for sentence in _SENTENCE.split(text):
                found = len({self._terms[word] for word in set(_WORD.findall(sentence))} - {None})
                if found > most:
                    best, most = sentence, found
            if best:
                break
        return self.marked(_shortened(best or issue.rationale))


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0] + " …"
