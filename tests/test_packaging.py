"""What is installed is what the checkout holds."""

import re
import sys
import tomllib
from pathlib import Path

import imr_graph
from imr_graph import errors
from imr_graph.resources import data_folder
from tests.test_layers import FILES, imports

ROOT = Path(__file__).parent.parent


def test_all_is_sorted_and_true() -> None:
    assert imr_graph.__all__ == sorted(imr_graph.__all__)
    assert all(hasattr(imr_graph, name) for name in imr_graph.__all__)


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines if not line.startswith("#")}
    names = {re.split(r"[<>=\[ ]", d)[0].lower().replace("_", "-") for d in wanted}
    assert names <= pinned


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["shards"]]
    declared = {re.split(r"[<>=]", d)[0].partition("-reloaded")[0] for d in wanted}
    imported = {name.split(".")[0] for path in FILES for name in imports(path)}
    assert imported - sys.stdlib_module_names - {"imr_graph"} <= declared


def test_packaged_data_is_there() -> None:
    for name, file in (("ontology", "imr.ttl"), ("index", "schema.toml"), ("sample", "README.md")):
        assert (data_folder(name) / file).is_file()
    assert list(data_folder("queries").glob("*.rq"))


def test_the_error_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    defined = [n for n, c in vars(errors).items() if isinstance(c, type) and issubclass(c, errors.ImrGraphError)]
    assert drawn == [name for name in defined if name != "ImrGraphError"]


def test_no_file_is_too_long() -> None:
    long = {p.name: n for p in (ROOT / "imr_graph").rglob("*.py") if (n := len(p.read_text().splitlines())) > 350}
    assert not long
