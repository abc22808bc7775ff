"""Searches as addresses: which parameters there are, and how a value of a field is written in one."""

from __future__ import annotations

from imr_graph.app.web.asked import Asked, Pairs
from imr_graph.app.web.page import without
from imr_graph.errors import UsageError
from imr_graph.search.concepts import label, values_of
from imr_graph.search.precedents import SearchRequest
from imr_graph.search.query import Any, Word, is_draft, render
from imr_graph.search.schema import load_schema
from imr_graph.vocabulary import Vocabulary

LONGEST = 15_000  # characters of a pasted text; the address of the answer must hold it
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
        limit=limit,
        filters=filters_of(asked),
        since=asked.day("since"),
        until=asked.day("until"),
        fold=asked.one("fold") == "1",
    )


def narrowed(vocabulary: Vocabulary, query: Pairs, filters: Pairs) -> Pairs | None:
    """The search ``query`` where ``filters`` must hold as well; values of one field are alternatives.

    They replace wider ones of their field; beside others, which would be alternatives too, they go into the text. None
    where that cannot hold them, since it is a draft.
    """
    for field in dict.fromkeys(name for name, _ in filters):
        new = [value for name, value in filters if name == field]
        old = {v for name, value in query if name == field for v in values_of(vocabulary, field, value)}
        if old.issuperset(v for value in new for v in values_of(vocabulary, field, value)) or not old:
            query = (*without(query, field), *((field, value) for value in new))
            continue
        text = f"{dict(query).get('q', '')} {render(Any(tuple(Word(field, value) for value in new)))}".strip()
        if is_draft(text):
            return None
        query = (("q", text), *without(query, "q"))
    return query
