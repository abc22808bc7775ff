"""Make a synthetic corpus of N letters: ``python bench/corpus.py N letters.jsonl.zst [--first K] [--change SEED]``.

Letters of the 2015-2017 layout from the sentences of bench/templates.toml and the project's vocabularies, about
6.3 kB of text and 2.26 issues each, as real letters have. Letter number i is the same whatever N is. Rare words
follow Zipf's law over an unbounded stock, so that the vocabulary grows with the corpus as in real text; what is
asked for follows it too, and begins with what is asked for most in workers' compensation.
"""

import argparse
import json
import random
import re
import textwrap
import tomllib
from datetime import date, timedelta
from pathlib import Path

import zstandard

from imr_graph.vocabulary import Concept, Vocabulary, load_vocabulary

WORDS = tomllib.loads((Path(__file__).parent / "templates.toml").read_text())
BOILERPLATE = (
    "MAXIMUS Federal Services sent the complete case file to an expert reviewer. He/she has no affiliation with the "
    "employer, employee, providers or the claims administrator. He/she has been in active clinical practice for more "
    "than five years and is currently working at least 24 hours a week in active practice. The expert reviewer was "
    "selected based on his/her clinical experience, education, background, and expertise in the same or similar "
    "specialties that evaluate and/or treat the medical condition and disputed items/Service. He/she is familiar with "
    "governing laws and regulations, including the strength of evidence hierarchy that applies to Independent Medical "
    "Review determinations."
)
ISSUES = [1] * 115 + [2] * 34 + [3] * 12 + [4] * 7 + [5] * 7 + [6] * 8 + [7] * 2 + [8] * 5 + [9, 10, 15, 21]
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


class Writer:
    """Writes letter number i."""

    def __init__(self, change: int = 0) -> None:
        vocabulary = load_vocabulary()
        self._change = change
        self._service = [c.label for c in _by_frequency(vocabulary, "service") if c.broader]
        self._drug = [c.label for c in _by_frequency(vocabulary, "drug")]
        self._part = [c.label.split(" (")[0].lower() for c in _by_frequency(vocabulary, "body-part")]
        self._diagnosis = [c.label.lower() for c in _by_frequency(vocabulary, "diagnosis")]

    def letter(self, i: int) -> tuple[str, str]:
        """``(case number, text)``."""
        rng = random.Random(f"{self._change}:{i}")
        decided = date(2015, 1, 2) + timedelta(days=rng.randrange(3600))
        case = f"CM{decided.year % 100:02d}-{i + 5_000_000:07d}"
        days = [decided - timedelta(days=n) for n in (14, 200 + rng.randrange(900), 0, 60, 30)]
        shown = [f"{d:%m/%d/%Y}" for d in days]
        lines = [
            f"Case Number: {case}",
            f"Date Assigned: {shown[0]} Date of Injury: {shown[1]}",
            f"Decision Date: {shown[2]} UR Denial Date: {shown[3]}",
            f"Priority: Standard Application Received: {shown[4]}",
            "HOW THE IMR FINAL DETERMINATION WAS MADE",
            BOILERPLATE,
            "The Expert Reviewer has the following credentials:",
            f"State(s) of Licensure: {rng.choice(WORDS['states'])}",
            f"Certification(s)/Specialty: {rng.choice(WORDS['certifications'])}",
            "CLINICAL CASE SUMMARY",
            "The expert reviewer developed the following clinical case summary based on a review of the case file, "
            "including all medical records:",
            self._summary(rng, shown[1]),
            "IMR ISSUES, DECISIONS AND RATIONALES",
            "The Final Determination was based on decisions for the disputed items/services set forth below:",
        ]
        for _ in range(rng.choice(ISSUES)):
            lines += self._issue(rng)
        return case, "\n".join(textwrap.fill(line, 95, break_on_hyphens=False) for line in lines) + "\n"

    def _summary(self, rng: random.Random, injured: str) -> str:
        templates = [rng.choice(WORDS["opening"]), rng.choice(WORDS["diagnoses"])]
        templates += rng.choices(WORDS["summary"], k=rng.randint(14, 28))
        return " ".join(self._filled(rng, template, injured=injured) for template in templates)

    def _issue(self, rng: random.Random) -> list[str]:
        outcome = "Overturned" if rng.random() < 0.112 else "Upheld"
        request = self._filled(rng, rng.choice(WORDS["requests"]))
        parts = [f'MTUS states that "{self._filled(rng, rng.choice(WORDS["guideline"]))}".']
        parts += [self._filled(rng, t) + "." for t in rng.choices(WORDS["guideline"], k=rng.randint(1, 4))]
        parts += [self._filled(rng, t) for t in rng.sample(WORDS["facts"], k=rng.randint(2, 5))]
        parts.append(rng.choice(WORDS[outcome.lower()]).replace("{request}", request))
        return [
            f"{request}: {outcome}",
            f"Claims Administrator guideline: {self._filled(rng, rng.choice(WORDS['cites']))}",
            f"MAXIMUS guideline: {self._filled(rng, rng.choice(WORDS['cites']))}",
            "Decision rationale: " + " ".join(p[0].upper() + p[1:] for p in parts),
        ]

    def _filled(self, rng: random.Random, template: str, **given: str) -> str:
        def value(match: re.Match[str]) -> str:
            return given.get(match[1]) or self._slot(rng, match[1])

        return re.sub(r"\{(\w+)\}", value, template)

    def _slot(self, rng: random.Random, name: str) -> str:
        stock = {"service": self._service, "drug": self._drug, "part": self._part, "diagnosis": self._diagnosis}
        if name in stock:
            values = stock[name]
            frequent = int(rng.paretovariate(0.7)) - 1
            return values[frequent] if frequent < len(values) and rng.random() < 0.7 else rng.choice(values)
        if name == "rare":
            n, word = int(rng.paretovariate(0.6)), ""
            while n or len(word) < 4:
                n, k = divmod(n, len(SYLLABLES))
                word += SYLLABLES[k]
            return word[:24]
        if name == "mishap":
            return self._filled(rng, rng.choice(WORDS["mishap"]))
        numbers = {
            "age": (19, 74), "number": (2, 24), "low": (2, 9), "strength": (3, 5), "times": (1, 4), "weeks": (2, 12),
            "strength_mg": (5, 800), "count": (10, 120),
        }  # fmt: skip
        if name in numbers:
            return str(rng.randint(*numbers[name]))
        if name == "day":
            return f"{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}-{rng.randint(2015, 2024)}"
        few = {"sex": ["male", "female"], "side": ["left", "right", "bilateral"]}
        return str(rng.choice(few.get(name) or WORDS[name]))


def _by_frequency(vocabulary: Vocabulary, scheme: str) -> list[Concept]:
    """The concepts of a scheme: the frequent ones of bench/templates.toml first, the others in a fixed mixed order."""
    first = [vocabulary[scheme][notation] for notation in WORDS["frequent"][scheme]]
    others = [concept for concept in vocabulary[scheme] if concept not in first]
    random.Random(7).shuffle(others)  # which of them are frequent has nothing to do with their names
    return first + others


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=int)
    parser.add_argument("output", type=Path)
    parser.add_argument("--first", type=int, default=0, help="number of the first letter")
    parser.add_argument("--change", type=int, default=0, help="another seed: other letters under the same numbers")
    args = parser.parse_args()
    writer = Writer(args.change)
    with args.output.open("wb") as file, zstandard.ZstdCompressor(level=3).stream_writer(file) as stream:
        for i in range(args.first, args.first + args.letters):
            case, text = writer.letter(i)
            stream.write((json.dumps({"name": case, "text": text}) + "\n").encode())


if __name__ == "__main__":
    main()
