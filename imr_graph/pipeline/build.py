"""A corpus to a generation: workers read, parse and link; one writer fills archive, graph and index.

Which of two sources with one case number counts does not depend on the order in which workers finish: the one
whose name sorts first holds the letter; the other is a duplicate where the text is the same, and refused where
it is not.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from imr_graph.archive import Archive, SourceRow, Status
from imr_graph.errors import StoreError
from imr_graph.graph.schemes import vocabulary_quads
from imr_graph.graph.store import OxigraphStore
from imr_graph.namespaces import BASE, source_iri
from imr_graph.passages.settings import load_settings
from imr_graph.passages.store import PassageWriter
from imr_graph.pipeline.generation import Generation, Manifest, StoreFolder
from imr_graph.pipeline.pool import Lost, run
from imr_graph.pipeline.report import BuildReport, Refusal
from imr_graph.pipeline.worker import Processed, prepare
from imr_graph.read import SourceRef, find_sources
from imr_graph.search.engine import IndexWriter, create_index, index_writer
from imr_graph.search.schema import load_schema
from imr_graph.version import __version__

_BATCH = 64  # letters a worker is given at once
_BATCH_QUADS = 16 << 20  # bytes of N-Quads held before they are loaded
Progress = Callable[[int, int], None]


class _Plan(NamedTuple):
    """What there is to do: sources to read, and known sources that are gone."""

    todo: int
    unchanged: int
    gone: list[SourceRow]


class _Writer:
    """The parts of a generation under one hand."""

    def __init__(
        self, archive: Archive, passages: PassageWriter, graph: OxigraphStore, index: IndexWriter, base: str
    ) -> None:
        self.archive, self.passages, self.graph, self.index, self._base = archive, passages, graph, index, base
        self._quads: list[bytes] = []
        self._held = 0

    def add(self, done: Processed) -> None:
        assert done.letter is not None
        assert done.quotes is not None
        self.archive.put(done.letter)
        self.passages.add(done.quotes)
        self.index.add(done.documents)
        self._quads.append(done.quads)
        self._held += len(done.quads)
        if self._held > _BATCH_QUADS:
            self.flush()

    def remove(self, letter: str) -> None:
        held = self.archive.identity(letter)
        if held:
            self.flush()
            self.archive.remove(letter)
            self.passages.remove(letter)
            self.index.delete_case(letter)
            self.graph.remove_graph(source_iri(held[0], self._base))

    def flush(self) -> None:
        if self._quads:
            self.graph.bulk_load(b"".join(self._quads))
            self._quads, self._held = [], 0

    def close(self) -> int:
        """Finish archive and graph; the number of quads in the graph."""
        self.flush()
        self.archive.close()
        self.graph.optimize()
        quads = self.graph.count()
        self.graph.close()
        return quads


def build(
    paths: Sequence[str | Path],
    store: Path,
    *,
    engine: str = "tantivy",
    jobs: int | None = None,
    prune: bool = False,
    base: str = BASE,
    seconds: float = 30.0,
    progress: Progress = lambda done, total: None,
) -> BuildReport:
    """Bring ``store`` up to date with the letters in ``paths``.

    Only new and changed sources are read (by size and time of the file, then by the hash of its bytes);
    ``prune`` drops the letters whose source is gone. ``engine`` names the text index, ``jobs`` the number of
    worker processes (default: one a core), ``seconds`` the time limit of one letter. ``progress`` is called
    with the sources done and the sources to do. Nothing changes in ``store`` before all is complete; if nothing
    is new, there is no new generation. Raises :class:`imr_graph.errors.StoreError`.
    """
    folder = StoreFolder(store)
    with folder.writing():
        current = _reusable(folder.current(), engine, base)
        known = Archive.open(current.letters) if current else None
        plan = _plan(paths, known, prune)
        if current and known and not plan.todo and not plan.gone:
            return _unchanged(current, known, plan)
        todo = (ref for ref in find_sources(paths) if _is_new(ref, known))
        work = run(partial(prepare, base), todo, jobs=jobs or os.cpu_count() or 1, batch=_BATCH, seconds=seconds)
        try:
            target = folder.partial()
            writer = _open(current, target, engine, base)
            tally = _write(writer, plan, work, progress)
            report = _report(writer.archive, target.folder.stem, plan, tally)
            manifest = _manifest(writer, engine, base)
            (target.folder / "report.json").write_text(report.model_dump_json(indent=2) + "\n")
            folder.commit(target, manifest)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"the build stopped: {error}; {store} is as it was",
                remedy="is the disk full? Free some and build again",
            ) from error
        return report


def _write(
    writer: _Writer, plan: _Plan, work: Iterator[Processed | Lost[SourceRef]], progress: Progress
) -> Counter[str]:
    """Bring the parts of the new generation up to date; counts what became of the sources."""
    tally = Counter[str]()
    with writer.index:
        for row in plan.gone:
            _drop(writer, row)
            tally["removed"] += row.status is Status.KEPT
        for done, result in enumerate(work, 1):
            _settle(writer, _processed(result), tally)
            progress(done, plan.todo)
    return tally


def _reusable(current: Generation | None, engine: str, base: str) -> Generation | None:
    """The current generation, unless it was built in another way and has to be built anew."""
    if current is None:
        return None
    made = current.manifest()
    alike = (made.version, made.engine, made.index_schema, made.passage_rules, made.base) == (
        __version__,
        engine,
        load_schema().version,
        load_settings().version,
        base,
    )
    return current if alike else None


def fingerprint(ref: SourceRef) -> str:
    """What changes when a source may have changed, found without reading it.

    The checksum of a zip's member, else size and time of the file (of the archive, for a member of a tar).
    """
    if ref.data is not None:
        return hashlib.sha256(ref.data).hexdigest()
    if ref.place and ref.place.crc:
        return f"{ref.size}:{ref.place.crc:08x}"
    try:
        found = Path(ref.path).stat()
    except OSError:
        return "unreadable"
    return f"{ref.size}:{found.st_size}:{found.st_mtime_ns}"


def _is_new(ref: SourceRef, known: Archive | None) -> bool:
    row = known.source(ref.name) if known else None
    return row is None or row.fingerprint != fingerprint(ref)


def _plan(paths: Sequence[str | Path], known: Archive | None, prune: bool) -> _Plan:
    todo = unchanged = 0
    seen = set()
    for ref in find_sources(paths):
        new = _is_new(ref, known)
        todo += new
        unchanged += not new
        if prune:
            seen.add(ref.name)
    gone = [row for row in known.sources() if row.name not in seen] if known and prune else []
    return _Plan(todo, unchanged, gone)


def _open(current: Generation | None, target: Generation, engine: str, base: str) -> _Writer:
    if current is None:
        create_index(target.index, engine)
        graph = OxigraphStore.create(target.graph)
        graph.bulk_load(vocabulary_quads())
        passages = PassageWriter.create(target.passages)
        return _Writer(Archive.create(target.letters), passages, graph, index_writer(target.index), base)
    shutil.copyfile(current.letters, target.letters)
    shutil.copyfile(current.passages, target.passages)
    source = OxigraphStore.open(current.graph)
    source.backup(target.graph)
    source.close()
    shutil.copytree(current.index, target.index, copy_function=os.link)
    graph = OxigraphStore.create(target.graph)
    passages = PassageWriter.update(target.passages)
    return _Writer(Archive.update(target.letters), passages, graph, index_writer(target.index), base)


def _processed(result: Processed | Lost[SourceRef]) -> Processed:
    if isinstance(result, Lost):
        return Processed(result.item, "", reason=f"quarantined: the letter {result.reason}")
    return result


def _drop(writer: _Writer, row: SourceRow) -> None:
    """Forget a source; its letter goes with it, and a duplicate of the letter is read again by the next build."""
    writer.archive.remove_source(row.name)
    if row.status is Status.KEPT and row.letter:
        writer.remove(row.letter)
        for holder in writer.archive.holders(row.letter):
            writer.archive.put_source(holder._replace(fingerprint=""))


def _settle(writer: _Writer, done: Processed, tally: Counter[str]) -> None:
    """Decide what becomes of one source, and write it."""
    tally["read"] += 1
    archive, ref, letter = writer.archive, done.source, done.letter
    before = archive.source(ref.name)
    row = SourceRow(ref.name, fingerprint(ref), done.sha256, Status.REFUSED, None, done.reason)
    if before and before.sha256 == done.sha256 and before.status is not Status.REFUSED and before.fingerprint:
        archive.put_source(before._replace(fingerprint=fingerprint(ref)))  # touched, not changed
        tally["touched"] += 1
        return
    if before:
        _drop(writer, before)
    if letter is None:
        archive.put_source(row)
        return
    held = archive.identity(letter.id)
    if held and held[1] < ref.name:
        archive.put_source(_second(row, letter.id, same=held[0] == letter.text_sha256, holder=held[1]))
        return
    if held:
        loser = archive.source(held[1])
        assert loser is not None
        writer.remove(letter.id)
        archive.put_source(_second(loser, letter.id, same=held[0] == letter.text_sha256, holder=ref.name))
    writer.add(done)
    archive.put_source(row._replace(status=Status.KEPT, letter=letter.id))
    tally["parsed"] += 1
    tally.update(f"problem {code}" for code in done.problems)


def _second(row: SourceRow, letter: str, *, same: bool, holder: str) -> SourceRow:
    """The row of a source whose letter is held by another source."""
    if same:
        return row._replace(status=Status.DUPLICATE, letter=letter, reason=f"the same letter as {holder}")
    reason = f"another letter with the case number {letter} is in {holder}; check which of the two is right"
    return row._replace(status=Status.REFUSED, letter=None, reason=reason)


def _manifest(writer: _Writer, engine: str, base: str) -> Manifest:
    """Close the parts and say what they hold."""
    letters, issues, sources = writer.archive.counts()
    digest = hashlib.sha256()
    for row in writer.archive.sources():
        digest.update(f"{row.name}\t{row.sha256}\t{row.status}\n".encode())
    passages, quotes = writer.passages.close()
    return Manifest(
        version=__version__,
        engine=engine,
        index_schema=load_schema().version,
        base=base,
        letters=letters,
        issues=issues,
        sources=sources,
        sources_sha256=digest.hexdigest(),
        passages=passages,
        quoted_sentences=quotes,
        passage_rules=load_settings().version,
        quads=writer.close(),
    )


def _report(archive: Archive, generation: str, plan: _Plan, tally: Counter[str]) -> BuildReport:
    letters, issues, _ = archive.counts()
    rows = list(_except_kept(archive))
    return BuildReport(
        generation=generation,
        letters=letters,
        issues=issues,
        read=tally["read"],
        parsed=tally["parsed"],
        unchanged=plan.unchanged + tally["touched"],
        duplicates=sum(row.status is Status.DUPLICATE for row in rows),
        removed=tally["removed"],
        problems={k.removeprefix("problem "): n for k, n in sorted(tally.items()) if k.startswith("problem ")},
        refused=tuple(Refusal(name=r.name, reason=r.reason) for r in rows if r.status is Status.REFUSED),
    )


def _except_kept(archive: Archive) -> Iterator[SourceRow]:
    return (row for row in archive.sources() if row.status is not Status.KEPT)


def _unchanged(current: Generation, known: Archive, plan: _Plan) -> BuildReport:
    return _report(known, current.name, plan, Counter())
