"""What a letter costs the passages of a store as the corpus grows: python bench/grow_passages.py [LETTERS...]

Synthetic letters quote four sentences each of a stock that grows with the corpus (Zipf: some are quoted everywhere),
one in five with a word changed, dropped or cut. Prints milliseconds of processor time a letter for adding the last
thousand letters and for settling, and for adding and settling one batch of a hundred to the finished file.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from imr_graph.link.quotation import key_of, words_of
from imr_graph.passages.reader import PassageReader
from imr_graph.passages.records import Attribution, LetterQuotes, QuotedSentence, QuotingIssue
from imr_graph.passages.store import PassageWriter

_WORDS = [a + b + c for a in "bdkmprst" for b in "aeiou" for c in ("lan", "men", "rik", "sol", "tun", "var", "gos")]


def stock_sentence(number: int) -> str:
    chooser = random.Random(number)
    weights = [1 / rank for rank in range(1, len(_WORDS) + 1)]
    return " ".join(chooser.choices(_WORDS, weights, k=chooser.randint(9, 30)))


def quoted(text: str, chooser: random.Random) -> str:
    words = text.split()
    place = chooser.randrange(len(words))
    match chooser.randrange(15):
        case 0:
            words[place] = chooser.choice(_WORDS)
        case 1:
            del words[place]
        case 2:
            words = words[len(words) // 3 :]
    return " ".join(words)


def letter(number: int, chooser: random.Random, stock: int) -> LetterQuotes:
    sentences = []
    for at in range(4):
        rank = min(stock, int(chooser.paretovariate(0.7)))
        text = quoted(stock_sentence(rank), chooser)
        key = key_of(words_of(text))
        sentences.append(QuotedSentence(1, key, text, key, at, at + 1, Attribution("MTUS", "Some guideline")))
    injury = f"20{chooser.randint(10, 16)}-{chooser.randint(1, 12):02}-{chooser.randint(1, 28):02}"
    issue = QuotingIssue(1, chooser.choice(["upheld", "upheld", "overturned"]), "mri", number)
    return LetterQuotes(f"L{number:07}", injury, "female", chooser.randint(20, 65), (), (issue,), tuple(sentences))


def measure(letters: int, path: Path) -> None:
    chooser = random.Random(1)
    made = [letter(number, chooser, letters) for number in range(letters + 100)]
    writer = PassageWriter.create(path)
    for one in made[: letters - 1000]:
        writer.add(one)
    start = time.process_time()
    for one in made[letters - 1000 : letters]:
        writer.add(one)
    added = time.process_time()
    passages, quotes = writer.close()
    settled = time.process_time()
    writer = PassageWriter.update(path)
    for one in made[letters:]:
        writer.add(one)
    writer.close()
    updated = time.process_time()
    with PassageReader.open(path) as reader:
        first = reader.find(limit=10)
        listed = time.process_time() - updated
    print(
        f"{letters:7} letters: {passages} passages of {quotes} quotes, {path.stat().st_size / 1e6:.0f} MB; "
        f"add {added - start:.3f} ms a letter, settle {(settled - added) * 1000 / letters:.3f} ms a letter, "
        f"a batch of 100: {(updated - settled) * 1000:.0f} ms; "
        f"list 10: {listed * 1000:.0f} ms (the first has {first[0].letters} letters)"
    )


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["1000", "10000"]):
        with tempfile.TemporaryDirectory() as folder:
            measure(size, Path(folder) / "passages.sqlite")
