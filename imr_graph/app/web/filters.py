"""Searches as addresses: which parameters there are, and how a value of a field is written in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imr_graph.app.web.asked import Asked, Pairs
from imr_graph.errors import UsageError
from imr_graph.search.concepts import label, values_of
from imr_graph.search.precedents import SearchRequest
from imr_graph.search.query import All, Any, Node, Word, parse_query, render
from imr_graph.search.schema import load_schema
from imr_graph.vocabulary import Vocabulary

LONGEST = 15_000  # characters of a pasted text; the address of the answer must hold it
_DRAFT = 300  # characters from which a text is a draft and no query
_DECIDING = ("outcome", "ground")
TITLES = {
    "service": "Service",
    "service_class": "Class of service",
    "drug": "Drug",
    "body_part": "Body part",
    "laterality": "Side",
    "diagnosis": "Diagnosis",
    "document": "Guideline cited",
    "section": "Guideline section cited",
    "ground": "Ground of the decision",
    "specialty": "Specialty of the reviewer",
    "outcome": "Outcome",
    "year": "Year of the decision",
    "amount": "Amount requested",
    "case": "Case",
}
PARAMETERS = (*TITLES, "crossing", "section_crossing")  # the fields that a search can be narrowed to


def value_of(vocabulary: Vocabulary, field: str, notation: str) -> str:
    """``notation`` as a filter that means exactly this value: after ``=`` where it would mean more."""
    return notation if values_of(vocabulary, field, notation) == (notation,) else f"={notation}"


def label_of(vocabulary: Vocabulary, field: str, value: str) -> str:
    """A filter's value in words."""
    name = label(vocabulary, load_schema()[field].concept, value.removeprefix("="))
    return f"{name} only" if value.startswith("=") else name


def filters_of(asked: Asked) -> Pairs:
    """The filters of a request, in the order of the fields."""
    found = tuple((name, value) for name in PARAMETERS for value in asked.many(name))
    if len(found) > 50 or any(len(value) > 200 for _, value in found):
        raise UsageError("these are too many filters", remedy="take some away")
    return found


def request_of(asked: Asked, text: str, limit: int) -> SearchRequest:
    """The search that an address asks for."""
    if len(text) > LONGEST:
        raise UsageError(f"the text is longer than {LONGEST} characters", remedy="paste the part that matters")
    return SearchRequest(
        text=text,
        plain=len(text) > _DRAFT or "\n" in text,
        limit=limit,
        filters=filters_of(asked),
        since=asked.day("since"),
        until=asked.day("until"),
        fold=asked.one("fold") == "1",
    )


def counting(request: SearchRequest) -> Pairs:
    """The parameters that limit what the counts around an answer are of.

    That is the search without its ranking words, and without what limits the outcome or the ground.
    """
    pairs = [(name, value) for name, value in request.filters if name not in _DECIDING]
    pairs += [(name, str(day)) for name, day in (("since", request.since), ("until", request.until)) if day]
    if not request.plain:
        parsed = parse_query(request.text)
        required = [render(node) for node in parsed.required if not _deciding(node)]
        required += [f"NOT {render(node)}" for node in parsed.without if not _deciding(node)]
        pairs += [("q", " AND ".join(required))] if required else []
    return tuple(pairs)


def _deciding(node: Node) -> bool:
    return any(f"{field}:" in render(node) for field in _DECIDING)


def population_filters(vocabulary: Vocabulary, node: Node) -> Pairs | None:
    """The filters that a population stands for: values that must hold; None where it is no such thing."""
    match node:
        case Word(str(field), value):
            return ((field, value_of(vocabulary, field, value)),)
        case All(parts, ()) | Any(parts) if all(isinstance(part, Word | Any) for part in parts):
            found = [population_filters(vocabulary, part) for part in parts]
            return None if None in found else tuple(_flat(found))
        case _:
            return None


def _flat(found: Iterable[Pairs | None]) -> Iterator[tuple[str, str]]:
    for pairs in found:
        yield from pairs or ()
