"""What is in this store: counts, years, outcomes by service class, what was not understood, and the build report."""

from __future__ import annotations

from imr_graph.app.web.asked import Asked, address
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.guideline_page import by_year
from imr_graph.app.web.page import ALL, Counted, Link, Page, Tally, counted
from imr_graph.app.web.plots import Plot, stacked
from imr_graph.pipeline.report import BuildReport
from imr_graph.search.cohorts import count_cohort
from imr_graph.search.concepts import label, value_of
from imr_graph.search.query import Everything, Word

_CLASSES = 40
_PROBLEMS = """SELECT ?problem (COUNT(DISTINCT ?about) AS ?n) WHERE { ?about imr:problem ?problem }
GROUP BY ?problem ORDER BY DESC(?n) ?problem"""
_REFUSED = 50
_UNLINKED = {
    "service": "issues without a recognised service",
    "diagnosis": "issues of letters without a recognised diagnosis",
    "ground": "issues without a recognised ground",
    "guideline": "issues that cite a guideline the vocabulary lacks",
}


class CorpusPage(Page):
    """The store in numbers; ``problems`` counts letters and issues, ``report`` is what the last build did."""

    generation: str
    sizes: tuple[Tally, ...]
    recipe: tuple[tuple[str, str], ...]
    all: Counted
    timeline: Plot | None
    classes: tuple[Counted, ...]
    unlinked: tuple[Tally, ...]
    quality: tuple[Link, ...]
    report: tuple[tuple[str, str], ...]
    problems: tuple[Tally, ...]
    refused: tuple[tuple[str, str], ...]
    more_refused: int


def corpus_page(reader: Reader, asked: Asked) -> CorpusPage:
    """The store as it is; made once for each generation."""
    return reader.once("corpus", lambda: _corpus(reader))


def _corpus(reader: Reader) -> CorpusPage:
    manifest = reader.manifest
    report = _report(reader)
    done = {} if report is None else {k: n for k, n in report.model_dump().items() if isinstance(n, int)}
    refused = [] if report is None else [(row.name, row.reason) for row in report.refused]
    return CorpusPage(
        title="What is in here",
        generation=reader.generation.name,
        sizes=(
            Tally(label="letters", count=manifest.letters, href=address("/ask", [("name", "letters")])),
            Tally(label="issues", count=manifest.issues, href=address("/search", ALL)),
            Tally(label="sources read", count=manifest.sources, href="#report"),
            Tally(label="guideline passages", count=manifest.passages, href="/passages"),
            Tally(label="facts in the graph", count=manifest.quads, href=_count_query("?s ?p ?o")),
        ),
        recipe=tuple((key.replace("_", " "), str(value)[:80]) for key, value in manifest.recipe.model_dump().items()),
        all=counted(count_cohort(reader.index, "all issues", Everything()), ALL),
        timeline=stacked("Issues by the year of the decision", by_year(reader, Everything(), ())),
        classes=_classes(reader),
        unlinked=_unlinked(reader),
        quality=(
            Link(text="Guidelines that letters cite and the vocabulary lacks", href="/ask?name=unknown-guidelines"),
            Link(text="Problems found in letters", href="/ask?name=problems"),
            Link(text="Outcomes by service", href="/ask?name=service-outcomes"),
        ),
        report=tuple((key.replace("_", " "), str(value)) for key, value in done.items()),
        problems=_problems(reader),
        refused=tuple(refused[:_REFUSED]),
        more_refused=max(0, len(refused) - _REFUSED),
    )


def _report(reader: Reader) -> BuildReport | None:
    try:
        return BuildReport.model_validate_json((reader.generation.folder / "report.json").read_text())
    except (OSError, ValueError):
        return None


def _problems(reader: Reader) -> tuple[Tally, ...]:
    return tuple(
        Tally(label=str(code), count=int(str(n)), href=address("/ask", [("name", "problems"), ("code", str(code))]))
        for code, n in reader.workers.run(_PROBLEMS).rows
    )


def _classes(reader: Reader) -> tuple[Counted, ...]:
    names = reader.index.facets(Everything(), ["service_class"], _CLASSES)["service_class"]
    return tuple(
        counted(
            count_cohort(reader.index, label(reader.vocabulary, "service", name), Word("service_class", name)),
            (("service_class", value_of(reader.vocabulary, "service_class", name)),),
        )
        for name in names
    )


def _count_query(pattern: str) -> str:
    return address("/ask", [("query", f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")])


def _unlinked(reader: Reader) -> tuple[Tally, ...]:
    counts = reader.index.facets(Everything(), ["unlinked"], len(_UNLINKED))["unlinked"]
    return tuple(
        Tally(label=said, count=counts.get(name, 0), href=address("/search", [("q", f"unlinked:{name}")]))
        for name, said in _UNLINKED.items()
    )
