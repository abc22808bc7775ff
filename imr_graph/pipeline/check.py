"""Prove a store whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from imr_graph.archive import Archive
from imr_graph.errors import NotADecision
from imr_graph.graph.store import OxigraphStore
from imr_graph.models import Decision, Letter
from imr_graph.parse import parse_letter
from imr_graph.passages.reader import PassageReader
from imr_graph.passages.records import letter_quotes
from imr_graph.pipeline.generation import StoreFolder
from imr_graph.search.engine import TextIndex, open_index
from imr_graph.search.query import Word
from imr_graph.text import SourceText, identity_of


def check(store: Path, *, sample: int = 200) -> list[str]:
    """The faults of the current generation; none for a whole store.

    Compares the counts of manifest, archive, graph, index and passages, every issue in the first three, and on
    ``sample`` letters, evenly spread, the identity of the text, every span and every quoted sentence.
    Raises :class:`imr_graph.errors.StoreError`
    where there is no store to check.
    """
    generation = StoreFolder(store).require()
    manifest = generation.manifest()
    with Archive.open(generation.letters) as archive, PassageReader.open(generation.passages) as passages:
        letters, issues, sources = archive.counts()
        stated = (manifest.letters, manifest.issues, manifest.sources)
        faults = (
            []
            if (letters, issues, sources) == stated
            else [f"manifest says {stated}, letters.sqlite {letters, issues, sources}"]
        )
        graph = OxigraphStore.open(generation.graph)
        if graph.count() != manifest.quads:
            faults.append(f"the graph has {graph.count()} quads, the manifest says {manifest.quads}")
        if passages.counts() != (manifest.passages, manifest.quoted_sentences):
            faults.append(
                f"passages.sqlite holds {passages.counts()} passages and quoted sentences, the manifest says "
                f"{manifest.passages, manifest.quoted_sentences}"
            )
        expected = dict(archive.ids())
        faults += _differences("graph", expected, _issues_in_graph(graph))
        index = open_index(generation.index)
        if len(index) != issues:
            faults.append(f"the index has {len(index)} issues, letters.sqlite {issues}")
        faults += _differences("index", expected, _issues_in_index(index, expected))
        step = max(1, letters // max(1, sample))
        for number, letter in enumerate(archive.letters()):
            if sample and number % step == 0:
                found = (*_span_faults(letter), *_quote_faults(letter.decision, passages))
                faults += [f"{letter.decision.id}: {fault}" for fault in found]
    return faults


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
        yield "the text has changed"
    pieces = [(i.request, i.request_span) for i in decision.issues]
    pieces += [(i.rationale, i.rationale_span) for i in decision.issues if i.rationale_span]
    pieces += [(d.text, d.span) for d in decision.diagnoses]
    pieces += [(p.text, p.span) for i in decision.issues for p in i.quoted_passages]
    pieces += [(g.sentence, g.span) for i in decision.issues for g in i.grounds]
    for text, span in pieces:
        if identity_of(letter.quote(span)) != identity_of(text):
            yield f"{text[:60]!r} is not what stands at {span.start} to {span.end}"


def _identity(letter: Letter) -> str | None:
    """The identity of a letter's text, read again."""
    decision = letter.decision
    source = SourceText(decision.source_name, letter.text, decision.source_sha256, "text/plain", letter.pages)
    try:
        return parse_letter(source).decision.text_sha256
    except NotADecision:
        return None


def _quote_faults(decision: Decision, passages: PassageReader) -> Iterator[str]:
    stated = {(sentence.n, sentence.key, sentence.start) for sentence in letter_quotes(decision).sentences}
    if passages.quotes_of(decision.id) != stated:
        yield "passages.sqlite does not hold the sentences that it quotes"
