"""The numbers of index/passages.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from imr_graph.errors import ImrGraphError
from imr_graph.resources import data_folder


@dataclass(frozen=True, slots=True)
class Settings:
    """How sentences are kept, found and joined; each is explained in the file."""

    version: int
    least_words: int
    fingerprint_shingle: int
    fingerprint_window: int
    most_holders: int
    most_compared: int
    join_shingle: int
    containment: float
    independence_years: int


@cache
def load_settings() -> Settings:
    """The packaged settings; :class:`ImrGraphError` where the file is damaged."""
    path = data_folder("index") / "passages.toml"
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
        found, join = table["fingerprint"], table["join"]
        return Settings(
            version=table["version"],
            least_words=table["sentence"]["least_words"],
            fingerprint_shingle=found["shingle"],
            fingerprint_window=found["window"],
            most_holders=found["most_holders"],
            most_compared=found["most_compared"],
            join_shingle=join["shingle"],
            containment=join["containment"],
            independence_years=table["independence"]["years"],
        )
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ImrGraphError(f"{path}: {error!r}", remedy="mend the file or install imr-graph again") from error
