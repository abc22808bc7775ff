"""Kill builds and updates at random moments: ``python bench/kill.py [ROUNDS] [--seed N]``.

Each round changes a folder of letters (some new, some changed, some gone), starts ``imr-graph build --prune`` on it
and kills the whole process group with SIGKILL after a random time, up to what the last finished build took and a tenth.
After every kill the store is proved (:func:`imr_graph.pipeline.check.check`) and must hold exactly the letters of
the last acknowledged build, or of the killed one where it was complete. Exit status 1 where a letter was lost, the
store was unreadable, or its parts disagreed.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from corpus import Writer

from imr_graph.archive import Archive
from imr_graph.errors import ImrGraphError
from imr_graph.pipeline.check import check
from imr_graph.pipeline.generation import StoreFolder

State = dict[str, str]  # case number to the sha256 of the text


class Corpus:
    """A folder of letters that changes at random, a little or a lot."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self._folder, self._rng, self._next = folder, rng, 0
        self._writers = [Writer(change) for change in range(4)]
        folder.mkdir()

    def change(self) -> None:
        rng, present = self._rng, sorted(self._folder.iterdir())
        for path in rng.sample(present, k=min(len(present), rng.randrange(4))):
            path.unlink()
        for path in rng.sample(present, k=min(len(present), rng.randrange(4))):
            if path.exists():
                path.write_text(rng.choice(self._writers).letter(int(path.stem))[1])
        for _ in range(rng.randrange(1, 40)):
            self._next += 1
            (self._folder / f"{self._next}.txt").write_text(rng.choice(self._writers).letter(self._next)[1])


def state(store: Path) -> State:
    """What the store holds, after proving it; an exception or a fault is a failure of the round."""
    generation = StoreFolder(store).current()
    if generation is None:
        return {}
    if faults := check(store, sample=20):
        raise AssertionError(f"the parts disagree: {faults[:3]}")
    with Archive.open(generation.letters) as archive:
        return {letter.decision.id: letter.decision.text_sha256 for letter in archive.letters()}


def build(corpus: Path, store: Path, seconds: float | None) -> int | None:
    """The exit status of a build, or None where it was killed after ``seconds``."""
    command = [sys.executable, "-m", "imr_graph", "build", str(corpus), "--store", str(store), "--prune", "--quiet"]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="imr-graph-kill-") as folder:
        corpus, store = Path(folder) / "letters", Path(folder) / "store"
        letters = Corpus(corpus, rng)
        letters.change()
        started = time.monotonic()
        build(corpus, store, None)
        longest, acknowledged = 0.7 * (time.monotonic() - started), state(store)
        for _ in range(args.rounds):
            letters.change()
            status = build(corpus, store, rng.uniform(0.0, 1.1 * longest))
            results["killed" if status is None else "finished"] += 1
            before = acknowledged
            try:
                found = state(store)
            except (ImrGraphError, AssertionError, OSError, ValueError) as error:
                results["unreadable or in disagreement"] += 1
                print(error, file=sys.stderr)
                continue
            if status is None:
                # the kill came before the switch, or after it: then all of the new state must be there; the build is
                # finished here, so that the next round has little to do, and may be killed at its very end
                started = time.monotonic()
                finished = build(corpus, store, None)
                longest = time.monotonic() - started if found == before else longest
                acknowledged = state(store)
                results["lost letters"] += found not in (before, acknowledged)
                if found == acknowledged != before:
                    results["complete before the kill"] += 1
            else:
                finished, acknowledged = status, found
            results["lost letters"] += finished != 0 or len(acknowledged) != len(list(corpus.iterdir()))
    for what in ("killed", "finished", "complete before the kill", "lost letters", "unreadable or in disagreement"):
        print(f"{what:32} {results[what]}")
    sys.exit(1 if results["lost letters"] or results["unreadable or in disagreement"] else 0)


if __name__ == "__main__":
    main()
