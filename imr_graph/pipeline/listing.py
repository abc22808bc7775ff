"""One look over a corpus: which of its sources are new, and which known ones are gone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from imr_graph.archive import Archive, SourceRow
from imr_graph.read import Listed, SourceRef, corpus_bytes, find_sources, shown


class Listing:
    """The sources of ``paths`` that ``known`` does not have as they are; iterate it once.

    ``new`` and ``unchanged`` count what has been listed so far. A shard that has not changed since all its letters were
    taken is not opened. ``shards`` are those that were looked at, with their fingerprints;
    ``passed_over`` counts the files that do not look like letters, by extension.
    """

    def __init__(self, paths: Sequence[str | Path], known: Archive | None) -> None:
        self._paths, self._known = paths, known
        self._bytes = corpus_bytes(paths)
        self._listed = Listed()
        self._seen: set[str] = set()
        self._skipped: set[str] = set()
        self.shards: dict[str, str] = {}
        self.passed_over: Counter[str] = Counter()
        self.new = self.unchanged = 0
        self._complete = False

    def __iter__(self) -> Iterator[SourceRef]:
        found = find_sources(self._paths, passed_over=self.passed_over, listed=self._listed, skip=self._is_known)
        for ref in found:
            if self._known:
                self._seen.add(ref.name)
            if ref.error is not None and ref.name in self.shards:
                del self.shards[ref.name]  # damaged: what is behind the damage was not seen
            row = self._known.source(ref.name) if self._known else None
            if row is None or row.fingerprint != ref.fingerprint():
                self.new += 1
                yield ref
            else:
                self.unchanged += 1
        self._complete = True

    def total(self) -> int | None:
        """How many new sources there are: counted at the end, until then estimated from the bytes listed so far.

        None where nothing can be said.
        """
        listed = self._listed.passed + self._listed.inside
        if self._complete:
            return self.new
        return round(self.new * max(1.0, self._bytes / listed)) if self._bytes and listed else None

    def gone(self) -> list[SourceRow]:
        """The known sources that are not in the corpus any more; ask at the end."""
        rows = self._known.sources() if self._known else ()
        return [row for row in rows if row.name not in self._seen and not self._in_skipped(row.name)]

    def _in_skipped(self, name: str) -> bool:
        return any(name[: mark.start()] in self._skipped for mark in re.finditer("#", name))

    def _is_known(self, shard: str) -> bool:
        status, name = Path(shard).stat(), shown(shard)
        self.shards[name] = f"{status.st_size}:{status.st_mtime_ns}"
        count = self._known.shard(name, self.shards[name]) if self._known else None
        if count is None:
            return False
        self._skipped.add(name)
        self.unchanged += count
        if self._bytes:
            self._bytes -= status.st_size
            self._listed.passed -= status.st_size
        return True
