"""The SKOS vocabularies of ontology/vocab, ready for look-up.

One Turtle file a scheme. A concept has a notation (the last part of its IRI), a preferred label, alternative
and hidden labels (misspellings, sloppy forms), broader concepts, and further properties by the local name of
their predicate (``imr:icd10cm`` is ``properties["icd10cm"]``; a concept as value is given by its notation).

Turtle takes a second to parse, so the result is kept in the user's cache folder under the hash of the files;
a changed file is a new hash, and a cache that cannot be written or read costs time only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from imr_graph.cache import cached
from imr_graph.errors import UnknownItem, VocabularyError
from imr_graph.namespaces import prefixes
from imr_graph.resources import data_folder

_SKOS_FIELDS = ("prefLabel", "altLabel", "hiddenLabel", "broader", "definition", "notation", "inScheme")


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a scheme; ``broader`` holds notations of the same scheme."""

    scheme: str
    notation: str
    label: str
    alt: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    definition: str = ""
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def labels(self) -> Iterator[tuple[str, str]]:
        """Every label with its kind: ``("preferred", "MRI")``, ``("alternative", ...)``, ``("hidden", ...)``."""
        yield "preferred", self.label
        for label in self.alt:
            yield "alternative", label
        for label in self.hidden:
            yield "hidden", label

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a further property, empty where it has none."""
        return self.properties.get(name, ())


@dataclass(frozen=True, slots=True)
class Match:
    """A concept found by a label, and how: ``kind`` is preferred, alternative, hidden or notation."""

    concept: Concept
    label: str
    kind: str


@dataclass(frozen=True)
class Scheme:
    """One SKOS concept scheme: notation to concept, in the order of the notations."""

    name: str
    title: str
    concepts: Mapping[str, Concept]

    def __getitem__(self, notation: str) -> Concept:
        try:
            return self.concepts[notation]
        except KeyError:
            raise UnknownItem(
                f"no concept {notation!r} in the scheme {self.name}",
                remedy=f"see imr-graph vocab list --scheme {self.name}",
            ) from None

    def __contains__(self, notation: object) -> bool:
        return notation in self.concepts

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts.values())

    def __len__(self) -> int:
        return len(self.concepts)

    @cached_property
    def _narrower(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for concept in self:
            for parent in concept.broader:
                found.setdefault(parent, []).append(concept.notation)
        return {parent: tuple(children) for parent, children in found.items()}

    @cached_property
    def _labels(self) -> dict[str, tuple[Match, ...]]:
        found: dict[str, list[Match]] = {}
        for concept in self:
            for kind, label in (*concept.labels(), ("notation", concept.notation)):
                matches = found.setdefault(normalise(label), [])
                if all(match.concept is not concept for match in matches):
                    matches.append(Match(concept, label, kind))
        return {label: tuple(matches) for label, matches in found.items()}

    def labelled(self, label: str) -> tuple[Match, ...]:
        """The concepts that carry a label or notation, which is given as :func:`normalise` makes it."""
        return self._labels.get(label, ())

    def narrower(self, notation: str) -> tuple[str, ...]:
        """The notations directly below ``notation``."""
        return self._narrower.get(notation, ())

    def ancestors(self, notation: str) -> tuple[str, ...]:
        """The notations above ``notation``, nearest first, without repeats."""
        found: dict[str, None] = {}
        queue = list(self[notation].broader)
        while queue:
            parent = queue.pop(0)
            if parent not in found:
                found[parent] = None
                queue.extend(self[parent].broader)
        return tuple(found)


_TOKEN = re.compile(r"[A-Za-z0-9]+|[^\sA-Za-z0-9/'’‐-–-]")


def tokenise(text: str) -> Iterator[tuple[str, int, int]]:
    """The tokens by which labels and letters are compared: ``(token, start, end)``.

    A token is a run of ASCII letters and digits in lower case, or one other mark; white space, hyphens, slashes
    and apostrophes only separate ("anti-inflammatory" and "anti inflammatory" are alike, "neck, pain" and
    "neck pain" are not).
    """
    for match in _TOKEN.finditer(text):
        yield match.group().lower(), match.start(), match.end()


@lru_cache(maxsize=1 << 15)  # dictionaries share labels: each is taken apart once a start
def normalise(label: str) -> str:
    """A label as it is compared: its tokens, joined by single spaces."""
    lowered = label.lower()
    if lowered.isascii() and lowered.replace(" ", "").isalnum() and "  " not in lowered:
        return lowered.strip()  # most labels are plain words, and a start reads twenty thousand of them
    return " ".join(_TOKEN.findall(label)).lower()


@dataclass(frozen=True)
class Vocabulary:
    """All schemes together."""

    schemes: Mapping[str, Scheme]

    def __getitem__(self, scheme: str) -> Scheme:
        try:
            return self.schemes[scheme]
        except KeyError:
            raise UnknownItem(f"no concept scheme {scheme!r}", remedy=f"one of: {', '.join(self.schemes)}") from None

    def concept(self, scheme: str, notation: str) -> Concept:
        """The concept, or :class:`UnknownItem`."""
        return self[scheme][notation]

    def lookup(self, text: str, scheme: str | None = None) -> tuple[Match, ...]:
        """The concepts that carry ``text`` as a label or notation, white space and punctuation aside."""
        label = normalise(text)
        schemes = self.schemes.values() if scheme is None else (self.schemes[scheme],) if scheme in self.schemes else ()
        return tuple(match for one in schemes for match in one.labelled(label))


def _files(folder: Path) -> list[Path]:
    files = sorted((folder / "vocab").glob("*.ttl"))
    if not files:
        raise VocabularyError(f"no vocabularies in {folder / 'vocab'}", remedy="install imr-graph again")
    return files


def _notation(iri: str, names: Mapping[str, str]) -> tuple[str, str] | None:
    for scheme, namespace in names.items():
        if iri.startswith(namespace):
            return scheme, unquote(iri[len(namespace) :])
    return None


def _concept(scheme: str, notation: str, stated: Mapping[str, list[str]]) -> Concept:
    labels = stated.get("prefLabel", [])
    if len(labels) != 1:
        raise VocabularyError(f"{scheme}:{notation} has {len(labels)} preferred labels", remedy="give it exactly one")
    return Concept(
        scheme,
        notation,
        labels[0],
        tuple(sorted(stated.get("altLabel", ()))),
        tuple(sorted(stated.get("hiddenLabel", ()))),
        tuple(sorted(stated.get("broader", ()))),
        " ".join(stated.get("definition", ())),
        {k: tuple(sorted(v)) for k, v in sorted(stated.items()) if k not in _SKOS_FIELDS},
    )


def _parse(files: Iterable[Path]) -> list[dict[str, Any]]:
    """Every scheme of the Turtle files, as JSON-ready tables."""
    from rdflib import RDF, SKOS, Graph, URIRef

    names = {p: iri for p, iri in prefixes().items() if iri.startswith(prefixes()["decision"][: -len("decision/")])}
    tables: list[dict[str, Any]] = []
    for path in files:
        graph = Graph()
        try:
            graph.parse(path, format="turtle")
        except Exception as error:  # rdflib raises several unrelated types for bad Turtle
            raise VocabularyError(f"{path}: {error}", remedy="mend the Turtle") from error
        concepts = []
        for subject in sorted(graph.subjects(RDF.type, SKOS.Concept), key=str):
            place = _notation(str(subject), names)
            if place is None:
                raise VocabularyError(f"{path}: {subject} has no prefix", remedy="use those of ontology/prefixes.toml")
            stated: dict[str, list[str]] = {}
            for predicate, value in graph.predicate_objects(subject):
                name = re.split(r"[#/]", str(predicate))[-1]
                known = _notation(str(value), names) if isinstance(value, URIRef) else None
                stated.setdefault(name, []).append(known[1] if known else str(value))
            stated.pop("type", None)
            concepts.append(astuple(_concept(*place, stated)))
        title = next(
            (str(t) for s in graph.subjects(RDF.type, SKOS.ConceptScheme) for t in graph.objects(s, SKOS.prefLabel)), ""
        )
        tables.append({"name": path.stem, "title": title, "concepts": concepts})
    return tables


def _from_tables(tables: Iterable[Mapping[str, Any]]) -> Vocabulary:
    schemes = {}
    for table in tables:
        concepts = {}
        for scheme, notation, label, alt, hidden, broader, definition, properties in table["concepts"]:
            values = {name: tuple(stated) for name, stated in properties.items()}
            concepts[notation] = Concept(
                scheme, notation, label, tuple(alt), tuple(hidden), tuple(broader), definition, values
            )
        schemes[table["name"]] = Scheme(table["name"], table["title"], concepts)
    return Vocabulary(schemes)


def _check(vocabulary: Vocabulary) -> None:
    for scheme in vocabulary.schemes.values():
        for concept in scheme:
            if concept.scheme != scheme.name:
                raise VocabularyError(
                    f"{concept.scheme}:{concept.notation} stands in {scheme.name}.ttl", remedy="move it"
                )
            for parent in concept.broader:
                if parent not in scheme:
                    raise VocabularyError(
                        f"{scheme.name}.ttl: {scheme.name}:{concept.notation} is below {parent}, which is missing",
                        remedy="add it, or mend skos:broader",
                    )


def _checked_tables(files: Iterable[Path]) -> list[dict[str, Any]]:
    tables = _parse(files)
    _check(_from_tables(tables))
    return tables


@cache
def load_vocabulary(folder: Path | None = None) -> Vocabulary:
    """The vocabularies of ``folder`` (default: the packaged ontology/).

    Raises :class:`VocabularyError` where a file is not Turtle, a label or a broader concept is missing.
    """
    files = _files(folder or data_folder("ontology"))
    return _from_tables(cached("concepts", files, lambda: _checked_tables(files)))
