"""Where the packaged data lies: ontology/, queries/, index/ and the sample letters.

In a wheel the folders are inside the package (``imr_graph/_data``), in a checkout beside it.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from imr_graph.cache import cached
from imr_graph.errors import ImrGraphError

_CHECKOUT = {"sample": Path("tests") / "corpus"}


@cache
def data_folder(name: str) -> Path:
    """The folder of packaged data called ``name``: ontology, queries, index or sample.

    Raises :class:`ImrGraphError` where neither the wheel nor the checkout has it.
    """
    package = Path(__file__).parent
    for folder in (package / "_data" / name, package.parent / _CHECKOUT.get(name, Path(name))):
        if folder.is_dir():
            return folder
    raise ImrGraphError(f"the packaged folder {name}/ is missing", remedy="install imr-graph again")


@cache
def knowledge_digest() -> str:
    """The sha256 over every file of ontology/ and index/: what letters mean, and how they are indexed."""
    digest = hashlib.sha256()
    for name in ("ontology", "index"):
        folder = data_folder(name)
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(f"{name}/{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def rules(name: str) -> dict[str, Any]:
    """The table of ontology/rules/<name>.toml: knowledge for parse and link that is no vocabulary."""
    path = data_folder("ontology") / "rules" / f"{name}.toml"
    try:
        table: dict[str, Any] = cached(f"rules-{name}", [path], lambda: _toml(path))
    except (OSError, ValueError) as error:
        raise ImrGraphError(f"{path}: {error}", remedy="mend the file or install imr-graph again") from error
    return table


def _toml(path: Path) -> dict[str, Any]:
    import tomllib  # imported late: most starts find the table in the cache

    return tomllib.loads(path.read_text(encoding="utf-8"))
