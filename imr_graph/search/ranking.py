"""From the facts of a query to one ranked engine query, and from a hit back to what gave its score.

Concepts give fixed points, so what each gave is known from the hit itself; the rest of the score is the words'.
The weights are data: index/ranking.toml.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any as Json

from imr_graph.resources import data_folder
from imr_graph.search.concepts import named_drugs, siblings
from imr_graph.search.documents import UNLOCATED, StoredIssue
from imr_graph.search.engine import TextIndex
from imr_graph.search.facts import QueryFacts
from imr_graph.search.query import All, Any, Best, Constant, Node, Term, Word
from imr_graph.vocabulary import Vocabulary

Weights = Mapping[str, Mapping[str, Json]]
_BM25_LIMIT = 2.2  # k1 + 1: what a term gives at most, in units of its idf


@cache
def load_weights() -> Weights:
    """The packaged weights."""
    with (data_folder("index") / "ranking.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True, slots=True)
class Clause:
    """A shared concept and its points: every pair of field and value must be there.

    ``relation`` is ``same``, ``class``, ``sibling`` and so on: the key of its weight.
    """

    pairs: tuple[tuple[str, str], ...]
    points: float
    relation: str

    def node(self) -> Node:
        """The clause for an engine."""
        words = tuple(Word(field, value) for field, value in self.pairs)
        return Constant(words[0] if len(words) == 1 else All(words), self.points)


@dataclass(frozen=True, slots=True)
class Plan:
    """A ranked query: groups of clauses, of each the best one counts, and the terms of the words."""

    groups: tuple[tuple[Clause, ...], ...]
    words: tuple[Term, ...]
    terms: tuple[str, ...]

    def node(self) -> Node:
        """The one engine query."""
        groups = (tuple(clause.node() for clause in group) for group in self.groups)
        concepts = (nodes[0] if len(nodes) == 1 else Best(nodes) for nodes in groups)
        return Any((*concepts, *self.words))

    def shared(self, issue: StoredIssue) -> list[Clause]:
        """The clauses that gave the issue its points, the greatest first."""
        values = _values(issue)
        found = []
        for group in self.groups:
            matching = [c for c in group if all(value in values.get(field, ()) for field, value in c.pairs)]
            if matching:
                found.append(max(matching, key=lambda clause: clause.points))
        return sorted(found, key=lambda clause: -clause.points)


def _values(issue: StoredIssue) -> dict[str, tuple[str, ...]]:
    one = {"service": issue.service, "service_class": issue.service_class, "laterality": issue.laterality}
    located = issue.drug or issue.body_parts
    return {field: (value,) for field, value in one.items() if value} | {
        "drug": issue.drug,
        "body_part": issue.body_parts,
        "diagnosis": issue.diagnoses,
        "section": tuple(citation.section for citation in issue.citations),
        "unlocated": () if located else (UNLOCATED,),
    }


class Ranker:
    """Makes plans for one index."""

    def __init__(self, index: TextIndex, vocabulary: Vocabulary, weights: Weights | None = None) -> None:
        self._index = index
        self._vocabulary = vocabulary
        self._weights = weights or load_weights()

    def plan(self, facts: QueryFacts, without: tuple[Node, ...] = ()) -> Plan:
        """The plan for a query; what is typical of its service is counted ``without`` the excluded issues."""
        groups: list[Iterable[Clause]] = [
            self._service(facts),
            self._focus(facts),
            self._diagnoses(facts),
            self._laterality(facts),
        ]
        groups += self._typical(facts, without)
        kept = (tuple(clause for clause in group if clause.points and self._occurs(clause)) for group in groups)
        terms = self._terms(facts.words)
        return Plan(tuple(group for group in kept if group), tuple(self._words(terms)), tuple(terms))

    def _typical(self, facts: QueryFacts, without: tuple[Node, ...]) -> Iterator[list[Clause]]:
        """What most requests for the service share, where the query leaves it open: the likeliest cases come first.

        A guideline section that such requests are decided under counts for other services too.
        """
        weights = self._weights["typical"]
        if not facts.service:
            return
        service = ("service", facts.service)
        alike: tuple[Node, ...] = (Word(*service),)
        if weights["section"]:
            yield list(self._shares(weights["section"], "section", All(alike, without)))
        if facts.drugs or facts.body_parts:
            drugs = named_drugs(self._vocabulary, facts.drugs)
            field, values = ("drug", drugs) if drugs else ("body_part", facts.body_parts)
            alike = (*alike, Any(tuple(Word(field, value) for value in values)))
        elif weights["body_part"]:
            cohort = All(alike, without)
            yield from ([clause] for clause in self._shares(weights["body_part"], "body_part", cohort, service))
            yield from ([clause] for clause in self._unlocated(weights["body_part"], cohort, service))
        if not facts.diagnoses and weights["diagnosis"]:
            shares = self._shares(weights["diagnosis"], "diagnosis", All(alike, without), service)
            yield from ([clause] for clause in shares)

    def _shares(self, points: float, field: str, cohort: Node, *more: tuple[str, str]) -> Iterator[Clause]:
        """The points of the values that are frequent in the cohort, by their share of it."""
        total, weights = self._index.count(cohort), self._weights["typical"]
        counts = self._index.facets(cohort, [field], int(weights["values"]))[field]
        for value, count in counts.items():
            yield Clause((*more, (field, value)), round(points * count / (total + weights["doubt"]), 4), "typical")

    def _unlocated(self, points: float, cohort: Node, service: tuple[str, str]) -> Iterator[Clause]:
        total, neither = self._index.count(cohort), ("unlocated", UNLOCATED)
        count = self._index.count(All((cohort, Word(*neither))))
        if count:
            share = count / (total + self._weights["typical"]["doubt"])
            yield Clause((service, neither), round(points * share, 4), "unlocated")

    def _occurs(self, clause: Clause) -> bool:
        return all(self._index.doc_freq(field, value) for field, value in clause.pairs)

    def _idf(self, field: str, term: str) -> float:
        total, frequency = max(1, len(self._index)), self._index.doc_freq(field, term)
        return math.log(1 + max(0.0, total - frequency + 0.5) / (frequency + 0.5))

    def _clause(self, points: float, relation: str, *pairs: tuple[str, str]) -> Clause:
        share = float(self._weights["rarity"]["share"])
        greatest = math.log(1 + (len(self._index) + 0.5) / 0.5)
        idf = max(self._idf(field, value) for field, value in pairs)
        return Clause(pairs, round(points * (1 - share + share * idf / greatest), 4), relation)

    def _service(self, facts: QueryFacts) -> Iterator[Clause]:
        weights = self._weights["service"]
        if facts.service:
            yield self._clause(weights["same"], "same", ("service", facts.service))
        if facts.service_class:
            kind = ("service_class", facts.service_class)
            yield self._clause(weights["class"], "class", kind)
            for part in facts.body_parts:
                yield self._clause(weights["class_and_body_part"], "class and body part", kind, ("body_part", part))

    def _focus(self, facts: QueryFacts) -> Iterator[Clause]:
        weights = self._weights["focus"]
        for drug in facts.drugs:
            yield self._clause(weights["drug"], "same", ("drug", drug))
        for part in facts.body_parts:
            yield self._clause(weights["body_part"], "same", ("body_part", part))
        for part in facts.hinted_parts if not facts.drugs and not facts.body_parts else ():
            yield self._clause(weights["hinted_body_part"], "hinted", ("body_part", part))

    def _diagnoses(self, facts: QueryFacts) -> Iterator[Clause]:
        weights = self._weights["diagnosis"]
        for diagnosis in facts.diagnoses:
            yield self._clause(weights["same"], "same", ("diagnosis", diagnosis))
            for other in siblings(self._vocabulary, "diagnosis", diagnosis):
                yield self._clause(weights["sibling"], "sibling", ("diagnosis", other))

    def _laterality(self, facts: QueryFacts) -> Iterator[Clause]:
        for part in facts.body_parts if facts.laterality else ():
            pairs = (("body_part", part), ("laterality", str(facts.laterality)))
            yield self._clause(self._weights["laterality"]["same"], "same side", *pairs)

    def _terms(self, words: str) -> dict[str, float]:
        """The terms of the words with their idf in the whole text of a letter, rarest kept."""
        terms = dict.fromkeys(self._index.analyse(words))
        known = {term: self._rarity(term) for term in terms}
        longest = int(self._weights["text"]["longest_query"])
        kept = sorted((t for t in known if known[t]), key=lambda t: (-known[t], t))[:longest]
        return {term: known[term] for term in kept}

    def _rarity(self, term: str) -> float:
        fields = self._weights["text"]["fields"]
        found = [self._idf(field, term) for field in fields if self._index.doc_freq(field, term)]
        return min(found, default=0.0)

    def _words(self, terms: Mapping[str, float]) -> Iterator[Term]:
        """A word for each term and field where it occurs; together they cannot give more than the text's points."""
        text = self._weights["text"]
        fields: Mapping[str, float] = {f: w for f, w in text["fields"].items() if w}
        found = [(f, t, fields[f]) for t in terms for f in fields if self._index.doc_freq(f, t)]
        limit = sum(weight * self._idf(field, term) for field, term, weight in found) * _BM25_LIMIT
        for field, term, weight in found if text["points"] else ():
            yield Term(field, term, weight * text["points"] / limit)
