"""The guideline lines of a letter, split by their grammar into citations.

docs/layouts.md has the grammar. Late 2016 letters print ``title year, Section(s): ...``, earlier ones
``[ACOEM Chapter N] title [topic] [Page(s): pages]``, those of 2013 sentences of their own; what stands outside the
MTUS is free text. Nothing here knows which guidelines exist: section lists stay whole, chapters of free text stay in
the section, and :mod:`imr_graph.link.citations` takes them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from imr_graph.models import Citation, GuidelineLine
from imr_graph.resources import rules
from imr_graph.text import CleanText

# "Decision based on MTUS Knee Complaints 2004." and "Decision based on Non-MTUS Citation ODG, Knee."
_SENTENCE = re.compile(
    r"Decision\s+based\s+on\s+(?:(?P<mtus>MTUS)\b|(?P<free>Non\s*-?\s*MTUS)(?:\s+Citations?)?)\s*[:,]?\s*",
    re.IGNORECASE,
)
# "The Claims Administrator did not cite any medical evidence for its decision."
_STOCK = re.compile(
    r"\s*The\s+(?:Claims\s+Administrator|Expert\s+Reviewer)\s+"
    r"(?:did\s+not\s+cite\b[^.]*|based\s+(?:their|its|his/her)\s+decision\s+on\s+recommendation[^.]*)\.?",
    re.IGNORECASE,
)
_WORD = r"[A-Z][\w/'’&-]*"
# "Forearm, Wrist, and Hand Complaints 2004, Section(s): " or "Chronic Pain Medical Treatment 2016 Guidelines"
_DATED_PART = re.compile(
    rf"(?:^|,?\s+and\s+)(?P<title>{_WORD}(?:(?:,\s+|\s+)(?:(?:and|of|for|to|the|&)\s+)*{_WORD})*?)\s+(?P<year>(?:19|20)\d\d)"
    r"(?:\s+Guidelines?)?(?:,?\s*Sections?(?:\(s\))?\s*:\s*|(?=\s*(?:$|,\s+and\s+|,\s*Chapter)))"
)
# "ACOEM Chapter 11 Forearm, Wrist, and Hand Complaints Page(s): 265" or "Chronic Pain Treatment Guidelines Opioids"
_PAGED_PART = re.compile(
    r"(?P<title>(?:ACOEM\s+(?:Practice\s+Guidelines,?\s+)?)?Chapter\s+\d+\s+.*?(?=\s+Page|\s*$)"
    r"|.*?\bGuidelines?\b|.*?(?=,?\s+Section|\s+Page|\s*$))"
    r"(?:[,:]?\s+Sections?(?:\(s\))?\s*:)?[\s,:-]*(?P<section>.*?)[\s,]*(?:Pages?(?:\(s\))?\s*:?\s*(?P<pages>\d[\d\s,&;.–-]*?))?[\s,.]*",
    re.DOTALL,
)
# the comma without a blank that glues the parts of the earlier letters: "Page(s): 265,Chronic Pain ..."
_GLUE = re.compile(r",(?=[A-Z])|,\s+(?=(?:ACOEM\s+)?Chapter\s+\d)|(?<=\d),\s+(?=[A-Z])")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# "(updated 11/23/16)"
_UPDATED = re.compile(
    r"\b(?:updated|effective|revised)\s+(?:on\s+)?\d\d?[/-]\d\d?[/-](?:20)?(?P<year>\d\d)\b", re.IGNORECASE
)
# "pg. 607", "pages 46-47"
_PAGES = re.compile(
    r"[\s,;(]*\b(?:pages?|pgs?|pp)\b(?:\(s\))?\.?\s*:?\s*(?P<pages>\d+(?:\s*(?:[-–,&]|and)\s*\d+)*)(?:\s+of\s+\d+)?\)?",
    re.IGNORECASE,
)
# The letters of 2013 and 2014: "The Claims Administrator based its decision on the X, page 1, which are part of the
# MTUS."
_TOLD = re.compile(
    r"\b(?:Claims\s+Administrator|(?:Expert|Physician)\s+Reviewer)\s+(?:also\s+)?"
    r"(?:based\s+(?:its|their|his/her|his|her|the)\s+decision\s+(?:up)?on|relied\s+(?:up)?on|cited)\s+"
    r"(?!recommendation)(?P<cited>.+?)(?:\.(?=\s+The\s+(?:Claims|Expert|Physician)\b|\s*$)|\s*$)",
    re.DOTALL,
)
# "found the guidelines used by the Claims Administrator relevant", "relied on the same guideline, page 3"
_SAME = re.compile(
    r"\bReviewer\s+(?:found\s+(?:that\s+)?the\s+(?:guidelines?|MTUS\s+guidelines?|sections?[^.]{0,40})\s+"
    r"(?:used|cited|relied\s+upon)\s+by\s+the\s+Claims\s+Administrator\s+(?:(?:to\s+be|is|are|was|were)\s+)?"
    r"(?:relevant|applicable|appropriate)"
    r"|(?:based\s+\S+\s+decision|relied)\s+(?:up)?on\s+the\s+same\s+(?:guidelines?|sections?|references?)\b)"
)
_MTUS_NAME = re.compile(r"\b(?:MTUS|Medical\s+Treatment\s+Utilization\s+Schedule)\b")
_TREATMENT = re.compile(r"\bTreatment\s+Guidelines\b")
_MTUS_LEAD = re.compile(
    r"\s*(?:the\s+)?(?:(?:California\s+)?(?:MTUS|Medical\s+Treatment\s+Utilization\s+Schedule)\b(?:\s+\(MTUS\))?"
    r"(?:[\s,:–-]+(?:the\s+)?(?=\w))?)?"
)
# "(ACOEM Practice Guidelines, 2nd Edition (2004), Chapter 12)" behind the title of a chapter that the MTUS takes in
_EDITION = re.compile(r"[\s,]*\((?:[^()]|\([^()]*\))*\b(?:Edition|ed\.|Chapter)(?:[^()]|\([^()]*\))*\)")
_TOLD_TITLE = re.compile(
    r"(?P<title>.*?\b(?:Guidelines?|Complaints|Treatment)\b(?!\s+(?:Guidelines?|for|to)\b)|[^,]+)(?:\s+Chapter\b)?"
)
_BRACKETED_YEAR = re.compile(r"[\s,]*(?:\((?:[A-Z][a-z]+,?\s+)?(?:19|20)\d\d\)|(?<!\d)(?:19|20)\d\d(?!\d))")
_TAIL = re.compile(r",?\s+which\s+(?:is|are)\b")
_NEXT_TOLD = re.compile(r",?\s+and\s+the\s+(?=[A-Z])|;\s+")
_EDGE = " \t\n,;:-–—/."
_OPEN_EDGE = _EDGE + ")"


@dataclass(frozen=True)
class _Part:
    """One cited thing at ``text[start:end]`` of a guideline line."""

    start: int
    end: int
    source: str
    document: str
    rule: str
    section: str | None = None
    year: int | None = None
    pages: str | None = None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _OPEN_EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def _sentences(text: str) -> Iterator[tuple[bool, int, int]]:
    """The citing sentences: whether inside the MTUS, and where their object stands."""
    starts = list(_SENTENCE.finditer(text))
    for number, match in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        stock = _STOCK.search(text, match.end(), end)
        end = stock.start() if stock else end
        start, end = match.end(), len(text[:end].rstrip(" ."))
        if start < end:
            yield match["mtus"] is not None, start, end


def _dated(text: str, start: int, end: int) -> list[_Part]:
    """Parts of late 2016 and after; empty where the sentence is not of that form."""
    heads = list(_DATED_PART.finditer(text[start:end]))
    if not heads or heads[0].start() != 0:
        return []
    parts = []
    for number, head in enumerate(heads):
        stop = start + heads[number + 1].start() if number + 1 < len(heads) else end
        place = _trimmed(text, start + head.start("title"), stop)
        sections = text[start + head.end() : stop].strip(" ,")
        part = _Part(*place, "MTUS", head["title"], "mtus-dated", sections or None, int(head["year"]))
        parts.append(part)
    return parts


def _paged(text: str, start: int, end: int) -> Iterator[_Part]:
    """Parts of the earlier letters, glued with commas."""
    cuts = [start, *(start + m.end() for m in _GLUE.finditer(text[start:end])), end]
    for left, right in pairwise(cuts):
        left, right = _trimmed(text, left, right)
        match = _PAGED_PART.fullmatch(text, left, right)
        if match is None or left == right:
            continue
        years = _YEAR.findall(match["title"] + " " + match["section"])
        yield _Part(
            left,
            right,
            "MTUS",
            match["title"].strip(" ,") or match["section"],
            "mtus-paged",
            match["section"] or None if match["title"].strip(" ,") else None,
            int(years[-1]) if years else None,
            " ".join(match["pages"].split()).strip(" ,.") if match["pages"] else None,
        )


@cache
def _announcements() -> tuple[re.Pattern[str], dict[str, str]]:
    """The pattern of the names that announce a source in free text, and the source of each."""
    source_of = {
        " ".join(name.lower().split()): s for s, names in rules("citations")["sources"].items() for name in names
    }
    names = "|".join(re.escape(name).replace(r"\ ", r"[\s-]+") for name in sorted(source_of, key=len, reverse=True))
    return re.compile(rf"(?:\band\s+)?(?:\bthe\s+)?(?<![\w/.])\(?(?P<name>{names})(?!\w)\)?", re.IGNORECASE), source_of


@cache
def noise() -> re.Pattern[str]:
    """What in free text names neither a source nor a chapter or section."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in rules("citations")["noise"]), re.IGNORECASE)


def _free_pieces(text: str, start: int, end: int) -> Iterator[tuple[str, str, int, int, int]]:
    """Free text cut at the names of sources: source, name as printed, start of the name, rest from, to."""
    pattern, source_of = _announcements()
    heads = list(pattern.finditer(text, start, end))
    first = heads[0].start() if heads else end
    lead = _trimmed(text, start, first)
    if noise().sub("", text[slice(*lead)]).strip(_OPEN_EDGE):  # "Third Edition ACOEM Guidelines" has no lead
        owner = heads[0] if len(heads) == 1 and not text[heads[0].end() : end].strip(_OPEN_EDGE) else None
        if owner is not None:  # "Knee chapter (ODG)": the name stands behind what it names
            yield _source(owner["name"], source_of), owner["name"], lead[0], *lead
            return
        yield "other", "", lead[0], *lead
    for number, head in enumerate(heads):
        stop = heads[number + 1].start() if number + 1 < len(heads) else end
        rest = _trimmed(text, head.end(), stop)
        if (
            rest[0] >= rest[1]
            and number + 1 < len(heads)
            and _source(heads[number + 1]["name"], source_of) == _source(head["name"], source_of)
        ):
            continue  # "ODG, Work Loss Data Institute, 2016": two names of one source
        yield _source(head["name"], source_of), head["name"], head.start("name"), rest[0], max(rest)


def _source(name: str, source_of: dict[str, str]) -> str:
    return source_of.get(re.sub(r"[\s-]+", " ", name.lower())) or source_of[" ".join(name.lower().split())]


def _free(text: str, start: int, end: int) -> Iterator[_Part]:
    """Citations outside the MTUS, one an announced source."""
    for source, name, left, rest, stop in _free_pieces(text, start, end):
        body = text[rest:stop]
        pages = _PAGES.search(body) if source != "other" else None
        updated = _UPDATED.search(body)
        years = _YEAR.findall(body) if source != "other" else []
        year = 2000 + int(updated["year"]) if updated else int(years[0]) if years else None
        if pages:
            body = body[: pages.start()] + body[pages.end() :]
        left, stop = _trimmed(text, left, max(stop, left + len(name)))
        if source == "other":
            if body:
                yield _Part(left, stop, source, body, "free-text")
        else:
            yield _Part(left, stop, source, name, "free-text", body or None, year, pages["pages"] if pages else None)


def _told(text: str) -> Iterator[_Part]:
    """Citations of the letters of 2013 and 2014, whose lines are sentences of their own."""
    for match in _TOLD.finditer(text):
        if _SAME.search(text, match.start()):
            continue
        cuts = [m.span() for m in _NEXT_TOLD.finditer(text, *match.span("cited"))]
        starts = [match.start("cited"), *(end for _, end in cuts)]
        ends = [*(start for start, _ in cuts), match.end("cited")]
        told: list[tuple[int, int, str]] = []
        for start, end in reversed(list(zip(starts, ends, strict=True))):
            tail = _TAIL.search(text, start, end)
            after = told[-1][2] if told else ""  # "the A and the B, which are part of the MTUS"
            told.append((start, tail.start(), text[tail.start() : end]) if tail else (start, end, after))
        for start, end, belongs in reversed(told):
            yield from _told_parts(text, start, end, belongs)


def _told_parts(text: str, start: int, end: int, belongs: str) -> Iterator[_Part]:
    """One thing told in ``text[start:end]``; ``belongs`` are the words that say whether it is part of the MTUS."""
    outside = " not " in belongs
    named = _MTUS_NAME.search(text[start:end] + belongs) is not None and not outside
    announced = _announcements()[0].match(text, start, end)
    if announced and named and _source(announced["name"], _announcements()[1]) == "ACOEM":
        start, announced = announced.end(), None  # a chapter that the MTUS takes in
    if announced is None and (named or (not outside and _TREATMENT.search(text, start, end))):
        yield _told_part(text, start, end)
    else:
        yield from _free(text, start, end)


def _told_part(text: str, start: int, end: int) -> _Part:
    """A guideline of the MTUS as a sentence tells it: title, edition, section and pages in this order or another."""
    lead = _MTUS_LEAD.match(text, start, end)
    start, end = _trimmed(text, lead.end() if lead else start, end)
    pages, years = _PAGES.search(text, start, end), _YEAR.findall(text[start:end])
    body = text[start : pages.start()] + text[pages.end() : end] if pages else text[start:end]
    body = _BRACKETED_YEAR.sub("", _EDITION.sub("", body)).strip(_EDGE)
    title = _TOLD_TITLE.match(body)
    name = title["title"].strip(_EDGE) if title else "MTUS"
    if re.fullmatch(r"(?:MTUS\s*)?(?:[Gg]uidelines?)?|Chapter\s+\d+", name):
        name = f"ACOEM {name}" if name.startswith("Chapter") else "MTUS"
    section = body[title.end() :].strip(_EDGE) if title else ""
    year = int(years[0]) if years else None
    return _Part(start, end, "MTUS", name, "mtus-told", section or None, year, pages["pages"] if pages else None)


def read_guideline_lines(lines: Iterable[GuidelineLine], clean: CleanText) -> tuple[Citation, ...]:
    """The citations of an issue's guideline lines; a line that takes over what the line before cites repeats it."""
    found: list[Citation] = []
    for line in lines:
        same = _SAME.search(line.text)
        if same is not None:
            pages = _PAGES.search(line.text, same.end())
            told = {"cited_by": line.party, "span": line.span, "rule": "same as before"}
            told |= {"pages": pages["pages"]} if pages else {}
            found += [citation.model_copy(update=told) for citation in found]
        found += read_guideline_line(line, clean)
    return tuple(found)


def read_guideline_line(line: GuidelineLine, clean: CleanText) -> tuple[Citation, ...]:
    """The citations of one guideline line, in order; none where it cites nothing.

    ``document`` is the title as printed, without its year; ``section`` everything behind it, still a list;
    ``pages`` and ``year`` where printed. Spans point at title and sections together.
    """
    base = clean.locate(line.span)[0]
    parts: list[_Part] = []
    for inside, start, end in _sentences(line.text):
        parts.extend(
            (_dated(line.text, start, end) or _paged(line.text, start, end)) if inside else _free(line.text, start, end)
        )
    parts += () if parts else _told(line.text)
    return tuple(
        Citation(
            cited_by=line.party,
            source=part.source,
            document=part.document,
            section=part.section,
            year=part.year,
            pages=part.pages,
            span=clean.source_span(base + part.start, base + part.end),
            rule=part.rule,
        )
        for part in parts
    )
