"""``python -m imr_graph``."""

from imr_graph.app.cli import main

main()
