"""Train and cross-validate the weights of imr_graph.link.recital.

    python bench/train_passages.py LETTERS GOLD [--write]

LETTERS holds letters as text or PDF, GOLD the label files (one JSON a case: ``issues[].quoted_passages`` as pairs of
the first and the last five words). Prints precision, recall and F1 of passages found by models that have not seen the
letter (6 folds over letters; letters with near-identical rationales are twins and stay in one fold); ``--write``
trains on all of them and writes ontology/rules/passage_weights.toml and passage_wording.toml. Only words of at least
twelve letters have weights; of the rest only hashes of three and five words are kept, and only of those that two
groups of twins share: so a letter's own wording never speaks for itself alone.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from imr_graph.link.attribution import Attributor
from imr_graph.link.passages import PassageLinker
from imr_graph.link.recital import TOKEN, Recital, Sentence, word_names, wording_features
from imr_graph.link.sentences import sentences
from imr_graph.link.wording import Shares, Wording, fives_of, level, packed, threes_of
from imr_graph.parse import parse_letter
from imr_graph.read import Refusal, read_sources
from imr_graph.resources import data_folder
from imr_graph.vocabulary import Vocabulary

FOLDS = 6
TWIN = 0.6
SEED = 0  # which letters share a fold
LEAST_GROUPS = 2
LEAST_LETTERS = 12
LEAST_OTHER = 3
SAME = 0.6
Weights = dict[str, float]
Features = dict[str, float]


@dataclass
class Rationale:
    """One issue's rationale with its labelled passages as offsets."""

    case: str
    text: str
    gold: list[tuple[int, int]]
    labels: list[list[str]]
    featured: list[tuple[Sentence, list[str], list[str]]] = field(default_factory=list)
    group: str = ""

    @property
    def fold(self) -> int:
        return int(hashlib.sha256(f"{self.group}{SEED}".encode()).hexdigest(), 16) % FOLDS


class Known:
    """The groups of letters that have three or five words in guideline text and outside."""

    def __init__(self, rationales: Iterable[Rationale]) -> None:
        self.threes: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        self.fives: dict[int, set[str]] = defaultdict(set)
        for rationale in rationales:
            for sentence, _, tokens in rationale.featured:
                places = TOKEN.finditer(rationale.text.lower(), sentence.body, sentence.end)
                inside = [any(a <= place.start() < b for a, b in rationale.gold) for place in places]
                threes = threes_of(tokens)
                for place, code in enumerate(threes):
                    here = sum(inside[place : place + 3])
                    if here in (0, 3):
                        self.threes[code][here == 0].add(rationale.group)
                for place, code in enumerate(fives_of(threes)):
                    if all(inside[place : place + 5]):
                        self.fives[code].add(rationale.group)

    def wording(self) -> Wording:
        return Wording(self.levels(), self.shared_fives())

    def levels(self) -> dict[int, int]:
        levels = {}
        for code, groups in sorted(self.threes.items()):
            inside, outside = (len(of) if len(of) >= LEAST_GROUPS else 0 for of in groups)
            if inside or outside:
                levels[code] = level(math.log((inside + 0.5) / (outside + 0.5)))
        return {code: value for code, value in levels.items() if value}

    def shared_fives(self) -> frozenset[int]:
        return frozenset(code for code, groups in self.fives.items() if len(groups) >= LEAST_GROUPS)


def group_twins(rationales: Sequence[Rationale]) -> None:
    """Put letters whose rationales are near-identical in one group."""
    runs = [set(zip(*(words(r.text)[i:] for i in range(4)), strict=False)) for r in rationales]
    group = {r.case: r.case for r in rationales}
    for n, (one, mine) in enumerate(zip(rationales, runs, strict=True)):
        for other, its in zip(rationales[:n], runs, strict=False):
            old, new = group[one.case], group[other.case]
            if old != new and len(mine & its) > TWIN * len(mine | its):
                group = {case: new if of == old else of for case, of in group.items()}
    for rationale in rationales:
        rationale.group = group[rationale.case]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def overlap(a: str, b: str) -> float:
    left, right = set(words(a)), set(words(b))
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def same(label: Sequence[str], passage: str) -> bool:
    parts = passage.split()
    return overlap(label[0], " ".join(parts[:5])) >= SAME and overlap(label[1], " ".join(parts[-5:])) >= SAME


def locate(text: str, label: Sequence[str]) -> tuple[int, int] | None:
    """Where the labelled passage stands: the places that agree best with its first and last words."""
    tokens = [(m.group().lower(), m.start(), m.end()) for m in re.finditer(r"[A-Za-z0-9]+", text)]
    first, last = words(label[0]), words(label[1])
    if not tokens or not first or not last:
        return None

    def best(pattern: list[str], low: int) -> tuple[float, int]:
        scored = (
            (sum(p == t[0] for p, t in zip(pattern, tokens[i:], strict=False)), -i) for i in range(low, len(tokens))
        )
        hits, place = max(scored)
        return hits / len(pattern), -place

    opening, start = best(first, 0)
    closing, end = best(last, start)
    if min(opening, closing) < SAME:
        return None
    return tokens[start][1], tokens[min(end + len(last), len(tokens)) - 1][2]


def load(letters: Path, gold: Path) -> list[Rationale]:
    found = []
    blank = Recital(Attributor(), {"sentence": {}, "stretch": {}}, Wording({}, ()))
    for source in read_sources([letters]):
        if isinstance(source, Refusal):
            continue
        decision = parse_letter(source).decision
        path = gold / f"{decision.case_number}.json"
        if not path.exists():
            continue
        for label, issue in zip(json.loads(path.read_text())["issues"], decision.issues, strict=False):
            spans = [s for s in (locate(issue.rationale, p) for p in label["quoted_passages"]) if s]
            rationale = Rationale(decision.id, issue.rationale, spans, label["quoted_passages"])
            rationale.featured = [
                (sentence, features + word_names(tokens), tokens)
                for sentence, features, tokens in blank.featured(issue.rationale, sentences(issue.rationale))
            ]
            found.append(rationale)
    group_twins(found)
    return found


def fit(rows: Sequence[tuple[Features, bool]], decay: dict[str, float], epochs: int, rate: float) -> Weights:
    """Logistic regression by AdaGrad; ``decay`` is the L2 penalty by the first letters of a feature's name."""
    weights: Weights = {}
    seen: Weights = {}
    summed: Weights = defaultdict(float)
    order = list(range(len(rows)))
    chance = random.Random(0)
    for epoch in range(epochs):
        chance.shuffle(order)
        for number in order:
            features, label = rows[number]
            score = sum(weights.get(name, 0.0) * value for name, value in features.items())
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - label
            for name, value in features.items():
                penalty = decay.get(name[:2], decay[""])
                gradient = error * value + penalty * weights.get(name, 0.0)
                seen[name] = seen.get(name, 0.0) + gradient * gradient
                weights[name] = weights.get(name, 0.0) - rate * gradient / math.sqrt(seen[name] + 1e-6)
        if epoch >= epochs // 3:  # the mean of the later rounds is steadier than the last
            for name, weight in weights.items():
                summed[name] += weight / (epochs - epochs // 3)
    return dict(summed)


def unique(rationales: Iterable[Rationale]) -> Iterator[Rationale]:
    """Each rationale of a letter once: reviewers repeat themselves from issue to issue."""
    seen = set()
    for rationale in rationales:
        if (rationale.case, rationale.text) not in seen:
            seen.add((rationale.case, rationale.text))
            yield rationale


def covered(rationale: Rationale, start: int, end: int) -> bool:
    inside = sum(max(0, min(end, b) - max(start, a)) for a, b in rationale.gold)
    return inside > (end - start) / 2


def sentence_row(names: Iterable[str], shares: Shares) -> Features:
    return dict.fromkeys(names, 1.0) | {name: value for name, value in wording_features(shares) if value}


def train_sentences(rationales: Sequence[Rationale], wording: Wording) -> Weights:
    cases = defaultdict(set)
    for rationale in rationales:
        for _, features, _ in rationale.featured:
            for name in features:
                cases[name].add(rationale.case)
    kept = {name for name, of in cases.items() if len(of) >= (LEAST_LETTERS if name.startswith("w=") else LEAST_OTHER)}
    rows = []
    for rationale in unique(rationales):
        for sentence, features, tokens in rationale.featured:
            row = sentence_row((name for name in features if name in kept), wording.of(tokens))
            rows.append((row, covered(rationale, sentence.body, sentence.end)))
    return fit(rows, {"w=": 1.0, "kn": 0.003, "": 0.1}, epochs=12, rate=0.3)


def scored(rationale: Rationale, weights: Weights, wording: Wording) -> list[Sentence]:
    found = []
    for sentence, features, tokens in rationale.featured:
        shares = wording.of(tokens)
        score = sum(weights.get(name, 0.0) * value for name, value in sentence_row(features, shares).items())
        found.append(sentence._replace(score=score, wording=shares))
    return found


def train_stretches(
    rationales: Sequence[Rationale], parts: dict[int, list[Sentence]], linker: PassageLinker
) -> Weights:
    rows = []
    for rationale in unique(rationales):
        sentences_of = parts[id(rationale)]
        for stretch in linker.candidates(rationale.text, sentences_of):
            label = any(
                min(stretch.end, b) - max(stretch.start, a) > (max(stretch.end, b) - min(stretch.start, a)) / 2
                for a, b in rationale.gold
            )
            rows.append((linker.features(rationale.text, sentences_of, stretch), label))
    return fit(rows, {"": 0.3}, epochs=40, rate=0.2)


def unseen_scores(rationales: Sequence[Rationale]) -> dict[int, list[Sentence]]:
    """Sentence scores by models that have not seen the letter."""
    parts = {}
    for fold in range(FOLDS):
        seen = [r for r in rationales if r.fold != fold]
        wording = Known(seen).wording()
        weights = train_sentences(seen, wording)
        parts.update({id(r): scored(r, weights, wording) for r in rationales if r.fold == fold})
    return parts


def tally(rationale: Rationale, passages: list[str]) -> tuple[int, int, int]:
    left = list(passages)
    hits = 0
    for label in rationale.labels:
        twin = next((p for p in left if same(label, p)), None)
        if twin is not None:
            left.remove(twin)
            hits += 1
    return hits, len(rationale.labels), len(passages)


def cross_validate(rationales: Sequence[Rationale], parts: dict[int, list[Sentence]], linker: PassageLinker) -> str:
    totals = [0, 0, 0]
    for fold in range(FOLDS):
        weights = train_stretches([r for r in rationales if r.fold != fold], parts, linker)
        for rationale in (r for r in rationales if r.fold == fold):
            passages = []
            for stretch in linker.candidates(rationale.text, parts[id(rationale)]):
                features = linker.features(rationale.text, parts[id(rationale)], stretch)
                if linker.accepts(stretch, sum(weights.get(name, 0.0) * value for name, value in features.items())):
                    start, end = linker.trimmed(rationale.text, stretch)
                    passages.append(rationale.text[start:end])
            totals = [a + b for a, b in zip(totals, tally(rationale, passages), strict=True)]
    hits, gold, got = totals
    precision, recall = hits / max(got, 1), hits / max(gold, 1)
    return f"precision {precision:.3f}  recall {recall:.3f}  F1 {2 * hits / max(gold + got, 1):.3f}  labelled {gold}"


def write(sentence: Weights, stretch: Weights, known: Known) -> None:
    folder = data_folder("ontology") / "rules"
    levels = known.levels()
    table = {
        "threes": packed(list(levels)),
        "levels": base64.b64encode(bytes(value & 0xFF for value in levels.values())).decode(),
        "fives": packed(sorted(known.shared_fives())),
    }
    head = "# Hashes of known wording, read by imr_graph.link.wording, written by bench/train_passages.py; CC0-1.0."
    text = "\n".join([head, *(f'{name} = "{value}"' for name, value in table.items())]) + "\n"
    (folder / "passage_wording.toml").write_text(text)
    lines = ["# Weights of imr_graph.link.recital, written by bench/train_passages.py; CC0-1.0."]
    for name, weights in (("sentence", sentence), ("stretch", stretch)):
        lines += ["", f"[{name}]"]
        lines += [f"{json.dumps(k)} = {round(v, 2)}" for k, v in sorted(weights.items()) if abs(v) >= 0.05]
    (folder / "passage_weights.toml").write_text("\n".join(lines) + "\n")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("letters", type=Path)
    arguments.add_argument("gold", type=Path)
    arguments.add_argument("--write", action="store_true", help="train on every letter and write the weights")
    options = arguments.parse_args()
    rationales = load(options.letters, options.gold)
    linker = PassageLinker(Vocabulary({}), Recital(Attributor(), {"sentence": {}, "stretch": {}}, Wording({}, ())))
    parts = unseen_scores(rationales)
    print(f"{len(rationales)} rationales, unseen letters: {cross_validate(rationales, parts, linker)}")
    if options.write:
        known = Known(rationales)
        write(train_sentences(rationales, known.wording()), train_stretches(rationales, parts, linker), known)


if __name__ == "__main__":
    main()
