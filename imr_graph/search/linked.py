"""Query texts linked by the readers that linked the letters."""

from __future__ import annotations

import re

from imr_graph.link.diagnoses import Condition, DiagnosisReader
from imr_graph.link.requests import RequestFacts, RequestReader
from imr_graph.link.sentences import sentences
from imr_graph.parse.clean import clean
from imr_graph.resources import rules
from imr_graph.search.documents import distinct
from imr_graph.search.facts import QueryFacts
from imr_graph.vocabulary import Vocabulary


class LinkedReader:
    """A :class:`imr_graph.search.facts.QueryReader`; build it once, it holds the compiled dictionaries."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._requests = RequestReader(vocabulary)
        self._diagnoses = DiagnosisReader(vocabulary)
        self._cue = re.compile("|".join(rules("drafts")["request_cues"]), re.IGNORECASE)

    def __call__(self, text: str) -> QueryFacts:
        """The service, drugs, body parts and side of the request, and the diagnoses that are present.

        The text is cleaned as a letter is: where its lines were wrapped, they say nothing of its sentences.
        """
        text = clean(text).text
        present = [found for found in self._diagnoses.read(text) if found.status == "present"]
        asked = self._request(text, present)
        return QueryFacts(
            words=text,
            service=asked.service,
            service_class=asked.service_class,
            drugs=distinct([*asked.drug, *(drug.product for drug in asked.drugs)]),
            body_parts=asked.body_parts,
            laterality=asked.laterality,
            diagnoses=distinct([found.concept for found in present]),
            hinted_parts=distinct([found.body_part for found in present]),
        )

    def _request(self, text: str, present: list[Condition]) -> RequestFacts:
        """What is asked for: the first sentence that names a service speaks, the rest is about the worker.

        In a draft or a denial, sentences that speak of a request come first (ontology/rules/drafts.toml). Diagnoses
        listed behind it, as in "MRI of the neck. lumbar strain, obesity", are no part of it.
        """
        lists = [found.start for found in present if text[: found.start].rstrip().endswith((".", ";", ":"))]
        for start, end in sorted(sentences(text), key=lambda at: self._cue.search(text, *at) is None):
            asked = self._requests.read(text[start : min([end, *(at for at in lists if at > start)])])
            if asked.service:
                return asked
        return self._requests.read(text)
