"""The options that commands share, each defined once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, TextIO

import typer

from imr_graph.app.render import Format

Store = Annotated[
    Path, typer.Option("--store", "-s", metavar="DIR", envvar="IMR_GRAPH_STORE", help="Folder of the store.")
]
Style = Annotated[
    Format | None,
    typer.Option("--format", "-f", help="table, json, jsonl, csv or md. [default: table on a terminal, else jsonl]"),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write here; - is standard output.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1_000_000, metavar="N", help="At most so many.")]
Service = Annotated[str | None, typer.Option("--service", help="Service or its class, by label or notation.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no messages but errors.")]
Paths = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Letters: files, folders, zip or tar archives; - is stdin.")
]

STORE = Path("imr-store")
STDIN = STDOUT = Path("-")


@contextmanager
def reading(file: Path) -> Iterator[TextIO]:
    """A text stream from ``file``; ``-`` is stdin. :class:`UsageError` where it is no UTF-8."""
    from imr_graph.errors import UsageError

    try:
        with nullcontext(sys.stdin) if file == STDIN else file.open(encoding="utf-8") as stream:
            yield stream
    except UnicodeDecodeError as error:
        name = "standard input" if file == STDIN else file
        raise UsageError(f"{name} is no text: {error}", remedy="save it as UTF-8") from error


def style_of(style: Format | None, output: Path) -> Format:
    """The format asked for; without one a table where a person reads, jsonl where a program does."""
    if style is not None:
        return style
    return Format.TABLE if str(output) == "-" and sys.stdout.isatty() else Format.JSONL
