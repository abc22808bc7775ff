"""The sample letters: every file is read, and the PDFs are what tests/make_pdfs.py draws."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from imr_graph.read import Refusal, SourceRef, read_source, read_sources
from imr_graph.text import identity_of

TESTS = Path(__file__).parent.parent
CORPUS = TESTS / "corpus"
SOURCES = sorted((TESTS / "letters").glob("*.txt"))


@pytest.fixture(scope="module")
def make_pdfs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pdfs", TESTS / "make_pdfs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_pdf_is_what_its_source_draws(path: Path, make_pdfs: ModuleType) -> None:
    drawn = make_pdfs.draw(path.read_text(encoding="utf-8"))
    assert make_pdfs.draw(path.read_text(encoding="utf-8")) == drawn
    committed = (CORPUS / f"{path.stem}.pdf").read_bytes()
    here, there = (read_source(SourceRef("x", "x.pdf", data=data)) for data in (drawn, committed))
    assert (here.text, here.pages) == (there.text, there.pages)


def test_every_sample_is_read() -> None:
    sources = list(read_sources([CORPUS]))
    assert not [source for source in sources if isinstance(source, Refusal)]
    assert len(sources) == len([path for path in CORPUS.iterdir() if path.name != "README.md"])


def test_no_source_without_its_pdf() -> None:
    assert {path.stem for path in SOURCES} == {path.stem for path in CORPUS.glob("*.pdf")}


def test_header_of_a_pdf_is_read_row_by_row() -> None:
    for path in CORPUS.glob("*.pdf"):
        text = read_source(SourceRef("x", str(path), size=path.stat().st_size)).text
        case, assigned, decided, priority, received, date, *_ = text.splitlines()
        assert case == f"Case Number: {path.stem}"
        assert assigned.startswith("Date Assigned: ")
        assert "Date of Injury: " in assigned
        assert decided.startswith("Decision Date: ")
        assert "UR Denial Date: " in decided
        assert (priority, received) == ("Priority: Standard Application ", "Received: ")
        assert len(date) == 10


def test_the_same_letter_as_pdf_and_as_text_has_one_identity() -> None:
    twice = {path.stem for path in CORPUS.glob("*.pdf")} & {path.stem for path in CORPUS.glob("*.txt")}
    assert twice
    for stem in twice:
        texts = [
            read_source(SourceRef("x", str(path), size=path.stat().st_size)).text
            for path in (CORPUS / f"{stem}.pdf", CORPUS / f"{stem}.txt")
        ]
        assert identity_of(texts[0]) == identity_of(texts[1])


def test_readme_names_every_sample() -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    assert [p.name for p in CORPUS.iterdir() if p.stem not in readme and p.stem != "README"] == []


def test_published_letters(shared: Path) -> None:
    sources = list(read_sources([shared / "letters"]))
    assert sources
    for source in sources:
        assert not isinstance(source, Refusal)
        assert source.text.startswith(f"Case Number: {Path(source.name).stem}\nDate Assigned: ")
        assert source.text.index("UR Denial Date: ") < source.text.index("HOW THE IMR FINAL DETERMINATION WAS MADE")
