"""Every command that README and docs print is run, in order, in an empty folder; what they print must come."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imr_graph.app.cli import app

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[tuple[list[str], list[str]]]:
    """The commands of a page, each with the lines that it is said to print."""
    found: list[tuple[list[str], list[str]]] = []
    for block in BLOCK.findall(page.read_text()):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((shlex.split(line[2:]), []))
            elif line.strip() not in {"", "..."}:
                found[-1][1].append(line)
    return found


@pytest.mark.parametrize("page", [p for p in PAGES if commands(p)], ids=lambda p: p.name)
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    run = CliRunner()
    if page.name != "README.md":
        assert run.invoke(app, ["build", "--sample", "--quiet"]).exit_code == 0
    for (program, *arguments), expected in commands(page):
        assert program == "imr-graph"
        result = run.invoke(app, arguments)
        assert result.exit_code == 0, f"{arguments}\n{result.output}\n{result.exception!r}"
        assert result.output.strip(), f"{arguments} prints nothing"
        for line in expected:
            assert " ".join(line.split()) in " ".join(result.output.split()), f"{arguments} does not print {line!r}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_command_stands_in_a_block_that_is_not_run(page: Path) -> None:
    others = re.findall(r"^```(?!console)\w+\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    assert not re.findall(r"^(?:\$ )?imr-graph .*", "\n".join(others), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_two_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for command in re.findall(r"^    make (\S+)", (ROOT / "README.md").read_text(), re.MULTILINE):
        assert command in targets
