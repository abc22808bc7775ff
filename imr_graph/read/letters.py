"""Read one letter into text, by what its bytes are and not by what its name says."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from imr_graph.errors import DamagedSource, EmptySource, OversizedSource, ReadError, UnsupportedFile
from imr_graph.read.archives import member_bytes, sniff_packing
from imr_graph.read.markup import html_text
from imr_graph.read.pdf import pdf_text
from imr_graph.read.refs import DEFAULT, Limits, Refusal, SourceRef
from imr_graph.read.sources import find_sources, too_large, unreadable
from imr_graph.text import SourceText

_SUFFIXES: Final = {".md": "text/markdown", ".markdown": "text/markdown", ".html": "text/html", ".htm": "text/html"}
# "<!DOCTYPE html>", "<html lang=en>", "<?xml ...?><html": the first thing in the file.
_HTML: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
# Control characters that no text holds: all but tab, line feed, vertical tab, form feed, return, and ^Z at the end.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD: Final = 1024


def read_sources(paths: Iterable[Path | str], *, limits: Limits = DEFAULT) -> Iterator[SourceText | Refusal]:
    """Every letter at ``paths`` in the order of :func:`find_sources`, one at a time; a bad one is a refusal."""
    for ref in find_sources(paths, limits=limits):
        try:
            yield read_source(ref, limits)
        except ReadError as error:
            yield Refusal(ref.name, error)


def read_source(ref: SourceRef, limits: Limits = DEFAULT) -> SourceText:
    """The text of one letter.

    Raises :class:`ReadError` or one of its subclasses; never anything else for bad input.
    """
    if ref.error is not None:
        raise ref.error
    data = _bytes_of(ref, limits)
    if not data.strip(b"\0\t\n\f\r "):
        raise EmptySource(f"{ref.name} is empty", remedy="fetch it again")
    text, media_type, pages = _text_of(data, ref, limits)
    if len(text) > limits.characters:
        raise OversizedSource(f"{ref.name} has more than {limits.characters:,} characters", remedy="split it")
    if not text.strip():
        raise EmptySource(f"{ref.name} holds no text", remedy="fetch it again")
    return SourceText(ref.name, text, hashlib.sha256(data).hexdigest(), media_type, pages)


def _bytes_of(ref: SourceRef, limits: Limits) -> bytes:
    if ref.data is not None:
        return ref.data
    if ref.size > limits.file:
        raise too_large(ref.name, limits)
    if ref.member is not None:
        return member_bytes(ref)
    try:
        with Path(ref.path).open("rb") as file:
            data = file.read(limits.file + 1)
    except OSError as error:
        raise unreadable(ref.path, error) from error
    if len(data) > limits.file:
        raise too_large(ref.name, limits)
    return data


def _text_of(data: bytes, ref: SourceRef, limits: Limits) -> tuple[str, str, tuple[int, ...]]:
    """The text, its media type and its page starts: by content first, by extension second."""
    head = data[:_HEAD]
    if b"%PDF-" in head:
        text, pages = pdf_text(data, ref.name, limits)
        return text, "application/pdf", pages
    if sniff_packing(head):
        raise UnsupportedFile(f"{ref.name} is an archive, not a letter", remedy="unpack it, or name it .zip")
    suffix = PurePosixPath(ref.member or ref.path).suffix.lower()
    if suffix == ".pdf":
        raise DamagedSource(f"{ref.name} is no PDF, whatever its name says", remedy="fetch it again")
    if head.startswith(b"{\\rtf"):
        raise UnsupportedFile(f"{ref.name} is rich text", remedy="save it as PDF or text")
    text = _decode(data, ref.name)
    if _HTML.match(text) or _SUFFIXES.get(suffix) == "text/html":
        return html_text(text, ref.name), "text/html", (0,)
    starts = (0, *(match.end() for match in re.finditer("\f", text)))
    return text, _SUFFIXES.get(suffix, "text/plain"), starts


def _decode(data: bytes, name: str) -> str:
    r"""UTF-16 by its mark, else UTF-8, else Windows-1252; lines end in ``\n``."""
    encodings = ["utf-16"] if data.startswith(_UTF16) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = len(_CONTROL.findall(text))
        if "\0" in text or controls * 100 > len(text):
            break
        if controls:
            text = _CONTROL.sub(" ", text)
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnsupportedFile(f"{name} is neither a letter nor text", remedy="give PDF, text, markdown or html")
