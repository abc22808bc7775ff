"""The vocabularies load, agree with themselves, and are looked up by what letters print."""

from pathlib import Path

import pytest

from imr_graph.errors import UnknownItem, VocabularyError
from imr_graph.vocabulary import load_vocabulary, normalise

HEAD = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix imr: <https://w3id.org/imr-graph/ns#> .
@prefix service: <https://w3id.org/imr-graph/concept/service/> .
<https://w3id.org/imr-graph/concept/service> a skos:ConceptScheme ; skos:prefLabel "Services" .
service:imaging a skos:Concept ; skos:prefLabel "Imaging" .
"""
MRI = """service:mri a skos:Concept ; skos:prefLabel "MRI" ; skos:altLabel "magnetic resonance imaging" ;
  skos:hiddenLabel "MRI's" ; skos:broader service:imaging ; imr:dwcCategory "Diagnostic Testing" .
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "vocab").mkdir()
    return tmp_path


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(folder: Path) -> None:
    file = folder / "vocab" / "service.ttl"
    file.write_text(HEAD)
    assert len(load_vocabulary.__wrapped__(folder)["service"]) == 1
    file.write_text(HEAD + MRI)
    for _ in range(2):  # from the Turtle, then from the cache
        vocabulary = load_vocabulary.__wrapped__(folder)
        mri = vocabulary.concept("service", "mri")
        assert (mri.label, mri.alt, mri.broader) == ("MRI", ("magnetic resonance imaging",), ("imaging",))
        assert mri.values("dwcCategory") == ("Diagnostic Testing",)
        assert vocabulary["service"].narrower("imaging") == ("mri",)
        assert vocabulary["service"].ancestors("mri") == ("imaging",)
    assert len(list((folder / "cache" / "imr-graph").iterdir())) == 2


def test_lookup_folds_case_and_hyphens_and_says_how_it_matched(folder: Path) -> None:
    (folder / "vocab" / "service.ttl").write_text(HEAD + MRI)
    vocabulary = load_vocabulary.__wrapped__(folder)
    for text, kind in (("mri", "preferred"), ("Magnetic-Resonance  Imaging", "alternative"), ("MRI's", "hidden")):
        (match,) = vocabulary.lookup(text)
        assert (match.concept.notation, match.kind) == ("mri", kind)
    assert vocabulary.lookup("sonogram") == ()


@pytest.mark.parametrize(
    ("turtle", "complaint"),
    [
        ("service:x a skos:Concept .", "0 preferred labels"),
        ('service:x a skos:Concept ; skos:prefLabel "X" ; skos:broader service:y .', "which is missing"),
        ("service:x a skos:Concept", "service.ttl"),
        ('<http://example.org/x> a skos:Concept ; skos:prefLabel "X" .', "no prefix"),
    ],
)
def test_a_file_that_contradicts_itself_is_named(folder: Path, turtle: str, complaint: str) -> None:
    (folder / "vocab" / "service.ttl").write_text(HEAD + turtle)
    with pytest.raises(VocabularyError, match=complaint):
        load_vocabulary.__wrapped__(folder)


def test_unknown_names_say_where_to_look() -> None:
    with pytest.raises(UnknownItem, match="vocab list"):
        load_vocabulary().concept("outcome", "reversed")
    with pytest.raises(UnknownItem, match="outcome"):
        load_vocabulary()["outcomes"]


@pytest.mark.parametrize(
    ("a", "b"),
    [("anti-inflammatory", "anti inflammatory"), ("EMG/NCV", "emg ncv"), ("20%", "20 %"), ("Neck\npain", "neck pain")],
)
def test_labels_that_are_alike(a: str, b: str) -> None:
    assert normalise(a) == normalise(b)


def test_a_comma_keeps_labels_apart() -> None:
    assert normalise("neck, pain") != normalise("neck pain")
