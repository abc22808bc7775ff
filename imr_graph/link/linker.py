"""All link steps, one after the other."""

from __future__ import annotations

from imr_graph.link.citations import CitationLinker
from imr_graph.link.diagnoses import DiagnosisLinker
from imr_graph.link.grounds import GroundLinker
from imr_graph.link.passages import PassageLinker
from imr_graph.link.requests import RequestLinker
from imr_graph.models import Decision
from imr_graph.parse import ParsedLetter
from imr_graph.vocabulary import Vocabulary


class Linker:
    """All link steps over one set of vocabularies; build it once, it holds the compiled dictionaries."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.steps = (
            CitationLinker(vocabulary),
            DiagnosisLinker(vocabulary),
            RequestLinker(vocabulary),
            PassageLinker(vocabulary),
            GroundLinker(vocabulary),
        )

    def __call__(self, letter: ParsedLetter) -> Decision:
        """The decision with its concepts, grounds and quoted passages."""
        for step in self.steps:
            letter = step(letter)
        return letter.decision
