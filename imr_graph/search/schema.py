"""The declaration of the text index, as index/schema.toml gives it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from imr_graph.errors import QueryError
from imr_graph.resources import data_folder

Kind = Literal["text", "keyword", "date", "integer"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the index; ``concept`` is the scheme that its values are notations of.

    The values of a ``facet`` are counted in every answer, those of a ``counted`` field only where asked for.
    """

    name: str
    kind: Kind
    help: str
    concept: str | None = None
    facet: bool = False
    counted: bool = False


@dataclass(frozen=True)
class IndexSchema:
    """The fields of an issue, and how text is turned into terms."""

    version: int
    fields: Mapping[str, Field]
    language: str
    longest_token: int
    stopwords: tuple[str, ...]

    def __getitem__(self, name: str) -> Field:
        """The field, or :class:`QueryError` naming those there are."""
        try:
            return self.fields[name]
        except KeyError:
            allowed = ", ".join(self.fields)
            raise QueryError(
                f"there is no field {name!r} to search in", remedy=f"the fields are {allowed}; quote words with a colon"
            ) from None

    def names(self, kind: Kind) -> tuple[str, ...]:
        """The fields of one kind, in the order of the file."""
        return tuple(f.name for f in self.fields.values() if f.kind == kind)

    @property
    def counted(self) -> tuple[str, ...]:
        """The fields whose values can be counted over all matches."""
        return tuple(f.name for f in self.fields.values() if f.facet or f.counted)

    @property
    def facets(self) -> tuple[str, ...]:
        """The fields that are counted over all matches."""
        return tuple(f.name for f in self.fields.values() if f.facet)


def lines_of(name: str) -> tuple[str, ...]:
    """The lines of a word list of index/, comments and empty lines left out."""
    text = (data_folder("index") / name).read_text(encoding="utf-8")
    stripped = (line.split("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in stripped if line)


@cache
def load_schema() -> IndexSchema:
    """The packaged schema."""
    with (data_folder("index") / "schema.toml").open("rb") as file:
        table = tomllib.load(file)
    fields = {name: Field(name=name, **row) for name, row in table["fields"].items()}
    analysis = table["analysis"]
    return IndexSchema(
        table["version"], fields, analysis["language"], analysis["longest_token"], lines_of("stopwords.txt")
    )
