"""The parts of a store that commands read, each opened when it is wanted."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imr_graph.passages.reader import PassageReader
    from imr_graph.search.engine import TextIndex
    from imr_graph.search.precedents import Precedents
    from imr_graph.vocabulary import Vocabulary


class Opened:
    """The current generation of a store; :class:`imr_graph.errors.StoreError` where there is none."""

    def __init__(self, store: Path) -> None:
        from imr_graph.pipeline.generation import StoreFolder

        self._generation = StoreFolder(store).require()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The packaged vocabularies."""
        from imr_graph.vocabulary import load_vocabulary

        return load_vocabulary()

    @cached_property
    def index(self) -> TextIndex:
        """The text index."""
        from imr_graph.search.engine import open_index

        return open_index(self._generation.index)

    @cached_property
    def precedents(self) -> Precedents:
        """The search over the text index."""
        from imr_graph.search.linked import LinkedReader
        from imr_graph.search.precedents import Precedents

        return Precedents(self.index, self.vocabulary, LinkedReader(self.vocabulary))

    @cached_property
    def passages(self) -> PassageReader:
        """The passages."""
        from imr_graph.passages.reader import PassageReader

        return PassageReader.open(self._generation.passages)
