"""Precedent search: decided issues as documents of a text engine, ranked by shared concepts and words, and counted."""
