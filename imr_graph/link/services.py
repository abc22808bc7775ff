"""Which service a request heading asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from imr_graph.link.matcher import Matcher
from imr_graph.resources import rules
from imr_graph.vocabulary import Concept, Vocabulary, normalise


@dataclass(frozen=True, slots=True)
class ServiceFound:
    """A service named at ``start:end``; ``notation`` may be a procedure below the service that is reported.

    A ``weak`` one ("evaluation", "brace") counts only where nothing better stands in the heading.
    """

    notation: str
    start: int
    end: int
    weak: bool
    rule: str


class ServiceReader:
    """The service labels in one automaton, and the patterns for services whose words stand apart."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        table = rules("requests")
        self._scheme = vocabulary["service"]
        self._general = frozenset(table["injections"]["general"])
        self._matcher = Matcher(
            (form, concept.notation)
            for concept in self._scheme
            if concept.broader
            for _, label in concept.labels()
            for form in _forms(label)
        )
        self._weak = frozenset(normalise(f) for label in table["weak"]["labels"] for f in _forms(label))
        masks = _joined(rule["pattern"] for rule in table["mask"])
        self._masks = re.compile(f"(?P<keep>{table['keep']['pattern']})|{masks.pattern}", re.IGNORECASE)
        self._composed = [(rule["service"], rule["pattern"]) for rule in table["compose"]]
        needs = [(need, number) for number, rule in enumerate(table["compose"]) for need in rule["needs"]]
        self._needs = AhoCorasick([need for need, _ in needs])
        self._needed_by = [number for _, number in needs]
        self._fallbacks = [(rule.get("service"), rule.get("class"), rule["pattern"]) for rule in table["fallback"]]
        beside = table["perioperative"]
        self._cue = re.compile(beside["cue"], re.IGNORECASE)
        self._before = re.compile(beside["before"], re.IGNORECASE)
        self._beside: dict[str, str] = beside["services"]
        self._after_only = frozenset(beside["after_only"]["services"])
        self._before_only: dict[str, str] = beside["before_only"]
        self._chest: list[str] = beside["chest"]["words"]
        self._beside_words: dict[str, str] = beside["words"]

    def reported(self, notation: str) -> str:
        """The service that stands directly below a class: itself, or the one above a procedure."""
        concept = self._scheme[notation]
        while concept.broader and self._scheme[concept.broader[0]].broader:
            concept = self._scheme[concept.broader[0]]
        return concept.notation

    def class_of(self, notation: str) -> str:
        """The class of a service."""
        return self._scheme[self.reported(notation)].broader[0]

    def concept(self, notation: str) -> Concept:
        """The concept of a service."""
        return self._scheme[notation]

    def masked(self, text: str) -> str:
        """The heading with the phrases blanked that say how and not what, of the same length."""
        return self._masks.sub(lambda m: m["keep"] or " " * len(m.group()), text)

    def read(self, text: str) -> tuple[ServiceFound, ...]:
        """Every service named, in the order of the text; of two that start together the longer first."""
        masked = self.masked(text)
        lowered = masked.lower()
        needed = {self._needed_by[n] for n, _, _ in self._needs.find_matches_as_indexes(lowered, overlapping=True)}
        composed = [
            ServiceFound(service, match.start(), match.end(), False, f"pattern of {service}")
            for service, pattern in (self._composed[number] for number in sorted(needed))
            if (match := _compiled(pattern).search(masked))
        ]
        labelled = [
            ServiceFound(item.values[0], item.start, item.end, item.label in self._weak, f"label {item.label!r}")
            for item in self._matcher.find(masked)
        ]
        labelled = [
            one
            for one in labelled
            if not any(_covers(other, one) and other.notation not in self._general for other in composed)
        ]
        return tuple(sorted(composed + labelled, key=lambda s: (s.start, -s.end)))

    def more_specific(self, chosen: ServiceFound, services: tuple[ServiceFound, ...]) -> ServiceFound:
        """The injection that a heading names beside a general one ("left knee PRP injection")."""
        if chosen.notation not in self._general:
            return chosen
        others = (s for s in services if s.notation not in self._general and not s.weak)
        return next((s for s in others if self.class_of(s.notation) == "injection"), chosen)

    def by_form(self, text: str) -> tuple[str | None, str | None]:
        """What the form of unknown words tells: a service, or only a class, or nothing."""
        masked = self.masked(text)
        known = ((service, kind) for service, kind, pattern in self._fallbacks if _compiled(pattern).search(masked))
        return next(known, (None, None))

    def beside_operation(self, text: str, service: str | None) -> str | None:
        """What the service is called where the heading belongs to an operation."""
        if not self._cue.search(text):
            return service
        before = self._before.search(text) is not None
        if before and service in self._before_only:
            return self._before_only[service]
        if service == "x-ray" and any(word in text.lower() for word in self._chest):
            return "pre-op-chest-x-ray"
        named = self._beside.get(service or "", service)
        if named in self._after_only and before:
            return service
        if service in (None, "medical-supplies"):
            words = (self._beside_words.get(word) for word in re.findall(r"[a-z]+", text.lower()))
            return next((word for word in words if word), service)
        return named


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the rules; compiled when a heading first needs it, since most headings need few."""
    return re.compile(pattern, re.IGNORECASE)


def _covers(wide: ServiceFound, narrow: ServiceFound) -> bool:
    """Whether two places overlap and the first is the longer one."""
    overlap = wide.start < narrow.end and narrow.start < wide.end
    return overlap and wide.end - wide.start > narrow.end - narrow.start


def _forms(label: str) -> Iterator[str]:
    """A label and its plural: "bone scan", "bone scans"; abbreviations have none, CRPS is no CRP."""
    yield label
    last = label.rsplit(maxsplit=1)[-1]
    if len(last) > 2 and last.isalpha() and not last.isupper() and not last.endswith(("s", "ing")):
        yield label[:-1] + "ies" if last.endswith("y") and last[-2] not in "aeiou" else label + "s"


def _joined(patterns: Iterator[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
