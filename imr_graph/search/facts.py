"""What a query asks about: its words, and the concepts that the linker reads in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from imr_graph.search.documents import StoredIssue


@dataclass(frozen=True, slots=True)
class QueryFacts:
    """The words of a query and its concepts by notation; what is not known is empty.

    ``hinted_parts`` are the body parts of the diagnoses.
    """

    words: str = ""
    service: str | None = None
    service_class: str | None = None
    drugs: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    laterality: str | None = None
    diagnoses: tuple[str, ...] = ()
    hinted_parts: tuple[str, ...] = ()

    def concepts(self) -> tuple[tuple[str, str], ...]:
        """Everything linked, as ``(field of the index, notation)``."""
        pairs = [("service", self.service), ("service_class", self.service_class), ("laterality", self.laterality)]
        many = (("drug", self.drugs), ("body_part", self.body_parts), ("diagnosis", self.diagnoses))
        return (*((f, v) for f, v in pairs if v), *((f, v) for f, values in many for v in values))


class QueryReader(Protocol):
    """Reads the concepts of a query text with the readers that linked the letters."""

    def __call__(self, text: str) -> QueryFacts:
        """The facts of a query text."""
        ...


def facts_of(issue: StoredIssue) -> QueryFacts:
    """A decided issue as a query: what it asked for, and the diagnoses."""
    return QueryFacts(
        words=" ".join([issue.request, *issue.diagnosis_texts]),
        service=issue.service,
        service_class=issue.service_class,
        drugs=issue.drug,
        body_parts=issue.body_parts,
        laterality=issue.laterality,
        diagnoses=issue.diagnoses,
        hinted_parts=issue.diagnosis_parts,
    )
