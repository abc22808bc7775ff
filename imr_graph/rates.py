"""Shares that can be trusted: never without what was counted, how many there were, and their interval."""

from __future__ import annotations

import math
from collections.abc import Mapping

from imr_graph.models import Model, Outcome

FLOOR = 20  # below this many decided issues no rate is given
OVERTURNED = (Outcome.OVERTURNED, Outcome.PARTIALLY_OVERTURNED)  # what every share overturned counts
_Z = 1.959964  # of the 95 % interval


class Rate(Model):
    """A share with its Wilson interval at 95 %."""

    share: float
    low: float
    high: float


def wilson(hits: int, total: int) -> Rate:
    """The share ``hits / total`` with its Wilson score interval at 95 % (E. B. Wilson 1927).

    >>> wilson(5, 20)
    Rate(share=0.25, low=0.112, high=0.469)
    """
    share, square = hits / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _Z / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Rate(share=round(share, 3), low=round(low, 3), high=round(high, 3))


def overturn_rate(outcomes: Mapping[str, int]) -> Rate | None:
    """The share overturned, in whole or in part, of issues counted by their outcome; None of fewer than ``FLOOR``."""
    total = sum(outcomes.values())
    return wilson(sum(outcomes.get(outcome, 0) for outcome in OVERTURNED), total) if total >= FLOOR else None
