"""Write a store anew from its own letters, without reading a source: what updates left behind is dropped."""

from __future__ import annotations

from pathlib import Path

from imr_graph.archive import Archive, Status
from imr_graph.pipeline.generation import Manifest, StoreFolder
from imr_graph.pipeline.worker import project
from imr_graph.pipeline.writer import GenerationWriter
from imr_graph.vocabulary import load_vocabulary


def compact(store: Path) -> Manifest:
    """A new generation with the same letters and sources; the manifest of it.

    The letters keep what was read and linked in them; to read them again with other vocabularies, build the store
    again. Raises :class:`imr_graph.errors.StoreError`.
    """
    folder = StoreFolder(store)
    with folder.writing():
        current = folder.require()
        recipe = current.manifest().recipe
        target = folder.partial()
        writer = GenerationWriter(target, None, recipe.engine, recipe.base)
        vocabulary = load_vocabulary()
        with Archive.open(current.letters) as archive, writer.index:
            for path, fingerprint in archive.shards().items():
                writer.archive.put_shard(path, fingerprint)
            for row in archive.sources():
                writer.archive.put_source(row)
                if row.status is Status.KEPT and row.letter:
                    done = project(archive.letter(row.letter), row.fingerprint, vocabulary, recipe.base)
                    assert done.letter is not None
                    writer.keep(done, done.letter)
        manifest = writer.finish(recipe)
        (target.folder / "report.json").write_bytes((current.folder / "report.json").read_bytes())
        folder.commit(target, manifest)
        return manifest
