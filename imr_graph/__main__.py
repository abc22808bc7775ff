"""``imr-graph`` and ``python -m imr_graph``: the command line, and one line instead of a traceback at Ctrl-C.

The command line is imported here, so that Ctrl-C may come while that is under way.
"""

import sys
from typing import Final

_STOPPED: Final = 130  # 128 + SIGINT, also what typer makes of Ctrl-C


def main() -> None:
    """Run the command line; Ctrl-C says so and ends with 130."""
    try:
        from imr_graph.app.cli import main as run

        run()
    except KeyboardInterrupt:
        _stop()
    except SystemExit as end:
        if end.code == _STOPPED:
            _stop()
        raise


def _stop() -> None:
    print("imr-graph: stopped; the store is as it was", file=sys.stderr)
    sys.exit(_STOPPED)


if __name__ == "__main__":
    main()
