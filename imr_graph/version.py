"""The version of imr-graph: written into every manifest, cache name and report."""

__version__ = "0.1.0"
