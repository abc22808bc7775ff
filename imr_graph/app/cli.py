"""``imr-graph``: the command line. Each command checks its options, calls one function and prints.

Data goes to stdout, messages and progress to stderr. Exit status: 0 found or valid, 1 none or invalid,
2 wrong usage. Commands import what they need when they run, so that ``--help`` is quick.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from imr_graph.app import asking, building, exporting, graphing, insights, quotations, reading, serving, vocabularies
from imr_graph.errors import ImrGraphError, QueryError, StoreError, UsageError
from imr_graph.version import __version__

app = typer.Typer(
    name="imr-graph",
    help="California Independent Medical Review decisions as a knowledge graph and a precedent search.",
    epilog="imr-graph informs about decided cases; it gives no legal or medical advice.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"imr-graph {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """California Independent Medical Review decisions as a knowledge graph and a precedent search."""


for room in (reading, building, asking, insights, quotations, graphing, exporting, serving):
    room.register(app)
app.add_typer(vocabularies.app, name="vocab")


def main() -> None:
    """Run the command line; errors of imr-graph become one line on stderr and an exit status."""
    gc.set_threshold(100_000, 50, 50)  # starting makes many objects and no garbage: look for it less often
    try:
        app()
    except ImrGraphError as error:
        typer.echo(f"imr-graph: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError | QueryError | StoreError) else 1)
    except BrokenPipeError:
        # the reader of our output has gone: not an error, but Python would say so again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else error
        typer.echo(f"imr-graph: {what} (check the path, its permissions and the room on the disk)", err=True)
        sys.exit(2)
