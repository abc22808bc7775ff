"""Words to concepts: each step takes a parsed letter and adds what it found to the decision.

The order matters: requests read the body part of the diagnoses, grounds leave out quoted guideline text.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imr_graph.link.linker import Linker

__all__ = ["Linker"]


def __getattr__(name: str) -> object:
    """The linker, imported on first use: a search needs two of its readers only."""
    if name != "Linker":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from imr_graph.link.linker import Linker

    return Linker
