"""imr-graph: California Independent Medical Review decisions as a knowledge graph and a precedent search.

The way through the house, in the order of the pipeline::

    for source in read_sources(["letters/"]):      # bytes to text
        letter = parse_letter(source)              # text to the facts that stand in it
        decision = Linker(load_vocabulary())(letter)   # words to concepts
    build(["letters/"], Path("imr-store"))         # all of that, into graph and index

Names are imported when they are first used, so that ``import imr_graph`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from imr_graph.version import __version__

if TYPE_CHECKING:
    from imr_graph.errors import ImrGraphError
    from imr_graph.graph.exports.networks import to_networkx
    from imr_graph.graph.store import OxigraphStore
    from imr_graph.link import Linker
    from imr_graph.models import Citation, Decision, Issue, Letter, Outcome
    from imr_graph.parse import parse_letter
    from imr_graph.pipeline.build import build
    from imr_graph.read import read_sources
    from imr_graph.search.precedents import Precedents, SearchRequest
    from imr_graph.vocabulary import Vocabulary, load_vocabulary

_HOMES = {
    "Citation": "models",
    "Decision": "models",
    "ImrGraphError": "errors",
    "Issue": "models",
    "Letter": "models",
    "Linker": "link",
    "Outcome": "models",
    "OxigraphStore": "graph.store",
    "Precedents": "search.precedents",
    "SearchRequest": "search.precedents",
    "Vocabulary": "vocabulary",
    "build": "pipeline.build",
    "load_vocabulary": "vocabulary",
    "parse_letter": "parse",
    "read_sources": "read",
    "to_networkx": "graph.exports.networks",
}

__all__ = [
    "Citation",
    "Decision",
    "ImrGraphError",
    "Issue",
    "Letter",
    "Linker",
    "Outcome",
    "OxigraphStore",
    "Precedents",
    "SearchRequest",
    "Vocabulary",
    "__version__",
    "build",
    "load_vocabulary",
    "parse_letter",
    "read_sources",
    "to_networkx",
]


def __getattr__(name: str) -> object:
    """The public names, imported from their homes on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
