"""The words that conditions are made of, in one dictionary: pathologies, parts of the body, sides, and the words
between and around them.

Labels come from the schemes diagnosis, body-part and laterality, the rest from ontology/rules/diagnoses.toml and
context.toml. A disease of one region is composed ("contusion" + knee = knee-contusion), so labels that the
grammar can put together are left out of the dictionary: "lumbar strain" is read as lumbar + strain, and so are
"strain of the lumbar spine" and "cervical and lumbar strain".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from imr_graph.link.context import ContextRule, ContextRules
from imr_graph.link.matcher import Matcher
from imr_graph.resources import rules
from imr_graph.vocabulary import Vocabulary, normalise


class Kind(StrEnum):
    """What an item of the dictionary is in the grammar of conditions."""

    CONDITION = "condition"
    PART = "part"
    SIDE = "side"
    FILLER = "filler"
    PREPOSITION = "preposition"
    COMMA = "comma"
    AND = "and"
    SEMICOLON = "semicolon"
    WEAK = "weak"
    WITH = "with"
    BLOCK = "block"
    CUE = "cue"
    LIST_END = "list end"
    TRIGGER = "trigger"


class Entry(NamedTuple):
    """What a label stands for: ``value`` is a notation, or the name of a rule; ``score`` the trust in the label."""

    kind: Kind
    value: str = ""
    score: float = 1.0
    context: ContextRule | None = None


class Meaning(NamedTuple):
    """All that a label stands for. ``kind`` is what it is inside a phrase, None for a word that ends one.

    ``list_end`` is None, "" or "subordinate"; ``triggers`` holds None for a terminator.
    """

    kind: Kind | None
    condition: Entry | None
    part: str | None
    side: str | None
    cue: Entry | None
    list_end: str | None
    triggers: tuple[ContextRule | None, ...]


class Item(NamedTuple):
    """A label found at ``text[start:end]``."""

    start: int
    end: int
    label: str
    meaning: Meaning


_SHORTEST_MISSPELLING = 6  # shorter ones are words of their own in prose: "had" for "hand"
HIDDEN_SCORE = 0.8  # a misspelt or sloppy label
# The strongest of several marks ties two members of a list; inside a phrase the first kind that a label has counts.
JOINTS = (Kind.SEMICOLON, Kind.WEAK, Kind.WITH, Kind.AND, Kind.COMMA)
_INSIDE = (*JOINTS, Kind.CONDITION, Kind.FILLER, Kind.PART, Kind.SIDE, Kind.PREPOSITION)
_GRAMMAR = (
    ("fillers", Kind.FILLER),
    ("prepositions", Kind.PREPOSITION),
    ("commas", Kind.COMMA),
    ("ands", Kind.AND),
    ("semicolons", Kind.SEMICOLON),
    ("weak", Kind.WEAK),
    ("with", Kind.WITH),
)


def _meaning(entries: Sequence[Entry]) -> Meaning:
    first: dict[Kind, Entry] = {}
    for entry in entries:
        first.setdefault(entry.kind, entry)
    kind = next((kind for kind in _INSIDE if kind in first), None)
    return Meaning(
        kind,
        first.get(Kind.CONDITION),
        first[Kind.PART].value if kind is Kind.PART else None,
        first[Kind.SIDE].value if kind is Kind.SIDE else None,
        first.get(Kind.CUE),
        first[Kind.LIST_END].value if Kind.LIST_END in first else None,
        tuple(entry.context for entry in entries if entry.kind is Kind.TRIGGER),
    )


def _continues(label: str, known: set[str]) -> bool:
    """Whether a known label stands at the head of a longer one, and would be read in its place."""
    words = normalise(label).split()
    return any(" ".join(words[:n]) in known for n in range(1, len(words)))


def _levels(table: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The vertebral levels as letters write them, each with its body part: "L4-5", "L5-S1", "C6", "L4 L5"."""
    for letter, level in table.items():
        last = level["last"]
        for n in range(1, last + 1):
            following = f"{letter}{n + 1}" if n < last else level["beyond"]
            for form in (f"{letter}{n}", f"{letter}-{n}", f"{letter}{n}-{following}", f"{letter}{n} and {following}"):
                yield form, level["part"]
            for to in range(n + 1, last + 1):
                yield f"{letter}{n}-{to}", level["part"]
                yield f"{letter}{n}-{letter}{to}", level["part"]
                yield f"{letter}{n} to {letter}{to}", level["part"]
            yield f"{letter}{n}-{level['beyond']}", level["part"]


class ConditionLexicon:
    """The dictionary, and the rule that composes a pathology and a part of the body to one concept."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.rules = rules("diagnoses")
        self.context = ContextRules()
        self.diagnoses = vocabulary["diagnosis"]
        self._parts = vocabulary["body-part"]
        self._sides = vocabulary["laterality"]
        self._structures: dict[str, dict[str, Any]] = self.rules["structures"]
        self._names: dict[str, list[str]] = self.rules["names"]
        self._aliases: dict[str, str] = self.rules["aliases"]
        self._vague = frozenset(self.rules["body_parts"]["vague"])
        self._general = frozenset(self.rules["phrases"]["general"])
        self._reported = frozenset(part.notation for part in self._parts if part.values("reported"))
        self.above = cache(self._above)
        self.compose = cache(self._compose)
        self.part_of = cache(self._part_of)
        self.reported = cache(self._reporting)
        self._meanings: dict[str, Meaning] = {}
        conditions = list(self._conditions())
        base = [*self._anatomy([label for label, _, _ in conditions]), *self._grammar()]
        simple = [(label, entry) for label, entry, composed in conditions if not composed]
        matcher = Matcher([*base, *simple])
        units = [(label, entry) for label, entry, composed in conditions if composed]
        kept = [(label, entry) for label, entry in units if not self._composable(label, entry, matcher)]
        known = {normalise(label) for label, _ in kept}
        kept.extend((label, entry) for label, entry in units if _continues(label, known))
        self._matcher = Matcher([*base, *simple, *kept, *self._surroundings()])
        self._meanings = {}  # those of the smaller dictionary are no longer true

    def items(self, text: str) -> list[Item]:
        """The items of ``text`` that do not overlap: from left to right always the longest."""
        return self._leftmost_longest(text, self._matcher)

    def _reporting(self, part: str) -> str | None:
        """The body part of GUIDE level that ``part`` is or belongs to; None for a part that says too little."""
        return next((notation for notation in (part, *self.above(part)) if notation in self._reported), None)

    def _part_of(self, condition: str) -> str | None:
        """The body part that the condition itself implies, taken from its nearest ancestor that states one."""
        for notation in (condition, *self.diagnoses.ancestors(condition)):
            values = self.diagnoses[notation].values("bodyPart")
            if values:
                return values[0]
        return None

    def _inner(self, part: str) -> bool:
        """Whether the structure is one of every region of the spine."""
        return bool(self._structures[part]["within"] == "spine")

    def _above(self, part: str) -> tuple[str, ...]:
        """The body parts that ``part`` belongs to, nearest first."""
        if part in self._parts:
            return self._parts.ancestors(part)
        within = self._structures[part]["within"]
        return (within, *self._above(within))

    def _compose(self, condition: str, parts: tuple[str, ...]) -> str:
        """The concept for a condition of these parts of the body, the most specific that the vocabulary has.

        Structures come before regions: fracture + (low-back, vertebra) is vertebral-fracture, then
        lumbar-vertebral-fracture. Where nothing fits, a broader condition may: a comminuted fracture is a fracture.
        """
        ordered = sorted(parts, key=lambda part: part not in self._structures or part in self._vague)
        concept = condition
        for part in ordered:
            concept = self._named(concept, (part,)) or concept
        for part in ordered:
            concept = self._named(concept, self.above(part)) or concept
        if concept != condition or self.diagnoses[condition].values("bodyPart"):
            return concept
        for parent in self.diagnoses[condition].broader:
            if parent not in self._general:
                composed = self._compose(parent, parts)
                if composed != parent:
                    return composed
        return condition

    def _named(self, condition: str, parts: tuple[str, ...]) -> str | None:
        """The concept "<name of a part>-<condition>", if the vocabulary has it."""
        for part in parts:
            for name in (*self._names.get(part, ()), part):
                notation = f"{name}-{condition}"
                notation = self._aliases.get(notation, notation)
                if notation in self.diagnoses:
                    return notation
        return None

    def _anatomy(self, conditions: Iterable[str]) -> Iterator[tuple[str, Entry]]:
        """The words for parts and sides, without those that hide a condition or a structure ("arm pain")."""
        own = [(label, notation) for notation, part in self._structures.items() for label in part["labels"]]
        hidden = Matcher([*((label, "") for label in conditions), *((label, n) for label, n in own if self._inner(n))])
        for label, notation in own:  # before the wider parts that carry the same labels
            yield label, Entry(Kind.PART, notation)
        for concept in self._parts:
            for kind, label in (*concept.labels(), ("notation", concept.notation)):
                if kind == "hidden" and len(label) < _SHORTEST_MISSPELLING:
                    continue
                if any(found.label != normalise(label) for found in hidden.find_all(label)):
                    continue
                yield label, Entry(Kind.PART, concept.notation)
        yield from ((label, Entry(Kind.PART, part)) for label, part in _levels(self.rules["levels"]))
        for side, labels in self.rules["sides"].items():
            yield from ((label, Entry(Kind.SIDE, side)) for label in labels)
        for concept in self._sides:
            yield from ((label, Entry(Kind.SIDE, concept.notation)) for _, label in concept.labels())

    def _grammar(self) -> Iterator[tuple[str, Entry]]:
        for name, kind in _GRAMMAR:
            yield from ((phrase, Entry(kind)) for phrase in self.rules["phrases"][name])

    def _conditions(self) -> Iterator[tuple[str, Entry, bool]]:
        """Every label of a condition, and whether its concept is one of a region that the grammar may compose."""
        for concept in self.diagnoses:
            composed = any(
                concept.notation.endswith(f"-{parent}") for parent in self.diagnoses.ancestors(concept.notation)
            )
            for kind, label in concept.labels():
                score = HIDDEN_SCORE if kind == "hidden" else 1.0
                yield label, Entry(Kind.CONDITION, concept.notation, score), composed

    def _composable(self, label: str, entry: Entry, matcher: Matcher[Entry]) -> bool:
        """Whether the grammar makes the same concept of the label's words."""
        items = self._leftmost_longest(label, matcher)
        if " ".join(item.label for item in items) != normalise(label):
            return False
        heads = [item.meaning.condition.value for item in items if item.meaning.condition]
        parts = [item.meaning.part for item in items if item.meaning.part]
        return len(heads) == 1 and bool(parts) and self.compose(heads[0], tuple(parts)) == entry.value

    def _surroundings(self) -> Iterator[tuple[str, Entry]]:
        for phrase in self.rules["blocked"]["phrases"]:
            yield phrase, Entry(Kind.BLOCK)
        for phrase in (*self.rules["not_cues"]["phrases"], *self.context.pseudo()):
            yield phrase, Entry(Kind.BLOCK)
        for cue in self.rules["cue"]:
            yield from ((phrase, Entry(Kind.CUE, cue["rule"], cue["score"])) for phrase in cue["phrases"])
        subordinate = frozenset(self.rules["list_end"]["subordinate"])
        for phrase in (*self.rules["list_end"]["phrases"], *subordinate):
            yield phrase, Entry(Kind.LIST_END, "subordinate" if phrase in subordinate else "")
        for phrase, rule in self.context.triggers():
            yield phrase, Entry(Kind.TRIGGER, context=rule)

    def _leftmost_longest(self, text: str, matcher: Matcher[Entry]) -> list[Item]:
        items: list[Item] = []
        for start, end, label, entries in matcher.find_leftmost(text):
            meaning = self._meanings.get(label)
            if meaning is None:
                meaning = self._meanings[label] = _meaning(entries)
            items.append(Item(start, end, label, meaning))
        return items
