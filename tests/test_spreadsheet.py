"""What stands in a letter is no formula in a spreadsheet."""

import csv
from pathlib import Path

import pytest

from imr_graph.app.render import Format, rows
from imr_graph.graph.exports.issue_table import issue_table
from imr_graph.graph.memory import RdflibStore
from imr_graph.namespaces import ONTOLOGY
from imr_graph.spreadsheet import text_cell

FORMULA = '=HYPERLINK("http://x")'


@pytest.mark.parametrize(
    ("text", "cell"),
    [(FORMULA, f"'{FORMULA}"), ("-2 tablets", "'-2 tablets"), ("@x", "'@x"), ("MRI = 1", "MRI = 1"), ("", "")],
)
def test_a_cell_of_text(text: str, cell: str) -> None:
    assert text_cell(text) == cell


def test_rows_as_csv_hold_no_formula_and_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    rows([{"a": FORMULA, "b": -1.5, "c": [FORMULA, "x"]}], ("a", "b", "c"), Format.CSV, path)
    (row,) = csv.DictReader(path.read_text().splitlines())
    assert row == {"a": f"'{FORMULA}", "b": "-1.500", "c": f"'{FORMULA}; x"}
    rows([{"a": FORMULA}], ("a",), Format.JSONL, path)
    assert f"'{FORMULA[:5]}" not in path.read_text()


def test_the_table_of_issues_holds_no_formula() -> None:
    a, title = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://purl.org/dc/terms/title"
    store = RdflibStore([f"<urn:i> <{a}> <{ONTOLOGY}DisputedIssue> .", f'<urn:i> <{title}> "=1+1" .'])
    (row,) = csv.DictReader(issue_table(store, ["urn:i"]))
    assert row["request"] == "'=1+1"
