"""What came with a request: how such pairings were decided in other letters."""

from __future__ import annotations

from collections import Counter

from imr_graph.app.web.asked import address
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.page import Counted, Tally, counted
from imr_graph.models import Decision, Outcome
from imr_graph.namespaces import decision_iri, slug
from imr_graph.search.cohorts import cohort_of, count_cohort
from imr_graph.search.concepts import label, value_of
from imr_graph.search.query import All, Word

_OTHERS = 6  # services beside that of the issue
_LISTED = 500


def pairings(reader: Reader, decision: Decision, n: int) -> tuple[Counted, ...]:
    """Issues about the service of issue ``n``: first all of them, then for each other service of this letter those of
    other letters that ask for it too, where there are any. Nothing where there is no other service, or the issue has
    none.
    """
    service = next((issue.service for issue in decision.issues if issue.n == n), None)
    others = dict.fromkeys(issue.service for issue in decision.issues if issue.service not in {None, service})
    if service is None or not others:
        return ()
    name = label(reader.vocabulary, "service", service)
    everywhere = count_cohort(reader.index, f"all requests for {name}", Word("service", service))
    here = Counter(slug(issue.outcome) for issue in decision.issues if issue.service == service)
    found = [counted(everywhere, (("service", value_of(reader.vocabulary, "service", service)),))]
    for other in list(filter(None, others))[:_OTHERS]:
        counts = Counter(_together(reader, service, other)) - here
        if not counts:
            continue
        words = f"{name} asked for together with {label(reader.vocabulary, 'service', other)}, in other letters"
        pair = counted(cohort_of(words, counts), None)
        query = _query(decision_iri(decision.id, reader.manifest.recipe.base), service, other)
        found.append(
            pair.model_copy(
                update={
                    "total": _listed(pair.total, query),
                    "outcomes": tuple(_listed(tally, query, slug(tally.label)) for tally in pair.outcomes),
                }
            )
        )
    return tuple(found)


def _together(reader: Reader, service: str, other: str) -> dict[str, int]:
    """Issues about ``service`` whose letter asks for ``other`` too, by outcome."""
    both = All((Word("service", service), Word("beside", other)))
    return reader.index.facets(both, ["outcome"], len(Outcome))["outcome"]


def _query(letter: str, service: str, other: str) -> str:
    """The pairing as a query over the graph, with a place for the outcome."""
    return (
        f"SELECT DISTINCT ?issue ?outcome WHERE {{\n  ?issue imr:service service:{service} ; imr:outcome ?outcome .\n"
        f"  ?other imr:service service:{other} .\n  ?letter imr:hasIssue ?issue, ?other .\n"
        f"  FILTER(?letter != <{letter}>)%s\n}} LIMIT {_LISTED}"
    )


def _listed(tally: Tally, query: str, outcome: str = "") -> Tally:
    only = f"\n  FILTER(?outcome = outcome:{outcome})" if outcome else ""
    return tally.model_copy(update={"href": address("/ask", [("query", query.replace("%s", only))])})
