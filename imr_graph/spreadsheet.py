"""CSV that people open: cells that no spreadsheet takes for a formula."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # =HYPERLINK(...) in a letter would be run


def text_cell(text: str) -> str:
    """``text`` as a spreadsheet shows it and nothing more: after an apostrophe where it would be a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
