"""Models, ontology, shapes, queries and vocabularies agree."""

import datetime as dt
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from rdflib import OWL, RDF, Graph

from imr_graph import models
from imr_graph.graph.reference import ontology_page, queries_page
from imr_graph.graph.triples import decision_quads
from imr_graph.models import Decision, Model
from imr_graph.namespaces import ONTOLOGY, prefixes
from imr_graph.resources import data_folder, rules
from imr_graph.text import Span
from tests.graph.letters import DECISIONS

HOME = data_folder("ontology")
DOCS = Path(__file__).parent.parent.parent / "docs"
GRAPH = Graph().parse(HOME / "imr.ttl")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
DECLARED = {str(term).removeprefix(ONTOLOGY) for kind in KINDS for term in GRAPH.subjects(RDF.type, kind)}


def names(text: str) -> set[str]:
    """Local names of imr: terms in Turtle or SPARQL; shapes name themselves."""
    return {name for name in re.findall(r"\bimr:([A-Za-z]\w*)", text) if not name.endswith("Shape")}


def used() -> dict[str, set[str]]:
    quads = "\n".join(line for decision in DECISIONS for line in decision_quads(decision))
    texts = {path.name: path.read_text() for path in [*HOME.glob("shapes/*.ttl"), *HOME.glob("vocab/*.ttl")]}
    texts |= {path.name: path.read_text() for path in data_folder("queries").glob("*.rq")}
    return {
        "triples": set(re.findall(rf"<{re.escape(ONTOLOGY)}(\w+)>", quads)),
        **{name: names(text) for name, text in texts.items()},
    }


def test_every_term_in_use_is_declared() -> None:
    assert {place: found - DECLARED for place, found in used().items() if found - DECLARED} == {}


def test_every_declared_term_is_in_use() -> None:
    reached = {str(term).removeprefix(ONTOLOGY) for pair in GRAPH.subject_objects() for term in pair[1:]}
    assert DECLARED - set().union(*used().values()) - reached == set()


def test_every_property_of_a_letter_is_asked_for() -> None:
    """Each triple costs a gigabyte at two million letters: what no query and no shape uses has no place."""
    asked = set().union(*(found for name, found in used().items() if name.endswith((".rq", "decision.shapes.ttl"))))
    assert used()["triples"] - asked == set()


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, Enum):
        return next(member for member in type(value) if member is not value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, Span):
        return Span(value.start + 1, value.end + 1)
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=1)
    if isinstance(value, str):
        return f"x{value}"
    return () if isinstance(value, tuple) else value + 1


def edits(model: Model) -> Iterator[tuple[str, Any]]:
    """The model with one field changed, for every field, also of models inside."""
    for field in type(model).model_fields:
        value = getattr(model, field)
        if isinstance(value, Model):
            for name, edited in edits(value):
                yield name, model.model_copy(update={field: edited})
        elif value is not None:
            yield f"{type(model).__name__}.{field}", model.model_copy(update={field: other(value)})
        if isinstance(value, tuple):
            for k, item in enumerate(value):
                for name, edited in edits(item) if isinstance(item, Model) else ():
                    yield name, model.model_copy(update={field: (*value[:k], edited, *value[k + 1 :])})


def test_every_field_is_in_the_graph_or_left_out_for_a_reason() -> None:
    told: set[str] = set()
    for decision in DECISIONS:
        told |= {name for name, edited in edits(decision) if decision_quads(edited) != decision_quads(decision)}
    kinds = [kind for kind in vars(models).values() if isinstance(kind, type) and issubclass(kind, Model)]
    fields = {
        f"{kind.__name__}.{field}"
        for kind in kinds
        if kind not in (Model, models.Letter) and kind.__name__ not in rules("not_in_graph")
        for field in kind.model_fields
        if not (kind is Decision and field in ("reviewer", "patient")) and field != "schedule"
    }
    assert {name for name in rules("not_in_graph") if "." in name} == fields - told


def test_every_file_uses_the_one_prefix_map() -> None:
    files = [*HOME.rglob("*.ttl"), *data_folder("queries").glob("*.rq")]
    for path in files:
        for prefix, home in re.findall(r"^@?prefix ([\w-]+): <(.*)>", path.read_text(), re.MULTILINE | re.IGNORECASE):
            assert prefixes()[prefix] == home, path


@pytest.mark.parametrize(("name", "page"), [("ontology", ontology_page), ("queries", queries_page)])
def test_the_page_is_in_step(name: str, page: Any) -> None:
    """Mend by writing what ``page()`` gives to the file."""
    assert (DOCS / f"{name}.md").read_text() == page()
