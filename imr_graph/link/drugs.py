"""Drugs in request headings: products, their ingredients, strengths and forms."""

from __future__ import annotations

import re
from dataclasses import dataclass

from imr_graph.link.matcher import Matcher
from imr_graph.resources import rules
from imr_graph.vocabulary import Concept, Vocabulary

# "10/325mg", "7.5-325 mg", "5%", "4%-27.5%-0.0325%", "300 mg/g", "100 mcg/hr", "40 mg/0.4 ml"
_STRENGTH = re.compile(
    r"\d[\d.,]*%?(?:\s*[-/]\s*\d[\d.,]*%?)*\s*(?:mg|mcg|meq|iu|units|%|percent)(?:\s*/\s*[\d.]*\s*(?:ml|g|gm|hr|hour))?"
    r"|(?<=\d)%",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\d\s*%|\d\s*percent\b", re.IGNORECASE)
_REACH = 40  # characters behind a drug's name in which its strength and form are looked for


@dataclass(frozen=True, slots=True)
class DrugFound:
    """A drug named at ``start:end``: its concept, ingredients by notation, strength and form as printed.

    ``product`` is the notation of what is named: "hydrocodone 10/325" is the product with acetaminophen.
    """

    concept: Concept
    product: str
    start: int
    end: int
    ingredients: tuple[str, ...]
    strength: str | None
    form: str | None


class DrugReader:
    """The drug labels in one automaton, and what the words around a drug make of it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        scheme = vocabulary["drug"]
        self._matcher = Matcher((label, concept) for concept in scheme for _, label in concept.labels())
        self._products = {frozenset(concept.values("ingredient")): concept.notation for concept in scheme}
        forms = rules("requests")["forms"]
        self._topical = _words(forms["topical"])
        self._compounded = _words(forms["compounded"])
        self._suspension = _words(forms["suspension"])
        self._form = _words(forms["units"])
        self._combined = re.compile(forms["combined_strength"], re.IGNORECASE)
        self._combined_with: str = forms["combined_with"]
        self._combinable = frozenset(forms["combinable"])
        self._skin_services = frozenset(forms["skin_services"])
        self._never_skin = frozenset(forms["never_skin"])
        self._sold_for_skin = frozenset(
            ingredient
            for concept in scheme
            if concept.values("topical") and concept.values("serviceClass") == ("topical-analgesic",)
            for ingredient in ingredients_of(concept)
        )

    def read(self, text: str) -> tuple[DrugFound, ...]:
        """The drugs in the order of the text, the longest name where names overlap."""
        found = self._matcher.find(text)
        drugs = []
        for place, item in enumerate(found):
            edge = found[place + 1].start if place + 1 < len(found) else len(text)
            behind = text[item.end : min(edge, item.end + _REACH)]
            strength = _STRENGTH.search(behind)
            form = self._form.search(behind) or self._form.search(text[item.start : item.end])
            concept = item.values[0]
            product, ingredients = concept.notation, ingredients_of(concept)
            if concept.notation in self._combinable and self._combined.search(behind):
                ingredients = (*ingredients, self._combined_with)
                product = self._products.get(frozenset(ingredients), product)
            drugs.append(
                DrugFound(
                    concept,
                    product,
                    item.start,
                    item.end,
                    ingredients,
                    strength.group() if strength else None,
                    form.group().lower() if form else None,
                )
            )
        return tuple(drugs)

    def service_of(self, text: str, drugs: tuple[DrugFound, ...]) -> tuple[str, str]:
        """The service that a request for these drugs counts as, and the rule.

        A heading with two or more ingredients in per cent, or with per cent and a cream that is not sold as such,
        is a compound before it is a drug.
        """
        first = drugs[0].concept
        service = first.values("serviceClass")[0]
        ingredients = ingredient_names(drugs)
        single = len({drug.ingredients for drug in drugs}) == 1 or set(ingredients) == set(drugs[0].ingredients)
        skin = self._topical.search(text) is not None
        percent = len(_PERCENT.findall(text))
        if self._suspension.search(text) and service != "compound-topical":
            return "compound-oral", "oral suspension"
        if not single:
            if percent >= 2 or self._compounded.search(text) or (skin and percent):
                return "compound-topical", "several ingredients in per cent"
            return service, "first drug"
        if service not in self._skin_services or first.notation in self._never_skin or first.values("ingredient"):
            return service, "drug"
        if self._compounded.search(text) and (skin or percent):
            return "compound-topical", "compounded"
        if percent and service != "topical-analgesic" and not self._sold_for_skin.issuperset(ingredients):
            return "compound-topical", "drug in per cent that is not sold for the skin"
        if skin or percent:
            return "topical-analgesic", "drug for the skin"
        return service, "drug"


def ingredients_of(concept: Concept) -> tuple[str, ...]:
    """The generic ingredients of a drug concept, itself where it is one."""
    return concept.values("ingredient") or (concept.notation,)


def ingredient_names(drugs: tuple[DrugFound, ...]) -> tuple[str, ...]:
    """All ingredients without repeats, in the order of the text."""
    return tuple(dict.fromkeys(name for drug in drugs for name in drug.ingredients))


def _words(words: list[str]) -> re.Pattern[str]:
    """Matches one of the words: "cream" in "120 gm cream", not in "creamy"."""
    parts = "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{parts})(?![A-Za-z0-9])", re.IGNORECASE)
