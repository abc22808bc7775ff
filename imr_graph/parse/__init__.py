"""A letter's text to a :class:`~imr_graph.models.Decision`: its facts, each with its place in the text."""

from imr_graph.parse.decision import ParsedLetter, parse_letter

__all__ = ["ParsedLetter", "parse_letter"]
