#!/usr/bin/env python3
"""Rankers of the kind that others use, on the same queries as ours: nDCG@10 and P@1 with bootstrap intervals.

    python bench/peers.py [--shared DIR] [--engine tantivy|whoosh]

- BM25 over the request; BM25 over the full text of an issue
- more-like-this: the 25 weightiest words of the decided issue itself, as a library's "similar" does
- any shared token of the requests, overturned first: what one public appeal tool does
- cosine of static embeddings (wordllama, where it is installed; never downloads)
"""

import importlib
import math
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from labelled import STYLES, Labels, Query, Run, arguments, indexed, interval, linked, mean, require

from imr_graph.models import Decision, Outcome
from imr_graph.search.documents import StoredIssue, read_payload
from imr_graph.search.engine import TextIndex
from imr_graph.search.linked import LinkedReader
from imr_graph.search.precedents import Precedents, SearchRequest
from imr_graph.search.query import All, Any, Everything, Term, Word
from imr_graph.vocabulary import load_vocabulary

Ranker: TypeAlias = Callable[[Query], list[str]]
_FULL_TEXT = ("request", "diagnoses", "summary", "rationale")


def _keys(index: TextIndex, query: Query, words: list[Term]) -> list[str]:
    node = All((Any(tuple(words)),), (Word("case", query.case),))
    return [read_payload(match.payload).key for match in index.search(node, 10)]


def bm25(index: TextIndex, *fields: str) -> Ranker:
    """BM25 of the query's words over some fields, all alike."""

    def ranked(query: Query) -> list[str]:
        terms = dict.fromkeys(index.analyse(query.text))
        return _keys(index, query, [Term(field, term) for term in terms for field in fields])

    return ranked


def more_like_this(index: TextIndex, issues: dict[str, StoredIssue]) -> Ranker:
    """The weightiest words of the whole issue by tf-idf, over the full text."""

    def ranked(query: Query) -> list[str]:
        issue = issues[query.key]
        counts = Counter(index.analyse(" ".join([issue.request, issue.summary, issue.rationale])))
        total = len(index)
        weight = {t: n * math.log(total / (1 + index.doc_freq("rationale", t))) for t, n in counts.items() if n > 1}
        best = sorted(weight, key=lambda term: (-weight[term], term))[:25]
        return _keys(index, query, [Term(field, term, weight[term]) for term in best for field in _FULL_TEXT])

    return ranked


def shared_token(index: TextIndex, issues: dict[str, StoredIssue]) -> Ranker:
    """Any token in common, overturned first, newest first."""
    tokens = {key: set(index.analyse(issue.request)) for key, issue in issues.items()}

    def ranked(query: Query) -> list[str]:
        asked = set(index.analyse(query.text))
        found = [issue for key, issue in issues.items() if issue.case != query.case and tokens[key] & asked]
        found.sort(key=lambda issue: (issue.decision_date is not None, issue.decision_date), reverse=True)
        return [issue.key for issue in sorted(found, key=lambda issue: issue.outcome is Outcome.UPHELD)][:10]

    return ranked


def embeddings(issues: dict[str, StoredIssue]) -> Ranker | None:
    """Cosine of static word vectors over the requests; None where wordllama is not installed."""
    try:
        wordllama = importlib.import_module("wordllama")
    except ImportError:
        return None
    assert wordllama.__file__
    model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    keys = list(issues)
    vectors = model.embed([issues[key].request for key in keys], norm=True)

    def ranked(query: Query) -> list[str]:
        scores = (vectors @ model.embed([query.text], norm=True)[0]).tolist()
        order = sorted(zip(scores, keys, strict=True), key=lambda pair: (-pair[0], pair[1]))
        return [key for _, key in order if issues[key].case != query.case][:10]

    return ranked


def ours(index: TextIndex) -> Ranker:
    """What ``imr-graph search`` gives."""
    vocabulary = load_vocabulary()
    precedents = Precedents(index, vocabulary, LinkedReader(vocabulary))

    def ranked(query: Query) -> list[str]:
        request = SearchRequest(query.text, plain=True, exclude=frozenset({query.case}), around=False)
        return [hit.key for hit in precedents.search(request).hits]

    return ranked


def rankers(decisions: list[Decision], engine: str) -> Iterator[tuple[str, Ranker | None]]:
    """Every ranker with its name."""
    index = indexed(decisions, engine)
    stored = (read_payload(match.payload) for match in index.search(Everything(), len(index)))
    issues = {issue.key: issue for issue in stored}
    yield "any shared token, overturned first", shared_token(index, issues)
    yield "more-like-this", more_like_this(index, issues)
    yield "BM25, full text", bm25(index, *_FULL_TEXT)
    yield "BM25, request", bm25(index, "request")
    yield "static embeddings, request", embeddings(issues)
    yield f"imr-graph, {engine}", ours(index)


def main() -> None:
    """Print the table."""
    args = arguments(__doc__).parse_args()
    require(args.shared)
    labels, decisions = Labels(args.shared), linked(args.shared)
    print("| ranker | style | nDCG@10 | 95% interval | P@1 |\n|---|---|---|---|---|")
    for name, ranker in rankers(decisions, args.engine):
        for style in STYLES if ranker else ():
            assert ranker is not None
            run: Run = {query.key: ranker(query) for query in labels.queries(style)}
            figures = labels.figures(run).values()
            gains, firsts = [g for g, _ in figures], [float(f) for _, f in figures if f is not None]
            low, high = interval(gains)
            print(f"| {name} | {style} | {mean(gains):.3f} | {low:.3f} to {high:.3f} | {mean(firsts):.3f} |")
        if ranker is None:
            print(f"| {name} | | skipped: wordllama is not installed | | |")


if __name__ == "__main__":
    main()
