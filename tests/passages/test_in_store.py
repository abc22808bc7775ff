"""Passages belong to a generation: updates keep them, and check proves them."""

import shutil
import sqlite3
from pathlib import Path

from imr_graph.passages.reader import PassageReader
from imr_graph.pipeline.build import build
from imr_graph.pipeline.check import check
from imr_graph.pipeline.generation import StoreFolder

NAMES = ["CM15-9900001.txt", "CM15-9900002.txt", "CM14-9900004.md", "CM16-9900006.txt"]


def passages_of(store: Path) -> list[object]:
    with PassageReader.open(StoreFolder(store).require().passages) as reader:
        return [reader.get(passage.id)[0].model_dump() for passage in reader.find()]


def test_an_update_gives_what_a_new_build_gives(corpus: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    for name in [*NAMES[:2], "CM16-9900014.txt"]:
        shutil.copy(corpus / name, letters)
    build([letters], tmp_path / "store", jobs=1)
    for name in NAMES[2:]:
        shutil.copy(corpus / name, letters)
    (letters / "CM16-9900014.txt").unlink()
    build([letters], tmp_path / "store", jobs=1, prune=True)
    build([letters], tmp_path / "whole", jobs=1)
    assert passages_of(tmp_path / "store") == passages_of(tmp_path / "whole")
    assert check(tmp_path / "store") == []


def test_check_finds_a_missing_quotation(corpus: Path, tmp_path: Path) -> None:
    build([corpus / NAMES[0]], tmp_path / "store", jobs=1)
    with sqlite3.connect(StoreFolder(tmp_path / "store").require().passages) as db:
        db.execute("DELETE FROM quote")
    db.close()
    faults = check(tmp_path / "store")
    assert [fault for fault in faults if "the manifest says" in fault]
    assert [fault for fault in faults if "does not hold the sentences" in fault]
