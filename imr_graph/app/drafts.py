"""A file as a query: a draft or a denial as it stands, a decided letter by what it was asked to decide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

if TYPE_CHECKING:
    from imr_graph.text import SourceText
    from imr_graph.vocabulary import Vocabulary


class Draft(NamedTuple):
    """What is asked, what is told of the worker besides, and the decided case that asks it, if one does."""

    text: str
    record: str = ""
    cases: frozenset[str] = frozenset()


def draft_of(file: Path, vocabulary: Vocabulary) -> Draft:
    """The draft in ``file``, whatever its format; a decided letter asks as ``similar`` does with its first issue.

    Raises :class:`imr_graph.errors.ReadError`.
    """
    from imr_graph.errors import NotADecision
    from imr_graph.read import find_sources, read_source

    texts = [read_source(source) for source in find_sources([str(file)])]
    if len(texts) == 1:
        try:
            return _decided(texts[0], vocabulary)
        except NotADecision:
            pass
    return Draft("\n".join(text.text for text in texts))


def _decided(source: SourceText, vocabulary: Vocabulary) -> Draft:
    """The first issue of a letter, with its diagnoses; the reviewer's own reasons are no part of what was asked."""
    from imr_graph.link.diagnoses import DiagnosisLinker
    from imr_graph.parse import parse_letter

    decision = DiagnosisLinker(vocabulary)(parse_letter(source)).decision
    if not decision.issues:
        return Draft(source.text)
    first = decision.issues[0]
    if len(decision.issues) > 1:
        typer.echo(
            f"{source.name} decides {len(decision.issues)} issues; asked is the first: {first.request}", err=True
        )
    diagnoses = ". ".join(diagnosis.text for diagnosis in decision.diagnoses)
    return Draft(f"{first.request}. {diagnoses}", decision.clinical_summary, frozenset({decision.id}))
