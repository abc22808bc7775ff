"""What the words around a condition say of it, and how far a trigger reaches."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.link.context import ContextRules, Trigger
from imr_graph.link.diagnoses import DiagnosisReader
from imr_graph.vocabulary import load_vocabulary

CASES = tomllib.loads((Path(__file__).parent.parent / "cases" / "context.toml").read_text())
READER = DiagnosisReader(load_vocabulary())
# The marked condition of a case: "No [fracture] was seen"
MARKED = re.compile(r"\[([^]]+)\]")


@pytest.mark.parametrize(("sentence", "expected"), CASES.items())
def test_status(sentence: str, expected: str) -> None:
    marked = MARKED.search(sentence)
    assert marked
    text = MARKED.sub(r"\1", sentence)
    status, rule = expected.split()
    found = [c for c in READER.read(text) if c.start < marked.end() - 2 and c.end > marked.start()]
    assert found, "the condition is not read"
    assert [c.status for c in found] == [status]
    assert rule == "stated" or [c.rule for c in found] == [rule]


def test_every_status_is_in_the_vocabulary() -> None:
    statuses = {rule.status for _, rule in ContextRules().triggers() if rule}
    assert all(status in load_vocabulary()["status"] for status in statuses)


def test_no_phrase_has_two_rules_of_one_direction() -> None:
    seen: dict[tuple[str, bool], object] = {}
    for phrase, rule in ContextRules().triggers():
        if rule:
            assert seen.setdefault((phrase, rule.forward), rule) is rule, phrase


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=8, unique=True), st.integers(0, 9))
def test_backward_rules_never_reach_forward(places: list[int], which: int) -> None:
    rules = ContextRules()
    known = [rule for _, rule in rules.triggers() if rule]
    rule = known[which * len(known) // 10]
    first, *rest = places
    mentions = sorted((2 * place, 2 * place + 1) for place in rest)
    text = "x " * 40
    trigger = Trigger(2 * first, 2 * first + 1, rule)
    for start, _ in rules.assess(text, [trigger], mentions):
        assert (start > trigger.start) is rule.forward
