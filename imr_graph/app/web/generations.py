"""The open generation that requests read; a new one is picked up between requests."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from imr_graph.archive import Archive, SourceRow
from imr_graph.errors import ImrGraphError
from imr_graph.graph.limits import Limits, QueryWorkers
from imr_graph.models import Letter
from imr_graph.passages.reader import PassageReader
from imr_graph.pipeline.generation import Generation, StoreFolder
from imr_graph.search.engine import TextIndex, open_index
from imr_graph.search.linked import LinkedReader
from imr_graph.search.precedents import Precedents
from imr_graph.vocabulary import Vocabulary, load_vocabulary

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Reader:
    """One generation with all its parts open; shared by the threads that answer requests."""

    def __init__(self, generation: Generation, limits: Limits) -> None:
        self.generation = generation
        self.manifest = generation.manifest()
        self.vocabulary: Vocabulary = load_vocabulary()
        self.index: TextIndex = open_index(generation.index)
        self.facts_of = LinkedReader(self.vocabulary)
        self.precedents = Precedents(self.index, self.vocabulary, self.facts_of)
        self.passages = PassageReader.open(generation.passages)
        self.workers = QueryWorkers(generation.graph, limits)
        self._archive = Archive.open(generation.letters)
        self._made: dict[str, Any] = {}
        self._making: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._unpacking = threading.Lock()  # the archive's decompressor is for one thread at a time

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once: a generation does not change."""
        with self._making[name]:
            if name not in self._made:
                self._made[name] = make()
            found: T = self._made[name]
            return found

    def letter(self, case: str) -> Letter:
        """The letter with this id; :class:`imr_graph.errors.UnknownItem` where there is none."""
        with self._unpacking:
            return self._archive.letter(case)

    def holders(self, case: str) -> list[SourceRow]:
        """The sources that hold this letter."""
        return self._archive.holders(case)


class Generations:
    """The newest complete generation of a store, opened when it becomes current.

    Requests keep the generation that they started with; the last one to let go of it closes it.
    """

    def __init__(self, store: Path, limits: Limits) -> None:
        self._folder = StoreFolder(store)
        self._limits = limits
        self._opening = threading.Lock()
        self._reader = Reader(self._folder.require(), limits)

    def reader(self) -> Reader:
        """The current generation; the one before it as long as the new one cannot be opened."""
        current = self._folder.current()
        if current is None or current.name == self._reader.generation.name:
            return self._reader
        with self._opening:
            if current.name != self._reader.generation.name:
                try:
                    self._reader = Reader(self._folder.require(), self._limits)
                except ImrGraphError as error:
                    _log.warning("still on generation %s: %s", self._reader.generation.name, error)
            return self._reader
