"""The next generation under one hand: archive, passages, graph and index change together.

Which of two sources with one case number counts does not depend on the order in which workers finish: the one
whose name sorts first holds the letter; the other is a duplicate where the text is the same, and refused where
it is not. When a holder goes, the sources behind it are stale: they are read again before the build ends. So are those
of another text than the holder's when another one takes its place: what text they have is not known.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from imr_graph.archive import STALE, Archive, Packed, SourceRow, Status
from imr_graph.graph.schemes import vocabulary_quads
from imr_graph.graph.store import OxigraphStore
from imr_graph.namespaces import source_iri
from imr_graph.passages.store import PassageWriter
from imr_graph.pipeline.generation import Generation, Manifest, Recipe
from imr_graph.pipeline.worker import Processed
from imr_graph.search.engine import create_index, index_writer

_BATCH_QUADS = 16 << 20  # bytes of N-Quads held before they are loaded
_COMPACT_SHARE = 0.2  # a graph that grew by more than this is compacted: reading gains more than it costs


class GenerationWriter:
    """Writes the parts of ``target``, an empty generation, beginning with a snapshot of ``current``.

    ``tally`` counts what became of the sources: read, parsed, touched, removed, and ``problem <code>``.
    """

    def __init__(self, target: Generation, current: Generation | None, engine: str, base: str) -> None:
        self.base, self.tally = base, Counter[str]()
        self._quads: list[bytes] = []
        self._held = 0
        # loading lets go of the interpreter: meanwhile the next results are taken, and no worker waits
        self._loader = ThreadPoolExecutor(1)
        self._loading: Future[None] | None = None
        if current is None:
            create_index(target.index, engine)
            self._graph = OxigraphStore.create(target.graph)
            self._graph.bulk_load(vocabulary_quads(base=base))
            self._passages, self.archive = PassageWriter.create(target.passages), Archive.create(target.letters)
        else:
            _snapshot(current, target)
            self._graph = OxigraphStore.create(target.graph)
            self._passages, self.archive = PassageWriter.update(target.passages), Archive.update(target.letters)
        self._before = self.archive.counts().letters
        self.index = index_writer(target.index)

    def settle(self, done: Processed) -> None:
        """Decide what becomes of one source, and write it."""
        self.tally["read"] += 1
        letter = done.letter
        row = SourceRow(done.name, done.fingerprint, done.sha256, Status.REFUSED, None, done.reason)
        before = self.archive.source(done.name)
        if before and before.fingerprint != STALE and before.sha256 == done.sha256 and before.letter:
            self.archive.put_source(before._replace(fingerprint=row.fingerprint))
            self.tally["touched"] += 1
            return
        if before:
            self.drop(before.name)
        if letter is None:
            self.archive.put_source(row)
            return
        held = self.archive.identity(letter.id)
        if held and held[1] < done.name:
            self.archive.put_source(_second(row, letter, *held))
            return
        if held:
            self._remove(letter.id)
            self._stand_behind(letter, held[0], done.name)
        self.keep(done, letter)
        self.archive.put_source(row._replace(status=Status.KEPT, letter=letter.id))

    def _stand_behind(self, letter: Packed, text_sha256: str, holder: str) -> None:
        """Put the sources of a letter, so far held with this text, behind its new holder."""
        for row in self.archive.holders(letter.id):
            if row.status is Status.REFUSED:
                known = text_sha256 == letter.text_sha256
                refused = _second(row, letter, "", holder)
                self.archive.put_source(refused if known else refused._replace(fingerprint=STALE))
            elif row.status is Status.KEPT or row.fingerprint != STALE:  # else it waits to be read again
                self.archive.put_source(_second(row, letter, text_sha256, holder))

    def drop(self, name: str) -> None:
        """Forget a source; the letter that it holds now goes with it, and the sources behind it become stale."""
        row = self.archive.source(name)
        self.archive.remove_source(name)
        if row and row.status is Status.KEPT and row.letter:
            self._remove(row.letter)
            for behind in self.archive.holders(row.letter):
                self.archive.put_source(behind._replace(fingerprint=STALE))

    def finish(self, recipe: Recipe) -> Manifest:
        """Close all parts but the index, which its ``with`` block has closed, and say what they hold."""
        counts = self.archive.counts()
        sources_sha256 = self.archive.sources_sha256()
        self._load()
        self._loader.shutdown()
        self.archive.close()
        passages, quotes = self._passages.close()
        if abs(counts.letters - self._before) > _COMPACT_SHARE * self._before:
            self._graph.optimize()
        self._graph.flush()  # what stays in the log alone is not in the snapshot of the next build
        quads = self._graph.count()
        self._graph.close()
        return Manifest(
            recipe=recipe,
            letters=counts.letters,
            issues=counts.issues,
            sources=counts.sources,
            sources_sha256=sources_sha256,
            quads=quads,
            passages=passages,
            quoted_sentences=quotes,
        )

    def keep(self, done: Processed, letter: Packed) -> None:
        """Write a letter into every part."""
        assert done.quotes is not None
        self.archive.put(letter)
        self._passages.add(done.quotes)
        self.index.add(done.documents)
        self._quads.append(done.quads)
        self._held += len(done.quads)
        if self._held > _BATCH_QUADS:
            self._load_aside()
        self.tally["parsed"] += 1
        self.tally.update(f"problem {code}" for code in done.problems)

    def _remove(self, letter: str) -> None:
        held = self.archive.identity(letter)
        if held:
            self._load()
            self.archive.remove(letter)
            self._passages.remove(letter)
            self.index.delete_case(letter)
            self._graph.remove_graph(source_iri(held[0], self.base))

    def _load_aside(self) -> None:
        """Begin to load the quads that are held; one batch at a time."""
        if self._loading:
            self._loading.result()
        self._loading = self._loader.submit(self._graph.bulk_load, b"".join(self._quads)) if self._quads else None
        self._quads, self._held = [], 0

    def _load(self) -> None:
        """Load the quads that are held, and wait for it."""
        self._load_aside()
        self._load_aside()


def _snapshot(current: Generation, target: Generation) -> None:
    """Hard links to what never changes in place, copies of the two SQLite files."""
    for old, new in ((current.letters, target.letters), (current.passages, target.passages)):
        _copy(old, new)
    with OxigraphStore.open(current.graph) as graph:
        graph.backup(target.graph)
    shutil.copytree(current.index, target.index, copy_function=os.link)


def _copy(old: Path, new: Path) -> None:
    """A copy made by the kernel: one that shares its blocks until they change where the file system can do that."""
    with old.open("rb") as source, new.open("wb") as target:
        left = os.fstat(source.fileno()).st_size
        try:
            while left > 0 and (done := os.copy_file_range(source.fileno(), target.fileno(), left)):
                left -= done
        except (OSError, AttributeError):  # a file system, or a system, that cannot
            source.seek(0)
            target.seek(0)
            shutil.copyfileobj(source, target, 1 << 20)


def _second(row: SourceRow, letter: Packed, text_sha256: str, holder: str) -> SourceRow:
    """The row of a source whose letter, of this text, is held by another source."""
    if text_sha256 == letter.text_sha256:
        reason = f"the same letter as {holder}"
        return row._replace(status=Status.DUPLICATE, letter=letter.id, reason=reason)
    reason = f"another letter with the case number {letter.id} is in {holder}; check which of the two is right"
    return row._replace(status=Status.REFUSED, letter=letter.id, reason=reason)
