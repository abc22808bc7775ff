"""Good and bad input: every bad one is one error with a way out, and the rest goes on."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import random
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from imr_graph.errors import DamagedSource, EmptySource, OversizedSource, ReadError, UnsupportedFile
from imr_graph.read import Limits, Refusal, SourceRef, find_sources, read_source, read_sources
from imr_graph.text import SourceText

LETTER = "CLINICAL CASE SUMMARY\nThe injured worker has pain in the left knee.\n"


def pdf(*pages: str, password: str | None = None) -> bytes:
    file = io.BytesIO()
    encrypt = None
    if password is not None:
        encrypt = StandardEncryption(password, ownerPassword="owner", canCopy=0, canModify=0, strength=128)
    canvas = Canvas(file, invariant=1, encrypt=encrypt)
    for page in pages:
        for row, line in enumerate(page.splitlines()):
            canvas.drawString(72, 720 - 14 * row, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def zipped(**members: str | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(**members: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def of(data: bytes, name: str = "letter") -> SourceText:
    return read_source(SourceRef(name, name, size=len(data), data=data))


def written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(sources: list[SourceText | Refusal], root: Path) -> list[str]:
    return [f"{'!' * isinstance(s, Refusal)}{s.name.removeprefix(f'{root}/')}" for s in sources]


def test_pdf_pages_never_glue() -> None:
    source = of(pdf("first line\ndecided", "authorized by"))
    assert source.text.split() == ["first", "line", "decided", "authorized", "by"]
    assert source.text == "first line\ndecided\n\fauthorized by"
    assert source.pages == (0, source.text.index("authorized"))
    assert source.media_type == "application/pdf"


def test_encrypted_with_the_empty_password_is_read() -> None:
    assert "left knee" in of(pdf(LETTER, password="")).text


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", EmptySource, "empty"),
        (b" \n\t\0\0", EmptySource, "empty"),
        (pdf(LETTER, password="secret"), DamagedSource, "password"),
        (pdf(LETTER)[:600], DamagedSource, "truncated"),
        (b"%PDF-1.7\n" + random.Random(1).randbytes(900) + b"\n%%EOF", DamagedSource, "damaged"),
        (pdf(""), EmptySource, "OCR"),
        (pdf("x", *["y"] * 501), OversizedSource, "502 pages"),
        (b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(900), UnsupportedFile, "neither"),
        (random.Random(3).randbytes(2000), UnsupportedFile, "neither"),
        ("ohne Marke".encode("utf-16-le"), UnsupportedFile, "neither"),
        (b"{\\rtf1 letter}", UnsupportedFile, "rich text"),
        (zipped(a="b"), UnsupportedFile, "archive"),
        (tarred(a=b"b"), UnsupportedFile, "archive"),
        (b"a" * 3_000_001, OversizedSource, "characters"),
        (b"<html><script>x</script></html>", EmptySource, "no text"),
    ],
)
def test_bad_bytes(data: bytes, error: type[ReadError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        of(data)
    assert caught.value.remedy
    assert type(pickle.loads(pickle.dumps(caught.value))) is error


def test_malformed_pdf_never_crashes() -> None:
    good, dice = pdf(LETTER, LETTER), random.Random(7)
    for number in range(300):
        data = bytearray(good[: dice.randrange(len(good))] if number % 3 == 0 else good)
        for _ in range(dice.randrange(40) * (number % 3 > 0)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            of(bytes(data), "x.pdf")
        except ReadError:
            continue


@pytest.mark.parametrize(
    "data",
    [
        "50° – “knee”".encode(),
        "50° – “knee”".encode("utf-8-sig"),
        "50° – “knee”".encode("utf-16"),
        "50° – “knee”".encode("cp1252"),
    ],
)
def test_encodings(data: bytes) -> None:
    assert of(data).text == "50° – “knee”"


def test_text_keeps_lines_and_marks_pages() -> None:
    source = of(b"one\r\ntwo\rthree\n\x0cfour", "a.md")
    assert source.text == "one\ntwo\nthree\n\ffour"
    assert (source.pages, source.media_type) == ((0, 15), "text/markdown")


def test_html() -> None:
    page = """<!-- saved --><!DOCTYPE html><html><head><title>no</title><style>p {}</style><body>
      <table><tr><td>Case&nbsp;Number:</td><td>CM15-9900001</td></tr><tr><td>Priority:<td>Standard</table>
      <h3>CLINICAL CASE   SUMMARY</h3><p>Pain &amp; stiffness<br>of the <b>left</b> kn<i>ee</i>.
      <p>Next<script>x</script>.</body></html>"""
    source = of(page.encode())
    assert source.media_type == "text/html"
    assert source.text == (
        "Case\xa0Number:\tCM15-9900001\n\nPriority:\tStandard\n\n"
        "CLINICAL CASE SUMMARY\n\nPain & stiffness\nof the left knee.\n\nNext.\n"
    )


@pytest.mark.parametrize(
    "part", ["<![if !a]>", "<![x[ a ]]>", "<![", "<!--", "<a b='", "&#xD800;&#x110000;", "</p>" * 9]
)
def test_broken_html_is_read_or_refused(part: str) -> None:
    try:
        assert "knee" in of(f"<html><p>knee</p>{part} shoulder".encode()).text
    except DamagedSource:
        return


def test_content_goes_before_the_name(tmp_path: Path) -> None:
    path = written(tmp_path / "letter.txt", pdf(LETTER))
    (source,) = read_sources([path])
    assert isinstance(source, SourceText)
    assert source.media_type == "application/pdf"
    (refusal,) = read_sources([written(tmp_path / "letter.pdf", LETTER.encode())])
    assert isinstance(refusal, Refusal)
    assert isinstance(refusal.error, DamagedSource)


def test_folder_is_sorted_and_says_what_it_passed_over(tmp_path: Path) -> None:
    for name in (
        "b/2.txt",
        "b/1.pdf.txt",
        "a.txt",
        "c",
        ".git/x.txt",
        ".hidden.txt",
        "README.md",
        "scan.png",
        "b/x.CSV",
    ):
        written(tmp_path / name, LETTER.encode())
    (tmp_path / "loop").symlink_to(tmp_path)
    counter: Counter[str] = Counter()
    refs = list(find_sources([tmp_path], passed_over=counter))
    assert [ref.name.removeprefix(f"{tmp_path}/") for ref in refs] == ["a.txt", "b/1.pdf.txt", "b/2.txt", "c"]
    assert counter == {".png": 1, ".csv": 1}
    assert [ref.size for ref in refs] == [len(LETTER)] * 4


def test_a_named_file_is_always_looked_at(tmp_path: Path) -> None:
    assert names(list(read_sources([written(tmp_path / ".x.dat", LETTER.encode())])), tmp_path) == [".x.dat"]
    assert names(list(read_sources([written(tmp_path / "scan.png", b"\x89PNG\0\1\2")])), tmp_path) == ["!scan.png"]


def test_missing_and_special_paths(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    missing, special, nul = read_sources([tmp_path / "absent.pdf", tmp_path / "pipe", "\0".join("zz")])
    assert isinstance(nul, Refusal)
    assert isinstance(missing, Refusal)
    assert "does not exist" in str(missing.error)
    assert isinstance(special, Refusal)
    assert isinstance(special.error, UnsupportedFile)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    (refusal,) = read_sources([path])
    assert isinstance(refusal, Refusal)
    assert isinstance(refusal.error, OversizedSource)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pdf(LETTER))))
    (ref,) = find_sources(["-"])
    source = read_source(pickle.loads(pickle.dumps(ref)))
    assert (source.name, source.media_type) == ("-", "application/pdf")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a" * 11)))
    (refusal,) = read_sources(["-"], limits=Limits(file=10))
    assert isinstance(refusal, Refusal)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_tar(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    data = tarred(
        **{"z/1.txt": LETTER.encode(), "a.pdf": pdf(LETTER), "x.png": b"", ".x.txt": b"", "n.zip": zipped(a="b")}
    )
    path = written(tmp_path / "all.tar.gz", pack(data))
    sources = list(read_sources([tmp_path]))
    assert sorted(names(sources, tmp_path)) == ["!all.tar.gz!n.zip", "all.tar.gz!a.pdf", "all.tar.gz!z/1.txt"]
    first = next(s for s in sources if s.name == f"{path}!z/1.txt")
    assert isinstance(first, SourceText)
    assert first.text == LETTER


def test_tar_links_devices_and_escapes_are_refused_by_name(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for name, kind in (("link.txt", tarfile.SYMTYPE), ("hard.txt", tarfile.LNKTYPE), ("dev.txt", tarfile.CHRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        for name in ("../up.txt", "/etc/x.txt", "good.txt", "good.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = len(LETTER)
            archive.addfile(entry, io.BytesIO(LETTER.encode()))
    sources = list(read_sources([tmp_path]))
    found = [name.replace("x.tar!", "") for name in names(sources, tmp_path)]
    assert found == ["!../up.txt", "!/etc/x.txt", "!dev.txt", "good.txt", "!good.txt#5", "!hard.txt", "!link.txt"]


def test_zip(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "b/1.txt": LETTER,
        "a.pdf": pdf(LETTER),
        "../up.txt": "x",
        "C:\\x.txt": "x",
        "a/..\\x.txt": "x",
        "in.zip": zipped(a="b"),
        "__MACOSX/._a.pdf": "x",
        "x.png": "x",
        "empty.txt": "",
    }
    path = written(tmp_path / "all.zip", zipped(**members))
    sources = list(read_sources([path]))
    assert [name.replace("all.zip!", "") for name in names(sources, tmp_path)] == [
        "!../up.txt", "!C:\\x.txt", "a.pdf", "!a/..\\x.txt", "b/1.txt", "!empty.txt", "!in.zip",
    ]  # fmt: skip


def test_zip_bombs(tmp_path: Path) -> None:
    bomb = written(tmp_path / "bomb.zip", zipped(a=LETTER, bomb=b"\0" * 5_000_000))
    good, bad = read_sources([bomb])
    assert isinstance(good, SourceText)
    assert isinstance(bad, Refusal)
    assert "times its size" in str(bad.error)
    for limits in (Limits(members=1), Limits(archive=1000), Limits(file=1000)):
        assert isinstance(list(read_sources([bomb], limits=limits))[-1], Refusal)
    lying = bytearray(zipped(a=LETTER))
    place = lying.rindex(b"PK\x01\x02") + 24
    lying[place : place + 4] = (10).to_bytes(4, "little")
    (refusal,) = read_sources([written(tmp_path / "lying.zip", bytes(lying))])
    assert isinstance(refusal, Refusal)
    assert isinstance(refusal.error, OversizedSource)


def test_tar_header_bombs(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 60_000_000
    data = header.tobuf() + b"\0" * 60_000_000
    (refusal,) = read_sources([written(tmp_path / "x.tar.gz", gzip.compress(data, 1))])
    assert isinstance(refusal, Refusal)
    assert isinstance(refusal.error, OversizedSource)


def test_tar_of_nothing_is_not_read_to_its_end(tmp_path: Path) -> None:
    data = gzip.compress(tarred(**{"a.txt": LETTER.encode(), "b.txt": b"\0" * 20_000_000, "c.txt": LETTER.encode()}))
    sources = list(read_sources([written(tmp_path / "x.tgz", data)]))
    assert names(sources, tmp_path) == ["x.tgz!a.txt", "!x.tgz!b.txt", "!x.tgz"]
    assert all(isinstance(s.error, OversizedSource | EmptySource) for s in sources if isinstance(s, Refusal))


def test_a_damaged_archive_is_one_refusal(tmp_path: Path) -> None:
    written(tmp_path / "a.zip", zipped(a=LETTER)[:-30])
    written(tmp_path / "b.tar.gz", gzip.compress(tarred(a=random.Random(5).randbytes(5000)))[:-800])
    written(tmp_path / "c.txt.gz", gzip.compress(LETTER.encode()))
    written(tmp_path / "d.docx.zip", zipped(**{"[Content_Types].xml": "x"}))
    written(tmp_path / "e.txt", LETTER.encode())
    flipped = bytearray(zipped(**{"f.txt": LETTER}))
    flipped[45] ^= 0xFF
    written(tmp_path / "f.zip", bytes(flipped))
    sources = list(read_sources([tmp_path]))
    bad = [source for source in sources if isinstance(source, Refusal)]
    assert len(bad) == 6
    assert names(sources, tmp_path).count("e.txt") == 1
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", LETTER)
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    (refusal,) = read_sources([written(tmp_path / "g.zip", bytes(data))])
    assert isinstance(refusal, Refusal)
    assert "password" in str(refusal.error)


def test_every_kind_of_bad_file_is_one_refusal(bad_corpus: tuple[Path, dict[str, type[ReadError]]]) -> None:
    folder, expected = bad_corpus
    found = {}
    for source in read_sources([folder]):
        assert isinstance(source, Refusal)
        found[source.name.removeprefix(f"{folder}/").split("!")[0]] = type(source.error)
    assert found == expected


def test_a_name_that_is_not_utf8_can_be_printed(tmp_path: Path) -> None:
    path = Path(os.fsdecode(bytes(tmp_path) + b"/l\xe9.txt"))
    (source,) = read_sources([written(path, LETTER.encode())])
    assert source.name.encode().endswith("l\ufffd.txt".encode())
