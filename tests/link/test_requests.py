"""Request headings to service, drugs, parts, side and amount."""

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.link.requests import RequestReader
from imr_graph.resources import rules
from imr_graph.vocabulary import load_vocabulary

CASES = Path(__file__).parent.parent / "cases"
READER = RequestReader(load_vocabulary())
TABLE = rules("requests")


def table(name: str) -> list[list[Any]]:
    cases: list[list[Any]] = tomllib.loads((CASES / f"{name}.toml").read_text())["cases"]
    return cases


@pytest.mark.parametrize("case", table("requests"), ids=lambda case: case[0])
def test_heading(case: list[Any]) -> None:
    text, service, drug, parts, side, quantity = case
    facts = READER.read(text)
    assert facts.service == service
    assert sorted(facts.drug) == sorted(drug)
    assert sorted(facts.body_parts) == sorted(parts)
    assert (facts.laterality or "") == side
    assert (-1 if facts.quantity is None else facts.quantity) == quantity


@pytest.mark.parametrize(
    ("text", "service", "kind"),
    [
        ("Quorbinectomy of the left wrist", "other-surgery", "surgery"),
        ("Zetapain 20 mg #30", "other-drug", "medication"),
        ("Quorbin visits, 6", None, "physical-medicine"),
        ("Quorbin", None, None),
        ("", None, None),
    ],
)
def test_unknown_words_give_the_class_at_least(text: str, service: str | None, kind: str | None) -> None:
    facts = READER.read(text)
    assert (facts.service, facts.service_class) == (service, kind)
    assert not [m for m in facts.mentions if m.scheme == "service"]


def test_procedure_is_mentioned_below_the_service_that_is_reported() -> None:
    facts = READER.read("Percutaneous spinal cord stimulator trial")
    assert facts.service == "other-surgery"
    assert [m.notation for m in facts.mentions if m.scheme == "service"] == ["spinal-cord-stimulator"]


def test_strength_and_form_belong_to_the_drug() -> None:
    (drug,) = READER.read("Oxycodone HCL ER 20 mg tablets #60").drugs
    assert (drug.ingredients, drug.strength, drug.form) == (("oxycodone",), "20 mg", "tablets")


def test_retrospective_request_with_its_date() -> None:
    facts = READER.read("Retrospective X-ray of the left hand (DOS 2/3/15)")
    assert facts.retrospective
    assert facts.date_of_service == dt.date(2015, 2, 3)
    assert facts.quantity is None


@pytest.mark.parametrize(
    ("text", "acquisition"),
    [("TENS unit, 30 day rental", "rental"), ("Purchase of an IF unit", "purchase"), ("H-wave trial", "trial")],
)
def test_acquisition(text: str, acquisition: str) -> None:
    assert READER.read(text).acquisition == acquisition


def test_schedule() -> None:
    schedule = READER.read("Physical therapy 2-3 times a week for 6 weeks").schedule
    assert schedule is not None
    assert (schedule.times, schedule.per, schedule.duration, schedule.duration_unit) == (3, "week", 6, "week")


@pytest.mark.parametrize("rule", TABLE["compose"], ids=lambda rule: rule["example"])
def test_pattern_has_its_example(rule: dict[str, Any]) -> None:
    assert any(need in rule["example"].lower() for need in rule["needs"])
    assert re.search(rule["pattern"], rule["example"], re.IGNORECASE)
    assert rule["service"] in load_vocabulary()["service"]


@pytest.mark.parametrize(
    "rule",
    [TABLE["keep"], *TABLE["mask"], *TABLE["fallback"], *TABLE["body"]["implied"]],
    ids=lambda rule: rule["example"],
)
def test_mask_and_fallback_have_their_examples(rule: dict[str, Any]) -> None:
    assert re.search(rule["pattern"], rule["example"], re.IGNORECASE)


def test_rules_name_known_concepts() -> None:
    scheme = load_vocabulary()["service"]
    beside, body = TABLE["perioperative"], TABLE["body"]
    named = [*beside["services"], *beside["services"].values(), *beside["before_only"], *beside["words"].values()]
    named += [*beside["after_only"]["services"], *body["none"], *body["none_classes"], *TABLE["injections"]["general"]]
    named += [*body["context_classes"], *body["context_services"], *body["context_never"], *body["operation_services"]]
    assert [name for name in named if name not in scheme] == []


def test_weak_labels_are_labels() -> None:
    vocabulary = load_vocabulary()
    assert [label for label in TABLE["weak"]["labels"] if not vocabulary.lookup(label, "service")] == []


WORDS = [
    "MRI",
    "of",
    "left",
    "knees",
    "Norco",
    "10/325",
    "mg",
    "#60",
    "x",
    "6",
    "two",
    "times a week",
    "L4-5",
    "%",
    "(",
]


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)))
def test_any_text_is_read_with_places_inside_it(text: str) -> None:
    facts = READER.read(text)
    assert all(0 <= m.start < m.end <= len(text) for m in facts.mentions)
    assert facts.quantity is None or facts.quantity >= 0


@pytest.mark.parametrize("case", table("quantities"), ids=lambda case: case[0])
def test_quantity(case: list[Any]) -> None:
    text, quantity, unit = case
    facts = READER.read(text)
    assert (-1 if facts.quantity is None else facts.quantity, facts.unit or "") == (quantity, unit)


def test_a_drug_in_pieces_is_told_by_its_form() -> None:
    pieces = rules("quantities")["pieces"]
    assert re.search(pieces["pattern"], pieces["example"], re.IGNORECASE)


@pytest.mark.parametrize("case", table("drugs"), ids=lambda case: case[0])
def test_drug(case: list[Any]) -> None:
    text, service, ingredients = case
    facts = READER.read(text)
    assert (facts.service, sorted(facts.drug)) == (service, sorted(ingredients))


@pytest.mark.parametrize("rule", rules("quantities")["rule"], ids=lambda rule: rule["name"])
def test_quantity_rule_reads_its_example(rule: dict[str, Any]) -> None:
    amount = READER.read(rule["example"]).amount
    assert amount is not None
    assert amount.rule.split(",")[0] == rule["name"]
