#!/usr/bin/env python3
"""Tune index/ranking.toml on the labelled letters, and say what each family of clauses gives.

    python bench/tune_ranking.py [--shared DIR] [--folds 4] [--ablation-only]

Coordinate search over the weights: each is tried at a few multiples, the best kept, until a round brings nothing.
The figure is the mean nDCG@10 of the short and the case queries. Cross-validated over letters: the weights found
without the letters of a fold are scored on its queries. Prints; writes nothing.
"""

import copy
import hashlib
import json
from collections.abc import Iterator, Sequence

from labelled import STYLES, Labels, arguments, indexed, interval, linked, mean, require

from imr_graph.search.engine import TextIndex
from imr_graph.search.facts import QueryFacts
from imr_graph.search.linked import LinkedReader
from imr_graph.search.query import All, Word
from imr_graph.search.ranking import Ranker, Weights, load_weights
from imr_graph.vocabulary import load_vocabulary

FACTORS = (0.0, 0.6, 1.5)
LEAST_GAIN = 0.0003  # a change that brings less is noise
KEPT = {
    ("text", "longest_query"),
    ("typical", "values"),
    ("typical", "doubt"),
    ("service", "same"),
}  # the unit, and what is not about relevance
FAMILIES: dict[str, list[tuple[str, ...]]] = {
    "words": [("text", "points")],
    "service": [("service", "same")],
    "class": [("service", "class")],
    "class and body part": [("service", "class_and_body_part")],
    "drug": [("focus", "drug")],
    "body part": [("focus", "body_part")],
    "body part hinted by diagnosis": [("focus", "hinted_body_part")],
    "typical body part": [("typical", "body_part")],
    "typical diagnosis": [("typical", "diagnosis")],
    "typical section": [("typical", "section")],
    "diagnosis": [("diagnosis", "same"), ("diagnosis", "sibling")],
    "sibling diagnosis": [("diagnosis", "sibling")],
    "laterality": [("laterality", "same")],
    "rarity": [("rarity", "share")],
}


def changed(weights: Weights, path: tuple[str, ...], value: float) -> Weights:
    """The weights with one value replaced."""
    copied = copy.deepcopy({name: dict(table) for name, table in weights.items()})
    place = copied[path[0]]
    for key in path[1:-1]:
        place = place[key]
    place[path[-1]] = value
    return copied


def paths(weights: Weights) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every weight with its value."""
    for name, table in weights.items():
        for key, value in table.items():
            if isinstance(value, dict):
                yield from (((name, key, field), weight) for field, weight in value.items())
            elif (name, key) not in KEPT:
                yield (name, key), value


class Bench:
    """Scores weights on the queries."""

    def __init__(self, labels: Labels, index: TextIndex) -> None:
        self._labels, self._index = labels, index
        self._vocabulary = load_vocabulary()
        reader = LinkedReader(self._vocabulary)
        self._queries: dict[str, list[tuple[str, str, QueryFacts]]] = {
            style: [(query.key, query.case, reader(query.text)) for query in labels.queries(style)] for style in STYLES
        }
        self._known: dict[str, dict[str, list[float]]] = {}

    def figures(self, weights: Weights, style: str) -> dict[str, tuple[float, bool | None]]:
        """The figures of every query of a style."""
        ranker = Ranker(self._index, self._vocabulary, weights)
        run = {}
        for key, case, facts in self._queries[style]:
            own = (Word("case", case),)
            node = All((ranker.plan(facts, own).node(),), own)
            found = (json.loads(match.payload) for match in self._index.search(node, 10))
            run[key] = [f"{issue['case']}#{issue['n']}" for issue in found]
        return self._labels.figures(run)

    def gains(self, weights: Weights) -> dict[str, list[float]]:
        """nDCG@10 of each query in both styles."""
        name = json.dumps(weights)
        if name not in self._known:
            both = [self.figures(weights, style) for style in STYLES]
            self._known[name] = {key: [figures[key][0] for figures in both] for key in both[0]}
        return self._known[name]


def score(gains: dict[str, list[float]], keys: Sequence[str]) -> float:
    """The mean over queries and styles."""
    return mean([gain for key in keys for gain in gains[key]])


def tuned(bench: Bench, weights: Weights, keys: Sequence[str], rounds: int = 2) -> Weights:
    """Coordinate search on some queries."""
    best = score(bench.gains(weights), keys)
    for _ in range(rounds):
        start = best
        for path, value in list(paths(weights)):
            tries = [(round(value * factor, 4)) for factor in FACTORS]
            scored = [(score(bench.gains(changed(weights, path, v)), keys), v) for v in tries if v != value]
            top, found = max(scored)
            if top > best + LEAST_GAIN:
                best, weights = top, changed(weights, path, found)
        if best < start + LEAST_GAIN:
            break
    return weights


def fold_of(key: str, folds: int) -> int:
    """The fold of a query: all issues of a letter fall into one."""
    return int(hashlib.sha1(key.split("#")[0].encode(), usedforsecurity=False).hexdigest(), 16) % folds


def cross_validated(bench: Bench, keys: Sequence[str], folds: int) -> list[float]:
    """What weights give on queries that they were not tuned on."""
    held: list[float] = []
    for fold in range(folds):
        weights = tuned(bench, load_weights(), [key for key in keys if fold_of(key, folds) != fold])
        gains = bench.gains(weights)
        held += [gain for key in keys if fold_of(key, folds) == fold for gain in gains[key]]
    return held


def ablation(bench: Bench) -> Iterator[str]:
    """Each family removed in turn, as rows of a table with the interval of the difference, query by query."""
    whole = {style: bench.figures(load_weights(), style) for style in STYLES}
    yield "| removed | " + " | ".join(f"{style} nDCG@10 | change" for style in STYLES) + " |"
    yield "|---|" + "---|" * (2 * len(STYLES))
    for name, family in {"nothing": [], **FAMILIES}.items():
        weights = load_weights()
        for path in family:
            weights = changed(weights, path, 0.0)
        cells = []
        for style in STYLES:
            figures = bench.figures(weights, style)
            changes = [figures[key][0] - whole[style][key][0] for key in figures]
            low, high = interval(changes)
            cells += [
                f"{mean([g for g, _ in figures.values()]):.3f}",
                f"{mean(changes):+.3f} [{low:+.3f}, {high:+.3f}]",
            ]
        yield f"| {name} | " + " | ".join(cells) + " |"


def main() -> None:
    """Print ablation, cross-validation and the tuned weights."""
    parser = arguments(__doc__)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--ablation-only", action="store_true")
    args = parser.parse_args()
    require(args.shared)
    bench = Bench(Labels(args.shared), indexed(linked(args.shared), args.engine))
    for line in ablation(bench):
        print(line)
    if args.ablation_only:
        return
    keys = list(bench.gains(load_weights()))
    held = cross_validated(bench, keys, args.folds)
    print(f"cross-validated over {args.folds} folds of letters: {mean(held):.4f}")
    weights = tuned(bench, load_weights(), keys)
    before, after = (score(bench.gains(found), keys) for found in (load_weights(), weights))
    print(f"as packaged {before:.4f}, tuned on all {after:.4f}")
    for path, value in paths(weights):
        print(f"{'.'.join(path)} = {value:g}")


if __name__ == "__main__":
    main()
