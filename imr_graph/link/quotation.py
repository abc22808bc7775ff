"""The identity of quoted words: marks, capitals and literature references do not count."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache

from imr_graph.resources import rules

# "4-6 visits" is "4", "6", "visits"
_WORD = re.compile(r"[a-z0-9]+")


@cache
def _reference() -> re.Pattern[str]:
    # "(Rowe, 2016)", "[12, 40]"
    return re.compile(rules("passages")["reference"])


def without_references(text: str) -> str:
    """``text`` without its literature references."""
    return _reference().sub(" ", text)


def words_of(text: str) -> list[str]:
    """The words of a quotation in lower case; literature references left out."""
    return _WORD.findall(without_references(text).lower())


def key_of(words: Sequence[str]) -> int:
    """The identity of these words, a signed 64 bit number; :func:`id_of` prints it."""
    return int.from_bytes(hashlib.sha256(" ".join(words).encode()).digest()[:8], "big", signed=True)


def id_of(key: int) -> str:
    """The 16 hex digits of a key: for a whole quotation :attr:`imr_graph.models.QuotedPassage.id`."""
    return f"{key & (1 << 64) - 1:016x}"


def key_from(identity: str) -> int:
    """The key with this id; :class:`ValueError` where it is none."""
    if len(identity) > 16:
        raise ValueError(f"{identity} is more than 64 bits")
    return int.from_bytes(bytes.fromhex(identity.zfill(16)), "big", signed=True)
