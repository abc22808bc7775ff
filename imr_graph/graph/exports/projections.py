"""Networks of one question: what stands beside what in decided issues, how often, and how it was decided.

Every projection counts issues, each once an edge, and says how many of them were overturned; as a share only where
enough were decided. They hold their pairs in memory, not the cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations, groupby, product
from typing import NamedTuple

from imr_graph.errors import UsageError
from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports import reading
from imr_graph.graph.exports.model import Edge, Network, Node, Value
from imr_graph.graph.exports.reading import Batch, Selection, batches, described, kind_of, select_cases
from imr_graph.rates import overturn_rate

_OUTCOMES = ("overturned", "partially overturned", "upheld")
_PARTIES = {reading.REVIEWER_CITES: "reviewer", reading.ADMINISTRATOR_CITES: "claims administrator"}
# Concepts of more than this many cases, and of more than this share of them, join no two cases: they would join all.
_COMMON_CASES, _COMMON_SHARE = 20, 0.1
_PAIRS = 1_000_000  # of cases that share a concept, each concept by itself: rare concepts join first, until so many
_REASONS = 8  # shared concepts named on an edge between cases


class _Issue(NamedTuple):
    """One issue with what it is about: relation to IRIs; the diagnoses are those of its case."""

    node: Node
    case: Node
    about: dict[str, set[str]]

    def cited(self) -> set[str]:
        return self.about.get(reading.REVIEWER_CITES, set()) | self.about.get(reading.ADMINISTRATOR_CITES, set())


@dataclass
class _Count:
    """How issues were decided."""

    outcomes: dict[str, int] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    days: dict[str, Value] = field(default_factory=dict)

    def add(self, issue: _Issue, parties: Iterable[str] = ()) -> None:
        outcome = str(issue.node.values["outcome"])
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if day := str(issue.node.values.get("decided", "")):
            self.days["first_decided"] = min(day, str(self.days.get("first_decided", day)))
            self.days["last_decided"] = max(day, str(self.days.get("last_decided", day)))
        for party in parties:
            self.parties[party] = self.parties.get(party, 0) + 1

    @property
    def issues(self) -> int:
        return sum(self.outcomes.values())

    def columns(self, rated: bool) -> dict[str, Value]:
        columns: dict[str, Value] = {"issues": self.issues}
        columns |= {outcome.replace(" ", "_"): self.outcomes.get(outcome, 0) for outcome in _OUTCOMES}
        if rated and (rate := overturn_rate(self.outcomes)):
            columns |= {"overturn_share": rate.share, "overturn_low": rate.low, "overturn_high": rate.high}
        return columns | self.days | {f"by_{party.replace(' ', '_')}": n for party, n in self.parties.items()}

    def words(self) -> str:
        parts = [f"{n} {outcome}" for outcome in _OUTCOMES if (n := self.outcomes.get(outcome))]
        return f"{self.issues} issue{'s' * (self.issues > 1)}: {', '.join(parts)}"


class _Pair(NamedTuple):
    """Two things of one issue; ``parties`` cite, where one is a citation."""

    source: str
    target: str
    parties: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Projection:
    """A projection by counting pairs: the pairs of an issue, the relations they are from, what joins them."""

    title: str
    relation: str
    directed: bool
    reads: tuple[str, ...]
    pairs: Callable[[_Issue], Iterator[_Pair]]


def _issues(batch: Batch) -> Iterator[_Issue]:
    about: dict[str, dict[str, set[str]]] = {}
    for edge in batch.edges:
        about.setdefault(edge.source, {}).setdefault(edge.relation, set()).add(edge.target)
    for case, links in sorted(about.items()):
        for name in sorted(links.get(reading.HAS_ISSUE, ())):
            mine = {reading.HAS_DIAGNOSIS: links.get(reading.HAS_DIAGNOSIS, set()), **about.get(name, {})}
            yield _Issue(batch.nodes[name], batch.nodes[case], mine)


def _service_guideline(issue: _Issue) -> Iterator[_Pair]:
    for service, cited in product(issue.about.get("requests", ()), issue.cited()):
        yield _Pair(
            service, cited, tuple(p for relation, p in _PARTIES.items() if cited in issue.about.get(relation, ()))
        )


def _co_citation(issue: _Issue) -> Iterator[_Pair]:
    return (_Pair(*pair) for pair in combinations(sorted(issue.cited()), 2))


def _diagnosis_service(issue: _Issue) -> Iterator[_Pair]:
    return (_Pair(*pair) for pair in product(issue.about[reading.HAS_DIAGNOSIS], issue.about.get("requests", ())))


def _passage_case(issue: _Issue) -> Iterator[_Pair]:
    return (_Pair(passage, issue.case.id) for passage in issue.about.get(reading.QUOTES, ()))


def _crossing(issue: _Issue) -> Iterator[_Pair]:
    """One node for each party and guideline: the same guideline on both sides is a pair too."""
    for theirs, ours in product(
        *(issue.about.get(r, ()) for r in (reading.ADMINISTRATOR_CITES, reading.REVIEWER_CITES))
    ):
        yield _Pair(f"{theirs}{_BY}claims-administrator", f"{ours}{_BY}reviewer")


_BY = "#cited-by-"
_COUNTED = {
    "service-guideline": _Projection(
        "Requested services and the guideline sections cited for them",
        "cited for",
        False,
        ("requests", *_PARTIES),
        _service_guideline,
    ),
    "guideline-guideline": _Projection(
        "Guideline sections cited for the same issue", "cited with", False, tuple(_PARTIES), _co_citation
    ),
    "diagnosis-service": _Projection(
        "Diagnoses and the services requested",
        "requested for",
        False,
        (reading.HAS_DIAGNOSIS, "requests"),
        _diagnosis_service,
    ),
    "passage-case": _Projection(
        "Quoted guideline passages and the cases that quote them", "quoted in", True, (reading.QUOTES,), _passage_case
    ),
    "crossing": _Projection(
        "What the claims administrator cited, and what the reviewer cited for the same issue",
        "answered by",
        True,
        tuple(_PARTIES),
        _crossing,
    ),
}
CASE_CASE = "case-case"


def projections() -> dict[str, str]:
    """The projections and what each shows."""
    return {CASE_CASE: "Cases that share concepts", **{name: found.title for name, found in _COUNTED.items()}}


def project(store: GraphStore, name: str, selection: Selection, min_weight: float = 0) -> Network:
    """The projection called ``name``; edges lighter than ``min_weight`` are left out, which is noted.

    Raises :class:`UsageError` where there is no such projection.
    """
    if name not in projections():
        raise UsageError(f"no projection {name!r}", remedy=f"one of: {', '.join(projections())}")
    cases, notes = select_cases(store, selection)
    if name == CASE_CASE:
        network = _case_case(store, batches(store, cases, selection.outcome), len(cases))
    else:
        projection = _COUNTED[name]
        found = batches(store, cases, selection.outcome, projection.reads)
        network = _counted(store, projection, found, rated=selection.outcome is None)
    network.notes[:0] = notes
    return lighter(network, min_weight)


def lighter(network: Network, min_weight: float) -> Network:
    """The network without edges below ``min_weight``, and without nodes that lose all their edges to that."""
    if min_weight <= 0:
        return network
    nodes, edges = list(network.nodes), list(network.edges)
    kept = [edge for edge in edges if float(edge.values["weight"]) >= min_weight]
    joined = {name for edge in kept for name in (edge.source, edge.target)}
    left = [node for node in nodes if node.id in joined]
    dropped = f"{len(edges) - len(kept)} edges with a weight below {min_weight:g}"
    note = f"Left out: {dropped}, and {len(nodes) - len(left)} nodes without an edge."
    return replace(network, nodes=left, edges=kept, notes=[*network.notes, note])


def _counted(store: GraphStore, projection: _Projection, found: Iterator[Batch], rated: bool) -> Network:
    """The projection; shares only where ``rated``: of issues chosen by outcome they would say nothing."""
    pairs: dict[tuple[str, str], _Count] = {}
    ends: dict[str, _Count] = {}
    cases: dict[str, Node] = {}
    for batch in found:
        for issue in _issues(batch):
            mine = list(projection.pairs(issue))
            for pair in mine:
                pairs.setdefault((pair.source, pair.target), _Count()).add(issue, pair.parties)
                if issue.case.id == pair.target:
                    cases[issue.case.id] = issue.case
            for name in {name for pair in mine for name in (pair.source, pair.target)}:
                ends.setdefault(name, _Count()).add(issue)
    nodes = [
        node._replace(values={**node.values, **ends[node.id].columns(rated)})
        for node in _named(store, set(ends), cases)
    ]
    edges = [_edge(projection.relation, *pair, count, rated) for pair, count in sorted(pairs.items())]
    notes = [] if rated else ["No shares: only issues decided one way are counted."]
    return Network(projection.title, nodes, edges, projection.directed, notes, counted=True)


def _edge(relation: str, source: str, target: str, count: _Count, rated: bool) -> Edge:
    values: dict[str, Value] = {"label": count.words(), "weight": float(count.issues), **count.columns(rated)}
    if len(count.outcomes) == 1:
        values["outcome"] = next(iter(count.outcomes))
    return Edge(source, target, relation, values)


def _named(store: GraphStore, names: set[str], known: dict[str, Node]) -> Iterator[Node]:
    """The nodes called ``names``, sorted; one that a party cites says so in its label."""
    kinds: dict[str, set[str]] = {}
    for name in names - set(known):
        plain = name.partition(_BY)[0]
        kinds.setdefault(kind_of(plain), set()).add(plain)
    nodes = dict(known)
    for kind, plain_names in kinds.items():
        nodes |= described(store, kind, plain_names)
    for name in sorted(names):
        plain, _, party = name.partition(_BY)
        node = nodes[plain]
        label = f"{node.label} ({party.replace('-', ' ')})" if party else node.label
        yield node._replace(id=name, label=label)


def _case_case(store: GraphStore, found: Iterator[Batch], total: int) -> Network:
    """Cases joined by what they share; ``similarity`` is the cosine of their concepts, rare ones weighing more."""
    nodes: dict[str, Node] = {}
    having: dict[str, list[str]] = {}
    for batch in found:
        of_case: dict[str, set[str]] = {}
        for issue in _issues(batch):
            nodes[issue.case.id] = issue.case
            of_case.setdefault(issue.case.id, set()).update(*issue.about.values())
        for case, concepts in of_case.items():
            for concept in concepts:
                having.setdefault(concept, []).append(case)
    limit = _most_cases(sorted(map(len, having.values())), max(_COMMON_CASES, int(_COMMON_SHARE * total)))
    common = sorted(concept for concept, cases in having.items() if len(cases) > limit)
    names = {node.id: node.label for node in _named(store, set(having), {})}
    shared: dict[tuple[str, str], list[str]] = {}
    for concept, cases in having.items():
        if len(cases) <= limit:
            for pair in combinations(sorted(cases), 2):
                shared.setdefault(pair, []).append(concept)
    rarity = {concept: math.log(1 + total / len(cases)) for concept, cases in having.items()}
    length: dict[str, float] = dict.fromkeys(nodes, 0.0)
    for concept in sorted(having):
        for case in having[concept]:
            length[case] += rarity[concept] ** 2
    edges = []
    for (one, other), same in sorted(shared.items()):
        rarest = sorted(same, key=lambda concept: (-rarity[concept], concept))
        cosine = sum(rarity[c] ** 2 for c in rarest) / math.sqrt(length[one] * length[other])
        edges.append(_shared_edge(one, other, [names[c] for c in rarest], round(cosine, 4)))
    notes = (
        [f"{len(common)} concepts of more than {limit} cases join no cases: {_some(names, common)}."] if common else []
    )
    return Network("Cases that share concepts", [nodes[name] for name in sorted(nodes)], edges, False, notes)


def _most_cases(sizes: list[int], limit: int) -> int:
    """The most cases, up to ``limit``, that a concept may have to join them, so that memory holds the pairs."""
    pairs, most = 0, 0
    for size, group in groupby(sizes):
        pairs += size * (size - 1) // 2 * len(list(group))
        if size > limit or pairs > _PAIRS:
            return min(limit, max(most, size - 1))
        most = size
    return limit


def _shared_edge(one: str, other: str, shared: list[str], similarity: float) -> Edge:
    rest = f" and {len(shared) - _REASONS} more" if len(shared) > _REASONS else ""
    why = "; ".join(shared[:_REASONS]) + rest
    words = f"{len(shared)} shared concept{'s' * (len(shared) > 1)}"
    values: dict[str, Value] = {"label": words, "weight": float(len(shared)), "similarity": similarity, "why": why}
    return Edge(one, other, "shares concepts with", values)


def _some(names: dict[str, str], common: list[str]) -> str:
    return ", ".join([names[concept] for concept in common[:5]] + ["..."] * (len(common) > 5))
