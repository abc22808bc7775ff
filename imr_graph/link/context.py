"""What the words around a mention say of it: present, absent, possible, historical, of a relative.

The idea is ConText (Harkema, Dowling, Thornblade, Chapman 2009): a trigger has a direction and a scope, and its
reach ends at a terminator. The triggers are data: ontology/rules/context.toml. The rules bring their phrases
to the caller's own matcher, so that a text is searched once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from imr_graph.resources import rules

# Words between two places, as the reach of a rule counts them: "of the right" has three
_WORD = re.compile(r"[A-Za-z0-9]+")
# "numbness or tingling", "fracture, nor dislocation": what stands between two alternatives
_ALTERNATIVE = re.compile(r"[\s,]*(?:or|nor|and/or)\b", re.IGNORECASE)
# "diabetes, mild hypertension and asthma": what stands between the members of a list
_LISTED = re.compile(r"\s*(?:[,/&]|,?\s*\b(?:and|or)\b)\s*(?:[a-z-]+\s+){0,2}", re.IGNORECASE)
# What no trigger reaches across: a comma, the number of the next member of a list
_APART = re.compile(r",|\(?\b\d{1,2}[.)]")
# "contusion, resolved;": a trigger behind a comma speaks of what stands before it if nothing follows
_BEHIND_COMMA = re.compile(r",\s*(?:now\s+)?")
_CLOSED = re.compile(r"\s*(?:$|[,;.)(]|\d{1,2}[.)])")
_JOINED = {"or": _ALTERNATIVE.match, "list": _LISTED.fullmatch}


@dataclass(frozen=True, slots=True)
class ContextRule:
    """One kind of trigger; the attributes are those of ontology/rules/context.toml."""

    name: str
    status: str
    forward: bool
    scope: str
    reach: int
    rank: int


class Trigger(NamedTuple):
    """A phrase of the rules found in a text; ``rule`` is None where the phrase ends the reach of others."""

    start: int
    end: int
    rule: ContextRule | None


class Assertion(NamedTuple):
    """What the text says of a mention, and the rule that says so (``stated`` where nothing speaks against it)."""

    status: str
    rule: str


STATED = Assertion("present", "stated")


class ContextRules:
    """The rules of context.toml: their phrases for a matcher, and what the found ones mean."""

    def __init__(self, table: Mapping[str, Any] | None = None) -> None:
        table = rules("context") if table is None else table
        self._phrases: list[tuple[str, ContextRule | None]] = []
        for rank, entry in enumerate(table["rule"]):
            rule = ContextRule(
                entry["name"], entry["status"], entry["direction"] == "forward", entry["scope"], entry["reach"], rank
            )
            self._phrases.extend((phrase, rule) for phrase in entry["phrases"])
        self._terminators = tuple(table["terminators"]["phrases"])
        self._pseudo = tuple(table["pseudo"]["phrases"])

    def triggers(self) -> Iterator[tuple[str, ContextRule | None]]:
        """Every phrase with its rule; None for a terminator."""
        yield from self._phrases
        yield from ((phrase, None) for phrase in self._terminators)

    def pseudo(self) -> tuple[str, ...]:
        """Phrases that hide the triggers inside them."""
        return self._pseudo

    def assess(
        self, text: str, triggers: Sequence[Trigger], mentions: Sequence[tuple[int, int]]
    ) -> dict[tuple[int, int], Assertion]:
        """The assertions of the mentions of one sentence that a trigger reaches; the others are stated.

        All places are offsets into ``text``; ``triggers`` and ``mentions`` are in order.
        """
        found: dict[tuple[int, int], ContextRule] = {}
        for trigger in triggers:
            if trigger.rule is None:
                continue
            for mention in self._reached(text, trigger, triggers, mentions):
                if mention not in found or trigger.rule.rank < found[mention].rank:
                    found[mention] = trigger.rule
        return {mention: Assertion(rule.status, rule.name) for mention, rule in found.items()}

    @staticmethod
    def _reached(
        text: str, trigger: Trigger, triggers: Iterable[Trigger], mentions: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        rule = trigger.rule
        assert rule is not None
        stops = [t for t in triggers if t.rule is None]
        if rule.forward:
            limit = min((t.start for t in stops if t.start >= trigger.end), default=len(text))
            ahead = [m for m in mentions if trigger.end <= m[0] < limit]
            gap = text[trigger.end : ahead[0][0]] if ahead else ""
        else:
            limit = max((t.end for t in stops if t.end <= trigger.start), default=0)
            ahead = [m for m in reversed(mentions) if limit <= m[1] <= trigger.start]
            gap = text[ahead[0][1] : trigger.start] if ahead else ""
        closed = not rule.forward and _BEHIND_COMMA.fullmatch(gap) and _CLOSED.match(text, trigger.end)
        if not ahead or (_APART.search(gap) and not closed) or len(_WORD.findall(gap)) > rule.reach:
            return
        yield ahead[0]
        for before, mention in pairwise(ahead):
            if rule.scope == "next":
                return
            joined = _JOINED.get(rule.scope)
            if joined and not joined(text[before[1] : mention[0]]):
                return
            yield mention
