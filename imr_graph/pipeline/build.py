"""A corpus to a generation: workers read, parse and link; one writer fills the parts of the generation."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from pathlib import Path

from imr_graph.archive import STALE, Archive, Status
from imr_graph.errors import StoreError
from imr_graph.models import Letter
from imr_graph.namespaces import BASE, checked_base
from imr_graph.pipeline.carry import KeptLetter, carried, carried_rows, orphaned
from imr_graph.pipeline.generation import Generation, Recipe, StoreFolder
from imr_graph.pipeline.listing import Listing
from imr_graph.pipeline.report import BuildReport, Refusal
from imr_graph.pipeline.worker import Processed, process, project
from imr_graph.pipeline.writer import GenerationWriter
from imr_graph.read import SourceRef, find_sources
from imr_graph.resources import knowledge_digest
from imr_graph.version import __version__
from imr_graph.vocabulary import load_vocabulary

Progress = Callable[[int, int | None], None]
Work = Callable[[Iterable[SourceRef | KeptLetter]], Iterable[Processed]]


def build(
    paths: Sequence[str | Path],
    store: Path,
    *,
    engine: str = "tantivy",
    jobs: int | None = None,
    prune: bool = False,
    anew: bool = False,
    base: str = BASE,
    seconds: float = 30.0,
    progress: Progress = lambda done, total: None,
) -> BuildReport:
    """Bring ``store`` up to date with the letters in ``paths``.

    Only new and changed sources are read (by size and time of the file, then by the hash of its bytes); all are
    read again where version, engine, base IRI or the data of ontology/ and index/ have changed, those that are not in
    ``paths`` from the text that the store has. ``prune`` drops the letters whose source is gone; ``anew`` makes every
    part again, as for a store of which one is damaged. ``engine`` names the text index, ``jobs`` the number of worker
    processes (default: one a core), ``seconds`` the time limit of one letter. ``progress`` is called with the sources
    done and the sources to do, which are estimated until all are listed.
    Nothing changes in ``store`` before all is complete; if nothing is new, there is no new generation. Raises
    :class:`imr_graph.errors.StoreError`, and :class:`imr_graph.errors.UsageError` for a ``base`` that is no base IRI.
    """
    recipe = Recipe(version=__version__, engine=engine, base=checked_base(base), knowledge_sha256=knowledge_digest())
    folder = StoreFolder(store)
    with folder.writing():
        before = folder.current()
        current = None if anew else _reusable(before, recipe)
        known = Archive.open(current.letters) if current else None
        listing = Listing(paths, known)
        new = iter(listing)
        first = [*islice(new, 1)]
        gone = listing.gone() if prune and not first else []
        if current and known and not (first or gone or listing.shards.items() - known.shards().items()):
            return _report(known, current.name, listing, Counter())
        work: Work = partial(process, base=base, jobs=jobs or os.cpu_count() or 1, seconds=seconds)
        target = folder.partial()
        try:
            writer = GenerationWriter(target, current, engine, base)
            with writer.index:
                for done in work(chain(first, new)):
                    writer.settle(done)
                    progress(writer.tally["read"], listing.total())
                for row in listing.gone() if prune else ():
                    writer.drop(row.name)
                    writer.tally["removed"] += row.status is Status.KEPT
                for _ in range(2):  # the first finds each letter's holder, the second what the others are behind it
                    for done in work(_stale(paths, writer.archive)):
                        writer.settle(done)
                outdated = _carry(before, not current, writer, work, progress) if before and not prune else []
            for path, fingerprint in listing.shards.items():
                writer.archive.put_shard(path, fingerprint)
            report = _report(writer.archive, target.folder.stem, listing, writer.tally, outdated)
            (target.folder / "report.json").write_text(report.model_dump_json(indent=2) + "\n")
            folder.commit(target, writer.finish(recipe))
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"the build stopped: {error}; {store} is as it was",
                remedy="is the disk full? Free some and build again",
            ) from error
        return report


def _reusable(current: Generation | None, recipe: Recipe) -> Generation | None:
    """The current generation, unless a part is missing or it was made in another way: then all is built anew."""
    with suppress(StoreError):
        return current if current and current.manifest().recipe == recipe and not current.missing() else None
    return None


def _carry(before: Generation, anew: bool, writer: GenerationWriter, work: Work, progress: Progress) -> list[Refusal]:
    """Take over what the generation before has of sources that this build does not name.

    All of it where the store is built ``anew``, else the letters that lost their holder. One that cannot be read again
    stays as it was; these are returned with the reason.
    """
    try:
        archive = Archive.open(before.letters)
    except StoreError as error:
        raise StoreError(
            f"{error.message}: the letters of {before.folder} cannot be taken over",
            remedy="name all their sources and add --anew --prune, which begins from these alone",
        ) from error
    outdated = []

    def settle(letters: Iterable[KeptLetter]) -> None:
        for done in work(letters):
            if done.letter is None:
                outdated.append(Refusal(name=done.name, reason=done.reason))
            writer.settle(done if done.letter else _as_it_was(archive, done.name, writer.base))
            writer.tally["carried"] += 1
            progress(writer.tally["read"], None)

    with archive:
        if anew:
            settle(carried(archive, writer.archive))
            for row in [*carried_rows(archive, writer.archive)]:
                writer.archive.put_source(row._replace(fingerprint=STALE))
        settle(orphaned(archive, writer.archive))
    return outdated


def _as_it_was(archive: Archive, name: str, base: str) -> Processed:
    """The letter of a source as ``archive`` has it, with what was read and linked in it then; stale."""
    row = archive.source(name)
    assert row is not None
    assert row.letter is not None
    letter = archive.letter(row.letter)
    decision = letter.decision.model_copy(update={"source_name": row.name, "source_sha256": row.sha256})
    return project(Letter(decision=decision, text=letter.text, pages=letter.pages), STALE, load_vocabulary(), base)


def _stale(paths: Sequence[str | Path], archive: Archive) -> Iterable[SourceRef]:
    """The sources whose letter lost its holder in this build; evaluated after the others are written."""
    names = {row.name for row in archive.leftovers() if row.fingerprint == STALE and row.letter}
    if names:
        yield from (ref for ref in find_sources(paths) if ref.name in names)


def _report(
    archive: Archive, generation: str, listing: Listing, tally: Counter[str], outdated: Sequence[Refusal] = ()
) -> BuildReport:
    letters, issues, _ = archive.counts()
    rows = list(archive.leftovers())
    return BuildReport(
        generation=generation,
        letters=letters,
        issues=issues,
        read=tally["read"],
        parsed=tally["parsed"],
        unchanged=listing.unchanged + tally["touched"],
        carried=tally["carried"],
        duplicates=sum(row.status is Status.DUPLICATE for row in rows),
        removed=tally["removed"],
        passed_over=dict(sorted(listing.passed_over.items())),
        problems={k.removeprefix("problem "): n for k, n in sorted(tally.items()) if k.startswith("problem ")},
        outdated=tuple(sorted(outdated, key=lambda kept: kept.name)),
        refused=tuple(Refusal(name=r.name, reason=r.reason) for r in rows if r.status is Status.REFUSED),
    )
