"""The letters of a store whose source a build does not name, read again from the store's own text.

A store made in another way (another version, engine, base IRI, or other data in ontology/ and index/) is built anew.
Its letters must not depend on whether their sources are named again, so those that are not come from the archive. So
does, in any build, a letter whose source has gone or changed, where a source that is not named has it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from imr_graph.archive import STALE, Archive, SourceRow, Status
from imr_graph.text import SourceText


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter of the generation before with the fingerprint that its source had; can be sent to another process."""

    text: SourceText = field(repr=False)
    known: str

    @property
    def name(self) -> str:
        """The name of its source."""
        return self.text.name

    def fingerprint(self) -> str:
        """That of the source when it was last seen, so that a later build that names it need not read it."""
        return self.known


def carried(before: Archive, now: Archive) -> Iterator[KeptLetter]:
    """The letters of ``before`` whose source ``now`` does not know."""
    for row in before.sources():
        if row.status is Status.KEPT and row.letter and now.source(row.name) is None:
            yield KeptLetter(_text(before, row.letter, row), row.fingerprint)


def carried_rows(before: Archive, now: Archive) -> Iterator[SourceRow]:
    """The sources of ``before`` that hold no letter and that ``now`` does not know, once its letters are there."""
    return (row for row in before.leftovers() if now.source(row.name) is None)


def orphaned(before: Archive, now: Archive) -> Iterator[KeptLetter]:
    """The letters of ``before`` that ``now`` holds in another way or not at all, for their sources still to be read."""
    rows = [row for row in now.leftovers() if row.status is Status.DUPLICATE and row.fingerprint == STALE]
    for row in rows:
        if row.letter and before.identity(row.letter) not in (None, now.identity(row.letter)):
            yield KeptLetter(_text(before, row.letter, row), STALE)


def _text(archive: Archive, letter: str, row: SourceRow) -> SourceText:
    text, pages = archive.text(letter)
    return SourceText(row.name, text, row.sha256, "text/plain", pages)
