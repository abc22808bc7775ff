"""Where sentences begin and end in the prose of a letter.

Letters are dictated, pasted and scanned: blanks after a period go missing ("6 weeks.The patient"), references
follow the period they belong to ("improvement. (Rowe, 2016)"), lists run on in the line. Abbreviations and
the words that open sentences are data: ontology/rules/sentences.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from imr_graph.resources import rules

# A mark that may end a sentence, the closing marks after it and the blanks behind: "visits." ) " -> next word
_MARK = re.compile(r"[.!?]+(?P<close>[\"”’')\]]*)(?P<blank>\s*)(?=(?P<next>\S?))|\n\s*")
# The word before a period, inner periods included: "e.g", "Ph.D", "weeks", "10"
_LAST_WORD = re.compile(r"[A-Za-z0-9.]*[A-Za-z0-9]$")
# The word after it: "The", "mri"
_NEXT_WORD = re.compile(r"[\"“‘'(\[]*([A-Za-z]*)")
# Notes stand behind the period of their sentence: "(Rowe, 2016) (van Hale, 2002)", "[12, 40]", "(See Section 2.1)"
_REFERENCE = re.compile(
    r"(?:\s*(?:\([A-Za-z][^()\[\]]{0,60}[, ](?:19|20)\d\d[a-z]?\)|\([Ss]ee [^()]{0,120}\)|\[\d[\d, –-]*\])[.;]?)+\s*"
)
# The number of a list item, alone before its period: "1" "12" "a" "iv"
_ITEM = re.compile(r"(?:\d{1,2}|[a-z]|[ivx]{1,4})$")
_OPENERS = "\"“‘'([•*-"
_RECENT = 32  # texts: every step of linking asks for the sentences of the same rationales
_REACH = 24  # no abbreviation and no number is longer


@cache
def _words() -> dict[str, frozenset[str]]:
    words = {name: frozenset(words) for name, words in rules("sentences").items()}
    return words | {"doubtful": words["abbreviations"] | words["perhaps"]}


def _ends_sentence(text: str, start: int, mark: re.Match[str]) -> bool:
    """Whether the mark closes the sentence that began at ``start``."""
    place, after = mark.start(), mark.end()
    if text[place] != ".":
        return bool(mark["blank"]) or mark["next"].isupper()
    words = _words()
    opening = mark["next"]
    tail = text[max(start, place - _REACH) : place].rpartition(" ")[2].lower()
    if len(tail) > 2 and tail.isalpha() and opening.isupper() and mark["blank"] and tail not in words["doubtful"]:
        return True
    found = _LAST_WORD.search(text, max(start, place - _REACH), place)
    last = found.group().lower() if found else ""
    following = _NEXT_WORD.match(text, after)
    follower = following.group(1).lower() if following else ""
    if last in words["abbreviations"]:
        return False
    if not mark["blank"]:
        return _glued(last, opening, text[after : after + 2], follower, closed=bool(mark["close"]))
    if last in words["before_numbers"] and opening.isdigit():
        return False
    if last in words["perhaps"] or (len(last) == 1 and last.isalpha()):
        return follower in words["starters"] and opening.isupper()
    if _ITEM.match(last) and text[start:place].strip() in (last, ""):
        return False
    return opening.isupper() or opening.isdigit() or opening in _OPENERS or follower in words["starters"]


def _glued(last: str, opening: str, ahead: str, follower: str, *, closed: bool) -> bool:
    """Whether a period without a blank behind it ends a sentence: "weeks.MTUS" does, "9792.24" and "M.D" do not."""
    if closed:
        return opening.isupper()
    if "." in last or len(last) < 2:
        return False
    if opening in '(“"':
        return True
    whole_word = last.isalpha() or len(follower) > 2
    return opening.isupper() and whole_word and (len(ahead) < 2 or ahead[1].isalpha() or ahead[1] == " ")


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    """Where one sentence ends and where the next begins."""
    start = 0
    for mark in _MARK.finditer(text):
        if mark.start() < start:
            continue
        if mark.group()[0] == "\n":
            yield mark.start(), mark.end()
            start = mark.end()
        elif mark.end() < len(text) and _ends_sentence(text, start, mark):
            end, following = mark.end("close"), mark.end()
            reference = _REFERENCE.match(text, end)
            if reference:
                end, following = end + len(reference.group().rstrip()), reference.end()
            if following >= len(text):
                return
            yield end, following
            start = following


@lru_cache(maxsize=_RECENT)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences of ``text`` as (start, end) offsets, in order, without the blanks around them.

    A reference in parentheses behind a period belongs to the sentence before it; a line break always parts.
    """
    found = []
    start = 0
    for end, following in (*_cuts(text), (len(text), len(text))):
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            first = start + len(piece) - len(piece.lstrip())
            found.append((first, first + len(stripped)))
        start = following
    return tuple(found)
