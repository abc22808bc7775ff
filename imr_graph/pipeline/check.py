"""Prove a store whole."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imr_graph.archive import Archive, SourceRow, Status
from imr_graph.errors import REBUILD, NotADecision, StoreError
from imr_graph.graph.store import OxigraphStore
from imr_graph.models import Letter
from imr_graph.parse import parse_letter
from imr_graph.passages.reader import PassageReader
from imr_graph.passages.records import letter_quotes
from imr_graph.pipeline.generation import Manifest, StoreFolder
from imr_graph.search.engine import TextIndex, open_index
from imr_graph.search.query import Word
from imr_graph.text import SourceText, identity_of


def check(store: Path, *, sample: int = 200) -> list[str]:
    """The faults of the current generation; none for a whole store.

    Compares the counts of manifest, archive, graph, index and passages, every issue in the first three, and on
    ``sample`` letters, evenly spread, the identity of the text, every span and every quoted sentence. A part that
    cannot be read is a fault. Raises :class:`imr_graph.errors.StoreError` where there is no store to check.
    """
    generation = StoreFolder(store).require()
    manifest = generation.manifest()
    faults: list[str] = []
    with _reading(generation.letters, faults), Archive.open(generation.letters) as archive:
        faults += _archive_faults(archive, manifest)
        expected = dict(archive.ids())
        faults += _missing(archive.leftovers(), expected)
        with _reading(generation.graph, faults):
            faults += _graph_faults(OxigraphStore.open(generation.graph), manifest, expected)
        with _reading(generation.index, faults):
            faults += _index_faults(open_index(generation.index), manifest, expected)
        quoted: dict[str, set[tuple[int, int, int]]] = {}
        for case in _spread(list(expected), sample):
            with _reading(generation.letters, faults, f", {case}"):
                letter = archive.letter(case)
                faults += _span_faults(letter)
                quoted[case] = {(one.n, one.key, one.start) for one in letter_quotes(letter.decision).sentences}
        with _reading(generation.passages, faults), PassageReader.open(generation.passages) as passages:
            faults += _passage_faults(passages, manifest, quoted)
    return faults


@contextmanager
def _reading(part: Path, faults: list[str], where: str = "") -> Iterator[None]:
    """Note among ``faults`` that a part cannot be read."""
    try:
        yield
    except StoreError as error:
        faults.append(str(error))
    except Exception as error:  # an engine shows damage by whatever it stumbles over
        faults.append(f"{part}{where} cannot be read: {error} ({REBUILD})")


def _spread(cases: list[str], most: int) -> list[str]:
    """At most so many of ``cases``, evenly spread."""
    n = min(most, len(cases))
    return [cases[at * len(cases) // n] for at in range(n)]


def _archive_faults(archive: Archive, manifest: Manifest) -> Iterator[str]:
    stated = (manifest.letters, manifest.issues, manifest.sources)
    if archive.counts() != stated:
        yield f"manifest says {stated}, letters.sqlite {tuple(archive.counts())}"


def _missing(sources: Iterable[SourceRow], letters: Container[str]) -> Iterator[str]:
    """Sources that are said to have the letter of another, where there is no such letter."""
    for row in sources:
        if row.status is Status.DUPLICATE and (row.letter or "") not in letters:
            yield f"{row.name} is {row.reason}, but letters.sqlite has no {row.letter}"


def _graph_faults(graph: OxigraphStore, manifest: Manifest, expected: dict[str, int]) -> Iterator[str]:
    if graph.count() != manifest.quads:
        yield f"the graph has {graph.count()} quads, the manifest says {manifest.quads}"
    yield from _differences("graph", expected, _issues_in_graph(graph))


def _index_faults(index: TextIndex, manifest: Manifest, expected: dict[str, int]) -> Iterator[str]:
    if len(index) != manifest.issues:
        yield f"the index has {len(index)} issues, the manifest says {manifest.issues}"
    yield from _differences("index", expected, _issues_in_index(index, expected))


def _passage_faults(
    passages: PassageReader, manifest: Manifest, quoted: dict[str, set[tuple[int, int, int]]]
) -> Iterator[str]:
    stated = (manifest.passages, manifest.quoted_sentences)
    if passages.counts() != stated:
        yield f"passages.sqlite holds {passages.counts()} passages and quoted sentences, the manifest says {stated}"
    for case, sentences in quoted.items():
        if passages.quotes_of(case) != sentences:
            yield f"{case}: passages.sqlite does not hold the sentences that it quotes"


def _issues_in_graph(graph: OxigraphStore) -> dict[str, int]:
    """Issues a letter, by its id."""
    counted = graph.run(
        "SELECT ?id (COUNT(?issue) AS ?n) WHERE { ?letter dcterms:identifier ?id ; imr:hasIssue ?issue } GROUP BY ?id"
    )
    return {str(case): int(str(n)) for case, n in counted.rows}


def _issues_in_index(index: TextIndex, cases: Iterable[str]) -> dict[str, int]:
    """Issues a letter, asked one by one: an engine lists no more than so many values at once."""
    return {case: index.count(Word("case", case)) for case in cases}


def _differences(part: str, expected: dict[str, int], found: dict[str, int]) -> Iterator[str]:
    for case in sorted(expected.keys() | found.keys()):
        if expected.get(case) != found.get(case):
            yield f"{case} has {expected.get(case, 0)} issues in letters.sqlite and {found.get(case, 0)} in the {part}"


def _span_faults(letter: Letter) -> Iterator[str]:
    decision = letter.decision
    if _identity(letter) != decision.text_sha256:
        yield f"{decision.id}: the text has changed"
    pieces = [(i.request, i.request_span) for i in decision.issues]
    pieces += [(i.rationale, i.rationale_span) for i in decision.issues if i.rationale_span]
    pieces += [(d.text, d.span) for d in decision.diagnoses]
    pieces += [(p.text, p.span) for i in decision.issues for p in i.quoted_passages]
    pieces += [(g.sentence, g.span) for i in decision.issues for g in i.grounds]
    for text, span in pieces:
        if identity_of(letter.quote(span)) != identity_of(text):
            yield f"{decision.id}: {text[:60]!r} is not what stands at {span.start} to {span.end}"


def _identity(letter: Letter) -> str | None:
    """The identity of a letter's text, read again."""
    decision = letter.decision
    source = SourceText(decision.source_name, letter.text, decision.source_sha256, "text/plain", letter.pages)
    try:
        return parse_letter(source).decision.text_sha256
    except NotADecision:
        return None
