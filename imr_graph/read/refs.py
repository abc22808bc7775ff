"""Where a letter lies before it is read, and how much of it may be read."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from imr_graph.errors import ReadError

Packing = Literal["zip", "tar", "gz", "bz2", "xz"]
"""How an archive is packed: zip, a plain tar, or a tar inside gzip, bzip2 or xz."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused as too large; a published letter has 30 to 150 kB, 2 to 10 pages, 3 to 30 kB of text.

    Bytes for ``file`` (one file, or one archive member unpacked) and ``archive`` (all members unpacked,
    together); counts for ``members``, ``pages`` and ``characters``. ``ratio`` is unpacked to packed size, held
    against members of more than a megabyte: letters pack four to one, bombs a thousand to one.
    """

    file: int = 50_000_000
    archive: int = 50_000_000_000
    members: int = 500_000
    ratio: int = 200
    pages: int = 500
    characters: int = 3_000_000


DEFAULT: Final = Limits()
_HALF: Final = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member lies in its archive, so that it can be read without listing the archive again.

    ``offset`` is that of the local header in a zip, of the first data byte in a tar (after unpacking);
    ``packed``, ``method`` and ``crc`` are the zip directory's words.
    """

    packing: Packing
    offset: int
    packed: int = 0
    method: int = 0
    crc: int = 0


@dataclass(frozen=True, slots=True)
class SourceRef:
    """One letter that was found and not yet read; can be sent to another process.

    ``name`` is the path, with ``!member`` for a member of an archive, or ``-``; ``size`` is in bytes,
    unpacked. ``error`` is set where the listing already shows that it cannot be read (an unsafe member, a
    damaged archive): :func:`imr_graph.read.read_source` raises it. ``data`` is what standard input gave.
    """

    name: str
    path: str
    member: str | None = None
    size: int = 0
    place: Place | None = None
    data: bytes | None = field(default=None, repr=False)
    error: ReadError | None = field(default=None, compare=False)

    def fingerprint(self) -> str:
        """What changes when the source may have changed, found without reading it.

        The hash of a text at hand, the checksum of a zip's member, else size and time of the file (of the archive,
        for a member of a tar).
        """
        if self.data is not None:
            return hashlib.sha256(self.data).hexdigest()
        if self.place and self.place.crc:
            return f"{self.size}:{self.place.crc:08x}"
        try:
            found = Path(self.path).stat()
        except (OSError, ValueError):
            return "unreadable"
        return f"{self.size}:{found.st_size}:{found.st_mtime_ns}"


@dataclass(slots=True)
class Listed:
    """How far a listing has come: bytes of the files that are behind it, and of the shard that it is in."""

    passed: int = 0
    inside: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source that could not be read, and why."""

    name: str
    error: ReadError


def distinct(name: str, seen: set[str]) -> str:
    """``name``, with its number in the listing behind it where ``seen`` has it already; ``seen`` has the result then.

    A refusal under the name of another letter would take that letter's place in a store.
    """
    while name in seen:
        name = f"{name}#{len(seen) + 1}"
    seen.add(name)
    return name


def shown(path: str) -> str:
    """``path`` as text that can be written anywhere: what is no UTF-8, or half a surrogate pair, becomes U+FFFD."""
    return _HALF.sub("\ufffd", path)
