"""Passages over a corpus: joined, counted, changed, and the same whatever the order of the letters."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.errors import StoreError, UnknownItem
from imr_graph.passages.independence import Witness, voices
from imr_graph.passages.model import PassageCounts
from imr_graph.passages.reader import PassageFilter, PassageReader
from imr_graph.passages.records import LetterQuotes
from imr_graph.passages.store import PassageWriter
from tests.passages.conftest import quoting as make

Make = Callable[..., LetterQuotes]
Fill = Callable[[list[LetterQuotes]], PassageReader]

FULL = "The treatment stands beside active exercise and should be limited to 4-6 visits in most cases."
CUT = "It should be limited to 4-6 visits in most cases."
CHANGED = FULL.replace("4-6", "eight")
OTHER = "Gains in function are to be written down before another course of care is begun."
BOTH = f"{FULL[:-1]} and {OTHER.lower()}"


def test_a_passage_has_its_wordings_its_fork_and_its_pages(quoting: Make, fill: Fill) -> None:
    reader = fill(
        [
            quoting("A1", FULL, OTHER),
            quoting("A2", FULL, outcome="overturned"),
            quoting("A3", CUT, outcome="partially overturned", pages="63"),
            quoting("A4", CHANGED),
        ]
    )
    first, second = reader.find()
    assert (first.text, first.letters, first.issues, first.wordings) == (FULL, 4, 4, 3)
    assert (first.fork.upheld, first.fork.overturned) == (2, 2)
    assert [(c.pages, c.letters, c.other_page) for c in first.cited_as] == [("60", 3, False), ("63", 1, True)]
    assert second.text == OTHER
    (shown,) = reader.get(first.id)
    assert shown.specialties == {"family-medicine": 4}
    assert {variant.text: [c.kind for c in variant.changes] for variant in shown.variants} == {
        FULL: [],
        CUT: ["beginning cut"],
        CHANGED: ["number changed"],
    }
    assert [quote.key for quote in shown.quotes] == ["A1#1", "A2#1", "A3#1", "A4#1"]


def test_two_sentences_run_together_do_not_tie_their_passages(quoting: Make, fill: Fill) -> None:
    reader = fill(
        [quoting(f"A{n}", FULL) for n in range(3)] + [quoting("B", BOTH)] + [quoting(f"C{n}", OTHER) for n in range(2)]
    )
    assert [(p.text, p.letters) for p in reader.find()] == [(FULL, 4), (OTHER, 2)]


def test_twins_and_copied_rationales_count_once(quoting: Make, fill: Fill) -> None:
    reader = fill(
        [
            quoting("A1", FULL, injury="2014-01-02", age=50),
            quoting("A2", FULL, injury="2014-01-02", age=51),
            quoting("A3", FULL, injury="2014-01-02", age=60),
            quoting("A4", FULL, rationale="copied"),
            quoting("A5", FULL, rationale="copied"),
        ]
    )
    (passage,) = reader.find()
    assert (passage.letters, passage.all_letters) == (3, 5)
    assert reader.find(least=4) == []


def test_a_row_of_ages_does_not_join_everybody() -> None:
    found = voices(Witness(age, "2014-01-02", "male", age, age) for age in range(40, 46))
    assert len(set(found.values())) == 3


def test_words_service_and_document_choose(quoting: Make, fill: Fill) -> None:
    reader = fill([quoting("A1", FULL, OTHER), quoting("A2", FULL, service="mri", document="Neck")])
    assert [p.text for p in reader.find("limiting 4-6 visit")] == [FULL]
    assert [p.text for p in reader.find('" OR limited*')] == []
    assert [p.letters for p in reader.find(only=PassageFilter(services=("mri",)))] == [1]
    assert [p.letters for p in reader.find(only=PassageFilter(document="neck"))] == [1]
    assert [p.letters for p in reader.find(only=PassageFilter(guidelines=("mtus-chronic-pain",)), limit=1)] == [2]
    assert len(reader.find(limit=1)) == 1


def test_any_id_leads_to_the_passage(quoting: Make, fill: Fill) -> None:
    reader = fill([quoting("A1", FULL), quoting("A2", FULL), quoting("A3", CUT, OTHER)])
    first = reader.get(reader.find(limit=1)[0].id)[0]
    cut = next(variant for variant in first.variants if variant.text == CUT)
    assert [p.id for p in reader.get(cut.id)] == [first.id]
    (quotation,) = {q.quotation for p in reader.get(first.id) for q in p.quotes if q.case == "A3"}
    assert {p.text for p in reader.get(quotation)} == {FULL, OTHER}
    for wrong in ("0", "no hex", "f" * 40, "0123456789abcdef01"):
        with pytest.raises(UnknownItem, match="imr-graph passages"):
            reader.get(wrong)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="imr-graph build"):
        PassageReader.open(tmp_path / "passages.sqlite")


@pytest.mark.parametrize("folder", ["a?b", "a#b", "a%41b"])
def test_a_folder_may_have_any_name(quoting: Make, tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "passages.sqlite"
    path.parent.mkdir()
    with PassageWriter.create(path) as writer:
        writer.add(quoting("A1", FULL))
    with PassageReader.open(path) as reader:
        assert [found.text for found in reader.find()] == [FULL]


def test_a_list_counts_what_a_page_counts(quoting: Make, fill: Fill) -> None:
    letters = [
        quoting(f"A{n}", *s, service="mri" if n % 2 else "ct") for n, s in enumerate([(FULL,), (CUT, OTHER)] * 3)
    ]
    reader = fill(letters)
    every = PassageFilter(services=("mri", "ct"))
    assert reader.find() == reader.find(only=every)
    assert reader.find("visits", least=2, limit=1) == reader.find("visits", only=every, least=2, limit=1)
    for listed in reader.find():
        (shown,) = reader.get(listed.id)
        assert PassageCounts(**{name: getattr(shown, name) for name in PassageCounts.model_fields}) == listed


@pytest.mark.parametrize(("once", "twice"), [(FULL, OTHER), (OTHER, FULL)])
def test_among_equals_the_passage_of_most_issues_is_listed(quoting: Make, fill: Fill, once: str, twice: str) -> None:
    letter = quoting("A", twice)
    second = letter._replace(
        issues=(*letter.issues, letter.issues[0]._replace(n=2)),
        sentences=(*letter.sentences, letter.sentences[0]._replace(n=2)),
    )
    reader = fill([second, quoting("B", once)])
    for only in (None, PassageFilter(services=("massage-therapy",))):
        assert [(p.text, p.issues) for p in reader.find(only=only, limit=1)] == [(twice, 2)]


def pages_of(reader: PassageReader) -> list[object]:
    listed = reader.find()
    found = [*listed, *(passage for one in listed for passage in reader.get(one.id))]
    return [passage.model_dump() for passage in found]


SENTENCES = (FULL, CUT, CHANGED, OTHER, BOTH, FULL.replace("active", "brisk"), OTHER.replace("another", "a new"))
LETTERS = st.lists(
    st.tuples(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3, unique=True), st.booleans()),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(LETTERS, st.data())
def test_the_order_of_letters_and_updates_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    chosen: list[tuple[list[str], bool]],
    data: st.DataObject,
) -> None:
    letters = [
        make(f"L{n}", *sentences, outcome="overturned" if over else "upheld")
        for n, (sentences, over) in enumerate(chosen)
    ]
    folder = tmp_path_factory.mktemp("order")
    with PassageWriter.create(folder / "whole.sqlite") as writer:
        for letter in letters:
            writer.add(letter)
    shuffled = data.draw(st.permutations(letters))
    cut = data.draw(st.integers(0, len(letters)))
    gone = make("GONE", *data.draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4, unique=True)))
    with PassageWriter.create(folder / "parts.sqlite") as writer:
        for letter in (*shuffled[:cut], gone):
            writer.add(letter)
    with PassageWriter.update(folder / "parts.sqlite") as writer:
        for letter in shuffled[:cut][:1]:  # a letter that was read anew
            writer.remove(letter.id)
            writer.add(letter)
        writer.remove("GONE")
        for letter in shuffled[cut:]:
            writer.add(letter)
    with PassageReader.open(folder / "whole.sqlite") as whole, PassageReader.open(folder / "parts.sqlite") as parts:
        assert pages_of(parts) == pages_of(whole)
        assert parts.counts() == whole.counts()
