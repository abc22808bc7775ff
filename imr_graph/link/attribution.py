"""Where a sentence says whose words follow: "The MTUS states that ...", "Per the ODG, ..."."""

from __future__ import annotations

import re
from typing import NamedTuple

from imr_graph.models import Citation, Party
from imr_graph.resources import rules

# "Official Disability Guidelines", "ODG" outside the MTUS; ACOEM chapters are mostly cited as part of it
_ODG = re.compile(r"\b(?:ODG|official disability)\b", re.IGNORECASE)
_MTUS = re.compile(r"\b(?:MTUS|medical treatment utilization schedule)\b", re.IGNORECASE)
_ACOEM = re.compile(r"\b(?:ACOEM|american college of occupational)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{4,}")


class Attribution(NamedTuple):
    """``verb``: its first four letters, or "per"; ``end``: where the attributed words begin."""

    verb: str
    end: int


NONE = Attribution("", 0)


class Attributor:
    """Finds attributions, and the citation of the guideline line that they stand for."""

    def __init__(self) -> None:
        table = rules("passages")
        name, after = table["guideline"], table["after_verb"]
        near = r'(?:(?! -|[;"“]).)'
        self._named = re.compile(name)
        says = rf"{near}{{0,90}}?{table['strong_verb']}|{near}{{0,25}}?{table['weak_verb']}|{table['lists']}"
        self._says = re.compile(rf'[^"“;]{{0,140}}?{name}(?:{says}){after}', re.DOTALL)
        self._per = re.compile(
            rf"(?:\w+,?\s+)?{table['per']}[^.]{{0,160}}?{name}(?:[^,:]{{0,80}},|[^,.:;]{{0,80}}:)\s*"
        )
        self.weak = frozenset(table["weak_stems"])

    def names_guideline(self, text: str) -> bool:
        """Whether a guideline is named anywhere in ``text``, which is in lower case."""
        return self._named.search(text) is not None

    def of(self, sentence: str) -> Attribution:
        """The attribution at the start of a sentence in lower case."""
        if not self.names_guideline(sentence):
            return NONE
        per, says = self._per.match(sentence), self._says.match(sentence)
        if says and (per is None or says.end() <= per.end()):
            return Attribution((says["strong"] or says["weak"] or "list")[:4], says.end())
        return Attribution("per", per.end()) if per else NONE


def cited(lead: str, citations: tuple[Citation, ...]) -> Citation | None:
    """The reviewer's citation that the words of an attribution mean, or the only one where they name none."""
    own = [c for c in citations if c.cited_by is Party.REVIEWER]
    sources = set()
    if _ODG.search(lead):
        sources.add("ODG")
    if _MTUS.search(lead):
        sources.add("MTUS")
    if _ACOEM.search(lead):
        sources |= {"MTUS", "ACOEM"}
    fitting = [c for c in own if not sources or c.source in sources]
    if len(fitting) > 1:
        words = set(_WORD.findall(lead.lower())).difference(rules("passages")["common_words"])
        named = [c for c in fitting if words & set(_WORD.findall(f"{c.document} {c.chapter or ''}".lower()))]
        acoem = [c for c in fitting if "ACOEM" in c.document] if _ACOEM.search(lead) else []
        fitting = named or acoem or fitting
    documents = {(c.source, c.document, c.chapter) for c in fitting}
    if len(documents) != 1:
        return None
    first = fitting[0]
    return first if len(fitting) == 1 else first.model_copy(update={"section": None, "guideline_section": None})
