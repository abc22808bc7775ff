"""Find letters in files, folders, archives and on standard input, without reading them.

What is looked at in a folder or an archive is decided by name, so that two million letters are listed without
opening them: the extensions of :data:`LETTERS`, and names without an extension. Files that are hidden (a
leading dot, ``__MACOSX``) or that describe their folder (``README``) are passed over in silence; any other
(an image, a spreadsheet) is passed over and counted. A file named by the user is always looked at.
"""

from __future__ import annotations

import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from imr_graph.errors import OversizedSource, UnreadableSource, UnsupportedFile
from imr_graph.read.archives import list_members, packing_of
from imr_graph.read.refs import DEFAULT, Limits, Listed, SourceRef, shown
from imr_graph.read.shards import is_shard, is_url, list_records

STDIN: Final = "-"
LETTERS: Final = frozenset({"", ".pdf", ".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"})
_NAMED: Final = 10
ARCHIVES: Final = frozenset({".zip", ".tar", ".tgz", ".gz", ".tbz2", ".bz2", ".txz", ".xz"})


def find_sources(
    paths: Iterable[Path | str],
    *,
    limits: Limits = DEFAULT,
    passed_over: Counter[str] | None = None,
    listed: Listed | None = None,
    skip: Callable[[str], bool] = lambda shard: False,
) -> Iterator[SourceRef]:
    """The letters at ``paths``, sorted by path; members of a compressed tar in the archive's own order.

    ``-`` is standard input. ``passed_over`` counts, by extension, the files of folders and archives that do
    not look like letters, ``listed`` the bytes. A shard (a file with many letters) is not opened where ``skip`` says so
    of its path. What cannot be read becomes a reference with its ``error``; :class:`UsageError` is raised only where a
    package that a shard needs is not installed.
    """
    look = _Look(limits, Counter() if passed_over is None else passed_over, listed or Listed(), skip)
    for path in sorted({str(p) for p in paths}):
        if path == STDIN:
            yield _standard_input(sys.stdin.buffer, limits)
        elif is_url(path):
            yield from list_records(path)
        elif _is_folder(path):
            yield from look.folder(path)
        else:
            yield from look.file(path, sniff=True)


def corpus_bytes(paths: Iterable[Path | str]) -> int | None:
    """The bytes of the files at ``paths``, found without opening one; None where that cannot be known (stdin, URLs)."""
    total = 0
    for path in {str(p) for p in paths}:
        if path == STDIN or is_url(path):
            return None
        waiting = [path]
        while waiting:
            one = waiting.pop()
            try:
                if Path(one).is_dir():
                    waiting += _entries(one, Counter())
                else:
                    total += Path(one).stat().st_size
            except (OSError, ValueError):
                continue  # reading it will say so
    return total


def wanted(name: str, passed_over: Counter[str]) -> bool:
    """Whether a file or member called ``name`` is looked at; counts the ones that are neither that nor hidden."""
    path = PurePosixPath(name)
    if any(map(_hidden, path.parts)):
        return False
    if path.stem.lower() == "readme":
        return False
    suffix = path.suffix.lower()
    if suffix in LETTERS or suffix in ARCHIVES or is_shard(name):
        return True
    passed_over[suffix] += 1
    return False


def passed_over_line(passed_over: Mapping[str, int]) -> str:
    """``passed over 3 files that are no letters: .docx 2, .jpg 1; imr-graph reads ...``; at most ten extensions."""
    n = sum(passed_over.values())
    most = sorted(passed_over.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{suffix} {count}" for suffix, count in most[:_NAMED]) + (", ..." if len(most) > _NAMED else "")
    files = "file that is no letter" if n == 1 else "files that are no letters"
    return f"passed over {n} {files}: {named}; imr-graph reads PDF, text, markdown and html"


def _hidden(part: str) -> bool:
    return (part.startswith(".") and part not in {".", ".."}) or part == "__MACOSX"


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:  # not ours to enter; reading it will say so
        return False


@dataclass(frozen=True, slots=True)
class _Look:
    """One look over the corpus, and what it goes by."""

    limits: Limits
    passed_over: Counter[str]
    listed: Listed
    skip: Callable[[str], bool]

    def folder(self, folder: str) -> Iterator[SourceRef]:
        """Depth first, each folder sorted by name; links to folders are not followed, so there is no loop."""
        waiting = [folder]
        while waiting:
            path = waiting.pop()
            if _is_folder(path):
                try:
                    waiting += _entries(path, self.passed_over)
                except OSError as error:
                    yield SourceRef(shown(path), path, error=unreadable(path, error))
            else:
                yield from self.file(path, sniff=PurePosixPath(path).suffix.lower() in ARCHIVES)

    def file(self, path: str, *, sniff: bool) -> Iterator[SourceRef]:
        """One file, or the letters of an archive or a shard; ``sniff`` opens it to see which of these it is."""
        try:
            status = Path(path).stat()
            if not stat.S_ISREG(status.st_mode):
                name = shown(path)
                error = UnsupportedFile(f"{name} is not a regular file", remedy="pipe it in and name it -")
                yield SourceRef(name, path, error=error)
                return
            packing = packing_of(path) if sniff else None
        except (OSError, ValueError) as reason:  # ValueError: a NUL in the path
            yield SourceRef(shown(path), path, error=unreadable(path, reason))
            return
        if is_shard(path):
            if not self.skip(path):
                yield from list_records(path, self.listed)
        elif packing is None:
            yield SourceRef(shown(path), path, size=status.st_size)
        else:
            for ref in list_members(path, packing, self.limits):
                if ref.error is not None or wanted(ref.member or "", self.passed_over):
                    yield ref
        self.listed.passed += status.st_size
        self.listed.inside = 0


def _entries(folder: str, passed_over: Counter[str]) -> list[str]:
    """What is looked at in a folder, last name first."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name, reverse=True)
    return [
        entry.path
        for entry in found
        if (entry.is_dir(follow_symlinks=False) and not _hidden(entry.name))
        or (entry.is_file() and wanted(entry.name, passed_over))
    ]


def _standard_input(stream: BinaryIO, limits: Limits) -> SourceRef:
    data = stream.read(limits.file + 1)
    if len(data) > limits.file:
        return SourceRef(STDIN, STDIN, size=len(data), error=too_large("standard input", limits))
    return SourceRef(STDIN, STDIN, size=len(data), data=data)


def unreadable(path: str, error: OSError | ValueError) -> UnreadableSource:
    """The error for a path that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return UnreadableSource(f"{shown(path)} does not exist", remedy="check the path")
    return UnreadableSource(
        f"{shown(path)} cannot be read: {getattr(error, 'strerror', None) or error}",
        remedy="check the path and its permissions",
    )


def too_large(name: str, limits: Limits) -> OversizedSource:
    """The error for a file above the limit of bytes."""
    return OversizedSource(
        f"{name} is larger than {limits.file:,} bytes", remedy="a letter has about 100,000; split the file"
    )
