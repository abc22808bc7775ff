"""Fixtures for every room: the invented letters, bad input, and the real letters where they are at hand."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from imr_graph.errors import DamagedSource, EmptySource, OversizedSource, ReadError, UnsupportedFile

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the invented sample letters."""
    return CHECKOUT / "tests" / "corpus"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real letters and gold labels; the test is skipped where there is none."""
    folder = Path(os.environ.get("IMR_GRAPH_SHARED", CHECKOUT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("no folder of real letters; set IMR_GRAPH_SHARED")
    return folder


@pytest.fixture
def bad_corpus(tmp_path: Path) -> tuple[Path, dict[str, type[ReadError]]]:
    """A folder with one file of each kind that cannot be read, and the error that each must give, by name."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    def pdf(text: str, encrypt: object = None) -> bytes:
        file = io.BytesIO()
        canvas = Canvas(file, invariant=1, encrypt=encrypt)
        canvas.drawString(72, 720, text)
        canvas.showPage()
        canvas.save()
        return file.getvalue()

    def zipped(name: str, content: bytes) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return file.getvalue()

    bad: dict[str, tuple[bytes, type[ReadError]]] = {
        "empty.txt": (b"", EmptySource),
        "scanned.pdf": (pdf(""), EmptySource),
        "password.pdf": (pdf("letter", StandardEncryption("secret", strength=128)), DamagedSource),
        "truncated.pdf": (pdf("letter")[:700], DamagedSource),
        "text-named.pdf": (b"no PDF at all", DamagedSource),
        "binary.txt": (bytes(range(256)) * 4, UnsupportedFile),
        "damaged.zip": (zipped("a.txt", b"letter")[:-30], DamagedSource),
        "escape.zip": (zipped("../../a.txt", b"letter"), UnsupportedFile),
        "nested.zip": (zipped("b.zip", zipped("a.txt", b"letter")), UnsupportedFile),
        "bomb.zip": (zipped("a.txt", b"\0" * 3_000_000), OversizedSource),
    }
    folder = tmp_path / "bad"
    folder.mkdir()
    for name, (data, _) in bad.items():
        (folder / name).write_bytes(data)
    with (folder / "huge.pdf").open("wb") as file:
        file.truncate(60_000_000)
    return folder, {name: error for name, (_, error) in bad.items()} | {"huge.pdf": OversizedSource}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew")
