"""The property graph as the store has it: cases, issues and what they are about, read in batches of cases.

Nothing is in it that the store does not say. An outcome is a property of cases and issues and no node: everything
would be two steps from everything.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rdflib.term import Node as Term

from imr_graph.errors import UnknownItem
from imr_graph.graph.contract import Queryable
from imr_graph.graph.exports.model import Edge, Node, Value
from imr_graph.graph.terms import iri
from imr_graph.namespaces import prefixes


class Relation(NamedTuple):
    """A relation of the property graph: the types of its ends, and what finds it.

    ``form`` is a SPARQL pattern in which ``word``, a prefixed name, fills the braces; relations of one form are read
    at once.
    """

    name: str
    source: str
    target: str
    form: str
    word: str = ""

    @property
    def pattern(self) -> str:
        """The pattern of this relation alone."""
        return self.form.format(self.word)


_DIRECT = "?source {} ?target"
_CITES = "?act cito:hasCitingEntity ?source ; imr:citingParty {} ; cito:hasCitedEntity ?target"
HAS_ISSUE, HAS_DIAGNOSIS, QUOTES = "has issue", "has diagnosis", "quotes"
REVIEWER_CITES, ADMINISTRATOR_CITES = "reviewer cites", "claims administrator cites"
RELATIONS = (
    Relation(HAS_ISSUE, "case", "issue", _DIRECT, "imr:hasIssue"),
    Relation(HAS_DIAGNOSIS, "case", "diagnosis", "?source imr:hasDiagnosis/imr:condition ?target"),
    Relation("requests", "issue", "service", _DIRECT, "imr:service"),
    Relation("requests drug", "issue", "drug", _DIRECT, "imr:drug"),
    Relation("concerns", "issue", "body part", "?source a imr:DisputedIssue ; imr:bodyPart ?target"),
    Relation("on the ground", "issue", "ground", _DIRECT, "imr:ground"),
    Relation(QUOTES, "issue", "passage", _DIRECT, "imr:quotes"),
    Relation(REVIEWER_CITES, "issue", "guideline", _CITES, "party:reviewer"),
    Relation(ADMINISTRATOR_CITES, "issue", "guideline", _CITES, "party:claims-administrator"),
    Relation("attributed to", "passage", "guideline", "?source a imr:GuidelinePassage ; dcterms:isPartOf ?target"),
    Relation(
        "part of",
        "guideline",
        "guideline",
        "?source a imr:GuidelineSection ; skos:broader ?target FILTER EXISTS {{ ?act cito:hasCitedEntity ?source }}",
    ),
)
# The columns of a node type, and where they come from; the rest are concepts.
_NODES = {
    "case": (
        "?node ?label ?decided ?outcome",
        """?node dcterms:identifier ?label .
  OPTIONAL { ?node imr:decisionDate ?decided } OPTIONAL { ?node imr:outcome/skos:prefLabel ?outcome }""",
    ),
    "issue": (
        "?node ?label ?number ?outcome ?case ?decided",
        """?node dcterms:title ?label ; imr:issueNumber ?number ; imr:outcome/skos:prefLabel ?outcome .
  ?letter imr:hasIssue ?node ; dcterms:identifier ?case OPTIONAL { ?letter imr:decisionDate ?decided }""",
    ),
    "passage": ("?node ?label", "?node schema:text ?label"),
    "guideline": (
        "?node ?label ?kind ?above",
        """?node skos:prefLabel ?label VALUES ?kind { imr:Guideline imr:GuidelineSection } ?node a ?kind
  OPTIONAL { ?node skos:broader/skos:prefLabel ?above }""",
    ),
}
_CONCEPT = ("?node ?label", "?node skos:prefLabel ?label")
_LABEL_LENGTH = 90  # viewers draw labels on one line
_AT_ONCE = 500


class Selection(NamedTuple):
    """Which part of the store is exported: cases by date and number, issues by outcome.

    ``since`` and ``until`` are ISO days, both included; a case without a date of decision is not within them.
    ``sample`` keeps so many cases, the same ones every time.
    """

    since: str | None = None
    until: str | None = None
    outcome: str | None = None
    sample: int | None = None
    cases: tuple[str, ...] | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()


class Batch(NamedTuple):
    """The nodes (cases and issues) and edges of some cases."""

    nodes: dict[str, Node]
    edges: list[Edge]


def select(
    store: Queryable, pattern: str, end: str, nodes: Iterable[str], columns: str = "*"
) -> Iterator[dict[str, Term | None]]:
    """The solutions of ``pattern`` that have one of ``nodes`` as the variable ``end``; only ``columns``, for speed."""
    ordered = sorted(nodes)
    for start in range(0, len(ordered), _AT_ONCE):
        values = " ".join(map(iri, ordered[start : start + _AT_ONCE]))
        result = store.run(f"SELECT DISTINCT {columns} WHERE {{ VALUES ?{end} {{ {values} }} {pattern} }}")
        for row in result.rows:
            yield dict(zip(result.columns, row, strict=True))


def related(
    store: Queryable, end: str, nodes: dict[str, set[str]], relations: Iterable[Relation] = RELATIONS
) -> Iterator[tuple[Relation, str, str]]:
    """The relations that start (``end`` is source) or stop (target) at ``nodes``, which are given by type."""
    alike: dict[tuple[str, str], dict[str, Relation]] = defaultdict(dict)
    for relation in relations:
        alike[getattr(relation, end), relation.form][_expanded(relation.word)] = relation
    for (kind, form), named in alike.items():
        words = ", ".join(map(iri, filter(None, named)))
        pattern = form.format("?word") + (f" FILTER(?word IN ({words}))" if words else "")
        columns = "?source ?target ?word" if words else "?source ?target"
        for row in select(store, pattern, end, nodes.get(kind, ()), columns):
            yield named[str(row.get("word", ""))], str(row["source"]), str(row["target"])


def _expanded(word: str) -> str:
    prefix, _, local = word.partition(":")
    return prefixes()[prefix] + local if word else ""


def described(store: Queryable, kind: str, names: set[str]) -> dict[str, Node]:
    """The nodes of one type, with label and columns; blank nodes (``_:...``) have none."""
    found: dict[str, dict[str, Term]] = {}
    columns, pattern = _NODES.get(kind, _CONCEPT)
    asked = (name for name in names if not name.startswith("_:"))
    for row in select(store, pattern, "node", asked, columns):
        values = {key: term for key, term in row.items() if term is not None}
        node = str(values.pop("node"))
        if node not in found or str(values["label"]) < str(found[node]["label"]):
            found[node] = values  # of several wordings of a passage the first by letter
    return {name: _node(name, kind, found.get(name, {})) for name in sorted(names)}


def _node(name: str, kind: str, terms: dict[str, Term]) -> Node:
    label = str(terms.get("label") or name.rsplit("/", 1)[-1].replace("-", " "))
    values: dict[str, Value] = {}
    for key in ("outcome", "case", "decided"):
        if key in terms:
            values[key] = str(terms[key])
    if "number" in terms:
        values["number"] = int(str(terms["number"]))
        label = f"{values['case']} #{values['number']}: {label}"
    if kind == "case":
        values["case"] = label
    if str(terms.get("kind", "")).endswith("GuidelineSection"):
        kind = "guideline section"
        if "/cited/" in name and "above" in terms:  # the vocabulary's own labels name the document
            label = f"{terms['above']}: {label}"
    return Node(name, short(label), kind, values)


def short(label: str) -> str:
    """A label on one line, cut where it is too long to be drawn."""
    line = " ".join(label.split())
    return line if len(line) <= _LABEL_LENGTH else f"{line[:_LABEL_LENGTH].rstrip()}..."


def kind_of(node: str) -> str:
    """The node type that an IRI's form tells."""
    # .../decision/CM14-0000001/issue/2, .../passage/9f3a..., .../concept/body-part/neck, .../cited/odg/neck
    match = re.search(r"/(decision|passage|guideline|cited|concept/[\w-]+)/[^/]+(/issue/\d+$)?", node)
    if match is None:
        return "other"
    if match[1] == "decision":
        return "issue" if match[2] else "case"
    kind = match[1].removeprefix("concept/").replace("-", " ")
    return "guideline" if kind == "cited" else kind


def select_cases(store: Queryable, selection: Selection) -> tuple[list[str], list[str]]:
    """The IRIs of the selected cases, sorted, and notes on what the selection leaves out.

    Raises :class:`UnknownItem` for a selection that leaves none.
    """
    tests = [f'?decided >= "{selection.since}"^^xsd:date'] if selection.since else []
    tests += [f'?decided <= "{selection.until}"^^xsd:date'] if selection.until else []
    dated = f"?case imr:decisionDate ?decided FILTER({' && '.join(tests)})" if tests else ""
    found = {str(row[0]) for row in store.run(f"SELECT ?case {{ ?case a imr:Determination . {dated} }}").rows}
    notes = []
    if tests:
        days = " ".join(
            f"{word} {day}" for word, day in (("since", selection.since), ("until", selection.until)) if day
        )
        notes.append(f"Only cases decided {days}; cases without a date of decision are left out.")
    if selection.cases is not None:
        found &= set(selection.cases)
        notes.append(f"Only {len(found)} chosen cases.")
    if not found and not selection.everything:
        raise UnknownItem("no case is within what was chosen", remedy="try broader words or a longer time")
    if selection.outcome:
        notes.append(f"Only issues that were {selection.outcome}.")
    if selection.sample is not None and selection.sample < len(found):
        notes.append(f"A sample: {selection.sample} of {len(found)} cases, chosen by the hash of their IRI.")
        found = set(sorted(found, key=_draw)[: selection.sample])
    return sorted(found), notes


def _draw(case: str) -> bytes:
    return hashlib.sha256(case.encode()).digest()


def batches(
    store: Queryable, cases: list[str], outcome: str | None = None, names: Iterable[str] | None = None
) -> Iterator[Batch]:
    """The cases with their issues and edges, some hundred cases at a time.

    Only issues with ``outcome`` and, beside those from case to issue, relations with ``names``, where they are given.
    """
    kept = RELATIONS if names is None else tuple(r for r in RELATIONS if r.name in {HAS_ISSUE, *names})
    for start in range(0, len(cases), _AT_ONCE):
        yield _batch(store, set(cases[start : start + _AT_ONCE]), outcome, kept)


def _batch(store: Queryable, cases: set[str], outcome: str | None, relations: tuple[Relation, ...]) -> Batch:
    def beside(kind: str, nodes: set[str]) -> list[tuple[str, str, str]]:
        found = related(store, "source", {kind: nodes}, relations)
        return [(relation.name, source, target) for relation, source, target in found]

    found = beside("case", cases)
    issues = {target for name, _, target in found if name == HAS_ISSUE}
    nodes = described(store, "issue", issues)
    if outcome is not None:
        nodes = {name: node for name, node in nodes.items() if node.values.get("outcome") == outcome}
        keep = {source for name, source, target in found if target in nodes}
        found = [edge for edge in found if edge[1] in keep and (edge[0] != HAS_ISSUE or edge[2] in nodes)]
        cases = keep
    found += beside("issue", set(nodes))
    nodes |= described(store, "case", cases)
    return Batch(nodes, [_edge(nodes, *edge) for edge in sorted(set(found))])


def _edge(nodes: dict[str, Node], relation: str, source: str, target: str) -> Edge:
    values: dict[str, Value] = {"label": relation, "weight": 1.0}
    if decided := nodes[source].values.get("decided"):
        values["decided"] = decided
    return Edge(source, target, relation, values)
