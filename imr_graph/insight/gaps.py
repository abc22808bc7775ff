"""Leads for a draft request: on which grounds like requests were denied, and whether the draft speaks of them."""

from __future__ import annotations

import re
from functools import cache

from imr_graph.errors import QueryError
from imr_graph.link.sentences import sentences
from imr_graph.models import Model, Outcome
from imr_graph.namespaces import slug
from imr_graph.resources import rules
from imr_graph.search.answer import Cohort, Hit
from imr_graph.search.precedents import Precedents, SearchRequest

_LOOKALIKES = 50
_SHOWN = 3


class Gap(Model):
    """A ground of like denials, as a lead to check.

    ``upheld`` counts the upheld issues of the population with this ground. ``sentence`` stands in the rationale of
    ``case``, the issue most like the draft that was upheld on it. ``mentioned`` are sentences of the
    draft in which a cue of the ground stands: they show that something is said of it, not that it suffices; none of
    them is a lead.
    """

    ground: str
    label: str
    upheld: int
    case: str
    sentence: str
    question: str
    mentioned: tuple[str, ...]


class GapList(Model):
    """The leads for a draft, most frequent first; ``population`` says which issues are counted.

    It is empty where no service, drug or body part is recognised in the draft: then nothing is like it.
    """

    population: str
    counted: Cohort | None
    gaps: tuple[Gap, ...]


def gap_list(
    precedents: Precedents, draft: str, *, record: str = "", limit: int = 10, exclude: frozenset[str] = frozenset()
) -> GapList:
    """The grounds on which the issues that are like ``draft`` were upheld, and what the draft says of each.

    ``record`` is told with the draft, but not searched for. ``exclude`` leaves cases out. Raises :class:`QueryError`
    where nothing can be searched for.
    """
    if not draft.strip():
        raise QueryError("the draft is empty", remedy="give the words of a request")
    upheld = (("outcome", slug(Outcome.UPHELD)),)
    request = SearchRequest(draft, plain=True, limit=_LOOKALIKES, filters=upheld, exclude=exclude)
    answer = precedents.search(request)
    if not answer.linked:
        return GapList(population="", counted=None, gaps=())
    found = []
    for side in answer.grounds:
        table = rules("gaps").get(side.notation)
        if table is None or not side.upheld:
            continue
        example = _example(answer.hits, side.notation) or _searched(precedents, draft, side.notation, exclude)
        if example is None:
            continue
        found.append(
            Gap(
                ground=side.notation,
                label=side.label,
                upheld=side.upheld,
                case=example[0],
                sentence=example[1],
                question=table["ask"],
                mentioned=_mentioned(f"{draft}\n{record}", side.notation),
            )
        )
    found.sort(key=lambda gap: (-gap.upheld, gap.ground))
    return GapList(population=answer.counted, counted=answer.base, gaps=tuple(found[:limit]))


def _example(hits: tuple[Hit, ...], notation: str) -> tuple[str, str] | None:
    """The issue most like the draft that gives this ground, with its sentence."""
    return next(((hit.key, g.sentence) for hit in hits for g in hit.grounds if g.notation == notation), None)


def _searched(precedents: Precedents, draft: str, notation: str, exclude: frozenset[str]) -> tuple[str, str] | None:
    filters = (("outcome", slug(Outcome.UPHELD)), ("ground", notation))
    request = SearchRequest(draft, plain=True, limit=1, filters=filters, exclude=exclude, around=False)
    return _example(precedents.search(request).hits, notation)


@cache
def _cues(notation: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{cue})" for cue in rules("gaps")[notation]["cues"]), re.IGNORECASE)


def _mentioned(draft: str, notation: str) -> tuple[str, ...]:
    cues = _cues(notation)
    text = " ".join(draft.split())  # a draft is wrapped anywhere, and a line break would part its sentences
    pieces = (text[start:end] for start, end in sentences(text))
    return tuple(piece for piece in pieces if cues.search(piece))[:_SHOWN]
