"""Amounts that guideline sentences name: "limited to 4-6 visits", "a trial of six visits"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from imr_graph.resources import rules


@dataclass(frozen=True, slots=True)
class NamedAmount:
    """An amount in a sentence: ``kind`` is trial, limit or course; ``words`` are the sentence's own."""

    kind: str
    low: int
    high: int
    unit: str
    words: str


def named_amounts(text: str) -> Iterator[NamedAmount]:
    """The amounts that a guideline sentence names, in order; each place is read once."""
    for match in _pattern().finditer(text):
        groups = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value}
        kind = next(kind for kind in _kinds() if match[kind])
        numbers = [_value(word.group()) for word in _number().finditer(groups["amount"])]
        unit = _units().get(groups["noun"].lower(), "units")
        yield NamedAmount(kind, min(numbers), max(numbers), unit, match.group())


@cache
def _kinds() -> tuple[str, ...]:
    return tuple(rule["kind"] for rule in rules("caps")["rule"])


@cache
def _units() -> dict[str, str]:
    return {noun: unit for unit, nouns in rules("quantities")["units"].items() for noun in nouns}


@cache
def _number() -> re.Pattern[str]:
    """A number in digits or words."""
    words = sorted(rules("quantities")["numbers"], key=lambda word: (-len(word), word))
    return re.compile(rf"\d+|\b(?:{'|'.join(re.escape(word) for word in words)})\b", re.IGNORECASE)


def _value(word: str) -> int:
    return int(word) if word.isdecimal() else int(rules("quantities")["numbers"][word.lower()])


@cache
def _pattern() -> re.Pattern[str]:
    """All rules as alternatives, each a group named by its kind; NUM and UNIT in numbered groups of their own."""
    table = rules("caps")
    number = _number().pattern
    ranged = rf"(?:{number})(?:\s?\([\d\s-]+\))?(?:\s*(?:-|–|to|or)\s*(?:{number})(?:\s?\([\d\s-]+\))?)?"
    noun = "|".join(table["units"])
    count = 0

    def numbered(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        if match.group() == "UNIT":
            return rf"[\s-]*(?:additional |more |physical therapy |office )?(?P<noun{count}>{noun})\b{table['rate']}"
        return rf"(?P<amount{count}>{ranged})"

    parts = []
    for rule in table["rule"]:
        pattern = rule["pattern"].replace("NUM2", ranged).replace(" UNIT", "UNIT").replace(" ", r"\s+")
        parts.append(rf"(?P<{rule['kind']}>{re.sub('NUM|UNIT', numbered, pattern)})")
    return re.compile("|".join(parts), re.IGNORECASE)
