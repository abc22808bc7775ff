"""Commands that make and prove a store: build, check, stats."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imr_graph.app.options import STDOUT, STORE, Output, Quiet, Store, Style, style_of
from imr_graph.app.render import rows
from imr_graph.namespaces import BASE

if TYPE_CHECKING:
    from imr_graph.pipeline.build import Progress
    from imr_graph.pipeline.report import BuildReport


def build(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Files, folders, zip or tar archives; - is stdin.")
    ] = None,
    store: Store = STORE,
    engine: Annotated[str, typer.Option(help="Text engine of the index: tantivy or whoosh.")] = "tantivy",
    jobs: Annotated[int | None, typer.Option(min=1, help="Worker processes. [default: one a core]")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Drop letters whose source is gone.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Make every part of the store again.")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="Build from the invented sample letters.")] = False,
    base: Annotated[str, typer.Option(help="Base IRI of the letters in the graph; ends in / or #.")] = BASE,
    seconds: Annotated[float, typer.Option(min=1, max=86_400, help="Time limit of one letter.")] = 30.0,
    quiet: Quiet = False,
) -> None:
    """Bring a store up to date with a corpus of letters.

    Only new and changed letters are read. Exit status 1 where a source was refused; the rest is built. Where no
    letter is found nothing is made.
    """
    from imr_graph.errors import UsageError
    from imr_graph.pipeline.build import build as run
    from imr_graph.resources import data_folder

    corpus: list[str | Path] = [*(paths or ()), *([data_folder("sample")] if sample else ())]
    if not corpus:
        raise UsageError("nothing to build from", remedy="name files or folders of letters, or use --sample")
    _look(corpus, prune)
    started = time.monotonic()
    with _progress(quiet) as progress:
        report = run(
            corpus,
            store,
            engine=engine,
            jobs=jobs,
            prune=prune,
            anew=anew,
            base=base,
            seconds=seconds,
            progress=progress,
        )
    if not quiet:
        _say(report, store, time.monotonic() - started)
    if report.refused:
        raise typer.Exit(1)


def _look(corpus: list[str | Path], prune: bool) -> None:
    """Stop before anything is made where a path or, but for ``prune``, every letter is missing.

    Standard input and URLs are not opened for it.
    """
    from imr_graph.errors import ReadError, UsageError
    from imr_graph.read import find_sources

    local = [path for path in corpus if str(path) != "-" and "://" not in str(path)]
    for path in local:
        if not Path(path).exists():
            raise UsageError(f"{path} does not exist", remedy="check the spelling of the path")
    if local == corpus and not prune and next(find_sources(local), None) is None:
        names = ", ".join(map(str, corpus))
        raise ReadError(
            f"no letter was found in {names}", remedy="name files or folders of PDF, text, markdown or html"
        )


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress]:
    """A bar with rate and time to go on stderr, where a person looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("letters"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True) as bar:
        task = bar.add_task("letters", total=None, rate="")
        started = time.monotonic()

        def tell(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total, rate=f"{done / (time.monotonic() - started):.0f}/s")

        yield tell


def _say(report: BuildReport, store: Path, seconds: float) -> None:
    from imr_graph.read import passed_over_line

    lines = [
        f"{store}: {report.letters} letters with {report.issues} issues (generation {report.generation})",
        f"read {report.read}, parsed {report.parsed}, unchanged {report.unchanged}, duplicates {report.duplicates}, "
        f"removed {report.removed}, refused {len(report.refused)} in {seconds:.1f} s",
    ]
    if report.carried:
        lines.append(f"{report.carried} letters that were not named now were read again from the store's own text")
    lines += [f"as it was read before {letter.name}: {letter.reason}" for letter in report.outdated]
    if report.problems:
        counts = ", ".join(f"{code} {n}" for code, n in report.problems.items())
        lines.append(f"problems in the letters parsed now: {counts} (see: imr-graph problems CASE)")
    if report.passed_over:
        lines.append(passed_over_line(report.passed_over))
    lines += [f"refused {refusal.name}: {refusal.reason}" for refusal in report.refused]
    typer.echo("\n".join(lines), err=True)


def check(
    store: Store = STORE, sample: Annotated[int, typer.Option(min=0, help="Letters whose spans are verified.")] = 200
) -> None:
    """Prove a store whole: manifest, graph, index and letters agree. Exit status 1 where they do not."""
    from imr_graph.pipeline.check import check as prove

    faults = prove(store, sample=sample)
    for fault in faults:
        typer.echo(f"imr-graph: {fault}", err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{store} is whole.", err=True)


def compact(store: Store = STORE) -> None:
    """Write a store anew from its own letters: smaller and faster after many updates. No source is read."""
    from imr_graph.pipeline.compact import compact as run

    manifest = run(store)
    typer.echo(f"{store}: {manifest.letters} letters, {manifest.quads} quads", err=True)


def stats(
    store: Store = STORE,
    style: Style = None,
    output: Output = STDOUT,
    graph: Annotated[
        bool, typer.Option("--graph", help="Measure the network instead: sizes, communities, central nodes.")
    ] = False,
    projection: Annotated[
        str | None, typer.Option("--project", metavar="NAME", help="Measure a projection, as in export.")
    ] = None,
) -> None:
    """Count what a store holds."""
    from imr_graph.pipeline.generation import StoreFolder

    generation = StoreFolder(store).require()
    if graph or projection:
        from imr_graph.graph.exports.networks import summary
        from imr_graph.graph.exports.write import Part, plain_network
        from imr_graph.graph.store import OxigraphStore

        found = summary(plain_network(OxigraphStore.open(generation.graph), Part(projection=projection)))
        rows(({"what": k, "value": v} for k, v in found), ("what", "value"), style_of(style, output), output)
        return
    manifest = generation.manifest()
    parts = (generation.graph, generation.index, generation.letters, generation.passages)
    sizes = {f"{part.name} MB": _megabytes(part) for part in parts}
    recipe = manifest.recipe.model_dump()
    table = {"generation": generation.name, **manifest.model_dump(exclude={"recipe"}), **recipe, **sizes}
    rows(({"what": k, "value": v} for k, v in table.items()), ("what", "value"), style_of(style, output), output)


def _megabytes(path: Path) -> float:
    files = [Path(folder) / name for folder, _, names in os.walk(path) for name in names] or [path]
    return round(sum(file.stat().st_size for file in files) / 1e6, 3)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (build, check, compact, stats):
        app.command()(command)
