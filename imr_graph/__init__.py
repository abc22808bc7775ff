"""imr-graph: California Independent Medical Review decisions as a knowledge graph and a precedent search."""

from imr_graph.version import __version__

__all__ = ["__version__"]
