"""Why the reviewer decided so: the grounds of each issue, each with its deciding sentence.

The cues of a rationale (:mod:`imr_graph.link.rationale`) propose grounds; a small linear model, shared by all
grounds, weighs how they are proposed: by how many cues, alone in a clause or beside others, in the reviewer's own
words or in recital. Its weights (ontology/rules/ground_weights.toml) are made by bench/train_grounds.py. Grounds
for upholding are only given where the issue was upheld, and the other way round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

from imr_graph.link.rationale import Clause, RationaleReader, Zone
from imr_graph.models import Ground, Issue, Outcome
from imr_graph.parse import ParsedLetter
from imr_graph.resources import rules
from imr_graph.text import CleanText
from imr_graph.vocabulary import Vocabulary

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
        self._sides = sides
        self._residual: str = rules("grounds")["residual"]
        self.rationales = RationaleReader()

    def candidates(self, clauses: Sequence[Clause], outcome: Outcome, request: str) -> list[Candidate]:
        """One candidate for every ground on the side of the outcome, likely or not."""
        grounds = [ground for side in _SIDES[outcome] for ground in self._sides[side]]
        proposed = _Proposals(clauses, set(grounds), self._residual)
        compound = request.count("%") > 1
        return [proposed.candidate(ground, compound=compound) for ground in grounds]


class _Proposals:
    """What the clauses of one rationale propose."""

    def __init__(self, clauses: Sequence[Clause], grounds: set[str], residual: str) -> None:
        self._own = [clause for clause in clauses if clause.zone is Zone.OWN]
        self._recital = [clause for clause in clauses if clause.zone is Zone.RECITAL]
        self._residual = residual
        self._named = [{c.topic for c in clause.cues if not c.weak} & grounds for clause in self._own]
        self._specific = [named - {residual} for named in self._named]
        self._all = set().union(*self._specific)
        self._naming = [n for n, named in enumerate(self._named) if named]
        counts = Counter(ground for named in self._named for ground in sorted(named))
        self._rank = {ground: rank for rank, (ground, _) in enumerate(counts.most_common())}

    def candidate(self, ground: str, *, compound: bool) -> Candidate:
        hits = [n for n, named in enumerate(self._named) if ground in named]
        own = {cue.name: cue for clause in self._own for cue in clause.cues if cue.topic == ground}
        recited = any(cue.topic == ground and not cue.weak for clause in self._recital for cue in clause.cues)
        others = len(self._all - {ground})
        features = {f"is {ground}": 1.0} | dict.fromkeys((f"cue {name}" for name in own), 0.5)
        if hits:
            features |= self._hit(ground, hits, others)
            features[f"cues {min(sum(not cue.weak for cue in own.values()), 3)}"] = 1.0
        elif own:
            features |= {"weak": 1.0, f"weak {ground}": 1.0, f"weak beside {min(others, 2)}": 1.0}
        else:
            features |= {"nothing": 1.0, f"nothing beside {min(others, 2)}": 1.0}
        if recited:
            features |= {f"recital {'too' if hits else 'only'}": 1.0, f"recital {ground}": 0.3}
        if ground == self._residual:
            features[f"residual beside {min(others, 3)}"] = 1.0
        if compound:
            features[f"compound {ground}"] = 1.0
        return Candidate(ground, features, *self._deciding(ground, hits))

    def _hit(self, ground: str, hits: Sequence[int], others: int) -> dict[str, float]:
        """Features of a ground that the reviewer's own words name, in the clauses ``hits``."""
        if ground == self._residual:
            alone = any(not self._specific[n] for n in hits)
        else:
            alone = any(self._specific[n] == {ground} for n in hits)
        names = ["hit", f"hits {min(len(hits), 3)}", "alone" if alone else "shared", f"hit beside {min(others, 4)}"]
        names.append(f"rank {min(self._rank[ground], 3)}")
        names.append(f"company {min(min(len(self._specific[n] | {ground}) for n in hits), 4)}")
        if hits[-1] == self._naming[-1]:
            names.append("last")
        if hits[0] == self._naming[0]:
            names.append("first")
        features = dict.fromkeys(names, 1.0) | {f"hit {ground}": 1.0}
        if alone:
            features[f"alone {ground}"] = 1.0
        return features

    def _deciding(self, ground: str, hits: Sequence[int]) -> tuple[Clause | None, str | None]:
        """The clause that names the ground most plainly, and its first cue; the reviewer's last word for want of one."""

        def plainness(n: int) -> tuple[int, int]:
            return sum(cue.topic == ground and not cue.weak for cue in self._own[n].cues), -len(self._specific[n])

        weak = [n for n, clause in enumerate(self._own) if any(cue.topic == ground for cue in clause.cues)]
        for numbers in (hits, weak):
            if numbers:
                clause = self._own[max(numbers, key=lambda n: (*plainness(n), n))]
                return clause, next(cue.name for cue in clause.cues if cue.topic == ground)
        reasons = [clause for clause in self._own if not clause.concludes] or self._own
        return (reasons[-1] if reasons else None), None


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
        self._most: int = rules("grounds")["most"]

    def __call__(self, letter: ParsedLetter) -> ParsedLetter:
        """The letter with its grounds; the passages step has marked quoted guideline text before."""
        issues = tuple(
            issue.model_copy(update={"grounds": self._ground(issue, letter.clean)}) for issue in letter.decision.issues
        )
        return replace(letter, decision=letter.decision.model_copy(update={"issues": issues}))

    def weigh(self, candidate: Candidate) -> dict[str, float]:
        """What each feature of a candidate adds to its score, largest first: the explanation of its grounds."""
        added = {name: value * self._weights.get(name, 0.0) for name, value in candidate.features.items()}
        return dict(sorted(added.items(), key=lambda item: (-abs(item[1]), item[0])))

    def _score(self, candidate: Candidate) -> float:
        total = self._bias + sum(value * self._weights.get(name, 0.0) for name, value in candidate.features.items())
        return 1 / (1 + exp(-total))

    def _ground(self, issue: Issue, clean: CleanText) -> tuple[Ground, ...]:
        text = issue.rationale
        if not text or issue.rationale_span is None:
            return ()
        base = clean.locate(issue.rationale_span)[0]
        quoted = [(a - base, b - base) for a, b in (clean.locate(p.span) for p in issue.quoted_passages)]
        spans, clauses = self.reader.rationales.read(text, quoted)
        scored = [(self._score(c), c) for c in self.reader.candidates(clauses, issue.outcome, issue.request)]
        scored.sort(key=lambda item: (-item[0], item[1].ground))
        chosen = [item for item in scored if item[0] >= self._threshold] or [
            i for i in scored[:1] if i[0] >= self._floor
        ]
        found = []
        for score, candidate in chosen[: self._most]:
            start, end = spans[candidate.clause.sentence if candidate.clause else -1]
            span = clean.source_span(base + start, base + end)
            rule = candidate.cue or f"{candidate.ground}: no cue"
            found.append(
                Ground(notation=candidate.ground, sentence=text[start:end], span=span, score=round(score, 3), rule=rule)
            )
        return tuple(found)
