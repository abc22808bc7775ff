"""Letters that quote invented guideline sentences."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from imr_graph.link.quotation import key_of, words_of
from imr_graph.passages.reader import PassageReader
from imr_graph.passages.records import Attribution, LetterQuotes, QuotedSentence, QuotingIssue
from imr_graph.passages.store import PassageWriter

Make = Callable[..., LetterQuotes]
Fill = Callable[[Iterable[LetterQuotes]], PassageReader]


def quoting(
    case: str,
    *sentences: str,
    outcome: str = "upheld",
    service: str = "massage-therapy",
    document: str = "Chronic Pain",
    pages: str = "60",
    injury: str = "",
    age: int | None = None,
    rationale: str = "",
) -> LetterQuotes:
    """A letter with one issue that quotes these sentences."""
    return LetterQuotes(
        case,
        injury,
        "female",
        age,
        ("family-medicine",),
        (QuotingIssue(1, outcome, service, key_of([rationale or case])),),
        tuple(
            QuotedSentence(
                1, key_of(words_of(text)), text, key_of(["all", case]), 10 * at, 10 * at + 9,
                Attribution("MTUS", document, "Massage", pages, "mtus-chronic-pain"),
            )
            for at, text in enumerate(sentences)
        ),
    )  # fmt: skip


@pytest.fixture(name="quoting")
def quoting_factory() -> Make:
    return quoting


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """Writes letters to a file of passages and opens it."""
    files = iter(range(1000))

    def filled(letters: Iterable[LetterQuotes]) -> PassageReader:
        path = tmp_path / f"{next(files)}.sqlite"
        with PassageWriter.create(path) as writer:
            for letter in letters:
                writer.add(letter)
        return PassageReader.open(path)

    return filled
