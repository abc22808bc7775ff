"""The command line keeps its contract: data on stdout, messages on stderr, exit 0, 1 or 2."""

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = ("parse", "build", "search", "similar", "show", "problems", "query", "sparql", "export", "vocab", "validate")
STORE_COMMANDS = [["search", "mri"], ["show", "x"], ["query", "letters"], ["check"], ["stats"], ["validate"]]


def imr_graph(*arguments: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "imr_graph", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="session")
def store(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "store"
    built = imr_graph("build", corpus, "--store", folder)
    assert built.returncode == 0, built.stderr
    assert built.stdout == ""
    assert "letters with" in built.stderr
    return folder


def test_version_and_help() -> None:
    assert imr_graph("--version").stdout.startswith("imr-graph ")
    shown = imr_graph("--help").stdout
    for command in COMMANDS:
        assert f"\n  {command} " in shown, command


@pytest.mark.parametrize("command", STORE_COMMANDS, ids=lambda c: str(c[0]))
def test_without_a_store_every_command_says_how_to_make_one(command: list[str], tmp_path: Path) -> None:
    result = imr_graph(*command, "--store", tmp_path / "none")
    assert (result.returncode, result.stdout) == (2, "")
    assert "imr-graph build" in result.stderr
    assert "Traceback" not in result.stderr


def test_parse_prints_a_decision_a_line(corpus: Path) -> None:
    result = imr_graph("parse", corpus, "--format", "jsonl")
    decisions = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 0, result.stderr
    assert len(decisions) == len([p for p in corpus.iterdir() if p.name != "README.md"])
    assert all(d["issues"] and d["text_sha256"] and "problems" in d for d in decisions)


def test_parse_reads_stdin_and_names_what_is_no_letter(corpus: Path) -> None:
    letter = next(iter(sorted(corpus.glob("CM*.txt")))).read_text()
    assert json.loads(imr_graph("parse", "-", "--format", "jsonl", stdin=letter).stdout)["source_name"] == "-"
    result = imr_graph("parse", "-", stdin="Dear Sir, this is about something else entirely.")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("imr-graph: -")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (
            ["mri", "--service", "nosuch", "--body-part", "neck"],
            1,
            "No service is called 'nosuch'; see imr-graph vocab",
        ),
        (["mri", "--body-part", "neck", "--body-part", "nosuch"], 0, "No body part is called 'nosuch'"),
        (
            ["mri", "--outcome", "denied"],
            1,
            "No outcome is called 'denied'; there are overturned, partially overturned, up",
        ),
        (["mri outcome:denied"], 1, "No outcome is called 'denied'"),
        (["mri AND (service:nosuch OR body_part:neck)"], 0, "No service is called 'nosuch'"),
        (["mri", "--outcome", "uphold"], 0, ""),
    ],
)
def test_a_filter_that_nothing_is_called_is_named(store: Path, arguments: list[str], status: int, said: str) -> None:
    result = imr_graph("search", *arguments, "--store", store)
    assert result.returncode == status
    assert said in result.stderr
    assert result.stderr.count(" is called ") == bool(said)


def test_files_of_other_formats_are_passed_over_aloud(corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text(next(iter(sorted(corpus.glob("CM*.txt")))).read_text())
    for name in ("a.docx", "b.docx", "c.jpg", "README.md", ".hidden.doc"):
        (folder / name).write_bytes(b"x")
    said = "passed over 3 files that are no letters: .docx 2, .jpg 1; imr-graph reads PDF"
    parsed = imr_graph("parse", folder, "--format", "jsonl")
    assert said in parsed.stderr
    assert len(parsed.stdout.splitlines()) == 1
    for _ in range(2):  # also where nothing is new
        built = imr_graph("build", folder, "--store", tmp_path / "store")
        assert said in built.stderr
        assert built.returncode == 0
    report = json.loads((tmp_path / "store" / "generations" / "000001" / "report.json").read_text())
    assert report["passed_over"] == {".docx": 2, ".jpg": 1}


@pytest.mark.parametrize("style", ["table", "json", "jsonl", "csv"])
def test_search_in_every_format(store: Path, style: str) -> None:
    result = imr_graph("search", "massage therapy neck", "--store", store, "--limit", "3", "--format", style)
    assert result.returncode == 0, result.stderr
    if style == "csv":
        assert len(list(csv.DictReader(io.StringIO(result.stdout)))) == 3
    elif style == "jsonl":
        hits = [json.loads(line) for line in result.stdout.splitlines()]
        contract = {"case_number", "issue", "request", "outcome", "score", "why", "citations", "passages", "snippet"}
        assert len(hits) == 3
        assert all(contract <= hit.keys() for hit in hits)
    elif style == "json":
        assert {"hits", "cohorts", "facets"} <= json.loads(result.stdout).keys()
    else:
        assert "UPHELD" in result.stdout


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("CM16-9900008.pdf", "MRI of the cervical spine\n"),
        ("CM16-9900012.txt", "Physical therapy, additional 3 visits"),
    ],
)
def test_a_decided_letter_is_asked_as_similar_asks(store: Path, corpus: Path, name: str, first: str) -> None:
    asked = imr_graph("search", "--file", corpus / name, "--store", store)
    like = imr_graph("similar", name.partition(".")[0], "--store", store)
    keys = [[(h["case_number"], h["issue"]) for h in map(json.loads, r.stdout.splitlines())] for r in (asked, like)]
    assert keys[0] == keys[1]
    assert f"decides 2 issues; asked is the first: {first}" in asked.stderr


def test_many_queries_in_one_process(store: Path, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text(
        '{"id": "a", "text": "massage therapy: 8 sessions", "exclude": []}\n{"id": "b", "text": "MRI lumbar"}\n'
    )
    result = imr_graph("search", "--queries", queries, "--store", store, "--limit", "2")
    hits = [json.loads(line) for line in result.stdout.splitlines()]
    assert [hit["query_id"] for hit in hits] == ["a", "a", "b", "b"]
    first = hits[0]["case_number"]
    queries.write_text(json.dumps({"id": "a", "text": "massage therapy: 8 sessions", "exclude": [first]}) + "\n")
    result = imr_graph("search", "--queries", queries, "--store", store)
    assert first not in {json.loads(line)["case_number"] for line in result.stdout.splitlines()}
    queries.write_text('{"id": "a"}\n')
    result = imr_graph("search", "--queries", queries, "--store", store)
    assert result.returncode == 2
    assert "line 1" in result.stderr


def test_nothing_found_is_exit_1(store: Path) -> None:
    assert imr_graph("search", "zzyzx", "--store", store).returncode == 1
    assert imr_graph("show", "CM99-0000000", "--store", store).returncode == 1
    assert imr_graph("sparql", "ASK { ?s imr:outcome outcome:nonsense }", "--store", store).returncode == 1


def test_a_folder_without_letters_is_said_to_be_one(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "notes.docx").write_bytes(b"no letter")
    commands: tuple[list[str | Path], ...] = (["parse", empty], ["build", empty, "--store", tmp_path / "new"])
    for command in commands:
        result = imr_graph(*command)
        assert (result.returncode, result.stdout) == (1, "")
        assert f"o letter was found in {empty}" in result.stderr
    assert not (tmp_path / "new").exists()


def test_sparql_says_where_the_error_is_and_refuses_updates(store: Path) -> None:
    wrong = imr_graph("sparql", "SELECT ?x\nWHERE { ?x a }", "--store", store)
    assert wrong.returncode == 2
    assert "line 2, column" in wrong.stderr
    update = imr_graph("sparql", "DELETE WHERE { ?s ?p ?o }", "--store", store)
    assert update.returncode == 2
    assert "read only" in update.stderr


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (["--timeout", "0.5"], "stopped after 0.5 seconds"),
        (["--max-rows", "7"], "more than 7 rows"),
        (["--memory", "64", "--timeout", "60"], "more than 64 megabytes"),
    ],
)
def test_a_query_ends_at_its_limits_and_says_how_to_raise_them(store: Path, limit: list[str], message: str) -> None:
    everything = "SELECT * { ?s ?p ?o }" if "--max-rows" in limit else "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?e"
    stopped = imr_graph("sparql", everything, "--store", store, *limit)
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert message in stopped.stderr
    assert limit[0] in stopped.stderr
    if "--max-rows" in limit:
        assert "more than 7 rows" in imr_graph("query", "precedents", "--store", store, *limit).stderr


def test_sparql_from_stdin_and_file(store: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(?i) AS ?n) WHERE { ?i a imr:DisputedIssue }"
    (tmp_path / "q.rq").write_text(text)
    by_stdin = imr_graph("sparql", "-", "--store", store, "--format", "json", stdin=text)
    by_file = imr_graph("sparql", "--file", tmp_path / "q.rq", "--store", store, "--format", "json")
    assert by_stdin.stdout == by_file.stdout
    assert json.loads(by_file.stdout)[0]["n"] > 20


def test_output_is_written_whole_or_not_at_all(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "hits.csv"
    assert imr_graph("search", "mri", "--store", store, "--format", "csv", "--output", target).returncode == 0
    before = target.read_text()
    assert imr_graph("sparql", "SELECT nonsense", "--store", store, "--output", target).returncode == 2
    assert target.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["hits.csv"]


def test_wrong_usage_is_exit_2(store: Path, corpus: Path, tmp_path: Path) -> None:
    for arguments in (
        ["search", "mri", "--file", "x", "--store", store],
        ["build", "--store", tmp_path / "s"],
        ["build", tmp_path / "missing", "--store", tmp_path / "s"],
        ["build", corpus, "--engine", "lucene", "--store", tmp_path / "s"],
        ["search", "mri", "--format", "xml", "--store", store],
        ["query", "letters", "-p", "year", "--store", store],
        ["similar", "CM15-9900001#x", "--store", store],
        ["similar", "CM15-9900001#99999999999999999999", "--store", store],
        ["search", "n:99999999999999999999", "--store", store],
        ["search", "mri", "--limit", "99999999999999999999", "--store", store],
        ["search", "--queries", tmp_path / "missing", "--store", store],
        ["search", "--queries", sys.executable, "--store", store],
        ["search", "mri", "--output", tmp_path / "missing" / "x", "--store", store],
        ["sparql", "--file", tmp_path / "missing", "--store", store],
        ["sparql", "--file", sys.executable, "--store", store],
        ["sparql", "ASK {}", "--timeout", "inf", "--store", store],
        ["nonsense"],
    ):
        result = imr_graph(*arguments)
        assert result.returncode == 2, (arguments, result.stderr)
        assert "Traceback" not in result.stderr
    assert not (tmp_path / "s" / "current").exists()


@pytest.mark.parametrize("imported", ["imr_graph.app.options", "imr_graph.read.sources"])
def test_ctrl_c_is_one_line(imported: str) -> None:
    """While the command line is being imported, and in a command that waits for its input."""
    command = [sys.executable, "-X", "importtime", "-m", "imr_graph", "parse", "-"]
    pipe = subprocess.PIPE
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would ignore it
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        signal.signal(signal.SIGINT, before)
        assert process.stderr
        assert any(line.rstrip().endswith(f" {imported}") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert [line for line in said.splitlines() if not line.startswith("import time:")] == [
        "imr-graph: stopped; the store is as it was"
    ]
    assert process.returncode == 130


def test_show_and_problems(store: Path) -> None:
    shown = imr_graph("show", "CM15-9900001#1", "--store", store, "--format", "table").stdout
    assert "Issue 1:" in shown
    piped = imr_graph("show", "CM15-9900001", "--store", store).stdout
    assert {"evidence", "mentions"} <= json.loads(piped).keys()
    codes = imr_graph("query", "problems", "--store", store, "--format", "json").stdout
    assert "quantity-differs" in codes


def test_vocabularies(store: Path) -> None:
    assert "service" in imr_graph("vocab", "list", "--format", "csv").stdout
    found = imr_graph("vocab", "lookup", "Flexeril", "--format", "json")
    assert "cyclobenzaprine" in found.stdout
    assert imr_graph("vocab", "lookup", "zzyzx").returncode == 1
    assert imr_graph("vocab", "check").returncode == 0
