"""Tables that are slow to make and quick to load, kept as JSON in the user's cache folder.

``$XDG_CACHE_HOME/imr-graph``, else ``~/.cache/imr-graph``. A file is named after the content it was made from, so
that it never has to be renewed; the folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from imr_graph.files import writing_whole
from imr_graph.version import __version__


def cached(name: str, sources: Iterable[Path | str], make: Callable[[], Any]) -> Any:
    """What ``make`` gives, as JSON keeps it; made once for each version of imr-graph and content of ``sources``.

    A source is a file, or a text that counts itself.
    Raises :class:`OSError` where a source cannot be read, and whatever ``make`` raises.
    """
    digest = hashlib.sha256(__version__.encode())
    for source in sources:
        digest.update(source.encode() if isinstance(source, str) else source.name.encode() + source.read_bytes())
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        path = root / "imr-graph" / f"{name}-{digest.hexdigest()[:16]}.json"
        return json.loads(path.read_bytes())
    except RuntimeError:  # no folder of the user's is known
        return json.loads(json.dumps(make()))
    except (OSError, ValueError):
        text = json.dumps(make())
    _write(path, text)
    return json.loads(text)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with writing_whole(path) as file:
            file.write(text)
    except OSError:
        return  # a read-only home costs a second a start, nothing else
