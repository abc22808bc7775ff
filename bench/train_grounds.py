"""Train and cross-validate the weights of imr_graph.link.grounds.

    python bench/train_grounds.py LETTERS GOLD [--write] [--errors]

LETTERS holds letters as text or PDF, GOLD the label files (one JSON a case, ``issues[].grounds``). The invented
sentences of tests/cases/grounds.toml are added at a lower weight. Prints micro precision, recall and F1 of grounds
given by models that have not seen the letter (10 folds; letters that share a rationale stay together), of the cues
without a model, and of the model on the letters that it was trained on. ``--write`` trains on all of them and writes
ontology/rules/ground_weights.toml; names of cues and their weights are all that is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import statistics
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imr_graph.link.grounds import Candidate, GroundLinker, GroundReader, choose
from imr_graph.link.passages import PassageLinker
from imr_graph.models import Outcome
from imr_graph.parse import parse_letter
from imr_graph.read import read_sources
from imr_graph.resources import data_folder, rules
from imr_graph.text import SourceText
from imr_graph.vocabulary import load_vocabulary

FOLDS = 10
FLOOR = 0.15  # below it a rationale rather has no ground than one that nobody can see in it
INVENTED_WEIGHT = 0.1
THRESHOLDS = [n / 100 for n in range(20, 56, 5)]
CASES = Path(__file__).parent.parent / "tests" / "cases" / "grounds.toml"
Row = tuple[tuple[tuple[str, float], ...], bool]
Model = tuple[dict[str, float], float]


@dataclass
class Example:
    """One rationale with its labels; ``group`` is shared by letters that share a rationale."""

    case: str
    text: str
    labels: set[str]
    candidates: list[Candidate]
    group: str = ""
    weight: float = 1.0


def load(letters: Path, gold: Path, grounds: GroundReader) -> list[Example]:
    passages = PassageLinker(load_vocabulary())
    found = []
    for source in read_sources([letters]):
        if not isinstance(source, SourceText):
            continue
        letter = passages(parse_letter(source))
        path = gold / f"{letter.decision.case_number}.json"
        if not path.exists():
            continue
        for label, issue in zip(json.loads(path.read_text())["issues"], letter.decision.issues, strict=False):
            if issue.rationale_span is None:
                continue
            base = letter.clean.locate(issue.rationale_span)[0]
            quoted = [(a - base, b - base) for a, b in (letter.clean.locate(p.span) for p in issue.quoted_passages)]
            _, clauses = grounds.rationales.read(issue.rationale, quoted, issue.request)
            candidates = grounds.candidates(clauses, issue.outcome, issue.request)
            found.append(Example(letter.decision.id, issue.rationale, set(label["grounds"]), candidates))
    group(found)
    return found


def invented(grounds: GroundReader) -> list[Example]:
    found = []
    table = tomllib.loads(CASES.read_text())
    for side in ("upheld", "overturned"):
        for ground, texts in table[side].items():
            for text in texts:
                _, clauses = grounds.rationales.read(text)
                candidates = grounds.candidates(clauses, Outcome(side), "")
                found.append(Example("", text, {ground}, candidates, weight=INVENTED_WEIGHT))
    return found


def group(examples: Sequence[Example]) -> None:
    """Give letters that share a rationale one group."""
    of: dict[str, str] = {}

    def root(name: str) -> str:
        while of.setdefault(name, name) != name:
            name = of[name]
        return name

    for example in examples:
        of[root(example.text)] = root(example.case)
    for example in examples:
        example.group = root(example.case)


def fit(examples: Iterable[Example], penalty: float, rounds: int) -> Model:
    """Logistic regression with an L2 penalty over all candidates of all examples, by gradient steps (Rprop)."""
    counts: dict[Row, float] = defaultdict(float)
    for example in examples:
        for candidate in example.candidates:
            row = (tuple(sorted(candidate.features.items())), candidate.ground in example.labels)
            counts[row] += example.weight
    rows = [(features, label, weight) for (features, label), weight in counts.items()]
    weights = {"": 0.0} | {name: 0.0 for features, _, _ in rows for name, _ in features}
    steps = dict.fromkeys(weights, 0.1)
    before = dict.fromkeys(weights, 0.0)
    for _ in range(rounds):
        slopes = {name: (penalty * w if name else 0.0) for name, w in weights.items()}
        for features, label, weight in rows:
            total = weights[""] + sum(weights[name] * value for name, value in features)
            error = weight * (1 / (1 + math.exp(-total)) - label)
            slopes[""] += error
            for name, value in features:
                slopes[name] += error * value
        for name, slope in slopes.items():
            turned = slope * before[name]
            steps[name] = (
                min(0.5, steps[name] * 1.2) if turned > 0 else steps[name] * 0.5 if turned < 0 else steps[name]
            )
            before[name] = 0.0 if turned < 0 else slope
            weights[name] -= math.copysign(steps[name], slope) if before[name] else 0.0
    return weights, weights.pop("")


def scores(model: Model, example: Example) -> dict[str, float]:
    weights, bias = model
    return {
        c.ground: 1 / (1 + math.exp(-bias - sum(weights.get(name, 0.0) * v for name, v in c.features.items())))
        for c in example.candidates
    }


def by_cues(example: Example) -> set[str]:
    """The grounds with most cues, without any model."""
    counted = {c.ground: sum(n.startswith("cue ") and "?" not in n for n in c.features) for c in example.candidates}
    ranked = sorted((g for g in counted if counted[g]), key=lambda ground: (-counted[ground], ground))
    return set(ranked[: rules("grounds")["most"]])


def micro(pairs: Sequence[tuple[set[str], set[str]]]) -> tuple[float, float, float]:
    hit = sum(len(gold & got) for gold, got in pairs)
    gold_all, got_all = sum(len(gold) for gold, _ in pairs), sum(len(got) for _, got in pairs)
    return hit / max(got_all, 1), hit / max(gold_all, 1), 2 * hit / max(gold_all + got_all, 1)


def halves(examples: Sequence[Example], answer: Callable[[int], set[str]]) -> str:
    parts = []
    for name, rest in (("design", 0), ("check", 1)):
        numbers = [n for n, e in enumerate(examples) if int(hashlib.sha1(e.case.encode()).hexdigest(), 16) % 2 == rest]
        parts.append(f"{name} {micro([(examples[n].labels, answer(n)) for n in numbers])[2]:.3f}")
    return ", ".join(parts)


def cross_validate(
    examples: Sequence[Example], extra: Sequence[Example], penalty: float, rounds: int
) -> tuple[list[dict[str, float]], list[int]]:
    """The scores of every example by a model that has not seen its group, and the fold of every example."""
    groups = sorted({example.group for example in examples})
    random.Random(0).shuffle(groups)
    fold_of = {name: n % FOLDS for n, name in enumerate(groups)}
    folds = [fold_of[example.group] for example in examples]
    found: list[dict[str, float]] = [{} for _ in examples]
    for fold in range(FOLDS):
        train = [e for e, f in zip(examples, folds, strict=True) if f != fold]
        model = fit([*train, *extra], penalty, rounds)
        for number, example in enumerate(examples):
            if folds[number] == fold:
                found[number] = scores(model, example)
    return found, folds


def report(name: str, examples: Sequence[Example], answers: Sequence[set[str]]) -> None:
    p, r, f = micro([(e.labels, a) for e, a in zip(examples, answers, strict=True)])
    print(f"{name:34} P {p:.3f} R {r:.3f} F1 {f:.3f}  {halves(examples, lambda n: answers[n])}", flush=True)


def per_ground(examples: Sequence[Example], answers: Sequence[set[str]]) -> None:
    gold, got, hit = Counter[str](), Counter[str](), Counter[str]()
    for example, answer in zip(examples, answers, strict=True):
        gold.update(example.labels)
        got.update(answer)
        hit.update(example.labels & answer)
    for ground in sorted(set(gold) | set(got), key=lambda g: (-gold[g], g)):
        print(f"  {ground:42} gold {gold[ground]:3} given {got[ground]:3} right {hit[ground]:3}")


def write(model: Model, threshold: float) -> None:
    weights, bias = model
    path = data_folder("ontology") / "rules" / "ground_weights.toml"
    lines = [
        "# Weights of the features by which grounds are chosen (imr_graph.link.grounds), by bench/train_grounds.py.",
        "# Features of a candidate ground: its cues, and how they stand among those of other grounds.",
        f"bias = {bias:.3f}",
        f"threshold = {threshold}",
        f"floor = {FLOOR}",
        "",
        "[weights]",
        *(f"{json.dumps(name)} = {weight:.3f}" for name, weight in sorted(weights.items()) if abs(weight) >= 0.02),
    ]
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("letters", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--penalty", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--write", action="store_true", help="write ontology/rules/ground_weights.toml")
    parser.add_argument("--errors", action="store_true", help="list the wrong answers of the cross-validation")
    args = parser.parse_args()
    grounds = GroundLinker(load_vocabulary()).reader
    examples, extra = load(args.letters, args.gold, grounds), invented(grounds)
    report("cues without a model", examples, [by_cues(e) for e in examples])
    found, folds = cross_validate(examples, extra, args.penalty, args.rounds)
    threshold = max(
        THRESHOLDS,
        key=lambda t: micro([(e.labels, set(choose(s, t, FLOOR))) for e, s in zip(examples, found, strict=True)])[2],
    )
    answers = [set(choose(s, threshold, FLOOR)) for s in found]
    report(f"{FOLDS} folds, threshold {threshold}", examples, answers)
    by_fold = [
        micro([(e.labels, a) for e, a, f in zip(examples, answers, folds, strict=True) if f == fold])[2]
        for fold in range(FOLDS)
    ]
    print(f"  mean of folds {statistics.mean(by_fold):.3f}, standard deviation {statistics.stdev(by_fold):.3f}")
    model = fit([*examples, *extra], args.penalty, args.rounds)
    report("seen in training", examples, [set(choose(scores(model, e), threshold, FLOOR)) for e in examples])
    per_ground(examples, answers)
    if args.errors:
        for example, answer in zip(examples, answers, strict=True):
            if example.labels != answer:
                print(
                    f"{example.case}: missed {sorted(example.labels - answer)}, wrong {sorted(answer - example.labels)}"
                )
                print(f"    {example.text}")
    if args.write:
        write(model, threshold)


if __name__ == "__main__":
    main()
