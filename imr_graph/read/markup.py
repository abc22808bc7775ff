"""Text of an html letter: block elements become lines, the cells of a table row stay on one line."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from imr_graph.errors import DamagedSource

_SILENT: Final = frozenset({"head", "noscript", "script", "style", "template", "title"})
_CELLS: Final = frozenset({"td", "th"})
_PARAGRAPHS: Final = frozenset({"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "section", "ul"})
_LINES: Final = frozenset(
    {"address", "article", "aside", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "figure", "footer"}
    | {"form", "header", "hr", "html", "legend", "li", "main", "nav", "table", "tbody", "tfoot", "thead", "tr"}
)
# White space that html folds; a no-break space is not among it.
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def html_text(markup: str, name: str) -> str:
    """The words of ``markup`` as a browser would lay them out.

    Raises :class:`DamagedSource` for markup that is broken beyond what browsers mend.
    """
    reader = _Reader()
    try:
        reader.feed(markup)
        reader.close()
    except AssertionError as error:  # html.parser's answer to "<![x" (CPython issue 77057)
        raise DamagedSource(f"{name} is damaged html: {error}", remedy="save the page again") from error
    lines = "\n".join(line.strip(" \t") for line in "".join(reader.pieces).split("\n"))
    return _EMPTY_LINES.sub("\n\n", lines).strip("\n") + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._kept = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "body":
            self._silent = 0  # a head that was never closed
        elif tag == "br":
            self.pieces.append("\n")
        elif tag in _CELLS:
            self.pieces.append("\t")
        self._break(tag)
        self._kept += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        self._kept = max(0, self._kept - (tag == "pre"))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data if self._kept else _BLANKS.sub(" ", data))

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.pieces.append("\n\n")
        elif tag in _LINES:
            self.pieces.append("\n")
