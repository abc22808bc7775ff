"""An answer as a brief in markdown, in which every quotation is the letter's own.

A quotation is printed as it stands in the source text, white space folded, and only where its letters and digits are
those that the index has for it; anything else is left out and named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from imr_graph.errors import UnknownItem
from imr_graph.models import Letter
from imr_graph.search.answer import Answer, Cohort, Hit
from imr_graph.text import Span, identity_of


@dataclass(frozen=True, slots=True)
class Brief:
    """The brief, how many quotations were verified in it, and which were left out, in words."""

    markdown: str
    verified: int
    refused: tuple[str, ...]


def verbatim(letter: Letter, text: str, span: Span) -> str | None:
    """The source's own words at ``span``, white space folded, or None where they are not those of ``text``."""
    words = " ".join(letter.quote(span).split())
    return words if words and identity_of(words) == identity_of(text) else None


def write_brief(answer: Answer, letter_of: Callable[[str], Letter]) -> Brief:
    """``answer`` as markdown; ``letter_of`` gives the letter of a case number from the archive."""
    return _Writer(letter_of).write(answer)


class _Writer:
    def __init__(self, letter_of: Callable[[str], Letter]) -> None:
        self._letter_of = letter_of
        self._verified = 0
        self._refused: list[str] = []

    def write(self, answer: Answer) -> Brief:
        lines = [
            "# Decided issues like the one asked about",
            "",
            f"Asked: {_plain(answer.query)}",
            "",
            *_around(answer),
        ]
        lines += ["## Decided issues, most alike first"]
        for place, hit in enumerate(answer.hits, 1):
            lines += ["", *self._hit(place, hit)]
        lines += ["", "## Sources", "", *self._sources()]
        return Brief("\n".join(lines) + "\n", self._verified, tuple(self._refused))

    def _hit(self, place: int, hit: Hit) -> Iterator[str]:
        day = f", decided {hit.decision_date}" if hit.decision_date else ""
        yield f"### {place}. {hit.key}: {hit.outcome}{day}"
        yield ""
        yield f"- Request: {_plain(hit.request)}"
        yield f"- Why: {hit.why.words()}"
        if hit.why.lacking:
            yield "- Not in this case: " + ", ".join(concept.label for concept in hit.why.lacking)
        for citation in hit.citations:
            yield f"- The {citation.cited_by} cites {citation.text}"
        for note, key in (("same letter as", hit.same_letter), ("looks like a twin of", hit.twin_of)):
            if key:
                yield f"- Note: {note} {key}"
        yield from self._quoted(hit)

    def _quoted(self, hit: Hit) -> Iterator[str]:
        wanted = [
            (f"Ground ({ground.notation.replace('-', ' ')}):", ground.sentence, ground.span) for ground in hit.grounds
        ]
        wanted += [("Guideline words quoted:", passage.text, passage.span) for passage in hit.passages]
        if not wanted:
            return
        try:
            letter = self._letter_of(hit.case_number)
        except UnknownItem:
            self._refused.append(f"{hit.key}: the letter is not in the archive, so its quotations cannot be verified")
            return
        for title, text, span in wanted:
            words = verbatim(letter, text, span)
            if words is None:
                self._refused.append(f"{hit.key}: {title.rstrip(':').lower()}, characters {span.start} to {span.end}")
                continue
            self._verified += 1
            yield from ("", title, "", f"> {words}")

    def _sources(self) -> Iterator[str]:
        yield (
            f"{self._verified} quotations stand word for word in the letters of the store (white space folded). "
            "Outcomes of other cases inform; they are no legal or medical advice."
        )
        if self._refused:
            yield ""
            yield "Left out because the source text does not have these words at the place given:"
            yield ""
            yield from (f"- {line}" for line in self._refused)


def _around(answer: Answer) -> Iterator[str]:
    if not answer.cohorts:
        return
    yield "## What was counted"
    yield ""
    yield "| population | issues | upheld | overturned | partially overturned | share overturned (95 % interval) |"
    yield "|---|---|---|---|---|---|"
    for cohort in answer.cohorts:
        counts = [str(cohort.outcomes.get(name, 0)) for name in ("upheld", "overturned", "partially overturned")]
        yield f"| {cohort.population} | {cohort.total} | {' | '.join(counts)} | {share(cohort)} |"
    yield ""
    if answer.grounds:
        yield f"Grounds given, of {answer.counted}:"
        yield ""
        yield from (f"- {ground}" for ground in answer.grounds_given())
        yield ""


def share(cohort: Cohort) -> str:
    """The share overturned with its interval in words, or that there are too few."""
    rate = cohort.overturned
    return "too few" if rate is None else f"{rate.share:.0%} ({rate.low:.0%} to {rate.high:.0%})"


def _plain(text: str) -> str:
    """One line, without what markdown would read as a table or a tag."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
