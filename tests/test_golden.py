"""Every sample letter gives the decision and the quads that stand beside it in tests/golden.

After a change that is meant, write them anew with ``pytest tests/test_golden.py --update-golden`` and read the diff.
"""

import json
from pathlib import Path

import pytest

from imr_graph.graph.triples import decision_quads
from imr_graph.link import Linker
from imr_graph.models import Decision
from imr_graph.pipeline.worker import read_letter
from imr_graph.read import SourceRef, find_sources
from imr_graph.vocabulary import load_vocabulary

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SOURCES = list(find_sources([HERE / "corpus"]))


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker(load_vocabulary())


def expected(source: SourceRef, suffix: str) -> Path:
    return GOLDEN / f"{Path(source.path).name}{suffix}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: Path(s.path).name)
def test_a_sample_letter_gives_its_golden_decision_and_quads(
    source: SourceRef, linker: Linker, request: pytest.FixtureRequest
) -> None:
    decision = read_letter(source, linker).decision.model_copy(update={"source_name": Path(source.path).name})
    found = {
        ".json": json.dumps(decision.model_dump(mode="json", exclude_defaults=True), indent=1, ensure_ascii=False)
        + "\n",
        ".nq": "".join(f"{quad}\n" for quad in decision_quads(decision)),
    }
    for suffix, text in found.items():
        path = expected(source, suffix)
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} is missing; look at what comes out, then use --update-golden"
        assert path.read_text(encoding="utf-8") == text
    assert Decision.model_validate_json(found[".json"]) == decision


def test_no_golden_file_is_left_over() -> None:
    named = {expected(source, suffix).name for source in SOURCES for suffix in (".json", ".nq")}
    assert {path.name for path in GOLDEN.iterdir()} == named
