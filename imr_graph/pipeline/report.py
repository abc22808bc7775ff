"""What a build did, in words and numbers."""

from __future__ import annotations

from pydantic import Field

from imr_graph.models import Model


class Refusal(Model):
    """A source that could not be read, and why."""

    name: str
    reason: str


class BuildReport(Model):
    """The result of one build.

    ``read`` counts the sources that were read anew, ``carried`` those of them that the build did not name and whose
    text the store itself had; ``unchanged`` counts those known by their fingerprint, ``parsed`` the letters added or
    replaced, ``duplicates`` the sources whose letter another source already holds, ``removed`` the letters dropped.
    ``passed_over`` counts by extension the files that were not looked at, ``problems`` the problems of the parsed
    letters by code; ``outdated`` lists the carried sources that could not be read again, whose letters are in the store
    as they were read before; ``refused`` lists every source of this corpus that is not in the store, unchanged ones
    too.
    """

    generation: str
    letters: int
    issues: int
    read: int = 0
    parsed: int = 0
    unchanged: int = 0
    carried: int = 0
    duplicates: int = 0
    removed: int = 0
    passed_over: dict[str, int] = Field(default_factory=dict)
    problems: dict[str, int] = Field(default_factory=dict)
    outdated: tuple[Refusal, ...] = ()
    refused: tuple[Refusal, ...] = ()
