"""The errors of imr-graph: one tree, every message names the way out.

::

    ImrGraphError
    ├── ReadError            a file cannot be turned into text
    │   ├── UnsupportedFile      not a PDF, text, markdown, html, zip or tar
    │   ├── EmptySource          nothing in it, or a PDF without a text layer
    │   ├── DamagedSource        truncated, encrypted with a password, undecodable
    │   ├── OversizedSource      larger than the limits, or an archive that unpacks beyond them
    │   └── UnreadableSource     the system does not give it: missing, no permission, a disk that fails
    ├── NotADecision         the text is readable, but is no IMR final determination
    ├── VocabularyError      a file of ontology/ contradicts itself or the code
    ├── StoreError           the store is missing, damaged, locked or of another version
    ├── QueryError           a search, SPARQL text or named query that cannot be run
    │   └── QueryLimit           stopped at its limit of time, memory or rows
    ├── UnknownItem          no such case, issue, passage, concept or query
    └── UsageError           options that contradict each other
"""

from __future__ import annotations


class ImrGraphError(Exception):
    """Base of every error that imr-graph raises on purpose.

    ``message`` says what is wrong and where, ``remedy`` what the user can do about it.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class ReadError(ImrGraphError):
    """A file cannot be turned into text."""


class UnsupportedFile(ReadError):
    """Not a PDF, text, markdown, html, zip or tar."""


class EmptySource(ReadError):
    """Nothing in it, or a PDF without a text layer."""


class DamagedSource(ReadError):
    """Truncated, encrypted with a password, or undecodable."""


class OversizedSource(ReadError):
    """Larger than the limits, or an archive that unpacks beyond them."""


class UnreadableSource(ReadError):
    """The system does not give it: missing, no permission, a disk that fails. It may do so the next time."""


class NotADecision(ImrGraphError):
    """The text is readable, but is no IMR final determination."""


class VocabularyError(ImrGraphError):
    """A file of ontology/ contradicts itself or the code."""


class StoreError(ImrGraphError):
    """The store is missing, damaged, locked or of another version."""


REBUILD = "make it whole with: imr-graph build LETTERS --anew --store DIR"


class QueryError(ImrGraphError):
    """A search, SPARQL text or named query that cannot be run."""


class QueryLimit(QueryError):
    """A query was stopped at its limit of time, memory or rows."""


class UnknownItem(ImrGraphError):
    """No such case, issue, passage, concept or query."""


class UsageError(ImrGraphError):
    """Options that contradict each other."""
