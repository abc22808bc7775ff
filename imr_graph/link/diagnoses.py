"""Conditions in prose, and which of them are the worker's diagnoses.

A diagnosis is what the clinical summary presents as present or accepted: the members of a list behind a cue
("undergoing treatment for", "diagnoses include"), not the complaints and findings around it. Everything else
that is a condition is kept as a mention with its status.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from imr_graph.link.condition_lexicon import ConditionLexicon, Entry, Item, Kind
from imr_graph.link.condition_phrases import Phrase, PhraseGrammar
from imr_graph.link.context import STATED, Assertion, Trigger
from imr_graph.link.sentences import sentences
from imr_graph.models import Diagnosis, Mention
from imr_graph.resources import rules
from imr_graph.text import Span
from imr_graph.vocabulary import Vocabulary, normalise

if TYPE_CHECKING:
    from imr_graph.parse import ParsedLetter

# An ICD-10 code printed behind its diagnosis: " (ICD-10: M54.16)", ", S39.012A"; "T12" alone is a vertebra
_CODE = re.compile(
    r"[\s,:;(\[-]*(?:ICD[- ]?(?:9|10)(?:[- ]?CM)?(?: codes?)?[\s:#-]*)?"
    r"(?P<icd10>[A-TV-Z]\d[0-9A-Z]\.?[0-9A-Z]{1,4})\b(?![-/])"
)
# Words between the members of a list that the dictionary does not know
_WORD = re.compile(r"[A-Za-z0-9]+")
# The number of the next member of a list, which the reading of sentences takes for an end: "Diagnoses: 1. Knee sprain"
_NUMBER = re.compile(r"[\s:.)]\d{1,2}[.)]\s*$")
# A member that is a sentence of its own: "2. Cervical sprain."
_NUMBERED = re.compile(r"\(?\d{1,2}[.)]\s*[A-Za-z]")
# What parts the members of a list
_MARK = re.compile(r"[,;]")
# What begins a clause of its own, that reports no diagnoses: "the diagnosis was deferred; the examination was normal"
_CLAUSE = re.compile(r";|\band (?:the|his|her)\b", re.IGNORECASE)
_FOREIGN_WORDS = 8  # more of them between a cue or a member and the next condition end the list
_SHARED_SCORE = 0.9  # the part of the body was taken from a neighbour
_EVERYWHERE = "systemic"  # the part of what has no place of its own
_UNLISTED_RULE = "mentioned"


class Condition(NamedTuple):
    """A condition said at ``start:end`` of a text.

    ``concept`` is a notation of the scheme diagnosis, ``body_part`` one that is reported, ``head`` the words of the
    dictionary that name the disease. ``listed`` tells that the words around it present it as a diagnosis; ``rule``
    names the cue or the context rule that decided.
    """

    text: str
    start: int
    end: int
    head: str
    concept: str
    body_part: str | None
    laterality: str | None
    status: str
    listed: bool
    score: float
    rule: str
    icd10cm: tuple[str, ...] = ()


class DiagnosisReader:
    """Reads the conditions of any text; build it once, it holds the compiled dictionary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._lexicon = ConditionLexicon(vocabulary)
        table = self._lexicon.rules
        self._heirs = frozenset(table["phrases"]["heirs"])
        self._absorbing = frozenset(table["phrases"]["absorbing"])
        self._sideless = frozenset(table["body_parts"]["sideless"])
        self._grammar = PhraseGrammar(
            table["phrases"]["kept"],
            table["body_parts"]["midline"],
            (level["part"] for level in table["levels"].values()),
            self._lexicon.above,
            self._takes_part,
            self._absorbs,
        )
        self._lists = _ListGrammar(table["list_end"])
        self._accepted = frozenset(table["list_end"]["accepted"])

    def read(self, text: str) -> list[Condition]:
        """The conditions of ``text`` in order, with their status; spans are offsets into ``text``."""
        items = self._lexicon.items(text)
        places = [n for n, item in enumerate(items) if item.meaning.condition]
        found: list[Condition] = []
        if not places:
            return found
        starts = [item.start for item in items]
        cue: Entry | None = None
        for start, end in sentences(text):
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            numbered = _NUMBER.search(text, max(0, start - 6), start) or _NUMBERED.match(text, start)
            listed, cue = self._lists.listed(text, items[first:last], cue if numbered else None)
            if bisect_left(places, first) < bisect_left(places, last):
                found.extend(self._sentence(text, start, end, items[first:last], listed))
        return found

    def _sentence(
        self, text: str, start: int, end: int, items: list[Item], cues: dict[int, Entry]
    ) -> Iterator[Condition]:
        phrases = self._grammar.phrases(text, items)
        said = [(p.head.start - start, p.head.end - start) for p in phrases]
        triggers = [
            Trigger(item.start - start, item.end - start, rule)
            for item in items
            if item.meaning.triggers
            for rule in item.meaning.triggers
        ]
        assertions = self._lexicon.context.assess(text[start:end], triggers, sorted(set(said)))
        for phrase, place in zip(phrases, said, strict=True):
            cue = cues.get(phrase.head.start)
            assertion = assertions.get(place, STATED)
            yield self._condition(text, phrase, STATED if cue and assertion.rule in self._accepted else assertion, cue)

    def _condition(self, text: str, phrase: Phrase, assertion: Assertion, cue: Entry | None) -> Condition:
        own = self._lexicon.part_of(phrase.entry.value)
        parts = tuple(phrase.parts) or ((own,) if own else ())
        concept = self._lexicon.compose(phrase.entry.value, parts)
        score = phrase.entry.score * (_SHARED_SCORE if phrase.shared else 1.0) * (cue.score if cue else 1.0)
        rule = assertion.rule if assertion is not STATED else cue.value if cue else _UNLISTED_RULE
        code = _CODE.match(text, phrase.end)
        body_part = self._body_part(parts, concept)
        return Condition(
            text[phrase.start : phrase.end],
            phrase.start,
            phrase.end,
            phrase.head.label,
            concept,
            body_part,
            None if body_part in self._sideless else phrase.side,
            assertion.status,
            cue is not None,
            round(score, 3),
            rule,
            (code["icd10"],) if code else (),
        )

    def _body_part(self, parts: tuple[str, ...], concept: str) -> str | None:
        """What the concept implies; where it implies no place, the narrowest part stated, of GUIDE level."""
        own = self._lexicon.diagnoses[concept].values("bodyPart")
        if own and own[0] != _EVERYWHERE:
            return self._lexicon.reported(own[0])
        above = {other for part in parts for other in self._lexicon.above(part)}
        for part in parts:
            if part not in above and (reported := self._lexicon.reported(part)):
                return reported
        implied = self._lexicon.part_of(concept)
        return self._lexicon.reported(implied) if implied else None

    def _absorbs(self, condition: str, other: str) -> bool:
        return condition in self._absorbing and other in self._lexicon.diagnoses.ancestors(condition)

    def _takes_part(self, condition: str, joint: Kind) -> bool:
        if self._lexicon.part_of(condition):
            return False
        if joint is Kind.AND:
            return True
        kin = {condition, *self._lexicon.diagnoses.ancestors(condition)}
        return joint in (Kind.COMMA, Kind.WEAK, Kind.WITH) and not kin.isdisjoint(self._heirs)


class _ListGrammar:
    """Which conditions of a sentence stand in a list of diagnoses: from a cue to a word that ends the list.

    Between a noun and the verb or colon that opens its list a report may stand: "diagnoses as of the request include".
    """

    def __init__(self, table: Mapping[str, Sequence[str]]) -> None:
        self._nouns = frozenset(table["nouns"])
        self._reporting = frozenset(map(normalise, table["reporting"]))
        words = "|".join(word for word in table["openers"] if word.isalpha())
        self._opener = re.compile(rf"\b(?:{words})\b|:", re.IGNORECASE)

    def listed(self, text: str, items: list[Item], cue: Entry | None) -> tuple[dict[int, Entry], Entry | None]:
        """Where the conditions of a sentence start that a cue presents as diagnoses, each with its cue.

        ``cue`` is one still open from the sentence before; the one open at the end is returned too.
        """
        listed: dict[int, Entry] = {}
        skip = False  # the next condition is a cause or an effect of the one before
        noun = False  # the cue is one, and its list has not begun
        report: int | None = None  # where a report begins that the list has to be opened after
        last = items[0].start if items else 0
        for item in items:
            meaning = item.meaning
            if meaning.cue:
                cue, skip, last, report = meaning.cue, False, item.end, None
                noun = not self._nouns.isdisjoint(item.label.split())
            elif meaning.list_end is not None:
                apart = bool(meaning.list_end or listed or _WORD.search(text, last, item.start))
                if apart and noun and item.label in self._reporting and not _CLAUSE.search(text, last, item.start):
                    report, last = item.start if report is None else report, item.end
                elif apart:
                    skip = bool(meaning.list_end)
                    cue, last = cue if skip else None, item.end
            elif meaning.condition and cue:
                skip = skip and not _MARK.search(text, last, item.start)
                unopened = report is not None and not self._opener.search(text, report, item.start)
                if unopened or len(_WORD.findall(text, last, item.start)) > _FOREIGN_WORDS:
                    cue = None
                    continue
                if not skip:
                    listed[item.start] = cue
                skip, noun, report, last = False, False, None, item.end
            elif meaning.part or meaning.side:
                last = item.end
        return listed, cue


class DiagnosisLinker:
    """The link step that fills the diagnoses and the mentions of other conditions from the clinical summary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._reader = DiagnosisReader(vocabulary)
        self._bare = frozenset(rules("diagnoses")["phrases"]["bare"])

    def __call__(self, letter: ParsedLetter) -> ParsedLetter:
        """The letter with the diagnoses of its clinical summary, and the other conditions as mentions.

        A diagnosis said again with the same words is one; so is a mention of one concept, status and side.
        """
        decision = letter.decision
        if not decision.clinical_summary or decision.clinical_summary_span is None:
            return letter
        base = letter.clean.locate(decision.clinical_summary_span)[0]
        diagnoses: dict[tuple[str, str, str | None], Diagnosis] = {}
        mentions: dict[tuple[str, str, str | None], Mention] = {}
        for found in self._reader.read(decision.clinical_summary):
            if found.listed and found.status == "present":
                said = (found.head, found.concept, found.laterality)
                if said not in diagnoses:
                    diagnoses[said] = _diagnosis(found, letter.clean.source_span(base + found.start, base + found.end))
            elif found.concept not in self._bare:
                asserted = (found.concept, found.status, found.laterality)
                if asserted not in mentions:
                    mentions[asserted] = _mention(found, letter.clean.source_span(base + found.start, base + found.end))
        update = {
            "diagnoses": tuple(diagnoses.values()),
            "mentions": (*decision.mentions, *mentions.values()),
        }
        return replace(letter, decision=decision.model_copy(update=update))


def _diagnosis(found: Condition, span: Span) -> Diagnosis:
    return Diagnosis(
        text=found.text,
        concept=found.concept,
        body_part=found.body_part,
        laterality=found.laterality,
        icd10cm=found.icd10cm,
        span=span,
        score=found.score,
        rule=found.rule,
    )


def _mention(found: Condition, span: Span) -> Mention:
    return Mention(
        scheme="diagnosis",
        notation=found.concept,
        text=found.text,
        span=span,
        section="clinical summary",
        status=found.status,
        laterality=found.laterality,
        score=found.score,
        rule=found.rule,
    )
