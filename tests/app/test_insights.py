"""The commands around the hits keep the contract of the command line."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from imr_graph.app.cli import app
from imr_graph.app.insights import _flat
from imr_graph.errors import ImrGraphError
from imr_graph.pipeline.build import build
from imr_graph.search.cohorts import cohort_of

Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def ask(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Runs a command on a store of the sample letters."""
    store = tmp_path_factory.mktemp("insights") / "store"
    build([corpus], store, jobs=1)

    def asked(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--store", str(store)])

    return asked


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mirror", "CM16-9900006"], ["ASKED", "MIRROR", "UPHELD", "OVERTURNED", "service: both MRI"]),
        (["passages", "active exercise"], ["upheld", "overturned", "six"]),
        (["ladder", "massage therapy"], ["requests for Massage therapy", "too few for a rate", "limit "]),
        (["crossing", "--service", "MRI"], ["claims administrator", "reviewer", "too few"]),
        (["gaps", "MRI of the lumbar spine"], ["Leads to check, not advice", "no word of it found"]),
        (["search", "massage therapy neck"], ["massage"]),
    ],
    ids=lambda value: value[0],
)
def test_every_command_prints_a_page_json_and_csv(ask: Ask, arguments: list[str], words: list[str]) -> None:
    page = ask(*arguments, "--format", "table")
    assert page.exit_code == 0, page.output
    assert all(word in page.output for word in words), page.output
    one = json.loads(ask(*arguments, "--format", "json").stdout)
    lines = [json.loads(line) for line in ask(*arguments, "--format", "jsonl").stdout.splitlines()]
    assert one
    assert lines
    assert len(list(csv.DictReader(io.StringIO(ask(*arguments, "--format", "csv").stdout)))) >= 1
    markdown = ask(*arguments, "--format", "md").stdout
    assert markdown.startswith(("|", "#"))


@pytest.mark.parametrize(
    ("upheld", "rate"), [(12, ("40% (22% to 61%)", 0.4, 0.219, 0.613)), (11, ("too few", None, None, None))]
)
def test_a_share_is_words_and_numbers(upheld: int, rate: tuple[object, ...]) -> None:
    row = _flat(cohort_of("MRI", {"upheld": upheld, "overturned": 5, "partially-overturned": 3}))
    assert tuple(row[name] for name in ("share", "overturn_share", "overturn_low", "overturn_high")) == rate
    assert (row["issues"], row["partially_overturned"]) == (upheld + 8, 3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["search", "MRI of the lumbar spine"],
            r"Grounds given, of requests .*: .*No neurologic deficit \(\d+ of \d+ upheld\)",
        ),
        (["search", "MRI of the lumbar spine", "--format", "md"], r"- No neurologic deficit \(\d+ of \d+ upheld\)\n"),
        (["gaps", "MRI of the lumbar spine"], r"No neurologic deficit: \d+ of \d+ upheld issues were decided on it"),
    ],
)
def test_a_ground_is_counted_on_its_own_side_and_says_of_what(ask: Ask, arguments: list[str], words: str) -> None:
    page = ask(*arguments, *([] if "--format" in arguments else ["--format", "table"])).stdout
    assert re.search(words, page), page
    assert "0 overturned on it" not in page


def test_the_passage_of_a_hit_can_be_shown(ask: Ask) -> None:
    hit = next(
        hit
        for hit in map(json.loads, ask("search", "massage therapy", "--format", "jsonl").stdout.splitlines())
        if hit["passages"]
    )
    page = ask("passage", hit["passages"][0]["id"], "--format", "table").output
    assert f"{hit['case_number']}#{hit['issue']}" in page
    assert "Upheld: " in page
    assert "Overturned: " in page
    shown = json.loads(ask("passage", hit["passages"][0]["id"], "--format", "json").stdout)
    assert {"quotes", "variants", "cited_as", "citing_without_quoting"} <= shown[0].keys()


def test_passages_are_chosen_by_service_document_and_number(ask: Ask) -> None:
    def listed(*options: str) -> list[dict[str, int]]:
        return [json.loads(line) for line in ask("passages", *options, "--format", "jsonl").stdout.splitlines()]

    everything = listed("--limit", "100")
    assert [p["letters"] for p in everything] == sorted((p["letters"] for p in everything), reverse=True)
    assert 0 < len(listed("--service", "massage therapy", "--limit", "100")) < len(everything)
    assert 0 < len(listed("--document", "low back", "--limit", "100")) < len(everything)
    assert {p["letters"] > 1 for p in listed("--min-letters", "2")} == {True}
    assert ask("passages", "xylophone").exit_code == 1


def test_a_brief_is_markdown_with_verified_quotes(ask: Ask, tmp_path: Path) -> None:
    brief = tmp_path / "brief.md"
    result = ask("search", "massage therapy 8 sessions neck", "--format", "md", "--output", str(brief))
    assert (result.exit_code, result.stdout) == (0, "")
    text = brief.read_text()
    assert re.search(r"^\d+ quotations stand word for word", text, re.MULTILINE)
    assert text.startswith("# ")


def test_a_draft_comes_as_text_or_file(ask: Ask, corpus: Path) -> None:
    assert ask("gaps", "--file", str(corpus / "CM16-9900006.txt"), "--format", "jsonl").exit_code == 0
    result = ask("gaps")
    assert result.exit_code == 1
    assert isinstance(result.exception, ImrGraphError)
    assert "--file" in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gaps", "hello world"], "No treatment was recognised in the draft"),
        (["gaps", "the request is denied"], "No treatment was recognised in the draft"),
        (["ladder", "massage therapy", "--unit", "foo"], "No request states an amount in foo; there are sessions ("),
    ],
)
def test_what_was_not_understood_is_said(ask: Ask, arguments: list[str], said: str) -> None:
    result = ask(*arguments, "--format", "table")
    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments", [["mirror", "CM99-0000000"], ["mirror", "CM16-9900006#x"], ["passage", "zz"], ["ladder", "moonlight"]]
)
def test_what_is_not_there_is_named(ask: Ask, arguments: list[str]) -> None:
    result = ask(*arguments)
    assert isinstance(result.exception, ImrGraphError)
    assert result.exception.remedy
