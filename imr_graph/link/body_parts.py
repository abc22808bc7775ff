"""Parts of the body and their sides in request headings and in prose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from imr_graph.link.matcher import Matcher
from imr_graph.resources import rules
from imr_graph.vocabulary import Vocabulary

_FOREIGN = ""  # the value of phrases in which the name of a part means something else
_HEADING = 1000  # longer texts are prose: a part beside a surgeon is then just a part
BARE_SPINE = "spine of no named region"


@dataclass(frozen=True, slots=True)
class PartFound:
    """A part of the body named at ``start:end``; ``side`` is left, right, bilateral or None."""

    notation: str
    start: int
    end: int
    side: str | None
    rule: str


class BodyPartReader:
    """The labels of the body parts in one automaton, spinal levels and sides as rules."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        table = rules("requests")
        self._scheme = vocabulary["body-part"]
        self._reported = frozenset(c.notation for c in self._scheme if c.values("reported"))
        labels = [(label, c.notation) for c in self._scheme for _, label in c.labels()]
        self._matcher = Matcher([*labels, *((phrase, _FOREIGN) for phrase in table["body"]["foreign"])])
        self._specialist = re.compile(table["body"]["specialist"], re.IGNORECASE)
        self._specialist_needs: list[str] = table["body"]["specialist_needs"]
        self._implied = [(r["part"], re.compile(r["pattern"], re.IGNORECASE)) for r in table["body"]["implied"]]
        self._level = re.compile(table["levels"]["pattern"])
        self._regions: dict[str, str] = table["levels"]["regions"]
        self._highest: dict[str, int] = table["levels"]["highest"]
        self._side = re.compile(table["sides"]["pattern"], re.IGNORECASE)
        self._both = re.compile(table["sides"]["both"], re.IGNORECASE)
        self._side_words = {word.lower(): side for word, side in table["sides"]["words"].items()}

    @property
    def spine(self) -> frozenset[str]:
        """The regions of the spine."""
        return frozenset(self._regions.values())

    def is_reported(self, notation: str) -> bool:
        """Whether the part is one that requests and diagnoses are reported by."""
        return notation in self._reported

    def reported(self, parts: Iterable[PartFound]) -> list[PartFound]:
        """The parts that reports use; a bare "spine" is the low back where no region of the spine is named."""
        kept = list(parts)
        regions = {part.notation for part in kept} & set(self._regions.values())
        bare = [p for p in kept if p.notation == "spine"] if not regions else []
        named = [p for p in kept if p.notation in self._reported]
        return sorted(named + [replace(p, notation="low-back", rule=BARE_SPINE) for p in bare], key=lambda p: p.start)

    def narrowest(self, parts: Iterable[str]) -> tuple[str, ...]:
        """The parts without repeats, and without those that another one is a part of."""
        distinct = tuple(dict.fromkeys(parts))
        wider = {above for part in distinct if part in self._scheme for above in self._scheme.ancestors(part)}
        return tuple(part for part in distinct if part not in wider)

    def read(self, text: str) -> tuple[PartFound, ...]:
        """The parts in the order of the text; spinal levels only where no region of the spine is named."""
        sides = list(self._sides(text))
        seen = self._specialists(text)
        found = []
        for item in self._matcher.find(text):
            if _FOREIGN in item.values or any(start <= item.start and item.end <= end for start, end in seen):
                continue
            own = self._side_words.get(item.label)
            side = own or _nearest(sides, item.start, item.end)
            rule = f"label {item.label!r}"
            found += [PartFound(notation, item.start, item.end, side, rule) for notation in item.values]
        if not any(part.notation in self._regions.values() for part in found):
            found += self._levels(text, sides)
        return tuple(sorted(found, key=lambda part: part.start))

    def implied(self, text: str) -> list[PartFound]:
        """The part that an operation, a brace or a complaint stands for: the knee of a TKA."""
        found = ((part, pattern.search(text)) for part, pattern in self._implied)
        return [PartFound(part, *m.span(), None, "part implied by a word") for part, m in found if m]

    def whom_to_see(self, text: str) -> tuple[PartFound, ...]:
        """The parts that only name a specialist: "spine" of "spine surgeon"."""
        places = self._specialists(text)
        if not places:
            return ()
        return tuple(
            PartFound(item.values[0], item.start, item.end, None, "part of a specialist's name")
            for item in self._matcher.find(text)
            if any(start <= item.start and item.end <= end for start, end in places)
        )

    def _specialists(self, text: str) -> list[tuple[int, int]]:
        lowered = text.lower()
        if len(text) > _HEADING or not any(stem in lowered for stem in self._specialist_needs):
            return []
        return [match.span() for match in self._specialist.finditer(text)]

    def laterality(self, text: str, parts: Iterable[PartFound] = ()) -> str | None:
        """The one side of a heading: bilateral where both are named, none where the parts differ."""
        sides = [side for side, _, _ in self._sides(text)]
        sides += [s for p in parts if (s := self._side_words.get(text[p.start : p.end].lower()))]
        distinct = set(sides)
        if "bilateral" in distinct or (distinct == {"left", "right"} and self._both.search(text)):
            return "bilateral"
        if len(distinct) == 2:
            by_part: dict[str, set[str]] = {}
            for part in parts:
                if part.side:
                    by_part.setdefault(part.notation, set()).add(part.side)
            return "bilateral" if any(len(s) == 2 for s in by_part.values()) else None
        return distinct.pop() if distinct else None

    def _sides(self, text: str) -> Iterable[tuple[str, int, int]]:
        for match in self._side.finditer(text):
            name = match.lastgroup or ""
            yield {"l": "left", "r": "right"}.get(name, name), match.start(), match.end()

    def _levels(self, text: str, sides: list[tuple[str, int, int]]) -> list[PartFound]:
        found = []
        for match in self._level.finditer(text):
            letter = match["region"] or match["sacral"]
            if match["level"] and int(match["level"]) > self._highest[letter]:
                continue
            side = _nearest(sides, match.start(), match.end())
            found.append(PartFound(self._regions[letter], match.start(), match.end(), side, "spinal level"))
        return found


def _nearest(sides: list[tuple[str, int, int]], start: int, end: int) -> str | None:
    """The last side before the part, or the first behind it."""
    before = [side for side, _, stop in sides if stop <= start]
    return before[-1] if before else next((side for side, begin, _ in sides if begin >= end), None)
