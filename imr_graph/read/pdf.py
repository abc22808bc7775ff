"""Text of a PDF, by PDFium: the only module that knows pypdfium2.

The published letters are encrypted with an empty user password and carry the flags "no copying, no changes".
They are opened with that empty password and their text is read: the Division of Workers' Compensation
publishes them for the public to read (Labor Code 4610.6), the flags bind editors, not readers, and without
text a letter is neither searchable nor accessible. Nothing is decrypted to disk, and a PDF that asks for a
password is refused.
"""

from __future__ import annotations

from typing import Any, Final

from imr_graph.errors import DamagedSource, EmptySource, OversizedSource
from imr_graph.read.refs import Limits

PAGE_BREAK: Final = "\n\f"
_PASSWORD_ERROR: Final = 4  # FPDF_ERR_PASSWORD of fpdfview.h
_TAIL: Final = 4096


def pdf_text(data: bytes, name: str, limits: Limits) -> tuple[str, tuple[int, ...]]:
    r"""The text of a PDF and the offset at which each page starts.

    Pages are joined by a newline and a form feed, so that words and headings on both sides of a page break
    stay apart. Lines end in ``\n``. Where a line wraps at a hyphen, PDFium drops the line end and gives U+FFFE
    for the hyphen; it is kept. Raises :class:`DamagedSource`, :class:`EmptySource` (no text layer) or
    :class:`OversizedSource`.
    """
    import pypdfium2

    if b"%%EOF" not in data.rstrip(b"\0\r\n\t ")[-_TAIL:]:
        raise DamagedSource(f"{name} is a truncated PDF: its end is missing", remedy="fetch it again")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD_ERROR:
            raise DamagedSource(f"{name} is protected with a password", remedy="save a copy without one") from error
        raise DamagedSource(f"{name} is a damaged PDF: {error}", remedy="fetch it again") from error
    try:
        if len(document) > limits.pages:
            raise OversizedSource(f"{name} has {len(document):,} pages", remedy="a letter has 2 to 20; split it")
        pages = _page_texts(document, name, limits)
    except pypdfium2.PdfiumError as error:
        raise DamagedSource(f"{name} has a damaged page: {error}", remedy="fetch it again") from error
    finally:
        document.close()
    if not any(map(str.strip, pages)):
        raise EmptySource(f"{name} has no text layer: it is scanned", remedy="run OCR first")
    starts, offset = [], 0
    for page in pages:
        starts.append(offset)
        offset += len(page) + len(PAGE_BREAK)
    return PAGE_BREAK.join(pages), tuple(starts)


def _page_texts(document: Any, name: str, limits: Limits) -> list[str]:
    """PDFium gives rows from top to bottom, so that the two columns of the header stay in their lines."""
    pages, characters = [], 0
    for number in range(len(document)):
        page = document[number]
        try:
            text_page = page.get_textpage()
            try:
                text = text_page.get_text_range()
            finally:
                text_page.close()
        finally:
            page.close()
        characters += len(text)
        if characters > limits.characters:
            raise OversizedSource(f"{name} has more than {limits.characters:,} characters", remedy="split it")
        pages.append(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))
    return pages
