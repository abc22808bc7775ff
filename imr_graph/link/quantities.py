"""Amounts in request headings: how many, of what unit, how often and for how long.

A range counts by its upper end, 2 times a week for 6 weeks are 12 sessions, and refills of counted tablets count
with the first filling (the conventions of the gold labels). The rules stand in ontology/rules/quantities.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from imr_graph.models import Schedule
from imr_graph.resources import rules

_PERIODS = {"d": "day", "w": "week", "m": "month", "y": "year"}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount at ``start:end`` of the heading; ``rule`` is the name of the rule that read it."""

    quantity: int | float | None
    unit: str | None
    schedule: Schedule | None
    start: int
    end: int
    rule: str


class QuantityReader:
    """Amount rules, each compiled when a heading first gets as far as it; build it once."""

    def __init__(self) -> None:
        table = rules("quantities")
        self._numbers: dict[str, int] = table["numbers"]
        words = "|".join(sorted((re.escape(w) for w in self._numbers), key=lambda w: (-len(w), w)))
        digits, spelled, to = r"\d+(?:\.\d+)?", rf"(?:{words})\b", r"\s*(?:-|–|to|or)\s*"
        self._number = re.compile(rf"(?:{digits}|{spelled})", re.IGNORECASE)
        # "12", "2.5", "six", "2-3", "two (2) to three (3)", and a range told twice: "2-3 (two to three)"
        told = rf"(?:{digits}|{spelled}(?:\s*\(\s*{digits}\s*\))?)"
        in_digits, in_words = rf"{digits}(?:{to}{digits})?", rf"{spelled}(?:{to}{spelled})?"
        twice = rf"{in_digits}\s*\(\s*{in_words}\s*\)|{in_words}\s*\(\s*{in_digits}\s*\)"
        self._ranged = rf"(?:{twice}|{told}(?:{to}{told})?)"
        self._rules: list[dict[str, Any]] = table["rule"]
        self._pattern = cache(self._compiled)
        self._units = {noun: unit for unit, nouns in table["units"].items() for noun in nouns}
        self._unit_of = {
            name: unit
            for key in ("units_by_class", "units_by_service")
            for unit, names in table[key].items()
            for name in names
        }

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        named = f"(?P<n>{self._ranged})"
        return re.compile(pattern.replace("NUM2", self._ranged).replace("NUM", named), re.IGNORECASE)

    @cached_property
    def _masks(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in rules("quantities")["mask"]["patterns"]), re.IGNORECASE)

    @cached_property
    def _piecewise(self) -> re.Pattern[str]:
        return re.compile(rules("quantities")["pieces"]["pattern"], re.IGNORECASE)

    @cached_property
    def _weight(self) -> re.Pattern[str]:
        return next(self._pattern(rule["pattern"]) for rule in self._rules if rule["name"] == "weight")

    @cached_property
    def _refills(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """What tells refills, and what tells that only these are asked for."""
        table = rules("quantities")["refills"]
        return self._compiled(table["pattern"]), self._compiled(table["only"])

    def read(
        self,
        text: str,
        service: str | None,
        service_class: str | None,
        foreign: Iterable[tuple[int, int]] = (),
        *,
        by_weight: bool = False,
    ) -> Amount | None:
        """The amount that a heading asks for.

        ``foreign`` are places whose digits belong to a name ("Tylenol #3"); service and class settle the unit.
        What is mixed ``by_weight`` counts in grams, "120 gm #1" are 120.
        """
        if not self._number.search(text):
            return None
        masked = self._masked(text, foreign)
        for rule in self._rules:
            name = rule["name"]
            match = self._pattern(rule["pattern"]).search(masked)
            amount = match and self._amount(match, rule, self._default_unit(service, service_class))
            if amount and not (name == "hash" and amount.quantity == 1 and by_weight and self._weight.search(masked)):
                counted = self._with_refills(masked, amount)
                pieces = counted.unit == "tablets" and self._piecewise.search(text)
                return replace(counted, unit="units") if pieces else counted
        return None

    def _masked(self, text: str, foreign: Iterable[tuple[int, int]]) -> str:
        for start, end in foreign:
            text = text[:start] + "~" * (end - start) + text[end:]
        return self._masks.sub(lambda m: "~" * len(m.group()), text)

    def _default_unit(self, service: str | None, service_class: str | None) -> str:
        default = "tablets" if service_class == "medication" else "units"
        return self._unit_of.get(service or "") or self._unit_of.get(service_class or "") or default

    def _upper(self, text: str) -> float:
        last = [m.group() for m in self._number.finditer(text.replace(",", ""))][-1].lower()
        return self._numbers[last] if last in self._numbers else float(last)

    def _amount(self, match: re.Match[str], rule: dict[str, Any], default: str) -> Amount:
        groups, name, kind = match.groupdict(), rule["name"], rule["kind"]
        told = [self._upper(groups[key]) for key in ("n", "upper") if groups.get(key)]
        count = max(told, default=float(rule.get("times", 1)))
        start, end = match.span()
        noun = (groups.get("noun") or "").lower()
        if kind == "count":
            unit = self._units.get(noun, default if not noun or name in ("hash", "times", "quantity-word") else "units")
            return Amount(_tidy(count), unit, None, start, end, name)
        if kind == "duration":
            period = _period(noun)
            unit = self._units.get(noun, noun)
            return Amount(_tidy(count), unit, Schedule(duration=count, duration_unit=period), start, end, name)
        duration = self._upper(groups["duration"])
        per = _period(groups.get("per") or ("week" if kind == "product" else "day"))
        over = _period(groups.get("duration_unit") or per)
        schedule = Schedule(times=count, per=per, duration=duration, duration_unit=over)
        if kind == "hours":
            return Amount(_tidy(count * self._upper(groups["days"]) * duration), "hours", schedule, start, end, name)
        whole = count * duration * _DAYS[over] / _DAYS[per]
        hours = re.search(r"\bh(?:ou)?rs?\b", match.group(), re.IGNORECASE)  # "8 hrs/day"
        unit = "hours" if hours else "sessions" if default == "units" else default
        return Amount(_tidy(round(whole)) if over != per else _tidy(count * duration), unit, schedule, start, end, name)

    def _with_refills(self, text: str, amount: Amount) -> Amount:
        told, only = self._refills
        match = told.search(text)
        if match is None or amount.unit != "tablets" or amount.quantity is None:
            return amount
        times = self._upper(match["n"] or match["behind"])
        if not only.search(text):
            times += 1
        rule = f"{amount.rule}, refills"
        return Amount(_tidy(amount.quantity * times), amount.unit, None, amount.start, match.end(), rule)


# How many days a period counts where frequency and duration are given in different ones.
_DAYS = {"day": 1, "week": 7, "month": 28, "year": 364}


def _period(word: str) -> str:
    return _PERIODS[word[0].lower()] if word[:1].lower() in _PERIODS else word


def _tidy(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value
