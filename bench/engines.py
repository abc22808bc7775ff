"""The same queries through both text engines: ``python bench/engines.py LETTERS [--limit 10]``.

Builds one store with tantivy and one with Whoosh from the same letters. Where fewer than ``limit`` issues match, the
sets of hits must be equal; elsewhere the overlap of the first ``limit`` hits is printed. Exit status 1 where a set
differs.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from imr_graph.pipeline.build import build
from imr_graph.pipeline.generation import StoreFolder
from imr_graph.search.engine import ENGINES, open_index
from imr_graph.search.linked import LinkedReader
from imr_graph.search.precedents import Precedents, SearchRequest
from imr_graph.vocabulary import load_vocabulary

QUERIES = (
    "massage therapy 8 sessions neck",
    "MRI lumbar spine radiculopathy",
    "MRI of the right shoulder rotator cuff tear",
    "physical therapy 12 visits knee",
    "acupuncture low back pain",
    "EMG/NCV bilateral upper extremities",
    "Norco 10/325mg #60",
    "service:mri outcome:overturned",
    '"red flags" NOT service:mri',
    "date:[2017-01 TO 2017-12] body_part:wrist",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=Path)
    parser.add_argument("--limit", type=int, default=10)
    args = parser.parse_args()
    vocabulary = load_vocabulary()
    reader, differ = LinkedReader(vocabulary), 0
    with tempfile.TemporaryDirectory() as folder:
        searches = []
        for engine in ENGINES:
            build([args.letters], Path(folder) / engine, engine=engine)
            index = open_index(StoreFolder(Path(folder) / engine).require().index)
            searches.append(Precedents(index, vocabulary, reader))
        for query in QUERIES:
            answers = [search.search(SearchRequest(text=query, limit=args.limit)) for search in searches]
            first, second = ({hit.key for hit in answer.hits} for answer in answers)
            few = max(answer.matching for answer in answers) < args.limit
            differ += answers[0].matching != answers[1].matching or (few and first != second)
            overlap = len(first & second) / max(1, len(first | second))
            print(f"{answers[0].matching:5d} {answers[1].matching:5d} matching  overlap {overlap:.2f}  {query}")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
