"""What goes into the archive comes out of it."""

from pathlib import Path

import pytest

from imr_graph.archive import Archive, SourceRow, Status, pack
from imr_graph.errors import StoreError, UnknownItem
from imr_graph.models import Decision, Issue, Layout, Letter, Outcome
from imr_graph.text import Span


def letter(case: str, text: str = "MRI: Upheld") -> Letter:
    issue = Issue(n=1, request="MRI", outcome=Outcome.UPHELD, request_span=Span(0, 3))
    decision = Decision(
        id=case,
        text_sha256="0" * 64,
        source_sha256="1" * 64,
        source_name=f"{case}.txt",
        layout=Layout.FINAL_DETERMINATION_2015,
        issues=(issue,),
    )
    return Letter(decision=decision, text=text, pages=(0,))


@pytest.mark.parametrize("folder", ["store", "a?b", "a#b", "a%41b"])
def test_letters_and_sources_come_back(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "letters.sqlite"
    path.parent.mkdir()
    rows = [
        SourceRow("a.txt", "f", "1", Status.KEPT, "CM16-9900001"),
        SourceRow("b.txt", "f", "1", Status.DUPLICATE, "CM16-9900001", "the same letter as a.txt"),
        SourceRow("c.txt", "f", "2", Status.REFUSED, None, "empty"),
    ]
    with Archive.create(path) as archive:
        archive.put(pack(letter("CM16-9900001", "old")))
        archive.put(pack(letter("CM16-9900001")))
        archive.put(pack(letter("h-00ff")))
        archive.remove("h-00ff")
        for row in rows:
            archive.put_source(row)
    with Archive.open(path) as archive:
        assert archive.letter("cm16-9900001") == letter("CM16-9900001")
        assert list(archive.letters()) == [letter("CM16-9900001")]
        assert list(archive.ids()) == [("CM16-9900001", 1)]
        assert list(archive.sources()) == rows
        assert archive.holders("CM16-9900001") == rows[:2]
        assert archive.identity("CM16-9900001") == ("0" * 64, "CM16-9900001.txt")
        assert archive.counts() == (1, 1, 3)
        with pytest.raises(UnknownItem, match="CM16-0000000"):
            archive.letter("CM16-0000000")


def test_a_missing_archive_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="imr-graph build LETTERS --anew"):
        Archive.open(tmp_path / "letters.sqlite")
