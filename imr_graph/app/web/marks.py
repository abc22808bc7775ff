"""A letter's text cut where something begins or ends that is to be marked; stretches may overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from imr_graph.app.web.asked import case_address, guideline_address
from imr_graph.models import Citation, Decision, Issue, Model
from imr_graph.search.concepts import label
from imr_graph.text import Span
from imr_graph.vocabulary import Vocabulary

KINDS = {
    "request": "Requests",
    "mention": "Conditions and treatments",
    "citation": "Guidelines cited",
    "quote": "Guideline words quoted",
    "ground": "Deciding sentences",
    "problem": "Problems found",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that stands at ``span``: its kind, what to say of it, and where it leads."""

    kind: str
    span: Span
    note: str
    href: str = ""


class Stretch(Model):
    """A piece of the text with the marks that cover all of it; ``start`` is its offset in the source.

    ``href`` is where the shortest mark that leads somewhere leads.
    """

    start: int
    text: str
    kinds: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    href: str = ""


def stretches(text: str, marks: Iterable[Mark]) -> tuple[Stretch, ...]:
    """The whole of ``text`` in pieces, none of which is marked only in part; empty marks are left out."""
    inside = [m for m in marks if 0 <= m.span.start < m.span.end <= len(text)]
    begin: dict[int, list[Mark]] = {}
    for mark in inside:
        begin.setdefault(mark.span.start, []).append(mark)
    cuts = sorted({0, len(text), *(m.span.start for m in inside), *(m.span.end for m in inside)})
    found: list[Stretch] = []
    open_marks: list[Mark] = []
    for start, end in pairwise(cuts):
        open_marks = [m for m in open_marks if m.span.end > start] + begin.get(start, [])
        found.append(_stretch(start, text[start:end], open_marks))
    return tuple(found)


def _stretch(start: int, text: str, marks: list[Mark]) -> Stretch:
    leading = sorted((m for m in marks if m.href), key=lambda m: m.span.end - m.span.start)
    return Stretch(
        start=start,
        text=text,
        kinds=tuple(kind for kind in KINDS if any(m.kind == kind for m in marks)),
        notes=tuple(dict.fromkeys(m.note for m in marks)),
        href=leading[0].href if leading else "",
    )


def marks_of(decision: Decision, vocabulary: Vocabulary) -> Iterator[Mark]:
    """Everything that is marked in a letter."""
    for mention in decision.mentions:
        name = label(vocabulary, mention.scheme, mention.notation)
        status = "" if mention.status == "present" else f", {mention.status}"
        yield Mark("mention", mention.span, f"{name} ({mention.scheme.replace('-', ' ')}{status})")
    for diagnosis in decision.diagnoses:
        name = label(vocabulary, "diagnosis", diagnosis.concept)
        yield Mark("mention", diagnosis.span, f"{name} (diagnosis, {diagnosis.status})")
    for issue in decision.issues:
        yield from _marks_of_issue(decision, issue, vocabulary)
    for problem in decision.problems:
        for span in problem.spans:
            yield Mark("problem", span, problem.message)


def _marks_of_issue(decision: Decision, issue: Issue, vocabulary: Vocabulary) -> Iterator[Mark]:
    href = case_address(decision.id, issue.n)
    yield Mark("request", issue.request_span, f"issue {issue.n}: {issue.outcome}", href)
    for citation in issue.citations:
        yield Mark("citation", citation.span, f"{citation.cited_by} cites {citation.printed}", cited_address(citation))
    for ground in issue.grounds:
        yield Mark("ground", ground.span, f"ground of issue {issue.n}: {label(vocabulary, 'ground', ground.notation)}")
    for passage in issue.quoted_passages:
        yield Mark("quote", passage.span, f"guideline words quoted in issue {issue.n}", f"/passage/{passage.id}")


def cited_address(citation: Citation) -> str:
    """The page of the guideline section that is cited, else of its document, or nothing where neither is known."""
    notation = citation.guideline_section or citation.guideline
    return guideline_address(notation) if notation else ""
