"""Precedent search: what was decided in cases like this one, on which words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import lru_cache

from imr_graph.errors import QueryError, UnknownItem
from imr_graph.names import case_id, read_issue
from imr_graph.search.answer import LEFT_OPEN, Answer, Hit, LackingConcept, SharedConcept, Why
from imr_graph.search.cohorts import count_cohort, facet_values, ground_sides, populations
from imr_graph.search.concepts import asked_values, label, unknown
from imr_graph.search.documents import StoredIssue, read_payload
from imr_graph.search.engine import Match, TextIndex
from imr_graph.search.facts import QueryFacts, QueryReader, facts_of
from imr_graph.search.query import All, Everything, Node, Parsed, Range, Word, is_draft, parse_query, render, words_of
from imr_graph.search.ranking import Clause, Plan, Ranker, Weights
from imr_graph.search.schema import load_schema
from imr_graph.search.scope import Scope, scope_of
from imr_graph.search.snippets import Marker
from imr_graph.search.twins import mark_twins
from imr_graph.vocabulary import Vocabulary

_FOLDED = 4  # times the limit is fetched where hits are to be folded
_FACET_SIZE = 10
_UNLOCATED = "no drug and no body part"


@dataclass(frozen=True)
class SearchRequest:
    """What is asked.

    ``text`` is in the query language; with ``plain``, or where :func:`is_draft` says so, it is a request, a draft or
    a denial as it stands. ``filters``
    are ``(field, value)``: values of one field are alternatives, fields must all hold. ``exclude`` leaves cases
    out. ``fold`` leaves out the hits of a letter, and of what looks like the same worker, behind the best one.
    ``around`` asks for cohorts, facets and grounds.
    """

    text: str = ""
    plain: bool = False
    limit: int = 10
    filters: tuple[tuple[str, str], ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    exclude: frozenset[str] = field(default_factory=frozenset)
    fold: bool = False
    around: bool = True
    query_id: str | None = None

    @property
    def parsed(self) -> Parsed:
        """The text as it is read; :class:`QueryError` where it is none of the query language."""
        return Parsed(self.text) if self.plain or is_draft(self.text) else parse_query(self.text)


class Precedents:
    """Searches one index; made once for many queries."""

    def __init__(
        self, index: TextIndex, vocabulary: Vocabulary, reader: QueryReader, weights: Weights | None = None
    ) -> None:
        self._index = index
        self._vocabulary = vocabulary
        self._reader = reader
        self._ranker = Ranker(index, vocabulary, weights)
        self._analyse = lru_cache(maxsize=1 << 16)(index.analyse)  # letters share most of their words

    def search(self, request: SearchRequest) -> Answer:
        """The answer to a text, or to the case number or issue that its bare words are; see :meth:`similar`.

        Raises :class:`imr_graph.errors.QueryError` where it cannot be read.
        """
        parsed = request.parsed
        named = read_issue(parsed.words)
        if named and self._index.count(Word("case", named[0])):
            return self._like(*named, request, parsed)
        words = " ".join([parsed.words, *(word for part in parsed.required for word in words_of(part))]).strip()
        return self._answer(request, parsed, self._reader(words))

    def similar(self, case: str, n: int | None, request: SearchRequest) -> Answer:
        """The issues like a decided one, its own letter left out.

        ``n`` None stands for the first issue. Raises :class:`UnknownItem` where the index has no such issue.
        """
        return self._like(case, n, request, request.parsed)

    def _like(self, case: str, n: int | None, request: SearchRequest, parsed: Parsed) -> Answer:
        issue = self.issue(case, n)
        excluded = replace(request, text="", exclude=request.exclude | {issue.case})
        return self._answer(excluded, parsed, facts_of(issue))

    def issue(self, case: str, n: int | None = None) -> StoredIssue:
        """A decided issue as the index keeps it; the first one of its letter without ``n``."""
        number_of = Range("n", n, n) if n is not None else Everything()
        found = self._index.search(All((Word("case", case_id(case)), number_of)), 100)
        if not found:
            name = case if n is None else f"{case}#{n}"
            raise UnknownItem(
                f"there is no issue {name} in this index", remedy="see imr-graph search for those there are"
            )
        return min((read_payload(match.payload) for match in found), key=lambda issue: issue.n)

    def _answer(self, request: SearchRequest, parsed: Parsed, facts: QueryFacts) -> Answer:
        exclude = sorted(request.exclude)
        scope = scope_of(self._vocabulary, parsed, request.filters, request.since, request.until, exclude)
        plan = self._ranker.plan(facts, scope.without)
        asked = plan.node() if plan.groups or plan.words else None
        if asked is None and not scope.limits and not parsed.without:
            if not self._index.analyse(facts.words):
                raise QueryError("there is nothing to search for", remedy="name a service, a drug or a body part")
            return Answer(query=request.text, engine=self._index.engine, hits=(), engine_query="nothing matches")
        node = scope.within(asked)
        values = (*request.filters, *asked_values(All(parsed.required, parsed.without)))
        matches = self._index.search(node, request.limit * (_FOLDED if request.fold else 1))
        marker = Marker(self._analyse, plan.terms)
        hits = [self._hit(request, match, plan, marker, facts) for match in matches]
        answer = Answer(
            query=request.text or facts.words,
            engine=self._index.engine,
            hits=tuple(mark_twins(hits, fold=request.fold)[: request.limit]),
            engine_query=render(node),
            linked=bool(facts.service or facts.drugs or facts.body_parts),
            unknown=tuple(unknown(self._vocabulary, values)),
        )
        if not request.around:
            return answer
        return answer.model_copy(update={"matching": self._index.count(node), **self._around(scope, facts, asked)})

    def _around(self, scope: Scope, facts: QueryFacts, asked: Node | None) -> dict[str, object]:
        index, vocabulary, counted = self._index, self._vocabulary, scope.for_counting()
        limits = counted.words()
        nodes, cohorts = [], []
        for population in populations(facts, vocabulary, asked):
            words = f"{population.words} ({limits})" if limits else population.words
            nodes.append(counted.within(population.node))
            cohort = count_cohort(index, words, nodes[-1])
            cohorts.append(cohort.model_copy(update={"filters": population.filters}))
        at = next((i for i, cohort in enumerate(cohorts) if not cohort.too_few), len(cohorts) - 1)
        return {
            "cohorts": tuple(cohorts),
            "counted": cohorts[at].population,
            "limits": counted.asked(),
            "facets": facet_values(index, vocabulary, nodes[at], _FACET_SIZE),
            "grounds": ground_sides(index, vocabulary, nodes[at], _FACET_SIZE),
        }

    def _hit(
        self, request: SearchRequest, match: Match, plan: Plan, marker: Marker, facts: QueryFacts
    ) -> tuple[Hit, StoredIssue]:
        issue = read_payload(match.payload)
        hit = Hit(
            query_id=request.query_id,
            case_number=issue.case,
            issue=issue.n,
            request=issue.request,
            outcome=issue.outcome,
            decision_date=issue.decision_date,
            score=round(match.score, 4),
            why=self._why(match.score, issue, plan, marker, facts),
            citations=issue.citations,
            passages=issue.passages,
            grounds=issue.grounds,
            snippet=marker.snippet(issue),
        )
        return hit, issue

    def _why(self, score: float, issue: StoredIssue, plan: Plan, marker: Marker, facts: QueryFacts) -> Why:
        clauses = plan.shared(issue)
        has = set(facts_of(issue).concepts())
        text = " ".join([issue.request, *issue.diagnosis_texts, issue.rationale])
        return Why(
            shared=tuple(self._shared(clause) for clause in clauses),
            lacking=tuple(
                LackingConcept(field=field, notation=value, label=self._label(field, value))
                for field, value in facts.concepts()
                if (field, value) not in has
            ),
            terms=marker.words(text),
            text_points=round(max(0.0, score - sum(clause.points for clause in clauses)), 4),
        )

    def _shared(self, clause: Clause) -> SharedConcept:
        pairs = clause.pairs[-1:] if clause.relation in LEFT_OPEN else clause.pairs  # the service needs no repeating
        labels = [self._label(field, value) for field, value in pairs]
        return SharedConcept(
            field=" and ".join(field for field, _ in pairs),
            notation=" and ".join(value for _, value in pairs),
            label=_UNLOCATED if clause.relation == "unlocated" else " and ".join(labels),
            relation=clause.relation,
            points=clause.points,
        )

    def _label(self, field: str, value: str) -> str:
        return label(self._vocabulary, load_schema()[field].concept, value)
