"""The request step over whole letters: every place is where it says, parts and sides come from the letter."""

from pathlib import Path

import pytest

from imr_graph.link.body_parts import BodyPartReader
from imr_graph.link.request_context import RequestContext
from imr_graph.link.requests import RequestLinker, RequestReader
from imr_graph.models import Decision, Diagnosis, Issue, Layout, Outcome
from imr_graph.parse import ParsedLetter, parse_letter
from imr_graph.text import CleanText, SourceText, Span
from imr_graph.vocabulary import load_vocabulary

CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*.txt"))
LINKER = RequestLinker(load_vocabulary())
READER = RequestReader(load_vocabulary())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_places_hold_the_words(path: Path) -> None:
    text = path.read_text()
    letter = LINKER(parse_letter(SourceText(path.name, text, "0" * 64, "text/plain")))
    assert letter.decision.issues
    for mention in letter.decision.mentions:
        start, end = letter.clean.locate(mention.span)
        assert letter.clean.text[start:end] == mention.text
    for issue in letter.decision.issues:
        for drug in issue.drugs:
            start, end = letter.clean.locate(drug.span)
            assert letter.clean.text[start:end] == drug.text


def letter_of(*issues: Issue, diagnoses: tuple[Diagnosis, ...] = ()) -> ParsedLetter:
    text = "\n".join(issue.request for issue in issues)
    placed, start = [], 0
    for issue in issues:
        end = start + len(issue.request)
        placed.append(issue.model_copy(update={"request_span": Span(start, end)}))
        start = end + 1
    decision = Decision(
        id="h-0",
        text_sha256="0",
        source_sha256="0",
        source_name="a.txt",
        layout=Layout.FINAL_DETERMINATION_2015,
        issues=tuple(placed),
        diagnoses=diagnoses,
    )
    return ParsedLetter(decision, CleanText(text), SourceText("a.txt", text, "0", "text/plain"))


def issue_of(n: int, request: str, **fields: str) -> Issue:
    return Issue(n=n, request=request, outcome=Outcome.UPHELD, request_span=Span(0, 0), **fields)


def diagnosis_of(part: str, side: str | None = None) -> Diagnosis:
    return Diagnosis(text="sprain", concept="sprain", body_part=part, laterality=side, span=Span(0, 0), rule="test")


MODIFIED = issue_of(
    1,
    "Naproxen 550 mg #60 with 2 refills was the original request. Naproxen 550 mg #60 was authorized. "
    "The remaining portion, two refills of naproxen 550 mg #60",
    original_request="Naproxen 550 mg #60 with 2 refills",
    authorized_request="Naproxen 550 mg #60",
    remaining_request="two refills of naproxen 550 mg #60",
)


def test_amounts_of_a_modified_request() -> None:
    (issue,) = LINKER(letter_of(MODIFIED)).decision.issues
    assert (issue.quantity, issue.approved_quantity, issue.remaining_quantity) == (180, 60, 120)


def test_what_remains_names_the_service() -> None:
    modified = issue_of(
        1,
        "ORIF of the left distal radius with carpal tunnel release was the original request. ORIF was authorized. "
        "The remaining portion, carpal tunnel release",
        original_request="ORIF of the left distal radius with carpal tunnel release",
        authorized_request="ORIF",
        remaining_request="carpal tunnel release",
    )
    (issue,) = LINKER(letter_of(modified)).decision.issues
    assert (issue.service, issue.body_parts, issue.laterality) == ("carpal-tunnel-release", ("wrist",), "left")


def test_approval_of_another_service_is_no_part_of_the_amount() -> None:
    modified = issue_of(
        1,
        "Acute rehabilitation unit, 10 days was the original request. A skilled nursing facility for 7 days",
        original_request="Acute rehabilitation unit, 10 days",
        authorized_request="A skilled nursing facility for 7 days",
    )
    (issue,) = LINKER(letter_of(modified)).decision.issues
    assert (issue.quantity, issue.approved_quantity) == (10, None)


def test_services_beside_an_operation_take_its_part_and_side() -> None:
    letter = letter_of(
        issue_of(1, "Left shoulder arthroscopy"), issue_of(2, "Associated surgical service: Cold therapy unit")
    )
    beside = LINKER(letter).decision.issues[1]
    assert (beside.service, beside.body_parts, beside.laterality) == ("cold-therapy-unit", ("shoulder",), "left")


@pytest.mark.parametrize(
    ("request_", "diagnosed", "parts"),
    [
        ("Physical therapy, 6 sessions", ["knee"], ("knee",)),
        ("Physical therapy, 6 sessions", ["upper-extremity", "shoulder"], ("shoulder",)),
        ("Physical therapy, 6 sessions", ["knee", "neck"], ()),
        ("Norco 10/325 mg #60", ["knee"], ()),
        ("Functional capacity evaluation", ["knee"], ()),
        ("Toradol 60 mg IM injection", ["low-back"], ()),
        ("Chiropractic spinal manipulation x 6", ["neck", "low-back"], ("neck", "low-back")),
        ("MRI of the spine", [], ("low-back",)),
    ],
)
def test_parts_from_the_diagnoses(request_: str, diagnosed: list[str], parts: tuple[str, ...]) -> None:
    letter = letter_of(issue_of(1, request_), diagnoses=tuple(map(diagnosis_of, diagnosed)))
    assert LINKER(letter).decision.issues[0].body_parts == parts


@pytest.mark.parametrize(
    ("first", "diagnosed", "side"),
    [
        ("MRI of the left knee", "knee", "left"),
        ("Left L4-5 transforaminal epidural steroid injection", "low-back", None),
    ],
)
def test_the_side_of_a_joint_and_not_of_the_spine_is_that_of_the_other_issues(
    first: str, diagnosed: str, side: str | None
) -> None:
    letter = letter_of(
        issue_of(1, first), issue_of(2, "Physical therapy, 6 sessions"), diagnoses=(diagnosis_of(diagnosed),)
    )
    filled = LINKER(letter).decision.issues[1]
    assert (filled.body_parts, filled.laterality) == ((diagnosed,), side)


def test_what_the_letter_adds_is_shown_where_it_stands() -> None:
    letter = LINKER(letter_of(issue_of(1, "Physical therapy, 6 sessions"), diagnoses=(diagnosis_of("knee"),)))
    (found,) = (e for e in letter.decision.evidence if e.field == "issues.1.body_parts")
    assert (found.span, found.rule) == (letter.decision.diagnoses[0].span, "part of the diagnoses")
    operation, unit = (
        issue_of(1, "Left shoulder arthroscopy"),
        issue_of(2, "Associated surgical service: Cold therapy unit"),
    )
    letter = LINKER(letter_of(operation, unit))
    shown = {e.field: (e.span, e.rule) for e in letter.decision.evidence if e.field.startswith("issues.2.")}
    request = letter.decision.issues[0].request_span
    assert shown["issues.2.body_parts"] == (request, "part of the operation")
    assert shown["issues.2.laterality"] == (request, "side of issue 1")


def test_a_letter_about_several_parts_leaves_a_part_open() -> None:
    letter = letter_of(
        issue_of(1, "MRI of the left hip"), issue_of(2, "Acupuncture x 6"), diagnoses=(diagnosis_of("low-back"),)
    )
    facts = [READER.read(issue.request) for issue in letter.decision.issues]
    filled = RequestContext(BodyPartReader(load_vocabulary())).fill(letter, facts)
    assert [fact.body_parts for fact in filled] == [("hip",), ()]


def test_evidence_points_at_the_amount() -> None:
    letter = LINKER(letter_of(MODIFIED))
    spans = {e.field: e.span for e in letter.decision.evidence}
    quantity, approved = spans["issues.1.quantity"], spans["issues.1.approved_quantity"]
    assert letter.source.text[quantity.start : quantity.end].startswith("#60")
    assert letter.source.text[approved.start : approved.end].startswith("#60")
    assert approved != quantity
