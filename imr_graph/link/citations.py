"""Citations in normal form: one a cited section, linked to the guideline scheme.

``document`` becomes "ACOEM Knee Complaints", "Chronic Pain Medical Treatment", "ODG"; section lists are taken apart
by the longest match against known sections, since their names contain commas, and what is unknown stays as printed
(open world: one section in six of new letters is new).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from imr_graph.link.guidelines import GuidelineIndex, title_key
from imr_graph.models import Citation, Decision, Party
from imr_graph.parse.citations import noise
from imr_graph.resources import rules
from imr_graph.text import CleanText
from imr_graph.vocabulary import Vocabulary, normalise

if TYPE_CHECKING:
    from imr_graph.parse import ParsedLetter

_EDGE = " \t\n,;:-–—/."
# a comma, semicolon or spaced slash outside parentheses parts sections: "MRI (magnetic resonance imaging), CT"; the
# comma of a date ("July 18, 2009") does not
_MARKS = re.compile(r"[()\[\]]|,(?=\s)(?!(?<=\d,)\s+(?:19|20)\d\d\b)|;|\s/\s")
# "..., accessed 02/18/2017, Next title": the date of access closes one reference
_ACCESSED = re.compile(r"[,.;]?\s*\(?accessed\s+(?:on\s+|from\s+\S+\s+on\s+)?[\d/-]+\)?[,.;]?\s*", re.IGNORECASE)
_NEXT_ADDRESS = re.compile(r"[,;]\s+(?=https?://|www\.)")
# "Chapter 12-Surgeons ...", "Ch. 3"
_CHAPTER = re.compile(r"[,;.]?\s*\b(?=Ch(?:apter|\.)\s*\d)", re.IGNORECASE)
# a reference's year: "; 2007 Jan. 10." or "(2012)"; one that closes it behind a comma is no part of the title
_REFERENCE_YEAR = re.compile(r";\s*(?P<year>(?:19|20)\d\d)\b|\((?P<bracketed>(?:19|20)\d\d)\)")
_CLOSING_YEAR = re.compile(r",\s*(?P<year>(?:19|20)\d\d)\s*$")
# an unknown chapter before its word: "Skin Chapter, Patch tests"
_NAMED_CHAPTER = re.compile(r"^(?P<name>[A-Z][^,;:()/]{2,50}?)\s+(?:Chapter|Section)\b[\s,:;/–-]*", re.IGNORECASE)
# between the words of a chapter's name, with parentheses and without
_AND = r"[\W_]+(?:(?:and|the)\W+)?"
_AND_OUTSIDE = r"(?:[^\w(]|_)+(?:(?:and|the)\W+)?"
_MAX_BARE = 12
_Chapter = tuple[str | None, str]  # as printed, its notation


def _split(text: str) -> Iterator[tuple[int, int]]:
    """The stretches between the commas and semicolons that stand outside parentheses."""
    depth = start = 0
    for mark in _MARKS.finditer(text):
        if mark.group() in "([":
            depth += 1
        elif mark.group() in ")]":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield start, mark.start()
            start = mark.end()
    yield start, len(text)


def _unwrapped(text: str) -> str:
    """Without marks at the ends, and without parentheses around the whole."""
    text = text.strip(_EDGE)
    while text.startswith("(") and text.endswith(")") and "(" not in text[1:].split(")", 1)[0]:
        text = text[1:-1].strip(_EDGE)
    if text.startswith("(") and text.endswith("))"):
        text = text[1:-1].strip(_EDGE)
    return text


class CitationLinker:
    """Normalises the citations of every issue and links them; links the reviewer's certifications to specialties."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._index = GuidelineIndex(vocabulary["guideline"])
        table = rules("citations")
        self._noise = noise()
        self._chapter_of = {title_key(label): notation for label, notation in self._index.chapters.items()}
        cautious = set(table["cautious_chapters"])
        self._chapter = _chapter_pattern(self._index.chapters)
        self._cautious = cautious

    def __call__(self, letter: ParsedLetter) -> ParsedLetter:
        """The letter with its citations and the reviewer's specialties linked."""
        decision = letter.decision
        issues = tuple(
            issue.model_copy(update={"citations": self._linked(issue.citations, letter.clean, decision.decision_date)})
            if issue.citations
            else issue
            for issue in decision.issues
        )
        reviewer = decision.reviewer.model_copy(update={"specialties": self._specialties(decision)})
        return replace(letter, decision=decision.model_copy(update={"issues": issues, "reviewer": reviewer}))

    def _specialties(self, decision: Decision) -> tuple[str, ...]:
        found = (self._vocabulary.lookup(name, "specialty") for name in decision.reviewer.certifications)
        return tuple(dict.fromkeys(matches[0].concept.notation for matches in found if matches))

    def _linked(self, citations: tuple[Citation, ...], clean: CleanText, day: dt.date | None) -> tuple[Citation, ...]:
        unique: dict[tuple[object, ...], Citation] = {}
        year: dict[Party, int | None] = {}
        for citation in citations:
            for linked in self._one(citation, day):
                if linked.source == "ODG":  # "ODG Shoulder (updated 12/12/16), ODG physical therapy guidelines"
                    printed = linked.year or (None if linked.chapter else year.get(linked.cited_by))
                    year[linked.cited_by] = printed
                    linked = linked.model_copy(update={"year": printed})
                section = linked.guideline_section or title_key(linked.section or "")
                key = (linked.cited_by, linked.source, linked.document, linked.year, linked.chapter, section)
                unique.setdefault(key, _placed(linked, citation, clean))
        return tuple(unique.values())

    def _one(self, citation: Citation, day: dt.date | None) -> Iterator[Citation]:
        if citation.source == "MTUS":
            yield from self._mtus(citation, day)
        elif citation.source == "ODG":
            yield from self._odg(citation)
        elif citation.source == "ACOEM":
            yield from self._acoem(citation, day)
        elif self._is_bare_chapter(citation.document):
            named = citation.model_copy(update={"source": "ODG", "document": "ODG", "section": citation.document})
            yield from self._odg(named)
        else:
            yield from _literature(citation)

    def _mtus(self, citation: Citation, day: dt.date | None) -> Iterator[Citation]:
        concept = self._index.document(citation.document, citation.year, day)
        known = concept or self._index.known_title(citation.document)
        title = self._index.normal_title(known) if known else citation.document
        if known is None and title.endswith("Complaints") and not title.startswith("ACOEM"):
            title = f"ACOEM {title}"
        whole = concept.notation if concept else None
        parent = concept.broader[0] if concept and "/" in concept.notation else whole
        inside = whole if whole != parent else None  # an ACOEM chapter that the MTUS takes in as a section
        for section in self._sections(citation.section, parent):
            linked = self._index.section(parent, section) if section else inside
            yield citation.model_copy(
                update={"document": title, "section": section, "guideline": parent, "guideline_section": linked}
            )

    def _acoem(self, citation: Citation, day: dt.date | None) -> Iterator[Citation]:
        body = self._noise.sub("", citation.section or "").strip(_EDGE)
        spans = list(_split(body))
        chapter, rest, concept = None, body or None, None
        for _, end in reversed(spans):  # titles contain commas: the longest that is known
            name = re.sub(r"\s+Chapter\b.*$", "", body[:end])
            concept = self._index.document(name, citation.year, day) or self._index.known_title(name)
            if concept and body:
                chapter, rest = name, _unwrapped(body[len(name) :].removeprefix(" Chapter")) or None
                break
        else:
            named = _NAMED_CHAPTER.match(body)
            if named:
                chapter, rest = named["name"], _unwrapped(body[named.end() :]) or None
            elif len(spans) > 1:
                chapter, rest = body[: spans[0][1]], _unwrapped(body[spans[0][1] :]) or None
        guideline = concept.notation if concept and "/" not in concept.notation else "acoem"
        for section in self._sections(rest, guideline):
            yield citation.model_copy(
                update={"document": "ACOEM", "chapter": chapter, "section": section, "guideline": guideline}
            )

    def _odg(self, citation: Citation) -> Iterator[Citation]:
        normal = citation.model_copy(update={"document": "ODG", "guideline": "odg", "section": None})
        body = self._noise.sub("", citation.section or "")
        found = False
        chapters: list[_Chapter] = []
        for part in body.split(";"):
            named, rest = self._chapters(part)
            if not named and not rest:
                continue
            chapters = named or chapters  # "Low Back - Traction; Massage": the chapter holds on
            for chapter, notation in chapters or [(None, "odg")]:
                for section in self._sections(rest, notation):
                    found = True
                    yield normal.model_copy(
                        update={
                            "chapter": chapter,
                            "section": section,
                            "guideline": notation,
                            "guideline_section": self._index.section(notation, section) if section else None,
                        }
                    )
        if not found:
            yield normal

    def _chapters(self, text: str) -> tuple[list[_Chapter], str | None]:
        """The chapters at the start of free text, or the one at its end, and what remains."""
        chapters: list[_Chapter] = []
        place = len(text) - len(text.lstrip(_EDGE + "("))
        while match := self._chapter.match(text, place):
            marked = any(match[group] is not None for group in ("kind", "word", "closed", "mark"))
            if not marked and (chapters or title_key(match["name"]) in self._cautious):
                break
            chapters.append((match["title"], self._chapter_of[title_key(match["name"])]))
            place = match.end()
        if chapters:
            return chapters, _unwrapped(text[place:]) or None
        named = _NAMED_CHAPTER.match(text.strip(_EDGE))
        if named:
            return [(named["name"], "odg")], _unwrapped(text.strip(_EDGE)[named.end() :]) or None
        body = text.strip(_EDGE)
        for match in self._chapter.finditer(body):  # "MRI elbow": the topic first
            if match.end() == len(body) and match.start() and body[match.start() - 1] in " /,-–":
                topic = re.sub(r"\s+(?:of|for)(?:\s+the)?$", "", body[: match.start()].strip(_EDGE))
                return [(match["title"], self._chapter_of[title_key(match["name"])])], _unwrapped(topic) or None
        return [], _unwrapped(body) or None

    def _is_bare_chapter(self, text: str) -> bool:
        match = self._chapter.match(text)
        if match is None or len(text.split()) > _MAX_BARE or title_key(match["name"]) in self._cautious:
            return False
        return bool(match["word"] or match["closed"]) or "(" in text[: match.end() + 1]

    def _sections(self, text: str | None, document: str | None) -> Iterator[str | None]:
        """The sections of a printed list; one None where it has none."""
        if not text:
            yield None
            return
        below, anywhere = self._index.sections(document), self._index.section_keys
        parts = [(a, b) for a, b in _split(text) if text[a:b].strip(_EDGE)]
        pieces: list[tuple[int, int, bool]] = []
        place = 0
        while place < len(parts):
            start = parts[place][0]
            keys = ((n, title_key(text[start : parts[n - 1][1]])) for n in range(len(parts), place, -1))
            stop = next((n for n, key in keys if key in below or key in anywhere), 0)
            first = text[start : parts[place][1]].strip(_EDGE)
            if not stop and pieces and not pieces[-1][2] and (first[:1].islower() or first[:1] == "&"):
                pieces[-1] = (pieces[-1][0], parts[place][1], False)  # "Hardware removal, tibia": one name
            else:
                pieces.append((start, parts[max(stop, place + 1) - 1][1], bool(stop)))
            place = max(stop, place + 1)
        for start, end, _ in pieces:
            yield _unwrapped(text[start:end])


def _chapter_pattern(labels: dict[str, str]) -> re.Pattern[str]:
    """Matches a chapter title, its "(Acute & Chronic)", the word "Chapter" and the mark behind it."""
    forms = {title_key(label): label for label in labels}
    words = []
    for key in sorted(forms, key=lambda k: (-len(k), k)):
        tokens = [re.escape(token) for token in normalise(key).split()]
        # "Low Back (Lumbar & Thoracic)" is a name, the opening of "Low Back (Thoracic and Lumbar, Acute ..." is none
        words += [rf"{_AND.join(tokens)}(?=\))", _AND_OUTSIDE.join(tokens)]
    kind = r"(?P<kind>\s*\([^()]*\b(?:acute|chronic)\b[^()]*\))?"
    word = r"(?P<word>\s*(?:chapter|section|disorders|complaints)s?\b)?"
    mark = r"(?P<closed>\s*$)|(?P<mark>\s*[,:;/–—-]+\s*(?:and\s+)?|\s+and\s+|\s*(?=\())|\s+(?=\w)"
    name = rf"(?<!\w)(?P<name>{'|'.join(words)})(?!\w)"
    return re.compile(rf"(?P<title>{name}\)?{kind}){word}(?:{mark})", re.IGNORECASE)


def _placed(linked: Citation, printed: Citation, clean: CleanText) -> Citation:
    """With the span of its own section where the printed citation lists several."""
    if not linked.section or linked.section == printed.section:
        return linked
    start, end = clean.locate(printed.span)
    at = clean.text.find(linked.section, start, end)
    return linked if at < 0 else linked.model_copy(update={"span": clean.source_span(at, at + len(linked.section))})


def _literature(citation: Citation) -> Iterator[Citation]:
    """Books, papers and addresses: one citation a reference, chapters apart."""
    for reference in _ACCESSED.split(citation.document):
        for piece in _NEXT_ADDRESS.split(reference):
            text = piece.strip(" ,;")
            if not text:
                continue
            year, closing = _REFERENCE_YEAR.search(text), _CLOSING_YEAR.search(text)
            text = text[: closing.start()] if closing else text
            printed = closing["year"] if closing else year and (year["year"] or year["bracketed"])
            cut = _CHAPTER.search(text)
            chapter = text[cut.end() :].strip(_EDGE) if cut and cut.start() else None
            yield citation.model_copy(
                update={
                    "document": text[: cut.start()].strip(" ,;") if cut and cut.start() else text,
                    "chapter": chapter,
                    "year": int(printed) if printed else None,
                }
            )
