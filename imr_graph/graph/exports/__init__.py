"""The graph as files for other tools: which part of it, as which network, in which format."""
