"""Why the reviewer decided so: the grounds of each issue, each with its deciding sentence.

The cues of a rationale (:mod:`imr_graph.link.rationale`) propose grounds; a small linear model, shared by all
grounds, weighs how they are proposed: by how many cues, alone in a clause or beside others, in the reviewer's own
words or in recital. Its weights (ontology/rules/ground_weights.toml) are made by bench/train_grounds.py. Grounds
for upholding are only given where the issue was upheld, and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import TYPE_CHECKING

from imr_graph.link.rationale import Clause, RationaleReader, Zone
from imr_graph.models import Ground, Issue, Outcome
from imr_graph.resources import rules
from imr_graph.text import CleanText
from imr_graph.vocabulary import Vocabulary

if TYPE_CHECKING:
    from imr_graph.parse import ParsedLetter

_SIDES = {
    Outcome.UPHELD: ("upheld",),
    Outcome.OVERTURNED: ("overturned",),
    Outcome.PARTIALLY_OVERTURNED: ("overturned", "upheld"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ground that a rationale may name: its features, the clause that says so most, and that clause's cue."""

    ground: str
    features: Mapping[str, float]
    clause: Clause | None
    cue: str | None


class GroundReader:
    """Proposes the grounds of a rationale, each with the features that the model weighs."""

    def __init__(self, sides: Mapping[str, Sequence[str]]) -> None:
        table = rules("grounds")
        self._grounds = {
            outcome: frozenset(ground for side in of for ground in sides[side]) for outcome, of in _SIDES.items()
        }
        self._defaults = {outcome: {table["defaults"][side] for side in of} for outcome, of in _SIDES.items()}
        self._residual: str = table["defaults"]["upheld"]
        self._from_recital = frozenset(table["from_recital"])
        self.rationales = RationaleReader()

    def candidates(self, clauses: Sequence[Clause], outcome: Outcome, request: str) -> list[Candidate]:
        """The grounds with a cue, and the default grounds, on the side of the outcome; by name."""
        proposals = _Proposals(clauses, self._grounds[outcome], self._residual, self._from_recital)
        compound = request.count("%") > 1
        return [proposals.candidate(g, compound=compound) for g in sorted(proposals.grounds | self._defaults[outcome])]


class _Proposals:
    """What the clauses of one rationale propose."""

    def __init__(
        self, clauses: Sequence[Clause], grounds: frozenset[str], residual: str, from_recital: frozenset[str]
    ) -> None:
        self._residual = residual
        self._own = [clause for clause in clauses if clause.zone is Zone.OWN]
        self._cues: dict[str, set[str]] = {}  # all cues of a ground in own clauses
        self._strong: dict[str, set[str]] = {}
        self._hits: dict[str, list[int]] = {}  # the own clauses that name a ground
        self._weak: dict[str, int] = {}  # the last own clause that hints at it
        self._specific: list[set[str]] = []
        for number, clause in enumerate(self._own):
            self._take(number, clause, grounds)
        self._recited = {
            cue.topic
            for clause in clauses
            if clause.zone is Zone.RECITAL
            for cue in clause.cues
            if not cue.weak and cue.topic in grounds & from_recital
        }
        self.grounds = self._cues.keys() | self._recited
        self._all = self._hits.keys() - {residual}
        self._first = min((numbers[0] for numbers in self._hits.values()), default=0)
        self._last = max((numbers[-1] for numbers in self._hits.values()), default=0)
        ranked = sorted(self._hits, key=lambda ground: (-len(self._hits[ground]), self._hits[ground][0], ground))
        self._rank = {ground: min(rank, 3) for rank, ground in enumerate(ranked)}

    def _take(self, number: int, clause: Clause, grounds: frozenset[str]) -> None:
        named: set[str] = set()
        for cue in clause.cues:
            ground = cue.topic
            if ground not in grounds:
                continue
            self._cues.setdefault(ground, set()).add(cue.name)
            if cue.weak:
                self._weak[ground] = number
                continue
            self._strong.setdefault(ground, set()).add(cue.name)
            if ground not in named:
                named.add(ground)
                self._hits.setdefault(ground, []).append(number)
        named.discard(self._residual)
        self._specific.append(named)

    def candidate(self, ground: str, *, compound: bool) -> Candidate:
        hits = self._hits.get(ground)
        others = len(self._all) - (ground in self._all)
        cues = self._cues.get(ground, ())
        features = {f"is {ground}": 1.0}
        for name in cues:
            features[f"cue {name}"] = 0.5
        if hits:
            self._add_hit(features, ground, hits, others)
        elif cues:
            features |= {"weak": 1.0, f"weak {ground}": 1.0, f"weak beside {min(others, 2)}": 1.0}
        else:
            features |= {"nothing": 1.0, f"nothing beside {min(others, 2)}": 1.0}
        if ground in self._recited:
            features |= {f"recital {ground}": 0.3, f"recital {'too' if hits else 'only'} beside {min(others, 2)}": 1.0}
        if ground == self._residual:
            features[f"residual beside {min(others, 3)}"] = 1.0
        if compound:
            features[f"compound {ground}"] = 1.0
        return Candidate(ground, features, *self._deciding(ground))

    def _add_hit(self, features: dict[str, float], ground: str, hits: Sequence[int], others: int) -> None:
        """Features of a ground that the reviewer's own words name, in the own clauses ``hits``."""
        company = min(len(self._specific[n] - {ground}) for n in hits)
        features |= {
            "hit": 1.0,
            f"hit {ground}": 1.0,
            f"hits {min(len(hits), 3)}": 1.0,
            f"hit beside {min(others, 4)}": 1.0,
            f"rank {self._rank[ground]}": 1.0,
            f"company {min(company, 3)}": 1.0,
            f"cues {min(len(self._strong[ground]), 3)}": 1.0,
        }
        if company == 0:
            features[f"alone {ground}"] = 1.0
        if hits[-1] == self._last:
            features["last"] = 1.0
        if hits[0] == self._first:
            features["first"] = 1.0

    def _deciding(self, ground: str) -> tuple[Clause | None, str | None]:
        """The clause that names the ground most plainly, and its cue; without a cue the last reason given."""
        hits = self._hits.get(ground)
        if hits:
            clause = self._own[max(hits, key=lambda n: (self._plainness(ground, n), n))]
            return clause, next(cue.name for cue in clause.cues if cue.topic == ground and not cue.weak)
        if ground in self._weak:
            clause = self._own[self._weak[ground]]
            return clause, next(cue.name for cue in clause.cues if cue.topic == ground)
        return (self._own[-1] if self._own else None), None

    def _plainness(self, ground: str, number: int) -> tuple[int, int]:
        strong = sum(cue.topic == ground and not cue.weak for cue in self._own[number].cues)
        return strong, -len(self._specific[number])


def choose(scored: Mapping[str, float], threshold: float, floor: float) -> list[str]:
    """The grounds that reach ``threshold``, best first, else the best one that reaches ``floor``."""
    ranked = sorted(scored, key=lambda ground: (-scored[ground], ground))
    chosen = [ground for ground in ranked if scored[ground] >= threshold]
    most: int = rules("grounds")["most"]
    return chosen[:most] or [ground for ground in ranked[:1] if scored[ground] >= floor]


class GroundLinker:
    """Adds the grounds of every issue."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        scheme = vocabulary["ground"]
        leaves = [concept for concept in scheme if not scheme.narrower(concept.notation)]
        self.reader = GroundReader(
            {side: [c.notation for c in leaves if side in c.values("side")] for side in ("upheld", "overturned")}
        )
        model = rules("ground_weights")
        self._weights: dict[str, float] = model["weights"]
        self._bias: float = model["bias"]
        self._threshold: float = model["threshold"]
        self._floor: float = model["floor"]

    def __call__(self, letter: ParsedLetter) -> ParsedLetter:
        """The letter with its grounds; the passages step has marked quoted guideline text before."""
        issues = tuple(
            issue.model_copy(update={"grounds": self._ground(issue, letter.clean)}) for issue in letter.decision.issues
        )
        return replace(letter, decision=letter.decision.model_copy(update={"issues": issues}))

    def _score(self, candidate: Candidate) -> float:
        total = self._bias + sum([value * self._weights.get(name, 0.0) for name, value in candidate.features.items()])
        return 1 / (1 + exp(-total))

    def _ground(self, issue: Issue, clean: CleanText) -> tuple[Ground, ...]:
        text = issue.rationale
        if not text or issue.rationale_span is None:
            return ()
        base = clean.locate(issue.rationale_span)[0]
        quoted = [(a - base, b - base) for a, b in (clean.locate(p.span) for p in issue.quoted_passages)]
        spans, clauses = self.reader.rationales.read(text, quoted, issue.request)
        proposed = {c.ground: c for c in self.reader.candidates(clauses, issue.outcome, issue.request)}
        scored = {ground: self._score(candidate) for ground, candidate in proposed.items()}
        found = []
        for ground in choose(scored, self._threshold, self._floor):
            score, candidate = scored[ground], proposed[ground]
            start, end = spans[candidate.clause.sentence if candidate.clause else -1]
            span = clean.source_span(base + start, base + end)
            rule = candidate.cue or f"{candidate.ground}: no cue"
            found.append(
                Ground(notation=candidate.ground, sentence=text[start:end], span=span, score=round(score, 3), rule=rule)
            )
        return tuple(found)
