"""List the members of a zip or tar, and read one, in memory: nothing is ever unpacked to disk.

Members are refused by name where the name leaves the archive (``../x``, ``/x``, ``C:x``), where they are links
or devices, where they are packed suspiciously tight, and where a name comes a second time. An archive inside
an archive is refused.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, cast

from imr_graph.errors import DamagedSource, OversizedSource, ReadError, UnsupportedFile
from imr_graph.read.refs import Limits, Packing, Place, SourceRef, distinct, shown

MAGIC: Final = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ", "xz"),
)
_LOCAL_HEADER: Final = struct.Struct("<4s5H3I2H")
_ENCRYPTED: Final = 0x1
_MEGABYTE: Final = 1_000_000
# "../x", "a/../x", "/x", "\\x", "C:x" leave the folder that an archive is unpacked to; "a..b/x" does not.
_UNSAFE: Final = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\x00")
_BROKEN: Final = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, struct.error)


def packing_of(path: str) -> Packing | None:
    """How the file at ``path`` is packed, by its first bytes; None where it is no archive."""
    with Path(path).open("rb") as file:
        return sniff_packing(file.read(512))


def sniff_packing(head: bytes) -> Packing | None:
    """How the bytes that begin with ``head`` (512 are enough) are packed; None where they are no archive."""
    for magic, packing in MAGIC:
        if head.startswith(magic):
            return cast(Packing, packing)
    return "tar" if head[257:262] == b"ustar" else None


def list_members(path: str, packing: Packing, limits: Limits) -> Iterator[SourceRef]:
    """The files of an archive: a zip's and a plain tar's sorted by name, a compressed tar's as they come.

    A damaged archive ends in one reference that carries the error; the members before it stand.
    """
    members = _zip_members(path, limits) if packing == "zip" else _tar_members(path, packing, limits)
    total, seen = 0, set[str]()
    try:
        for ref in members:
            total += ref.size
            if len(seen) >= limits.members or total > limits.archive:
                yield SourceRef(shown(path), path, error=_bomb(path, limits))
                return
            name = distinct(ref.name, seen)
            error = ref.error or _refused(ref, limits) or (_twice(ref) if name != ref.name else None)
            yield SourceRef(name, ref.path, ref.member, ref.size, ref.place, error=error)
    except ReadError as error:
        yield SourceRef(shown(path), path, error=error)
    except (OSError, ValueError, NotImplementedError, *_BROKEN) as error:
        yield SourceRef(shown(path), path, error=_damaged(path, error))


def member_bytes(ref: SourceRef) -> bytes:
    """The unpacked bytes of a member.

    Raises :class:`DamagedSource`, :class:`UnsupportedFile` (a packing method other than deflate), or
    :class:`OversizedSource` where more comes out than the archive's directory said.
    """
    place = ref.place
    if place is None:
        raise DamagedSource(f"{ref.name} is no member of an archive", remedy="find the sources again")
    try:
        if place.packing == "zip":
            return _unzip(ref, place)
        stream = _stream(ref.path, place.packing, Path(ref.path).stat().st_mtime_ns)
        if place.packing == "tar":
            with stream:
                data = _read_at(stream, place.offset, ref.size)
        else:
            data = _read_at(stream, place.offset, ref.size)
    except (OSError, *_BROKEN) as error:
        raise _damaged(ref.name, error) from error
    if len(data) < ref.size:
        raise DamagedSource(f"{ref.name} is cut short in its archive", remedy="fetch the archive again")
    return data


def _zip_members(path: str, limits: Limits) -> Iterator[SourceRef]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    if len(entries) > limits.members:
        raise _bomb(path, limits)
    if {"[Content_Types].xml", "mimetype"} & {entry.filename for entry in entries[:50]}:
        raise UnsupportedFile(f"{shown(path)} is an office document or e-book", remedy="save it as PDF or text")
    for entry in sorted(entries, key=lambda entry: entry.filename):
        if entry.is_dir():
            continue
        place = Place("zip", entry.header_offset, entry.compress_size, entry.compress_type, entry.CRC)
        ref = SourceRef(shown(f"{path}!{entry.filename}"), path, entry.filename, entry.file_size, place)
        if entry.flag_bits & _ENCRYPTED:
            error: ReadError | None = DamagedSource(f"{ref.name} is protected with a password", remedy="unpack it")
        elif stat.S_ISLNK(entry.external_attr >> 16):
            error = _not_a_file(ref.name)
        else:
            error = None
        yield SourceRef(ref.name, path, ref.member, ref.size, place, error=error)


def _tar_members(path: str, packing: Packing, limits: Limits) -> Iterator[SourceRef]:
    with _open(path, packing) as stream, tarfile.open(fileobj=_Metered(stream, path, limits), mode="r:") as archive:
        found: Iterator[tarfile.TarInfo] = iter(archive)
        if packing == "tar":
            found = iter(sorted(islice(archive, limits.members + 1), key=lambda entry: entry.name))
        for entry in found:
            if entry.isdir():
                continue
            ref = SourceRef(
                shown(f"{path}!{entry.name}"), path, entry.name, entry.size, Place(packing, entry.offset_data)
            )
            if entry.isreg() and not entry.issparse():
                yield ref
            else:
                yield SourceRef(ref.name, path, ref.member, error=_not_a_file(ref.name))


class _Metered(io.RawIOBase):
    """A tar stream that stops at the limits: tarfile reads headers, and past members, before we see a size."""

    def __init__(self, stream: BinaryIO, path: str, limits: Limits) -> None:
        self._stream, self._path, self._limits = stream, path, limits
        self._end = min(limits.archive + limits.file, Path(path).stat().st_size * limits.ratio + _MEGABYTE)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset > self._end:
            raise _bomb(self._path, self._limits)
        return self._stream.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self._limits.file:
            raise _bomb(self._path, self._limits)
        return self._stream.read(size)


def _open(path: str, packing: Packing) -> BinaryIO:
    match packing:
        case "gz":
            return cast(BinaryIO, gzip.open(path))
        case "bz2":
            return cast(BinaryIO, bz2.open(path))
        case "xz":
            return cast(BinaryIO, lzma.open(path))
        case _:
            return Path(path).open("rb")


@lru_cache(maxsize=1)
def _cached(path: str, packing: Packing, changed: int) -> BinaryIO:
    return _open(path, packing)


def _stream(path: str, packing: Packing, changed: int) -> BinaryIO:
    """The unpacked tar at ``path``.

    A compressed one stays open from member to member: they come in the archive's order, so each is reached by
    reading on, not from the start.
    """
    return _open(path, packing) if packing == "tar" else _cached(path, packing, changed)


def _read_at(stream: BinaryIO, offset: int, size: int) -> bytes:
    stream.seek(offset)
    return stream.read(size)


def _unzip(ref: SourceRef, place: Place) -> bytes:
    """One member by its local header (APPNOTE 4.3.7), checked by size and CRC."""
    with Path(ref.path).open("rb") as file:
        file.seek(place.offset)
        header = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        if header[0] != b"PK\x03\x04":
            raise zipfile.BadZipFile("no local header")
        file.seek(header[-2] + header[-1], io.SEEK_CUR)
        packed = file.read(min(place.packed, ref.size + _MEGABYTE))
    if place.method == zipfile.ZIP_STORED:
        data = packed
    elif place.method == zipfile.ZIP_DEFLATED:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, ref.size + 1)
    else:
        raise UnsupportedFile(f"{ref.name} is packed with method {place.method}", remedy="pack it again with deflate")
    if len(data) > ref.size:
        raise OversizedSource(f"{ref.name} unpacks to more than its archive says", remedy="do not trust this archive")
    if len(data) != ref.size or zlib.crc32(data) != place.crc:
        raise zipfile.BadZipFile("the checksum differs")
    return data


def _refused(ref: SourceRef, limits: Limits) -> ReadError | None:
    if _UNSAFE.search(ref.member or ""):
        return UnsupportedFile(f"{ref.name} names a place outside its archive", remedy="do not trust this archive")
    if ref.size > limits.file:
        return OversizedSource(f"{ref.name} unpacks to more than {limits.file:,} bytes", remedy="take it out")
    packed = ref.place.packed if ref.place else 0
    if packed and ref.size > _MEGABYTE and ref.size > packed * limits.ratio:
        return OversizedSource(f"{ref.name} unpacks to {ref.size // packed} times its size", remedy="take it out")
    return None


def _twice(ref: SourceRef) -> ReadError:
    return UnsupportedFile(f"{ref.name} comes twice in its archive", remedy="the first one is read")


def _not_a_file(name: str) -> ReadError:
    return UnsupportedFile(f"{name} is a link or a device", remedy="pack the file itself")


def _bomb(path: str, limits: Limits) -> OversizedSource:
    most = f"{limits.members:,} members, {limits.archive:,} bytes or {limits.ratio} times its size"
    return OversizedSource(f"{shown(path)} unpacks to more than {most}", remedy="split the archive")


def _damaged(name: str, error: Exception) -> DamagedSource:
    return DamagedSource(shown(f"{name} is damaged: {error}"), remedy="fetch it again")
