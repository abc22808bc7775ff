r"""Draw tests/letters/*.txt as tests/corpus/*.pdf, in the layout of the published letters.

``python tests/make_pdfs.py``. In a source file each line is a paragraph: ``# `` a section heading (centred),
``## `` the heading of an issue (bold), tabs the cells of the header; ``^L`` in a paragraph ends the page there.
The same sources always give the same bytes (reportlab's ``invariant``, no dates).
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Final

from reportlab.lib.pagesizes import LETTER
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

FOLDER: Final = Path(__file__).parent
SOURCES: Final = FOLDER / "letters"
CORPUS: Final = FOLDER / "corpus"
PLAIN: Final = "Times-Roman"
BOLD: Final = "Times-Bold"
SIZE: Final = 12
LEADING: Final = 13.8
MARGIN: Final = 72
COLUMNS: Final = (72, 180, 330, 428)


def wrapped(paragraph: str, font: str) -> list[str]:
    """The lines of a paragraph; breaks after blanks and after hyphens, as the published letters do."""
    lines, line = [], ""
    for word in re.findall(r"[^ -]*-+(?=\w)|[^ ]*?-+(?=\w)| *[^ -]+(?:-(?!\w))*| +", paragraph):
        if line.strip() and stringWidth((line + word).rstrip(), font, SIZE) > LETTER[0] - 2 * MARGIN:
            lines.append(line if line.endswith("-") else line.rstrip() + " ")
            line = word.lstrip()
        else:
            line += word
    return [*lines, line]


class Page:
    """A pen that walks down the page."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y = LETTER[1] - MARGIN

    def feed(self) -> None:
        self.canvas.showPage()
        self.y = LETTER[1] - MARGIN

    def write(self, text: str, font: str = PLAIN, *, centred: bool = False) -> None:
        if self.y < MARGIN:
            self.feed()
        self.canvas.setFont(font, SIZE)
        if centred:
            self.canvas.drawCentredString(LETTER[0] / 2, self.y, text)
        else:
            self.canvas.drawString(MARGIN, self.y, text)
        self.y -= LEADING

    def row(self, cells: list[str]) -> None:
        """Labels and values in two columns; the label of the last row wraps, its date stays beside the first line."""
        self.canvas.setFont(PLAIN, SIZE)
        top = self.y
        for cell, x in zip(cells, COLUMNS, strict=False):
            label, _, rest = cell.partition(" ")
            if cell == "Application Received:":
                self.canvas.drawString(x, top, label + " ")
                self.y -= LEADING
                self.canvas.drawString(x, self.y, rest + " ")
            else:
                self.canvas.drawString(x, top, cell)
        self.y -= LEADING


def draw(source: str) -> bytes:
    """The PDF of one source text."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=LETTER, invariant=1)
    canvas.setTitle("IMR Final Determination (invented sample)")
    page = Page(canvas)
    for paragraph in source.splitlines():
        if "\t" in paragraph:
            page.row(paragraph.split("\t"))
        elif paragraph.startswith("# "):
            page.write(paragraph[2:], BOLD, centred=True)
        else:
            paragraph_of(page, paragraph)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def paragraph_of(page: Page, paragraph: str) -> None:
    """An issue heading or running text; a form feed in it ends the page."""
    font = BOLD if paragraph.startswith("## ") else PLAIN
    for number, part in enumerate(paragraph.removeprefix("## ").split("^L")):
        if number:
            page.feed()
        if part or not number:
            for line in wrapped(part, font):
                page.write(line, font)


def main() -> None:
    """Write every PDF."""
    for path in sorted(SOURCES.glob("*.txt")):
        (CORPUS / f"{path.stem}.pdf").write_bytes(draw(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
