"""Bytes to text: PDF, text, markdown and html, from files, folders, archives and standard input."""

from imr_graph.read.letters import read_source, read_sources
from imr_graph.read.refs import DEFAULT, Limits, Refusal, SourceRef
from imr_graph.read.sources import find_sources

__all__ = ["DEFAULT", "Limits", "Refusal", "SourceRef", "find_sources", "read_source", "read_sources"]
