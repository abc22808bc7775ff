"""Generations of a store: complete, immutable, switched atomically.

::

    imr-store/
      current              the name of the current generation
      lock                 held by the one writer
      generations/
        000007/            graph/  index/  letters.sqlite  passages.sqlite  manifest.json  report.json
        000008.partial/    being built; swept away by the next build if the writer dies

Readers open the generation that ``current`` names and keep it, however long they live; the two newest stay on
disk. A writer works in a ``.partial`` folder, makes it durable, renames it, and only then replaces ``current``.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imr_graph.errors import StoreError
from imr_graph.models import Model

FORMAT = 3
_KEPT = 2


class Recipe(Model):
    """How a generation is made; where it differs, everything is built anew.

    ``engine`` is the text engine, ``base`` the base IRI of the letters, ``knowledge_sha256`` covers ontology/ and
    index/.
    """

    version: str
    engine: str
    base: str
    knowledge_sha256: str


class Manifest(Model):
    """What a generation holds, and what it was built with. No clock: the same letters give the same manifest."""

    format: int = FORMAT
    recipe: Recipe
    letters: int
    issues: int
    sources: int
    quads: int
    passages: int
    quoted_sentences: int
    sources_sha256: str


class Generation:
    """One complete generation; the paths of its parts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.graph = folder / "graph"
        self.index = folder / "index"
        self.letters = folder / "letters.sqlite"
        self.passages = folder / "passages.sqlite"

    @property
    def name(self) -> str:
        """The number of the generation, six digits."""
        return self.folder.name

    def manifest(self) -> Manifest:
        """The manifest, or :class:`StoreError` where it is damaged or of another format."""
        path = self.folder / "manifest.json"
        try:
            manifest = Manifest.model_validate_json(path.read_text())
        except (OSError, ValueError) as error:
            raise StoreError(f"{path} cannot be read: {error}", remedy="build the store again") from error
        if manifest.format != FORMAT:
            raise StoreError(
                f"{self.folder} has store format {manifest.format}, this version reads {FORMAT}",
                remedy="build the store again in a new folder",
            )
        return manifest


class StoreFolder:
    """The folder of a store: its current generation, and the making of the next one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._generations = root / "generations"

    def current(self) -> Generation | None:
        """The current generation, or None where nothing was built yet."""
        try:
            name = (self.root / "current").read_text().strip()
        except FileNotFoundError:
            return None
        return Generation(self._generations / name)

    def require(self) -> Generation:
        """The current generation, or :class:`StoreError` that says how to build one."""
        generation = self.current()
        if generation is None or not generation.folder.is_dir():
            raise StoreError(
                f"there is no store in {self.root}", remedy="make one with: imr-graph build LETTERS --store DIR"
            )
        return generation

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock of the one writer; :class:`StoreError` where another process has it."""
        if self.root.is_dir() and any(self.root.iterdir()) and not self._generations.is_dir():
            raise StoreError(f"{self.root} is a folder, but no store", remedy="name an empty or a new folder")
        self._generations.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError(f"{self.root} is being written by another process", remedy="wait for it") from None
            self._sweep()
            yield

    def partial(self) -> Generation:
        """A new, empty folder for the next generation; call it while :meth:`writing`."""
        numbers = [int(p.name) for p in self._generations.iterdir() if p.name.isdigit()]
        folder = self._generations / f"{max(numbers, default=0) + 1:06d}.partial"
        folder.mkdir()
        return Generation(folder)

    def commit(self, partial: Generation, manifest: Manifest) -> Generation:
        """Make ``partial`` durable and current."""
        _write(partial.folder / "manifest.json", json.dumps(manifest.model_dump(), indent=2) + "\n")
        for folder, _, files in os.walk(partial.folder):
            for name in files:
                _sync(Path(folder) / name)
            _sync(Path(folder))
        final = partial.folder.with_suffix("")
        partial.folder.rename(final)
        _sync(self._generations)
        _write(self.root / "current", final.name + "\n")
        self._sweep()
        return Generation(final)

    def _sweep(self) -> None:
        """Remove what dead writers left, and all but the newest generations."""
        current = self.current()
        complete = sorted(p for p in self._generations.iterdir() if p.name.isdigit())
        kept = set(complete[-_KEPT:]) | ({current.folder} if current else set())
        for folder in self._generations.iterdir():
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole: a reader sees the old text or the new one."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text)
    _sync(temporary)
    temporary.replace(path)
    _sync(path.parent)
