"""A corpus becomes a store: whole, repeatable, incremental, and honest about what it refused."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from imr_graph.archive import Archive, SourceRow, Status
from imr_graph.errors import StoreError, UsageError
from imr_graph.graph.store import OxigraphStore
from imr_graph.models import Letter
from imr_graph.pipeline.build import build
from imr_graph.pipeline.check import check
from imr_graph.pipeline.compact import compact
from imr_graph.pipeline.generation import StoreFolder


def sources(store: Path) -> list[SourceRow]:
    with Archive.open(StoreFolder(store).require().letters) as archive:
        return [*archive.sources()]


@pytest.fixture(scope="module")
def some(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six letters of the sample."""
    folder = tmp_path_factory.mktemp("some")
    for path in sorted(corpus.glob("CM16*.txt"))[:6]:
        shutil.copy2(path, folder)
    return folder


@pytest.fixture(scope="module")
def built(some: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("built") / "store"
    report = build([some], store, jobs=1)
    assert (report.read, report.parsed, report.letters, report.refused) == (6, 6, 6, ())
    return store


@pytest.fixture
def corpus_and_store(some: Path, built: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Private copies of the letters and of the store built from them, under the paths they had."""
    shutil.copytree(built, tmp_path / "store")
    return some, tmp_path / "store"


def quads(store: Path) -> list[str]:
    with OxigraphStore.open(StoreFolder(store).require().graph) as graph:
        return sorted(graph.quads())


def ids(store: Path) -> list[str]:
    with Archive.open(StoreFolder(store).require().letters) as archive:
        return [case for case, _ in archive.ids()]


def test_a_store_is_whole(built: Path) -> None:
    assert check(built) == []


def test_building_again_does_nothing(some: Path, built: Path) -> None:
    before = StoreFolder(built).require().name
    report = build([some], built, jobs=1)
    assert (report.generation, report.read, report.unchanged) == (before, 0, 6)


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_two_builds_give_the_same_quads(some: Path, built: Path, tmp_path: Path, engine: str) -> None:
    build([some], tmp_path / "again", jobs=2, engine=engine)
    assert quads(tmp_path / "again") == quads(built)
    assert check(tmp_path / "again") == []


def test_what_was_dropped_stays_away_in_the_next_update(corpus_and_store: tuple[Path, Path], tmp_path: Path) -> None:
    some, store = corpus_and_store
    first, *others = sorted(some.iterdir())
    assert build(others, store, jobs=1, prune=True).removed == 1
    added = tmp_path / "added.txt"
    added.write_text(first.read_text().replace("CM16", "CM18"))
    assert build([*others, added], store, jobs=1).parsed == 1
    assert check(store) == []


def test_an_update_gives_what_a_full_build_gives(some: Path, tmp_path: Path, corpus: Path) -> None:
    letters = tmp_path / "letters"
    shutil.copytree(some, letters)
    changed, gone, *_ = sorted(letters.iterdir())
    build([letters], tmp_path / "store", jobs=1)
    changed.write_text(changed.read_text().replace("Standard", "Expedited"))
    gone.unlink()
    shutil.copy2(sorted(corpus.glob("CM15*.txt"))[0], letters)
    report = build([letters], tmp_path / "store", jobs=1, prune=True)
    assert (report.read, report.parsed, report.removed, report.unchanged) == (2, 2, 1, 4)
    assert check(tmp_path / "store") == []
    build([letters], tmp_path / "full", jobs=1)
    assert ids(tmp_path / "store") == ids(tmp_path / "full")
    shared = "source/shared"  # what letters share stays when one of them goes
    assert [q for q in quads(tmp_path / "store") if shared not in q] == [
        q for q in quads(tmp_path / "full") if shared not in q
    ]


def test_a_letter_without_its_source_stays_unless_pruned(corpus_and_store: tuple[Path, Path], tmp_path: Path) -> None:
    _, store = corpus_and_store
    empty = tmp_path / "empty"
    empty.mkdir()
    assert build([empty], store, jobs=1).letters == 6
    report = build([empty], store, jobs=1, prune=True)
    assert (report.letters, report.removed) == (0, 6)
    assert check(store) == []


def test_a_touched_file_is_not_a_changed_one(some: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    shutil.copytree(some, letters)
    build([letters], tmp_path / "store", jobs=1)
    first = sorted(letters.iterdir())[0]
    first.write_bytes(first.read_bytes())
    report = build([letters], tmp_path / "store", jobs=1)
    assert (report.parsed, report.unchanged, report.letters) == (0, 6, 6)


@pytest.mark.parametrize("names", [("a.txt", "b.txt"), ("b.txt", "a.txt")])
def test_one_case_number_on_two_letters_is_reported(some: Path, tmp_path: Path, names: tuple[str, str]) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    text = sorted(some.iterdir())[0].read_text()
    (letters / "c.txt").write_text(text)
    (letters / names[0]).write_text(text)
    (letters / names[1]).write_text(text.replace("injured worker", "applicant"))
    report = build([letters], tmp_path / "store", jobs=2)
    assert report.letters == 1
    refused = {Path(r.name).name: r.reason for r in report.refused}
    duplicates = report.duplicates
    # the name that sorts first holds the letter, whichever worker finished first
    assert (set(refused), duplicates) == (({"b.txt"}, 1) if names[0] == "a.txt" else ({"b.txt", "c.txt"}, 0))
    assert all("another letter with the case number" in reason for reason in refused.values())


@pytest.mark.slow
def test_what_stands_behind_a_letter_is_that_of_a_fresh_build(some: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    text = sorted(some.iterdir())[0].read_text()
    for name in "bcda":
        (letters / f"{name}.txt").write_text(text if name in "bc" else text.replace("injured worker", "applicant"))
        if name in "da":  # what comes last takes the letter
            build([letters], tmp_path / "store", jobs=1)
    build([letters], tmp_path / "fresh", jobs=1)
    assert sources(tmp_path / "store") == sources(tmp_path / "fresh")
    assert check(tmp_path / "store") == []


@pytest.mark.slow
def test_when_the_holder_of_a_letter_goes_the_next_source_takes_it(some: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    text = sorted(some.iterdir())[0].read_text()
    for name in "abc":
        (letters / f"{name}.txt").write_text(text if name != "c" else text.replace("injured worker", "applicant"))
    build([letters], tmp_path / "store", jobs=1)
    (letters / "a.txt").unlink()
    report = build([letters], tmp_path / "store", jobs=1, prune=True)
    assert (report.letters, report.duplicates, len(report.refused)) == (1, 0, 1)
    (letters / "b.txt").write_text("nothing of this kind any more")
    report = build([letters], tmp_path / "store", jobs=1)
    assert (report.letters, [Path(r.name).name for r in report.refused]) == (1, ["b.txt"])
    assert check(tmp_path / "store") == []


@pytest.mark.slow
@pytest.mark.parametrize("base", ["https://w3id.org/imr-graph/", "https://example.org/"])
def test_a_letter_stays_while_a_source_that_is_not_named_has_it(some: Path, tmp_path: Path, base: str) -> None:
    first, other, *_ = sorted(some.iterdir())
    for folder in "ab":
        (tmp_path / folder).mkdir()
        shutil.copy(first, tmp_path / folder / "letter.txt")
    store, named = tmp_path / "store", tmp_path / "a"
    build([named, tmp_path / "b"], store, jobs=1)
    shutil.copy(other, named / "letter.txt")
    report = build([named], store, jobs=1, base=base)
    assert (report.letters, report.carried, report.duplicates) == (2, 1, 0)
    assert (ids(store), check(store)) == ([first.stem, other.stem], [])
    with Archive.open(StoreFolder(store).require().letters) as archive:
        assert archive.letter(first.stem).decision.source_name == str(tmp_path / "b" / "letter.txt")


def test_a_source_of_a_letter_that_is_not_there_is_a_fault(corpus_and_store: tuple[Path, Path]) -> None:
    store = corpus_and_store[1]
    with Archive.update(StoreFolder(store).require().letters) as archive:
        row = next(archive.sources())
        archive.put_source(row._replace(status=Status.DUPLICATE, letter="CM19-9900009", reason="the same letter as b"))
    assert check(store) == [f"{row.name} is the same letter as b, but letters.sqlite has no CM19-9900009"]


def test_changed_knowledge_is_read_into_every_letter(
    some: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([some], tmp_path / "store", jobs=1)
    monkeypatch.setattr("imr_graph.pipeline.build.knowledge_digest", lambda: "another drug")
    report = build([some], tmp_path / "store", jobs=1)
    assert (report.read, report.unchanged) == (6, 0)


@pytest.mark.parametrize("base", ["foo bar", "http://x.org/a", "x.org/", "http://x.org/%zz/", "http://[/", ""])
def test_what_cannot_begin_an_iri_is_no_base(some: Path, tmp_path: Path, base: str) -> None:
    with pytest.raises(UsageError, match="no base IRI"):
        build([some], tmp_path / "store", jobs=1, base=base)
    assert not (tmp_path / "store").exists()


def test_a_damaged_generation_is_built_anew(corpus_and_store: tuple[Path, Path]) -> None:
    some, store = corpus_and_store
    (StoreFolder(store).require().folder / "manifest.json").write_text("{}")
    with pytest.raises(StoreError, match="imr-graph build"):
        check(store)
    assert build([some], store, jobs=1).read == 6
    assert check(store) == []


def test_what_cannot_be_read_is_a_fault(corpus_and_store: tuple[Path, Path]) -> None:
    _, store = corpus_and_store
    generation = StoreFolder(store).require()
    generation.passages.write_bytes(generation.passages.read_bytes()[:9000])
    (generation.graph / "CURRENT").unlink()
    next(generation.index.glob("*.pos")).unlink()
    damaged, *_ = ids(store)
    with sqlite3.connect(generation.letters) as db:
        db.execute("UPDATE letter SET text = substr(text, 1, 90) WHERE id = ?", (damaged,))
    db.close()
    faults = check(store)
    for fault, part in zip(faults, ("graph", "index", f"letters.sqlite, {damaged}", "passages.sqlite"), strict=True):
        assert f"{generation.folder}/{part}" in fault
    generation.letters.write_bytes(b"no database")
    (fault,) = check(store)
    assert "letters.sqlite" in fault


def test_a_check_unpacks_only_the_letters_of_its_sample(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpack, unpacked = Archive._letter, []

    def counted(archive: Archive, row: tuple[bytes, bytes, str]) -> Letter:
        unpacked.append(row)
        return unpack(archive, row)

    monkeypatch.setattr(Archive, "_letter", counted)
    assert check(built, sample=4) == check(built, sample=0) == []
    assert len(set(unpacked)) == len(unpacked) == 4


def test_bad_input_is_refused_by_name_and_the_rest_is_built(
    some: Path, bad_corpus: tuple[Path, dict[str, type[Exception]]], tmp_path: Path
) -> None:
    bad, expected = bad_corpus
    report = build([some, bad], tmp_path / "store", jobs=2)
    assert report.letters == 6
    for name in expected:
        assert any(name in refusal.name for refusal in report.refused), name
    assert all(refusal.reason for refusal in report.refused)
    assert check(tmp_path / "store") == []
    again = build([some, bad], tmp_path / "store", jobs=1)
    assert (again.read, again.refused) == (0, report.refused)


def test_a_build_that_fails_changes_nothing(
    corpus_and_store: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    some, store = corpus_and_store
    before, listing = StoreFolder(store).require().name, sorted(p.name for p in (store / "generations").iterdir())

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("imr_graph.archive.Archive.put", full_disk)
    with pytest.raises(StoreError, match="disk"):
        build([some, *some.parent.glob("nothing")], store, jobs=1, base="https://example.org/")
    assert StoreFolder(store).require().name == before
    assert check(store) == []
    monkeypatch.undo()
    build([some], store, jobs=1)
    assert sorted(p.name for p in (store / "generations").iterdir()) == listing


def test_compacting_keeps_every_letter_and_drops_what_updates_left(some: Path, tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    shutil.copytree(some, letters)
    build([letters], tmp_path / "store", jobs=1)
    sorted(letters.iterdir())[0].unlink()
    build([letters], tmp_path / "store", jobs=1, prune=True)
    compact(tmp_path / "store")
    build([letters], tmp_path / "full", jobs=1)
    assert quads(tmp_path / "store") == quads(tmp_path / "full")
    assert check(tmp_path / "store") == []
    assert build([letters], tmp_path / "store", jobs=1).read == 0


def test_a_store_made_in_another_way_keeps_what_is_not_named(corpus: Path, corpus_and_store: tuple[Path, Path]) -> None:
    some, store = corpus_and_store
    before = ids(store)
    other = corpus / "CM15-9900001.txt"
    report = build([other], store, jobs=1, base="https://example.org/")
    assert (report.letters, report.read, report.carried) == (7, 7, 6)
    assert ids(store) == sorted([*before, "CM15-9900001"])
    assert check(store) == []
    again = build([some, other], store, jobs=1, base="https://example.org/")
    assert (again.read, again.unchanged) == (0, 7)


def test_a_letter_taken_over_is_the_letter_built(
    some: Path, corpus: Path, corpus_and_store: tuple[Path, Path], tmp_path: Path
) -> None:
    other = corpus / "CM15-9900001.txt"
    build([other], corpus_and_store[1], jobs=1, base="https://example.org/")
    build([some, other], tmp_path / "whole", jobs=1, base="https://example.org/")
    assert quads(corpus_and_store[1]) == quads(tmp_path / "whole")


def test_a_letter_that_cannot_be_read_again_stays_as_it_was(
    some: Path, corpus: Path, corpus_and_store: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, base = corpus_and_store[1], "https://example.org/"
    before = ids(store)
    monkeypatch.setattr("imr_graph.pipeline.pool._START_SECONDS", 0.0)
    report = build([corpus / "CM15-9900001.txt"], store, jobs=2, base=base, seconds=0.01)
    assert (report.letters, report.carried, len(report.refused)) == (6, 6, 1)
    assert [(Path(kept.name).stem, "took too long" in kept.reason) for kept in report.outdated] == [
        (case, True) for case in before
    ]
    assert (ids(store), check(store)) == (before, [])
    monkeypatch.undo()
    report = build([some], store, jobs=1, base=base)
    assert (report.read, report.letters, report.outdated) == (6, 6, ())


def test_what_took_too_long_or_could_not_be_opened_is_tried_again(
    some: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    one, store = min(some.iterdir()), tmp_path / "store"
    for where, what, reason in [
        ("imr_graph.read.sources.packing_of", closed, "Permission denied"),
        ("imr_graph.pipeline.pool._START_SECONDS", 0.0, "took too long"),
    ]:
        with monkeypatch.context() as patch:
            patch.setattr(where, what)
            (refusal,) = build([one], store, jobs=1, seconds=0.01 if what == 0.0 else 30.0).refused
            assert reason in refusal.reason
    report = build([one], store, jobs=1)
    assert (report.read, report.letters, report.refused) == (1, 1, ())


def test_what_was_refused_stays_known(corpus: Path, some: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "no-letter.txt").write_text("nothing")
    shutil.copy(next(some.iterdir()), tmp_path / "in" / "twin.txt")
    build([some, tmp_path / "in"], tmp_path / "store", jobs=1)
    report = build([corpus / "CM15-9900001.txt"], tmp_path / "store", jobs=1, engine="whoosh")
    assert (report.letters, report.duplicates, len(report.refused)) == (7, 1, 1)


def test_prune_begins_anew_in_another_way(corpus: Path, corpus_and_store: tuple[Path, Path]) -> None:
    report = build([corpus / "CM15-9900001.txt"], corpus_and_store[1], jobs=1, prune=True, engine="whoosh")
    assert (report.letters, report.carried) == (1, 0)


def test_letters_that_cannot_be_taken_over_stop_the_build(corpus: Path, corpus_and_store: tuple[Path, Path]) -> None:
    _, store = corpus_and_store
    letters = StoreFolder(store).require().letters
    letters.write_bytes(b"damaged" * 1000)
    with pytest.raises(StoreError, match="cannot be taken over") as caught:
        build([corpus / "CM15-9900001.txt"], store, jobs=1, engine="whoosh")
    assert "--prune" in caught.value.remedy
    assert StoreFolder(store).require().letters == letters
