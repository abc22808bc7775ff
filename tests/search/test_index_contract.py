"""What every text engine must do: run over tantivy and Whoosh."""

import json
import math
import os
import random
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imr_graph.errors import StoreError, UsageError
from imr_graph.search.documents import IssueDocument
from imr_graph.search.engine import ENGINES, TextIndex, create_index, index_writer, open_index
from imr_graph.search.query import All, Any, Best, Constant, Everything, Node, Pattern, Phrase, Range, Word

WORDS = ["neck", "back", "mri", "spine", "cervical", "therapy", "visit", "exercis", "knee", "pain", "flag", "red"]


def document(case: str, n: int, request: str, rationale: str = "", **keywords: tuple[str, ...]) -> IssueDocument:
    text = {"request": request} | ({"rationale": rationale} if rationale else {})
    payload = json.dumps({"case": case, "n": n}).encode()
    day = {"date": 20160100 + n} if n < 32 else {}
    return IssueDocument(text, {"case": (case,), **keywords}, {"n": n, **day}, payload)


def keys(index: TextIndex, node: Node, limit: int = 100) -> list[str]:
    found = (json.loads(match.payload) for match in index.search(node, limit))
    return [f"{issue['case']}#{issue['n']}" for issue in found]


@pytest.fixture(params=ENGINES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    place = tmp_path / "index"
    create_index(place, request.param)
    return place


@pytest.fixture
def small(folder: Path) -> TextIndex:
    with index_writer(folder) as writer:
        writer.add(
            [
                document(
                    "A",
                    1,
                    "MRI of the cervical spine",
                    "No red flags are found.",
                    service=("mri",),
                    body_part=("neck",),
                ),
                document("A", 2, "Naproxen 550 mg #60", "Long-term use", drug=("naproxen",), service=("nsaid",)),
                document(
                    "B",
                    1,
                    "Massage therapy",
                    "The red and other flags",
                    service=("massage",),
                    body_part=("neck", "knee"),
                ),
                document("C", 3, "MRI knee", "Café visits, 4-6 in number", service=("mri",), body_part=("knee",)),
            ]
        )
    return open_index(folder)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Word("request", "MRI"), {"A#1", "C#3"}),
        (Word(None, "flag"), {"A#1", "B#1"}),
        (Word("rationale", "cafe"), {"C#3"}),
        (Word("service", "mri"), {"A#1", "C#3"}),
        (Word("service", "MRI"), set()),
        (Word("body_part", "knee"), {"B#1", "C#3"}),
        (Word("request", "the"), set()),
        (Word("rationale", "4-6"), {"C#3"}),
        (Phrase("rationale", "red flags"), {"A#1"}),
        (Phrase("rationale", "red flags", 2), {"A#1", "B#1"}),
        (Phrase(None, "cervical spine"), {"A#1"}),
        (Phrase("request", "MRI of the cervical spine"), {"A#1"}),
        (Phrase("rationale", "of the"), set()),
        (Phrase("service", "mri"), {"A#1", "C#3"}),
        (Pattern("drug", "nap*"), {"A#2"}),
        (Pattern("case", "A*"), {"A#1", "A#2"}),
        (Pattern("request", "M?I"), {"A#1", "C#3"}),
        (Pattern("request", "m?i"), {"A#1", "C#3"}),
        (Pattern(None, "vis*"), {"C#3"}),
        (Range("date", 20160102, 20160103), {"A#2", "C#3"}),
        (Range("n", 2, None), {"A#2", "C#3"}),
        (Range("n", None, 1), {"A#1", "B#1"}),
        (Everything(), {"A#1", "A#2", "B#1", "C#3"}),
        (All((Word("service", "mri"),), (Word("body_part", "knee"),)), {"A#1"}),
        (All((), (Word("service", "mri"),)), {"A#2", "B#1"}),
        (All((Word("request", "the"), Word("service", "nsaid"))), {"A#2"}),
        (All(()), set()),
        (Any((Word("drug", "naproxen"), Word("service", "massage"))), {"A#2", "B#1"}),
        (Any(()), set()),
        (Best((Word("drug", "naproxen"), Word("service", "massage"))), {"A#2", "B#1"}),
        (Constant(Word("request", "mri"), 3.0), {"A#1", "C#3"}),
        (Constant(Word("request", "the"), 3.0), set()),
    ],
)
def test_matches(small: TextIndex, node: Node, expected: set[str]) -> None:
    assert set(keys(small, node)) == expected
    assert small.count(node) == len(expected)


def test_constants_add_and_the_best_counts(small: TextIndex) -> None:
    mri, knee, neck = (
        Constant(Word(f, t), s)
        for f, t, s in [("service", "mri", 2.0), ("body_part", "knee", 1.0), ("body_part", "neck", 0.5)]
    )
    assert [round(m.score, 4) for m in small.search(Any((mri, knee, neck)), 9)] == [3.0, 2.5, 1.5]
    assert [round(m.score, 4) for m in small.search(Any((mri, Best((knee, neck)))), 9)] == [3.0, 2.5, 1.0]
    assert keys(small, Any((mri, knee, neck))) == ["C#3", "A#1", "B#1"]


def test_equal_scores_come_in_the_order_of_the_keys(small: TextIndex) -> None:
    assert keys(small, Everything(), 3) == ["A#1", "A#2", "B#1"]


@pytest.mark.parametrize("node", [Everything(), Constant(Word("service", "mri"), 2.0)], ids=["filter", "concept"])
def test_ties_are_cut_in_the_order_of_the_keys_whatever_the_segments(folder: Path, node: Node) -> None:
    late_first = [document(f"CM14-{i:07}", 1, "MRI", service=("mri",)) for i in reversed(range(3000))]
    for start in range(0, 3000, 1500):
        with index_writer(folder) as writer:
            writer.add(late_first[start : start + 1500])
    with index_writer(folder) as writer:
        writer.add([document("CM14-0000001", n, "MRI", service=("mri",)) for n in (3, 2)])
    best = Constant(Word("case", "CM14-0002999"), 1.0)
    index = open_index(folder)
    first = ["CM14-0000000#1", "CM14-0000001#1", "CM14-0000001#2", "CM14-0000001#3", "CM14-0000002#1"]
    assert keys(index, node, 5) == first
    assert keys(index, Any((node, best)), 6) == ["CM14-0002999#1", *first]
    assert len(keys(index, node, 5000)) == 3002


def test_facets_count_every_match(small: TextIndex) -> None:
    assert small.facets(Everything(), ["service", "body_part"], 9) == {
        "service": {"mri": 2, "massage": 1, "nsaid": 1},
        "body_part": {"knee": 2, "neck": 2},
    }
    assert small.facets(Word("service", "mri"), ["service", "drug"], 9) == {"service": {"mri": 2}, "drug": {}}
    assert small.facets(Everything(), ["service"], 1) == {"service": {"mri": 2}}
    assert small.facets(Word("service", "none"), ["service"], 9) == {"service": {}}


def test_an_empty_index_answers(folder: Path) -> None:
    index = open_index(folder)
    assert len(index) == index.count(Everything()) == index.doc_freq("request", "mri") == 0
    assert index.search(Any((Word("request", "mri"), Pattern("drug", "a*"))), 5) == []
    assert index.facets(Everything(), ["service"], 5) == {"service": {}}


def test_a_letter_is_replaced_and_dropped(small: TextIndex, folder: Path) -> None:
    with index_writer(folder) as writer:
        writer.delete_case("A")
        writer.add([document("A", 1, "Acupuncture", service=("acupuncture",))])
        writer.delete_case("C")
    assert len(small) == 4, "a reader keeps its snapshot"
    small.reload()
    assert set(keys(small, Everything())) == {"A#1", "B#1"}
    assert small.facets(Everything(), ["service"], 9) == {"service": {"acupuncture": 1, "massage": 1}}


def test_an_error_drops_the_changes(small: TextIndex, folder: Path) -> None:
    def interrupted() -> Iterator[IssueDocument]:
        yield document("D", 1, "Lost")
        raise RuntimeError

    with pytest.raises(RuntimeError), index_writer(folder) as writer:
        writer.add(interrupted())
    small.reload()
    assert set(keys(small, Everything())) == {"A#1", "A#2", "B#1", "C#3"}


def test_one_writer_at_a_time(folder: Path) -> None:
    with index_writer(folder), pytest.raises(StoreError, match="being written"):
        index_writer(folder)


def test_a_hard_linked_copy_is_a_snapshot(small: TextIndex, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, copy_function=os.link)
    with index_writer(copy) as writer:
        writer.delete_case("A")
        writer.add([document("Z", 1, "MRI")])
    assert set(keys(open_index(folder), Everything())) == {"A#1", "A#2", "B#1", "C#3"}
    assert set(keys(open_index(copy), Everything())) == {"B#1", "C#3", "Z#1"}


def test_a_missing_or_foreign_index_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no text index"):
        open_index(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="already"):
        create_index(folder, "tantivy")
    with pytest.raises(UsageError, match="no text engine"):
        create_index(tmp_path / "other", "grep")
    (folder / "index.json").write_text('{"engine": "tantivy", "schema": 0}')
    with pytest.raises(StoreError, match="schema 0"):
        open_index(folder)


def oracle(texts: list[dict[str, list[str]]], query: list[tuple[str, str, float]]) -> dict[int, float]:
    """BM25 by its definition: k1 1.2, b 0.75, idf ln(1 + (N - n + 0.5) / (n + 0.5))."""
    scores: dict[int, float] = defaultdict(float)
    for field, term, weight in query:
        frequencies = {i: text[field].count(term) for i, text in enumerate(texts) if term in text[field]}
        idf = math.log(1 + (len(texts) - len(frequencies) + 0.5) / (len(frequencies) + 0.5))
        mean = sum(len(text[field]) for text in texts) / len(texts)
        for i, count in frequencies.items():
            length = len(texts[i][field])
            scores[i] += weight * idf * count * 2.2 / (count + 1.2 * (1 - 0.75 + 0.75 * length / mean))
    return scores


@pytest.mark.parametrize("seed", range(3))
def test_bm25_is_that_of_the_oracle(folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    texts = [
        {"request": rng.choices(WORDS, k=rng.randint(1, 12)), "rationale": rng.choices(WORDS, k=rng.randint(1, 35))}
        for _ in range(60)
    ]
    for start in range(0, len(texts), 20):  # several segments
        with index_writer(folder) as writer:
            for i in range(start, start + 20):
                writer.add([document(f"K{i:02}", 1, " ".join(texts[i]["request"]), " ".join(texts[i]["rationale"]))])
    index = open_index(folder)
    query = [("request", "neck", 2.0), ("rationale", "neck", 0.5), ("rationale", "red", 1.0)]
    expected = oracle(texts, query)
    found = {
        int(json.loads(match.payload)["case"][1:]): match.score
        for match in index.search(Any(tuple(Word(*leaf) for leaf in query)), 100)
    }
    assert found.keys() == expected.keys()
    tolerance = {"tantivy": 1e-3, "whoosh": 0.06}[index.engine]  # Whoosh keeps every length in one byte
    for number, score in expected.items():
        assert found[number] == pytest.approx(score, rel=tolerance)


def test_a_view_of_links_serves_where_nothing_can_be_written(tmp_path: Path) -> None:
    from imr_graph.search.tantivy_engine import TantivyIndex, linked_view

    place = tmp_path / "index"
    create_index(place, "tantivy")
    with index_writer(place) as writer:
        writer.add([document("A", 1, "MRI")])
    with linked_view(place) as view:
        assert not list(Path(view).glob("*.lock"))
        assert keys(TantivyIndex(Path(view)), Everything()) == ["A#1"]


def test_threads_may_read_one_index(folder: Path, switching: None) -> None:
    with index_writer(folder) as writer:
        writer.add(document(f"C{n}", 1, " ".join(WORDS[: n % 12 + 1]), "flag " * (n % 40)) for n in range(400))
    index = open_index(folder)

    def read(word: str) -> object:
        node = Any((Word("request", word), Phrase("request", "neck back")))
        return keys(index, node), index.facets(node, ["case"], 400), index.count(node)

    alone = {word: read(word) for word in WORDS}
    words = WORDS * 4
    with ThreadPoolExecutor(4) as pool:
        assert [alone[word] for word in words] == list(pool.map(read, words))


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)
