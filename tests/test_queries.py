"""Every named query runs on both stores with the columns that it declares, and answers what it says."""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from imr_graph.errors import QueryError, UnknownItem
from imr_graph.graph.contract import GraphStore
from imr_graph.graph.memory import RdflibStore
from imr_graph.graph.queries import NamedQuery, bind, find_query, load_queries, parse_query, run_named
from imr_graph.graph.schemes import vocabulary_quads
from imr_graph.graph.store import OxigraphStore
from imr_graph.graph.triples import decision_quads
from imr_graph.parse.findings import CODES
from imr_graph.resources import data_folder
from imr_graph.vocabulary import load_vocabulary
from tests.graph.letters import DECISIONS

NAMES = sorted(load_queries())
EXAMPLES = {"passage": "9f3a9f3a9f3a9f3a", "case": "CM14-0000001"}  # for what is required


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GraphStore, GraphStore]]:
    quads = [*vocabulary_quads(), *itertools.chain.from_iterable(map(decision_quads, DECISIONS))]
    with OxigraphStore.create(tmp_path_factory.mktemp("queries") / "graph") as store:
        store.bulk_load(quads)
        yield store, RdflibStore(quads)


def answers(store: GraphStore, name: str, **values: str) -> list[tuple[str, ...]]:
    result = run_named(store, name, values, load_vocabulary())
    return [tuple("" if term is None else str(term) for term in row) for row in result.rows]


def needed(query: NamedQuery) -> dict[str, str]:
    return {p.name: EXAMPLES[p.name] for p in query.parameters if p.required}


@pytest.mark.parametrize("name", NAMES)
def test_both_stores_answer_alike_with_the_declared_columns(stores: tuple[GraphStore, GraphStore], name: str) -> None:
    query = find_query(name)
    text = bind(query, needed(query), load_vocabulary())
    first, second = (store.run(text) for store in stores)
    assert first.form == "SELECT"
    assert first.columns == second.columns == query.columns
    assert {numbers(row) for row in first.rows} == {numbers(row) for row in second.rows}
    assert len(first.rows) == len(second.rows) == len(set(first.rows))


@pytest.mark.parametrize("name", [name for name in NAMES if {"case", "issue"} & set(find_query(name).columns)])
def test_rows_may_be_counted_as_issues_or_letters(stores: tuple[GraphStore, GraphStore], name: str) -> None:
    query = find_query(name)
    one = [c for c in ("case", "issue", "problem") if c in query.columns]
    rows = [dict(zip(query.columns, row, strict=True)) for row in answers(stores[0], name, **needed(query))]
    assert rows
    assert len({tuple(row[c] for c in one) for row in rows}) == len(rows)


def numbers(row: tuple[object, ...]) -> tuple[object, ...]:
    """66.70 and 66.7 are one answer, and so are names joined in another order."""
    joined = ("; ".join(sorted(str(term or "").split("; "))) for term in row)
    return tuple(float(term) if re.fullmatch(r"\d+\.\d+", term) else term for term in joined)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_runs_as_it_stands(stores: tuple[GraphStore, GraphStore], name: str) -> None:
    query = find_query(name)
    assert stores[0].run(query.text).columns == query.columns
    declared = set(re.findall(r"^PREFIX ([\w-]+):", query.text, re.MULTILINE))
    body = re.sub(r"#\+.*|<[^>\s]*>|\"[^\"]*\"|PREFIX \S+", "", query.text)
    assert declared == set(re.findall(r"(?<![\w?])([a-z][\w-]*):(?=[A-Za-z])", body))


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_has_its_place_and_a_known_type(name: str) -> None:
    query = find_query(name)
    types = {*load_vocabulary().schemes, "case", "passage", "string", "integer", "date", "iri"}
    for parameter in query.parameters:
        assert f"VALUES ?{parameter.name} {{ UNDEF }}" in query.text, parameter
        assert parameter.type in types
    assert set(re.findall(r"VALUES \?(\w+) \{ UNDEF \}", query.text)) == {p.name for p in query.parameters}
    assert query.text.count("UNDEF") == query.text.count("{ UNDEF }")


@pytest.mark.parametrize("name", [name for name in NAMES if "{ SELECT * WHERE {" in find_query(name).text])
def test_looking_up_and_scanning_give_the_same(stores: tuple[GraphStore, GraphStore], name: str) -> None:
    text = bind(find_query(name), {}, load_vocabulary())
    looked_up = stores[0].run(text.replace("{ SELECT * WHERE {", "{ {"))
    assert sorted(map(numbers, looked_up.rows), key=str) == sorted(map(numbers, stores[0].run(text).rows), key=str)


def test_a_narrow_query_looks_up_and_a_broad_one_scans() -> None:
    scan, query = "SELECT * WHERE", find_query("precedents")
    broad = bind(query, {"outcome": "upheld", "since": "2015-01-01"}, load_vocabulary())
    assert broad.count(scan) == query.text.count(scan) > 0
    assert scan not in bind(query, {"service": "mri", "outcome": "upheld"}, load_vocabulary())


@pytest.mark.parametrize(
    ("name", "values", "rows"),
    [
        ("overturned-precedents", {"service": "imaging", "body_part": "low-back"}, {("CM14-0000001", "1")}),
        ("overturned-precedents", {"service": "service:mri", "body_part": "knee"}, set()),
        (
            "precedents",
            {},
            {("CM14-0000001", "1"), ("CM14-0000001", "2"), ("h-cccccccccccccccc", "1"), ("h-cccccccccccccccc", "2")},
        ),
        ("precedents", {"outcome": "upheld", "until": "2014-12-31"}, {("CM14-0000001", "2")}),
        (
            "precedents",
            {"diagnosis": "lumbar-radiculopathy", "service": "MRI", "since": "2015-01-01"},
            {("h-cccccccccccccccc", "1")},
        ),
        ("precedents", {"drug": "hydrocodone-acetaminophen"}, {("CM14-0000001", "2")}),
        ("precedents", {"ground": "no-red-flags"}, {("h-cccccccccccccccc", "1")}),
        ("neurologic-deficit-mri", {}, {("CM14-0000001", "1")}),
        ("neurologic-deficit-mri", {"body_part": "neck"}, set()),
        ("nothing-cited", {}, {("CM14-0000001", "1")}),
        ("nothing-cited", {"party": "reviewer"}, set()),
        ("split-requests", {}, {("h-cccccccccccccccc", "2")}),
        ("rentals", {"acquisition": "rental"}, {("h-cccccccccccccccc", "2")}),
        ("rentals", {"acquisition": "Rental"}, {("h-cccccccccccccccc", "2")}),
        ("patients", {"sex": "Female"}, {("CM14-0000001", "2014-03-09")}),
        ("case", {"case": "cm14-0000001"}, {("1", 'MRI of the lumbar spine, "open"'), ("2", "Norco 10/325 mg #60")}),
        ("problems", {"code": "quantity-differs"}, {("CM14-0000001", "2")}),
        ("problems", {}, {("CM14-0000001", "2"), ("CM14-0000001", "")}),
        ("passage-cases", {"passage": "9f3a9f3a9f3a9f3a"}, {("CM14-0000001", "1"), ("h-cccccccccccccccc", "1")}),
    ],
)
def test_which_issues_it_finds(
    stores: tuple[GraphStore, GraphStore], name: str, values: Mapping[str, str], rows: set[tuple[str, str]]
) -> None:
    for store in stores:
        assert {row[:2] for row in answers(store, name, **values)} == rows


SPECIAL_STUDIES = "Low Back Complaints 2004: Special Studies"


def test_counts(stores: tuple[GraphStore, GraphStore]) -> None:
    for store in stores:
        assert ("2", "1", "0", "1") in [row[1:] for row in answers(store, "service-outcomes", service="mri")]
        forks = answers(store, "passage-forks")
        assert [row[2:] for row in forks] == [("2", "1", "0", "1")]
        (crossed,) = answers(store, "crossing", service="mri")
        assert crossed[2:] == ("1", "0", "0", "1")
        assert [row[1] for row in answers(store, "ground-outcomes")] == ["1"] * 5
        assert [row[0] for row in answers(store, "year-outcomes")] == ["2014", "2015"]
        assert {row[0]: row[1] for row in answers(store, "retrospective-outcomes")} == {"true": "1", "false": "3"}
        assert {row[0]: row[1] for row in answers(store, "specialty-outcomes", service="mri")} == {
            "Orthopedic Surgery": "2",
            "Family Practice": "1",
        }


def test_a_passage_is_attributed_to_what_its_issue_cites(tmp_path: Path) -> None:
    """Another letter attributes the same words to another section; each keeps its own."""
    (first, other) = (decision.model_copy(deep=True) for decision in DECISIONS)
    issue = other.issues[0]
    cited = issue.citations[1].model_copy(update={"guideline_section": "mtus-low-back-complaints-2004/summary"})
    other = other.model_copy(update={"issues": (issue.model_copy(update={"citations": (cited,)}),)})
    quads = [*vocabulary_quads(), *decision_quads(first), *decision_quads(other)]
    with OxigraphStore.create(tmp_path / "graph") as store:
        store.bulk_load(quads)
        rows = answers(store, "passage-cases", passage="9f3a9f3a9f3a9f3a")
    assert {row[0]: row[5].partition(": ")[2] for row in rows} == {
        "CM14-0000001": "Special Studies",
        "h-cccccccccccccccc": "Summary",
    }


def test_quantities(stores: tuple[GraphStore, GraphStore]) -> None:
    for store in stores:
        assert [row[4:9] for row in answers(store, "quantities")] == [
            ("12", "sessions", "", "6", "6"),
            ("60", "tablets", "2 a day for 1.5 month", "", ""),
        ]


def test_letters_of_a_year(stores: tuple[GraphStore, GraphStore]) -> None:
    for store in stores:
        assert answers(store, "letters", year="2014") == [
            (
                "CM14-0000001",
                "2009-05-04",
                "2014-01-02",
                "2014-01-20",
                "2014-03-09",
                "P48D",
                "partially overturned",
                "standard",
                "CM14-0000001.pdf",
            ),
        ]


def test_what_the_vocabulary_lacks(stores: tuple[GraphStore, GraphStore]) -> None:
    for store in stores:
        assert {(row[0], row[3]) for row in answers(store, "unknown-guidelines")} == {
            ("Obscure handbook", "1"),
            ("Odd section", "1"),
            ("Opioids", "1"),
        }


@pytest.mark.parametrize(
    "value", ["mri", "service:mri", "https://w3id.org/imr-graph/concept/service/mri", "Magnetic resonance imaging"]
)
def test_a_concept_may_be_written_in_four_ways(value: str) -> None:
    text = bind(find_query("overturned-precedents"), {"service": value}, load_vocabulary())
    assert "VALUES ?service { <https://w3id.org/imr-graph/concept/service/mri> }" in text
    assert "#? VALUES ?body_part { UNDEF }" in text


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("precedents", {"service": "mrj"}, "no concept 'mrj'.*did you mean.*mri"),
        ("precedents", {"servce": "mri"}, "no parameter 'servce'.*service, body_part"),
        ("precedents", {"since": "last year"}, "since='last year' is no date.*2015-06-30"),
        ("letters", {"year": "MMXV"}, "year='MMXV' is no integer"),
        ("case", {}, "needs case"),
        ("passage-cases", {"passage": "urn:x> } DROP ALL"}, "is no IRI"),
        ("patients", {"sex": "F"}, "no sex 'F'.*one of: female, male"),
        ("rentals", {"acquisition": "rent"}, "one of: rental, purchase, trial"),
        ("problems", {"code": "quantity-difers"}, "one of:.*quantity-differs"),
        ("unknown-guidelines", {"kind": "imr:Passage"}, "one of: imr:Guideline, imr:GuidelineSection"),
    ],
)
def test_bad_values_are_refused(name: str, values: Mapping[str, str], message: str) -> None:
    with pytest.raises((QueryError, UnknownItem), match=message):
        bind(find_query(name), values, load_vocabulary())


def test_text_stays_text(stores: tuple[GraphStore, GraphStore]) -> None:
    for store in stores:
        assert answers(store, "case", case='x" } } SELECT * WHERE { ?s ?p "') == []


def test_the_values_that_a_query_names_are_all_that_the_data_can_have() -> None:
    (codes,) = (p.values for p in find_query("problems").parameters)
    assert codes == tuple(CODES)
    shapes = (data_folder("ontology") / "shapes" / "decision.shapes.ttl").read_text()
    for name, shape in (("patients", "imr:patientSex"), ("rentals", "imr:acquisition")):
        (values,) = (p.values for p in find_query(name).parameters if p.values)
        assert f"sh:path {shape} ; sh:in ( {' '.join(map(json.dumps, values))} )" in shapes


def test_an_unknown_name_gets_neighbours() -> None:
    with pytest.raises(UnknownItem, match="one of: precedents"):
        find_query("precedent")


@pytest.mark.parametrize(
    ("text", "message"),
    [("SELECT * {}", "lacks columns, summary, tags"), ("#+ parameters:\n#+   x: iri\n", "cannot read the parameter")],
)
def test_a_bad_header_is_refused(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_query("odd", text)


def test_prefixes_are_those_of_the_project() -> None:
    from imr_graph.namespaces import prefixes

    for query in load_queries().values():
        for prefix, home in re.findall(r"^PREFIX ([\w-]+): <(.*)>$", query.text, re.MULTILINE):
            assert prefixes()[prefix] == home, query.name


def test_the_folder_holds_nothing_else() -> None:
    folder = Path(__file__).parent.parent / "queries"
    assert {path.suffix for path in folder.iterdir()} == {".rq"}


def test_no_query_gives_a_rate() -> None:
    """A rate needs its interval, which SPARQL cannot compute; queries count."""
    assert not [q.name for q in load_queries().values() for c in q.columns if "percent" in c or "share" in c]
