"""The table of issues: a row an issue, for spreadsheets and pandas."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator

from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports.reading import select
from imr_graph.spreadsheet import text_cell

_AT_ONCE = 2000
_LABELLED = "?item {} ?value_iri . ?value_iri skos:prefLabel ?value"
_CITED = "?act cito:hasCitingEntity ?item ; imr:citingParty party:{} ; cito:hasCitedEntity/skos:prefLabel ?value"
# The columns: name and where its values come from.
_COLUMNS = {
    "case": "?letter imr:hasIssue ?item ; dcterms:identifier ?value",
    "issue": "?item imr:issueNumber ?value",
    "decided": "?letter imr:hasIssue ?item ; imr:decisionDate ?value",
    "request": "?item a imr:DisputedIssue ; dcterms:title ?value",
    "outcome": _LABELLED.format("a imr:DisputedIssue ; imr:outcome"),
    "service": _LABELLED.format("imr:service"),
    "service_class": "?item imr:service/skos:broader/skos:prefLabel ?value",
    "drugs": _LABELLED.format("imr:drug"),
    "body_parts": _LABELLED.format("a imr:DisputedIssue ; imr:bodyPart"),
    "side": _LABELLED.format("a imr:DisputedIssue ; imr:laterality"),
    "quantity": "?item imr:originalRequest/imr:quantity ?value",
    "unit": "?item imr:originalRequest/imr:unit ?value",
    "approved_quantity": "?item imr:authorizedRequest/imr:quantity ?value",
    "remaining_quantity": "?item imr:remainingRequest/imr:quantity ?value",
    "retrospective": "?item imr:retrospective ?value",
    "claims_administrator_cited": _CITED.format("claims-administrator"),
    "reviewer_cited": _CITED.format("reviewer"),
    "grounds": _LABELLED.format("imr:ground"),
    "passages": "?item imr:quotes ?passage BIND(REPLACE(STR(?passage), '^.*/', '') AS ?value)",
    "specialties": "?letter imr:hasIssue ?item ; imr:reviewerSpecialty/skos:prefLabel ?value",
    "age": "?letter imr:hasIssue ?item ; imr:patientAge ?value",
    "sex": "?letter imr:hasIssue ?item ; imr:patientSex ?value",
}


def issues_of(store: GraphStore, cases: list[str], outcome: str | None) -> Iterator[str]:
    """The IRIs of the issues of ``cases``, case by case and by number; only those with ``outcome``, if given."""
    pattern = "?case imr:hasIssue ?item . ?item imr:issueNumber ?number"
    if outcome is not None:
        pattern += f" ; imr:outcome/skos:prefLabel ?outcome FILTER(STR(?outcome) = {json.dumps(outcome)})"
    for start in range(0, len(cases), _AT_ONCE):
        found = select(store, pattern, "case", cases[start : start + _AT_ONCE], "?case ?item ?number")
        yield from (
            item for _, _, item in sorted((str(r["case"]), int(str(r["number"])), str(r["item"])) for r in found)
        )


class _Line:
    """The csv module writes to a file; this one keeps the line."""

    def write(self, text: str) -> str:
        return text


def issue_table(store: GraphStore, issues: Iterable[str]) -> Iterator[str]:
    """CSV of ``issues``, in the order given; several values of a cell are joined by "; "."""
    writer = csv.writer(_Line())
    yield str(writer.writerow(_COLUMNS))
    wanted = list(issues)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        table: dict[str, dict[str, set[str]]] = {issue: {} for issue in some}
        for column, pattern in _COLUMNS.items():
            for row in select(store, pattern, "item", some, "?item ?value"):
                table[str(row["item"])].setdefault(column, set()).add(str(row["value"]))
        for cells in table.values():
            yield str(writer.writerow(text_cell("; ".join(sorted(cells.get(column, ())))) for column in _COLUMNS))
