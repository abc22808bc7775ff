"""Find the document, chapter and section that a citation names in the guideline scheme.

Titles are compared by their words: case, marks and "and" or "&" do not count. Where a title has several editions,
the printed year decides, else the edition in force on the day of the decision.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from imr_graph.resources import rules
from imr_graph.vocabulary import Concept, Scheme, normalise

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# "MTUS Knee Complaints 2004" -> "Knee Complaints"; "ACOEM Knee Disorders Guideline 2015" -> "Knee Disorders"
_EDITION = re.compile(r"^(?:MTUS|ACOEM)\s+|(?:\s+Guidelines?)?\s+\d{4}$")
# "ACOEM Practice Guidelines, Chapter 12 Low Back Complaints" -> "Low Back Complaints"
_CHAPTER_NUMBER = re.compile(
    r"^(?:ACOEM\s+)?(?:(?:Occupational\s+Medicine\s+)?Practice\s+Guidelines?,?\s+)?(?:\(?Chapter\s+\d+\)?[\s,:–-]*)?"
)
_LEADING_NUMBER = re.compile(r"^\d+(?:\.\d+)*\.?\s+")
_FILLER = {"and", "&", "the", ",", ".", ":", ";", "(", ")", "[", "]", "®", "™", '"', "s"}


@lru_cache(maxsize=1 << 13)  # a few thousand titles make up most citations
def title_key(title: str) -> str:
    """The words of a title by which it is compared."""
    return " ".join([token for token in normalise(title).split(" ") if token not in _FILLER])


def _labels(concept: Concept) -> Iterable[str]:
    return (label for _, label in concept.labels())


class GuidelineIndex:
    """The guideline scheme, by the ways in which letters name its concepts."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._documents: dict[str, list[Concept]] = {}
        for root in rules("citations")["collections"]:
            for notation in scheme.narrower(root) if root in scheme else ():
                concept = scheme[notation]
                for key in {title_key(label) for label in _labels(concept)}:
                    if concept not in self._documents.setdefault(key, []):
                        self._documents[key].append(concept)
        self._sections: dict[str, dict[str, str]] = {}

    def document(self, title: str, year: int | None, day: dt.date | None) -> Concept | None:
        """The document or chapter with this title: of the year where one is printed, else in force on ``day``."""
        bare = _CHAPTER_NUMBER.sub("", title)
        found = self._documents.get(title_key(title)) or self._documents.get(title_key(bare)) or []
        if year is not None:
            dated = [c for c in found if str(year) in _YEAR.findall(c.label + " " + self._edition(c))]
            return dated[0] if dated else None
        if day is not None and len(found) > 1:
            found = [c for c in found if self._first_day(c) <= day.isoformat()]
            found.sort(key=self._first_day)
        return found[-1] if found and (day is not None or len(found) == 1) else None

    def known_title(self, title: str) -> Concept | None:
        """Any edition of the document with this title."""
        found = self._documents.get(title_key(title)) or self._documents.get(title_key(_CHAPTER_NUMBER.sub("", title)))
        return found[0] if found else None

    def normal_title(self, concept: Concept) -> str:
        """Its title without edition, "ACOEM" before the chapters that the MTUS took from there."""
        if "/" in concept.notation:
            concept = self._scheme[concept.broader[0]]
        title = _EDITION.sub("", concept.label)
        return f"ACOEM {title}" if "acoem" in self._scheme.ancestors(concept.notation) else title

    def sections(self, document: str | None) -> dict[str, str]:
        """The notation of each section below ``document`` by its title key."""
        if document is None or document not in self._scheme:
            return {}
        if document not in self._sections:
            table: dict[str, str] = {}
            for notation in self._scheme.narrower(document):
                for label in _labels(self._scheme[notation]):
                    table.setdefault(title_key(label), notation)
            self._sections[document] = table
        return self._sections[document]

    def section(self, document: str | None, title: str) -> str | None:
        """The notation of the section of ``document`` with this title, its number aside."""
        table = self.sections(document)
        return table.get(title_key(title)) or table.get(title_key(_LEADING_NUMBER.sub("", title)))

    @cached_property
    def section_keys(self) -> frozenset[str]:
        """The title keys of every section of every document: what a list of sections may hold."""
        return frozenset(
            title_key(label) for concept in self._scheme if "/" in concept.notation for label in _labels(concept)
        )

    @cached_property
    def chapters(self) -> dict[str, str]:
        """The chapters of the ODG: notation by title as printed."""
        return {
            label: notation
            for notation in self._scheme.narrower("odg")
            for label in _labels(self._scheme[notation])
            if not self._scheme[notation].label.endswith("Guidelines")
        }

    def _edition(self, concept: Concept) -> str:
        return " ".join(concept.properties.get("edition", ()))

    def _first_day(self, concept: Concept) -> str:
        return min(concept.properties.get("effectiveFrom", ("0000-00-00",)))
