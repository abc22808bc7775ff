"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def writing_whole(path: Path, *, durable: bool = False) -> Iterator[TextIO]:
    """A UTF-8 text stream to ``path``: until it is closed, and after an error, a reader sees what was there before.

    A link leads to the file that is written, and a file keeps its mode. A pipe or a device is written as it is.
    ``durable`` waits until the disk has the text. Raises :class:`OSError`, which names ``path``.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    target = path.resolve()
    temporary = target.with_name(f".imr-graph-{secrets.token_hex(8)}")
    try:
        stream = temporary.open("x", encoding="utf-8", newline="")
    except OSError as error:
        error.filename = str(path)
        raise
    try:
        with stream:
            yield stream
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync(target.parent)


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
