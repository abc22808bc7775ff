"""Bytes to text: PDF, text, markdown and html, from files, folders, archives and standard input."""

from imr_graph.read.letters import read_source, read_sources
from imr_graph.read.refs import DEFAULT, Limits, Listed, Refusal, SourceRef, shown
from imr_graph.read.sources import corpus_bytes, find_sources, passed_over_line

__all__ = [
    "DEFAULT",
    "Limits",
    "Listed",
    "Refusal",
    "SourceRef",
    "corpus_bytes",
    "find_sources",
    "passed_over_line",
    "read_source",
    "read_sources",
    "shown",
]
