"""Imports run one way, and each engine has one seam."""

import ast
from pathlib import Path

import pytest

from imr_graph import errors

PACKAGE = Path(__file__).parent.parent / "imr_graph"

# Low to high: a room may import from the rooms before it, and from itself.
ORDER = [
    "version",
    "errors",
    "files",
    "names",
    "spreadsheet",
    "cache",
    "resources",
    "text",
    "models",
    "rates",
    "namespaces",
    "vocabulary",
    "read",
    "parse",
    "link",
    "archive",
    "graph",
    "search",
    "passages",
    "insight",
    "pipeline",
    "app",
]
# What DESIGN forbids although the order would allow it.
FORBIDDEN = {
    "parse": {"vocabulary", "namespaces"},
    "vocabulary": {"models", "text"},
    "read": {"vocabulary", "namespaces", "models"},
    "archive": {"vocabulary", "read", "parse", "link"},
    "search": {"graph"},
    "passages": {"read", "parse", "graph", "search"},
    "insight": {"read", "parse", "graph"},
    "graph": {"read", "parse", "link", "archive"},
}
SEAMS = {"pyoxigraph": 1, "tantivy": 1, "whoosh": 1, "networkx": 1, "pyshacl": 1, "pypdfium2": 1}
APP_ONLY = {"typer", "rich", "starlette", "fastapi", "uvicorn", "jinja2"}
FILES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    here = room(path)
    if here in {"__init__", "__main__"}:
        return
    for name in imports(path):
        if name == "imr_graph":
            pytest.fail(f"{path} imports the package root")
        if not name.startswith("imr_graph."):
            continue
        there = name.split(".")[1]
        assert ORDER.index(there) <= ORDER.index(here), f"{here} imports {there}"
        assert there not in FORBIDDEN.get(here, set()), f"{here} imports {there}"


@pytest.mark.parametrize("engine", SEAMS)
def test_one_seam_per_engine(engine: str) -> None:
    users = [p for p in FILES if any(name.split(".")[0] == engine for name in imports(p))]
    assert len(users) <= SEAMS[engine], users


def test_terminal_and_web_only_in_the_app() -> None:
    for path in FILES:
        if room(path) not in {"app", "__main__"}:
            assert not {name.split(".")[0] for name in imports(path)} & APP_ONLY, path


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_error_names_the_way_out(path: Path) -> None:
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id in kinds:
            assert any(keyword.arg == "remedy" for keyword in call.keywords), f"{path}, line {call.lineno}"


def test_no_grab_bags() -> None:
    assert not [p for p in FILES if p.stem in {"utils", "helpers", "common", "misc"}]
