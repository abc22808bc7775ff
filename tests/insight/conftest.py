"""The sample letters, built once, and the parts that the insights read."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from imr_graph.archive import Archive
from imr_graph.passages.reader import PassageReader
from imr_graph.pipeline.build import build
from imr_graph.pipeline.generation import StoreFolder
from imr_graph.search.engine import TextIndex, open_index
from imr_graph.search.linked import LinkedReader
from imr_graph.search.precedents import Precedents
from imr_graph.vocabulary import Vocabulary, load_vocabulary


@dataclass(frozen=True)
class Parts:
    """What a store holds, opened."""

    index: TextIndex
    precedents: Precedents
    passages: PassageReader
    letters: Archive
    vocabulary: Vocabulary


@pytest.fixture(scope="session")
def sample(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    store = tmp_path_factory.mktemp("insight") / "store"
    build([corpus], store, jobs=1)
    generation, vocabulary = StoreFolder(store).require(), load_vocabulary()
    index = open_index(generation.index)
    return Parts(
        index,
        Precedents(index, vocabulary, LinkedReader(vocabulary)),
        PassageReader.open(generation.passages),
        Archive.open(generation.letters),
        vocabulary,
    )
