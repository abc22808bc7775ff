"""What a request asks for: the parameters of its address, checked, and addresses to link to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from imr_graph.errors import UsageError

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Asked:
    """The parts of the path by name, and the parameters of the query string in their order."""

    path: dict[str, str] = field(default_factory=dict)
    query: Pairs = ()

    def one(self, name: str, default: str = "") -> str:
        """The last value of a parameter, without white space around it."""
        return next((value.strip() for key, value in reversed(self.query) if key == name), default)

    def many(self, name: str) -> tuple[str, ...]:
        """All values of a parameter, each once."""
        return tuple(dict.fromkeys(value.strip() for key, value in self.query if key == name and value.strip()))

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number, brought between ``low`` and ``high``; :class:`UsageError` where it is none."""
        value = self.one(name)
        if not value:
            return default
        if not (value.isascii() and value.isdecimal() and len(value) < 10):
            raise UsageError(f"{name}={value[:40]} is no number", remedy=f"a number from {low} to {high}")
        return min(max(int(value), low), high)

    def day(self, name: str) -> dt.date | None:
        """A date as YYYY-MM-DD, or None; :class:`UsageError` where it is none."""
        value = self.one(name)
        if not value:
            return None
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise UsageError(f"{name}={value[:40]} is no date", remedy="write it as 2016-05-17") from None


def address(path: str, query: Iterable[tuple[str, str]] = ()) -> str:
    """``path`` with its query string; empty values are left out."""
    pairs = [(key, value) for key, value in query if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def case_address(case: str, issue: int | None = None) -> str:
    """The page of a letter, at one of its issues."""
    path = f"/case/{quote(case, safe='')}"
    return path if issue is None else f"{path}?issue={issue}#issue-{issue}"


def guideline_address(notation: str) -> str:
    """The page of a guideline document or section."""
    return f"/guideline/{quote(notation, safe='/')}"


def explore_address(node: str) -> str:
    """The graph around a node."""
    return address("/explore", [("node", node)])
