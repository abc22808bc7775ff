"""Guideline text reproduced in rationales.

Quotation marks are no sure sign: they are left open, nested, and stand around reports and requests too, while long
copies stand without any. So the sentences are scored (:mod:`imr_graph.link.recital`), runs of them and quotations in
marks are candidates, and a second score decides. An attribution begins a new passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from imr_graph.link.attribution import Attributor, cited
from imr_graph.link.quotation import id_of, key_of, words_of
from imr_graph.link.recital import Recital, Sentence, Stretch
from imr_graph.models import Issue, QuotedPassage
from imr_graph.resources import rules
from imr_graph.text import CleanText
from imr_graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from imr_graph.parse import ParsedLetter

_QUOTE = re.compile('["“”]')
_SUBJECT_REACH = 110
_LEAD = 140
_EDGE = ' \t\n"“”'


def quotations(text: str) -> list[tuple[int, int]]:
    """The stretches between quotation marks, outermost where they nest; a mark left open opens nothing."""
    found = []
    depth = start = 0
    for mark in _QUOTE.finditer(text):
        place = mark.start()
        before, after = text[place - 1 : place] or " ", text[place + 1 : place + 2] or " "
        opens = mark.group() == "“" or (mark.group() == '"' and (before in " \n([:;,-") and not after.isspace())
        if opens:
            start = start if depth else place + 1
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                found.append((start, place))
    return found


def label_runs(scores: Sequence[float], price: float) -> list[bool]:
    """The likeliest labels of sentences, where each change of label costs ``price`` (Viterbi)."""
    own, guideline = 0.0, scores[0]
    steps: list[tuple[bool, bool]] = []
    for score in scores[1:]:
        steps.append((guideline - price > own, guideline >= own - price))
        own, guideline = max(own, guideline - price), max(guideline, own - price) + score
    label = guideline > own
    labels = [label]
    for from_own, from_guideline in reversed(steps):
        label = from_guideline if label else from_own
        labels.append(label)
    return labels[::-1]


class PassageLinker:
    """Adds the quoted passages of every issue, with the document they are attributed to."""

    def __init__(self, vocabulary: Vocabulary, recital: Recital | None = None) -> None:
        table = rules("passages")
        self._attributor = Attributor()
        self._recital = recital or Recital(self._attributor)
        self._copula = re.compile(table["copula"])
        self._foreign = re.compile(table["foreign_lead"])
        self._references_at_end = re.compile(rf"(?:{table['reference']}[.;]?)+\s*$")
        self._table = table

    def __call__(self, letter: ParsedLetter) -> ParsedLetter:
        """The letter with its passages; rationales repeated in a letter are read once."""
        read: dict[str, list[Stretch]] = {}
        issues = []
        for issue in letter.decision.issues:
            if issue.rationale and issue.rationale_span:
                if issue.rationale not in read:
                    read[issue.rationale] = self.guideline_stretches(issue.rationale)
                passages = tuple(self._passages(issue, read[issue.rationale], letter.clean))
                issue = issue.model_copy(update={"quoted_passages": passages}) if passages else issue
            issues.append(issue)
        return replace(letter, decision=letter.decision.model_copy(update={"issues": tuple(issues)}))

    def guideline_stretches(self, rationale: str) -> list[Stretch]:
        """The stretches of a rationale that reproduce guideline text, in order."""
        parts = self._recital.sentences(rationale)
        return [
            stretch
            for stretch in self.candidates(rationale, parts)
            if self.accepts(stretch, self._recital.stretch_score(self.features(rationale, parts, stretch)))
        ]

    def features(self, rationale: str, parts: Sequence[Sentence], stretch: Stretch) -> dict[str, float]:
        """The features by which a candidate is judged."""
        before = parts[stretch.first - 1].verb if stretch.first else "^"
        text = rationale[stretch.start : stretch.end]
        return self._recital.stretch_features(text, parts[stretch.first : stretch.last + 1], before, stretch.marked)

    def accepts(self, stretch: Stretch, score: float) -> bool:
        """Whether a candidate is a passage, ``score`` being its log-odds; marks behind a guideline's name settle it."""
        return stretch.named or score > self._table["least_score"]

    def candidates(self, rationale: str, parts: Sequence[Sentence]) -> list[Stretch]:
        """The quotations in marks and the runs of sentences that might be passages, in order."""
        if not parts:
            return []
        marked = list(self._marked(rationale, parts))
        within = {n for stretch in marked for n in range(stretch.first, stretch.last + 1)}
        bias, price = self._table["sentence_bias"], self._table["change_price"]
        labels = label_runs([part.score + bias for part in parts], price)
        runs: list[Stretch] = []
        for number, part in enumerate(parts):
            if not labels[number] or number in within:
                continue
            last = runs[-1] if runs else None
            joined = last is not None and last.last == number - 1 and not part.verb
            if last and joined and not self._parted(rationale, parts[number - 1], part):
                runs[-1] = last._replace(end=part.end, last=number)
            else:
                runs.append(Stretch(self._first_word(rationale, part), part.end, number, number))
        least = self._table["least_words"]
        return sorted(marked + [run for run in runs if len(rationale[run.start : run.end].split()) >= least])

    def _parted(self, rationale: str, before: Sentence, part: Sentence) -> bool:
        """Whether a paraphrase ("the guidelines recommend X.") precedes copied text."""
        if not before.verb or rationale.endswith((":", ": "), 0, before.body):
            return False
        short = len(rationale[before.body : before.end].split()) <= self._table["least_words"]
        return short or (before.verb in self._attributor.weak and before.score < part.score)

    def _first_word(self, rationale: str, part: Sentence) -> int:
        if part.verb:
            body = rationale[part.body : min(part.end, part.body + _SUBJECT_REACH)].lower()
            copula = self._copula.search(body)
            if copula and len(body[: copula.start()].split()) <= self._table["most_subject_words"]:
                return part.body + copula.end()
        return part.body

    def _marked(self, rationale: str, parts: Sequence[Sentence]) -> Iterator[Stretch]:
        for start, end in quotations(rationale):
            if len(rationale[start:end].split()) < self._table["least_marked"]:
                continue
            lead = rationale[max(0, start - _LEAD) : start - 1].lower().rpartition(". ")[2]
            named = self._attributor.names_guideline(lead)
            if self._foreign.search(lead) and not named:
                continue  # "he reported", but not "the MTUS notes"
            inside = [n for n, part in enumerate(parts) if part.start < end and part.end > start]
            yield Stretch(start, end, inside[0], inside[-1], marked=True, named=named)

    def _passages(self, issue: Issue, stretches: list[Stretch], clean: CleanText) -> Iterator[QuotedPassage]:
        base = clean.locate(issue.rationale_span)[0] if issue.rationale_span else 0
        lead, place = "", 0
        for stretch in stretches:
            between = issue.rationale[place : stretch.start]
            lead = between if self._attributor.names_guideline(between.lower()) else lead
            place = stretch.end
            start, end = self.trimmed(issue.rationale, stretch)
            if start >= end:
                continue
            text = issue.rationale[start:end]
            citation = cited(lead[-200:], issue.citations)
            yield QuotedPassage(
                id=id_of(key_of(words_of(text))),
                text=text,
                span=clean.source_span(base + start, base + end),
                source=citation.source if citation else None,
                document=citation.document if citation else None,
                section=citation.section if citation else None,
                marked=stretch.marked,
                rule="quotation-marks" if stretch.marked else "recital",
            )

    def trimmed(self, rationale: str, stretch: Stretch) -> tuple[int, int]:
        """Without marks and blanks at the ends, and without the references behind the last sentence."""
        text = rationale[stretch.start : stretch.end]
        text = self._references_at_end.sub("", text).rstrip(_EDGE)
        start = stretch.start + len(text) - len(text.lstrip(_EDGE))
        return start, stretch.start + len(text)
