"""The code of docs/graph.ipynb runs, in order, on a store of the sample letters."""

import json
from pathlib import Path

import pytest

from imr_graph.pipeline.build import build

NOTEBOOK = Path(__file__).parent.parent / "docs" / "graph.ipynb"


def test_the_notebook_runs(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build([corpus], tmp_path / "imr-store")
    monkeypatch.chdir(tmp_path)
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    for number, cell in enumerate(cells, 1):
        exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
        assert capsys.readouterr().out.strip(), f"cell {number} prints nothing"
        assert cell["outputs"] == [], "keep the notebook without outputs"
    assert len(cells) >= 5
