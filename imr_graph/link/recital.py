"""How much a sentence, or a stretch of sentences, of a rationale sounds like guideline text.

Two small logistic regressions over plain features (whose words the sentence says follow, words of this case, tense,
length, telegraphic openings, single words, wording known from other letters); the weights are data
(ontology/rules/passage_weights.toml), made and cross-validated by bench/train_passages.py.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from imr_graph.link.attribution import Attributor
from imr_graph.link.matcher import Matcher
from imr_graph.link.sentences import sentences
from imr_graph.link.wording import Shares, Wording
from imr_graph.resources import rules

TOKEN = re.compile(r"[a-z]+|\d+|%|[:;()]")
# "11/23/16", "2016"
_DATE = re.compile(r"\d\d?[/-]\d\d?[/-]\d\d|\b20\d\d\b")
# "(1)", "2)", "(a)"
_ITEM = re.compile(r"\(\d\)|\b\d\)|\([a-d]\)")
_LONG = 16
_MOST = 0.7  # of the words


def word_names(words: Sequence[str]) -> list[str]:
    """The names under which words have weights."""
    return ["w=" + word for word in set(words)]


def wording_features(shares: Shares) -> tuple[tuple[str, float], ...]:
    """The features of a sentence, with their values, that tell of known wording."""
    return (
        ("known", 2 * shares.five),
        ("known most", float(shares.five > _MOST)),
        ("known guideline", 2 * shares.guideline),
        ("known own", 2 * shares.own),
    )


class Sentence(NamedTuple):
    """A sentence at ``rationale[start:end]``, the words it attributes begin at ``body``."""

    start: int
    end: int
    verb: str
    body: int
    formulas: int
    wording: Shares
    score: float


class _Said(NamedTuple):
    """What a sentence shows by itself, wherever it stands; ``body`` is where the words it attributes begin."""

    verb: str
    body: int
    of_case: bool
    words: list[str]
    features: list[str]
    wording: Shares
    score: float


Featured = tuple[Sentence, list[str], list[str]]


class Stretch(NamedTuple):
    """Consecutive sentences of a rationale that may be one passage, at ``rationale[start:end]``.

    ``marked``: quotation marks stand around it; ``named``: and its sentence names a guideline before them.
    """

    start: int
    end: int
    first: int
    last: int
    marked: bool = False
    named: bool = False


class Recital:
    """Scores sentences and stretches; a score is a log-odds of being guideline text."""

    def __init__(
        self,
        attributor: Attributor,
        weights: dict[str, dict[str, float]] | None = None,
        wording: Wording | None = None,
    ) -> None:
        table = rules("passages")
        self._wording = wording or Wording.from_table(rules("passage_wording"))
        weights = rules("passage_weights") if weights is None else weights
        self._attributor = attributor
        self._sentence_weights: dict[str, float] = weights["sentence"]
        self._words = {name[2:]: weight for name, weight in self._sentence_weights.items() if name.startswith("w=")}
        self._stretch_weights: dict[str, float] = weights["stretch"]
        self._case = re.compile(table["case"])
        self._past, self._modal = frozenset(table["past_words"]), frozenset(table["modal_words"])
        self._telegraphic = re.compile(table["telegraphic"])
        self._reference = re.compile(table["reference"])
        self._formulas = Matcher((formula, None) for formula in table["formulas"])
        self._said = lru_cache(maxsize=1 << 13)(self._read_sentence)  # guidelines are copied from letter to letter

    def sentences(self, rationale: str) -> list[Sentence]:
        """The sentences of a rationale with their scores."""
        get = self._sentence_weights.get
        found = []
        for sentence, said, placed in self._read(rationale, sentences(rationale)):
            found.append(sentence._replace(score=said.score + sum([get(name, 0.0) for name in placed])))
        return found

    def featured(self, rationale: str, places: Sequence[tuple[int, int]]) -> Iterator[Featured]:
        """Each sentence, not yet scored, with the names of its features and its words."""
        for sentence, said, placed in self._read(rationale, places):
            yield sentence, [*said.features, *placed], said.words

    def _read(
        self, rationale: str, places: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[Sentence, _Said, tuple[str, ...]]]:
        """Each sentence, what it says by itself, and the names of the features that its place gives it."""
        before = "^"
        formulas = [found.start for found in self._formulas.find_all(rationale)]
        for start, end in places:
            said = self._said(rationale[start:end])
            verb = said.verb
            formal = bisect_left(formulas, end) - bisect_left(formulas, start)
            placed = (
                "before=" + before,
                f"formulas={min(formal, 4)}",
                f"verb={verb} {'formal' if formal else 'free'}",
            )
            yield Sentence(start, end, verb, start + said.body, formal, said.wording, 0.0), said, placed
            colon = ":" if verb and ":" in rationale[start + said.body - 3 : start + said.body] else ""
            before = verb + colon or ("case" if said.of_case else "plain")

    def _read_sentence(self, sentence: str) -> _Said:
        text = sentence.lower()
        attribution = self._attributor.of(text)
        body = text[attribution.end :]
        words = ["0" if token.isdigit() else token for token in TOKEN.findall(body)]
        of_case = len(self._case.findall(text))
        features = self._features(body, words, attribution.verb, of_case)
        if self._has_reference(sentence[attribution.end :]):
            features.append("ref")
        wording = self._wording.of(words)
        score = self._score(features, words, wording)
        return _Said(attribution.verb, attribution.end, of_case > 0, words, features, wording, score)

    def _score(self, features: Sequence[str], words: Sequence[str], wording: Shares) -> float:
        weights, known = self._sentence_weights, self._words
        score = sum([weights[name] for name in features if name in weights])
        score += sum([weights.get(name, 0.0) * value for name, value in wording_features(wording)])
        return score + sum([known[word] for word in set(words) if word in known])

    def _features(self, body: str, words: Sequence[str], verb: str, of_case: int) -> list[str]:
        length = min(len(words), 40) // 8
        features = [
            "bias",
            "verb=" + verb,
            f"length={length}",
            f"case={min(of_case, 2)}",
            f"verb={verb} length={length}",
        ]
        features.append(f"verb={verb} {'long' if len(words) >= _LONG else 'short'} {'case' if of_case else ''}")
        unique = set(words)
        if not self._past.isdisjoint(unique):
            features.append("past")
        if not self._modal.isdisjoint(unique):
            features.append("modal")
        if "0" in unique and _DATE.search(body):
            features.append("date")
        if ")" in unique and _ITEM.search(body):
            features.append("item")
        if self._attributor.names_guideline(body):
            features.append("guideline")
        if self._telegraphic.match(body):
            features.append("telegraphic")
        return features

    def _has_reference(self, text: str) -> bool:
        return ("(" in text or "[" in text) and self._reference.search(text) is not None

    def stretch_features(self, text: str, parts: Sequence[Sentence], before: str, marked: bool) -> dict[str, float]:
        """The features of a stretch: its words, its sentences, the verb before them."""
        scores = [part.score for part in parts]
        words = len(text.split())
        verb = parts[0].verb
        shares = [part.wording for part in parts]
        size = max(1, sum([share.words for share in shares]))
        features: dict[str, float] = {
            "bias": 1.0,
            "mean": _clamp(sum(scores) / len(scores), -5, 5) / 2,
            "sum": _clamp(sum(scores), -5, 15) / 5,
            "max": _clamp(max(scores), -5, 8) / 3,
            "min": _clamp(min(scores), -5, 5) / 3,
            "words": math.log(max(words, 1)),
            "formulas": min(sum(part.formulas for part in parts), 8) / 4,
            "density": min(sum(part.formulas for part in parts) / max(words, 1), 0.2) * 10,
            "known": 2 * sum([share.five * share.words for share in shares]) / size,
            "known guideline": 2 * sum([share.guideline * share.words for share in shares]) / size,
            "known own": 2 * sum([share.own * share.words for share in shares]) / size,
            f"sentences={min(4, len(parts))}": 1.0,
            f"verb={verb}": 1.0,
            f"verb={verb} {'long' if words >= _LONG else 'short'}": 1.0,
        }
        if not verb and not marked:
            features["before=" + before] = 1.0
        if self._has_reference(text):
            features["ref"] = 1.0
        text = text.lower()
        if self._case.search(text):
            features["case"] = 1.0
        if not self._past.isdisjoint(text.split()):
            features["past"] = 1.0
        if marked:
            features["marked"] = 1.0
        if self._attributor.names_guideline(text):
            features["guideline"] = 1.0
        if self._telegraphic.match(text):
            features["telegraphic"] = 1.0
        return features

    def stretch_score(self, features: dict[str, float]) -> float:
        """The log-odds that the stretch is a passage."""
        return sum(self._stretch_weights.get(name, 0.0) * value for name, value in features.items())


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
