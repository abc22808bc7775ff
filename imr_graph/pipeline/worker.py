"""One source, all the way: read, parse, link, and what the stores will take of it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from imr_graph.archive import STALE, Packed, pack
from imr_graph.errors import ImrGraphError, UnreadableSource
from imr_graph.graph.triples import decision_quads
from imr_graph.link import Linker
from imr_graph.models import Letter
from imr_graph.parse import parse_letter
from imr_graph.passages.records import LetterQuotes, letter_quotes
from imr_graph.pipeline.carry import KeptLetter
from imr_graph.pipeline.pool import Lost, run
from imr_graph.read import SourceRef, read_source
from imr_graph.search.documents import IssueDocument, issue_documents
from imr_graph.vocabulary import Vocabulary, load_vocabulary

_BATCH = 64  # letters a worker is given at once


@dataclass(frozen=True, slots=True)
class Processed:
    """A source after its worker: the letter ready to write, or the reason why it was refused.

    ``name`` and ``fingerprint`` are those of the source, ``sha256`` that of its bytes. A source that the next build may
    be able to read as it is (its worker was lost, or the system did not give it) is stale.
    """

    name: str
    fingerprint: str
    sha256: str = ""
    letter: Packed | None = None
    quads: bytes = b""
    documents: tuple[IssueDocument, ...] = ()
    quotes: LetterQuotes | None = None
    problems: tuple[str, ...] = ()
    reason: str = ""


def read_letter(source: SourceRef | KeptLetter, linker: Linker) -> Letter:
    """The letter in ``source``, parsed and linked.

    Raises :class:`imr_graph.errors.ReadError` and :class:`imr_graph.errors.NotADecision`.
    """
    text = source.text if isinstance(source, KeptLetter) else read_source(source)
    return Letter(decision=linker(parse_letter(text)), text=text.text, pages=text.pages)


def project(letter: Letter, fingerprint: str, vocabulary: Vocabulary, base: str) -> Processed:
    """What archive, graph, index and passages take of a letter."""
    decision = letter.decision
    return Processed(
        decision.source_name,
        fingerprint,
        decision.source_sha256,
        pack(letter),
        "".join(f"{quad}\n" for quad in decision_quads(decision, base)).encode(),
        tuple(issue_documents(decision, vocabulary)),
        letter_quotes(decision),
        tuple(problem.code for problem in decision.problems),
    )


def prepare(base: str) -> Callable[[SourceRef | KeptLetter], Processed]:
    """The work of one worker process, with its vocabularies loaded. ``base`` is the base IRI of the instances."""
    vocabulary = load_vocabulary()
    linker = Linker(vocabulary)
    gc.freeze()  # the dictionaries live as long as the worker: the collector need not walk them for every letter

    def work(source: SourceRef | KeptLetter) -> Processed:
        fingerprint = source.fingerprint()  # before it is read: a change meanwhile is found by the next build
        try:
            return project(read_letter(source, linker), fingerprint, vocabulary, base)
        except UnreadableSource as error:  # what makes it readable may leave no trace in its size and time
            return Processed(source.name, STALE, reason=str(error))
        except ImrGraphError as error:
            return Processed(source.name, fingerprint, reason=str(error))
        except Exception as error:  # one odd letter must not end a build of two million; it is named in the report
            return Processed(source.name, fingerprint, reason=f"internal error: {type(error).__name__}: {error}")

    return work


def process(sources: Iterable[SourceRef | KeptLetter], *, base: str, jobs: int, seconds: float) -> Iterator[Processed]:
    """All sources, in any order, by ``jobs`` processes; one that takes more than ``seconds`` or crashes is refused."""
    for result in run(partial(prepare, base), sources, jobs=jobs, batch=_BATCH, seconds=seconds):
        if isinstance(result, Lost):
            yield Processed(result.item.name, STALE, reason=f"quarantined: the letter {result.reason}")
        else:
            yield result
