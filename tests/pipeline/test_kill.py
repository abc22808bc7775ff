"""A build killed at any moment costs nothing; bench/kill.py runs the long round."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.mark.slow
def test_kill_9_loses_nothing() -> None:
    run = subprocess.run(
        [sys.executable, str(BENCH / "kill.py"), "8", "--seed", "3"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "lost letters                     0" in run.stdout
