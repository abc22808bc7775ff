"""The one place that prints data: rows to a table, json, jsonl, csv or markdown, to stdout or a file.

Data goes to ``--output`` (``-`` is stdout), messages go to stderr. A file is written whole or not at all.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from imr_graph.files import writing_whole
from imr_graph.spreadsheet import text_cell

Row = Mapping[str, Any]


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "md"


@contextmanager
def writing(output: Path) -> Iterator[TextIO]:
    """A text stream to ``output``; ``-`` is stdout. A file appears under its name only when it is complete."""
    if str(output) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    with writing_whole(output) as stream:
        yield stream


def rows(found: Iterable[Row], columns: Sequence[str], style: Format, output: Path) -> int:
    """Print ``found`` and return how many rows there were.

    ``columns`` chooses and orders the columns of table, csv and markdown; json and jsonl keep every field.
    """
    with writing(output) as stream:
        if style is Format.JSONL:
            return sum(stream.write(_json(row) + "\n") > 0 for row in found)
        table = list(found)
        if style is Format.JSON:
            stream.write(json.dumps(table, ensure_ascii=False, indent=2, default=str) + "\n")
        elif style is Format.CSV:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_csv_cell(row.get(column)) for column in columns] for row in table)
        elif style is Format.MARKDOWN:
            stream.writelines(_markdown([columns, ["---"] * len(columns)]))
            stream.writelines(_markdown([[_cell(row.get(column)) for column in columns] for row in table]))
        elif table:
            stream.write(_table([[_cell(row.get(column)) for column in columns] for row in table], columns))
        return len(table)


def lines(found: Iterable[str], output: Path) -> None:
    """Print a page, line by line."""
    with writing(output) as stream:
        stream.writelines(line.rstrip() + "\n" for line in found)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _json(value)
    if isinstance(value, Iterable):
        return "; ".join(_cell(item) for item in value)
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _csv_cell(value: object) -> str:
    """Numbers stay numbers, below zero too."""
    return _cell(value) if isinstance(value, int | float) else text_cell(_cell(value))


def _markdown(lines: Iterable[Sequence[str]]) -> Iterator[str]:
    for line in lines:
        yield "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in line) + " |\n"


def _table(cells: list[list[str]], columns: Sequence[str]) -> str:
    """A table for people: rich draws it in the width of the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        drawn.add_column(column.replace("_", " "), overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    stream = io.StringIO()
    Console(file=stream, width=_width(), color_system=None).print(drawn)
    return "".join(line.rstrip() + "\n" for line in stream.getvalue().splitlines())


def _width() -> int:
    try:
        return max(60, os.get_terminal_size(sys.stdout.fileno()).columns)
    except (OSError, ValueError):
        return 120
