"""Concepts as a search needs them: labels, neighbours, and everything below a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from imr_graph.names import case_id
from imr_graph.search.query import All, Any, Best, Constant, Node, Pattern, Phrase, Word
from imr_graph.search.schema import load_schema
from imr_graph.vocabulary import Vocabulary

_FEW = 5  # concepts of a scheme that a message can name


def label(vocabulary: Vocabulary, scheme: str | None, notation: str) -> str:
    """The preferred label, or the notation in plain words where no scheme has it."""
    if scheme and scheme in vocabulary.schemes and notation in vocabulary[scheme]:
        return vocabulary[scheme][notation].label
    return notation.replace("/", ": ").replace("-", " ")


def below(vocabulary: Vocabulary, scheme: str, notation: str) -> tuple[str, ...]:
    """The concept and everything narrower, itself first."""
    found = dict.fromkeys([notation])
    queue = [notation]
    while queue:
        for child in vocabulary[scheme].narrower(queue.pop(0)):
            if child not in found:
                found[child] = None
                queue.append(child)
    return tuple(found)


def named_drugs(vocabulary: Vocabulary, drugs: Sequence[str]) -> tuple[str, ...]:
    """The drugs without those that are only an ingredient of a combination product among them."""
    known = (vocabulary["drug"][drug] for drug in drugs if drug in vocabulary["drug"])
    inside = {ingredient for drug in known for ingredient in drug.values("ingredient")}
    return tuple(drug for drug in drugs if drug not in inside)


def siblings(vocabulary: Vocabulary, scheme: str, notation: str) -> tuple[str, ...]:
    """The other concepts below the same parent; below a top concept, which only groups, there are none."""
    if scheme not in vocabulary.schemes or notation not in vocabulary[scheme]:
        return ()
    concepts = vocabulary[scheme]
    parents = [parent for parent in concepts[notation].broader if concepts[parent].broader]
    found = {child for parent in parents for child in concepts.narrower(parent)}
    return tuple(sorted(found - {notation}))


def values_of(vocabulary: Vocabulary, field: str, text: str) -> tuple[str, ...]:
    """The index values that ``text`` stands for in a keyword field: a label or notation, with all below it.

    A text that no concept carries stands for itself, in the form of a notation. After ``=`` a notation stands for
    itself alone, without what is below it.
    """
    if text.startswith("="):
        return (text[1:],)
    scheme = load_schema()[field].concept
    plain = "-".join(text.lower().split())
    if scheme is None:
        return (case_id(text) if field == "case" else plain,)
    if scheme not in vocabulary.schemes:
        return (plain,)
    concepts = [match.concept.notation for match in vocabulary.lookup(text, scheme)]
    found = [value for notation in concepts for value in below(vocabulary, scheme, notation)]
    return tuple(dict.fromkeys(found)) or (plain,)


def value_of(vocabulary: Vocabulary, field: str, notation: str) -> str:
    """``notation`` as a filter that means exactly this value: after ``=`` where it would mean more."""
    return notation if values_of(vocabulary, field, notation) == (notation,) else f"={notation}"


def unknown(vocabulary: Vocabulary, asked: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A sentence for each field and value of ``asked`` that no concept of the field's scheme is called."""
    for field, text in dict.fromkeys(asked):
        scheme = load_schema()[field].concept
        if scheme and scheme in vocabulary.schemes and not vocabulary.lookup(text.removeprefix("="), scheme):
            labels = [concept.label for concept in vocabulary[scheme]]
            known = f"there are {', '.join(labels)}" if len(labels) <= _FEW else f"see imr-graph vocab lookup {text!r}"
            yield f"No {field.replace('_', ' ')} is called {text!r}; {known}."


def asked_values(node: Node) -> Iterator[tuple[str, str]]:
    """The keyword fields of a tree, with the values as they were written."""
    match node:
        case Word(str(field), text) | Phrase(str(field), text) if load_schema()[field].kind == "keyword":
            yield field, text
        case All(parts, without):
            for part in (*parts, *without):
                yield from asked_values(part)
        case Any(parts) | Best(parts):
            for part in parts:
                yield from asked_values(part)
        case Constant(inner):
            yield from asked_values(inner)


def resolved(node: Node, vocabulary: Vocabulary) -> Node:
    """The tree with every word of a keyword field replaced by the index values that it stands for."""
    match node:
        case Word(str(field), text) | Phrase(str(field), text) if load_schema()[field].kind == "keyword":
            values = values_of(vocabulary, field, text)
            return Best(tuple(Word(field, value) for value in values))
        case Pattern(str(field), text) if load_schema()[field].kind == "keyword":
            return Pattern(field, case_id(text) if field == "case" else text.lower())
        case All(parts, without):
            return All(
                tuple(resolved(part, vocabulary) for part in parts),
                tuple(resolved(part, vocabulary) for part in without),
            )
        case Any(parts) | Best(parts):
            return replace(node, parts=tuple(resolved(part, vocabulary) for part in parts))
        case Constant(inner, score):
            return Constant(resolved(inner, vocabulary), score)
        case _:
            return node
