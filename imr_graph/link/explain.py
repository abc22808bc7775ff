"""Say what words would be linked to, and why: the readers of the linker, run over one phrase."""

from __future__ import annotations

from imr_graph.link.diagnoses import DiagnosisReader
from imr_graph.link.requests import RequestReader
from imr_graph.vocabulary import Vocabulary


def explain(text: str, vocabulary: Vocabulary) -> list[dict[str, str]]:
    """One row a concept: ``scheme``, ``notation``, ``label``, the words ``text`` and the reason ``why``."""
    found: dict[tuple[str, str], dict[str, str]] = {}

    def add(scheme: str, notation: str, label: str, words: str, why: str) -> None:
        row = {"scheme": scheme, "notation": notation, "label": label, "text": words, "why": why}
        found.setdefault((scheme, notation), row)

    for match in vocabulary.lookup(text):
        concept = match.concept
        add(concept.scheme, concept.notation, concept.label, text, f"{match.kind} label {match.label!r}")
    for mention in RequestReader(vocabulary).read(text).mentions:
        label = vocabulary.concept(mention.scheme, mention.notation).label
        words = text[mention.start : mention.end]
        add(mention.scheme, mention.notation, label, words, f"read as a request: {mention.rule}")
    for condition in DiagnosisReader(vocabulary).read(text):
        scheme = vocabulary["diagnosis"]
        label = scheme[condition.concept].label if condition.concept in scheme else condition.concept
        words = text[condition.start : condition.end]
        add("diagnosis", condition.concept, label, words, f"read as a diagnosis: {condition.rule}")
    return list(found.values())
