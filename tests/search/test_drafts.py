"""A draft or a denial is searched for what it asks, not for whatever else it mentions."""

import textwrap

import pytest

from imr_graph.search.cohorts import populations
from imr_graph.search.concepts import named_drugs, values_of
from imr_graph.search.linked import LinkedReader
from imr_graph.vocabulary import load_vocabulary

HISTORY = "The patient had an office visit with a specialist on 12/20/2016 and has been taking naproxen. "
WORKER = "The injured worker is a 45 year old male with right shoulder impingement syndrome. "
READER = LinkedReader(load_vocabulary())


@pytest.mark.parametrize(
    ("asked", "service"),
    [
        ("Treatment requested: Physical therapy 2 times a week for 6 weeks.", "physical-therapy"),
        ("The request for an MRI of the right shoulder is non-certified.", "mri"),
        ("We seek authorization for acupuncture, 6 visits.", "acupuncture"),
        ("Disputed treatment: chiropractic care, 8 sessions.", "chiropractic"),
    ],
)
def test_the_sentence_that_speaks_of_a_request_speaks_first(asked: str, service: str) -> None:
    facts = READER(HISTORY + WORKER + asked)
    assert (facts.service, facts.drugs) == (service, ())
    assert facts.diagnoses == ("shoulder-impingement",)


def test_a_short_query_is_read_as_before() -> None:
    facts = READER("MRI of the neck. lumbar strain, obesity")
    assert (facts.service, facts.body_parts) == ("mri", ("neck",))


@pytest.mark.parametrize(
    ("asked", "drug"),
    [("Norco 10/325 mg #60", "hydrocodone-acetaminophen"), ("hydrocodone 10/325", "hydrocodone-acetaminophen")],
)
def test_a_brand_stands_for_its_product_and_the_ingredients(asked: str, drug: str) -> None:
    vocabulary = load_vocabulary()
    facts = READER(asked)
    assert set(facts.drugs) == {drug, "hydrocodone", "acetaminophen"}
    assert named_drugs(vocabulary, facts.drugs) == (drug,)
    assert values_of(vocabulary, "drug", "norco") == (drug,)
    words = populations(facts, vocabulary, None)[0].words
    assert words == f"requests for Opioid of {drug}"


@pytest.mark.parametrize("width", [50, 75, 100])
def test_where_the_lines_of_a_draft_are_wrapped_says_nothing(width: int) -> None:
    asked = (
        "Utilization review of January 5, 2017 non-certified the request for Six physical therapy visits for the "
        "lumbar spine. The patient takes ibuprofen and uses medical supplies at home. He walks with a cane."
    )
    facts = READER(textwrap.fill(asked, width))
    assert (facts.service, facts.body_parts, facts.drugs) == ("physical-therapy", ("low-back",), ())


def test_the_spine_is_all_its_regions() -> None:
    assert set(values_of(load_vocabulary(), "body_part", "spine")) == {"spine", "neck", "upper-back", "low-back"}
