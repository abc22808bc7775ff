"""Which issues are counted, in words and as a query of the text index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from imr_graph.errors import UnknownItem
from imr_graph.search.concepts import label, values_of
from imr_graph.search.query import All, Any, Everything, Node, Word
from imr_graph.search.schema import load_schema
from imr_graph.vocabulary import Vocabulary


class Population(NamedTuple):
    """Issues to count."""

    words: str
    node: Node


def population_of(vocabulary: Vocabulary, limits: Mapping[str, str | None]) -> Population:
    """The issues within ``limits``: field of the index to label or notation, with everything below it.

    Raises :class:`UnknownItem` where no concept is called so.
    """
    said, nodes = [], []
    for field, text in limits.items():
        if not text:
            continue
        values = notations(vocabulary, field, text)
        said.append(label(vocabulary, load_schema()[field].concept, values[0]))
        nodes.append(Any(tuple(Word(field, value) for value in values)))
    words = f"requests for {', '.join(said)}" if said else "all issues"
    return Population(words, All(tuple(nodes)) if nodes else Everything())


def notations(vocabulary: Vocabulary, field: str, text: str) -> tuple[str, ...]:
    """The concept that ``text`` is called, and those below it; :class:`UnknownItem` where there is none."""
    scheme = load_schema()[field].concept
    if scheme and not vocabulary.lookup(text, scheme):
        raise UnknownItem(
            f"no {field.replace('_', ' ')} is called {text!r}", remedy=f"see imr-graph vocab lookup {text!r}"
        )
    return values_of(vocabulary, field, text)
