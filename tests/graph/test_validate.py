"""Shapes: sound data passes, each fault is found and named."""

import pytest

from imr_graph.graph.contract import GraphStore
from imr_graph.graph.memory import RdflibStore
from imr_graph.graph.schemes import vocabulary_quads
from imr_graph.graph.triples import decision_quads
from imr_graph.graph.validate import Violation, validate_graph, validate_store, validate_vocabularies
from tests.graph.letters import OVERTURNED


def test_the_letters_keep_to_the_shapes(filled: GraphStore) -> None:
    assert list(validate_store(filled)) == []
    assert list(validate_store(filled, batch=1)) == []


def test_the_vocabularies_keep_to_their_shapes() -> None:
    assert validate_vocabularies() == []


IMR = "<https://w3id.org/imr-graph/ns#"
ISSUE = "<https://w3id.org/imr-graph/decision/CM14-0000001/issue/1>"
GRAPH = f"<https://w3id.org/imr-graph/source/{'a' * 16}>"


@pytest.mark.parametrize(
    ("dropped", "added", "path", "message"),
    [
        (
            "ns#outcome> <https://w3id.org/imr-graph/concept/outcome/overturned>",
            "",
            "imr:outcome",
            "one outcome, of three",
        ),
        (
            "",
            f"{ISSUE} {IMR}outcome> <https://w3id.org/imr-graph/concept/outcome/upheld>",
            "imr:outcome",
            "one outcome",
        ),
        ("", f"{ISSUE} {IMR}service> <https://w3id.org/imr-graph/concept/service/leeching>", "imr:service", "service"),
        ("", f"{ISSUE} {IMR}quotes> <https://w3id.org/imr-graph/passage/none>", "imr:quotes", "passage: passage:none"),
        ("", f'{ISSUE} {IMR}issueNumber> "0"^^<http://www.w3.org/2001/XMLSchema#integer>', "imr:issueNumber", "from 1"),
        ("prov#wasQuotedFrom", "", "prov:wasQuotedFrom", "where it stands"),
        ("citingParty", "", "imr:citingParty", "one citing party"),
        ("hadPrimarySource", "", "prov:hadPrimarySource", "names its source"),
        ("schema.org/text", "", "schema:text", "its words"),
    ],
)
def test_every_fault_is_named(dropped: str, added: str, path: str, message: str) -> None:
    lines = [line for line in decision_quads(OVERTURNED) if not dropped or dropped not in line]
    lines += [f"{added} {GRAPH} ."] if added else []
    found = list(validate_store(RdflibStore([*vocabulary_quads(), *lines])))
    assert [v for v in found if v.path == path and message in v.message and v.severity == "violation"], found


def test_a_violation_is_readable() -> None:
    quads = [f"{ISSUE} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> {IMR}DisputedIssue> {GRAPH} ."]
    graph = RdflibStore(quads).run("CONSTRUCT WHERE { ?s ?p ?o }").graph()
    assert Violation(
        "decision:CM14-0000001/issue/1", "imr:outcome", "an issue has one outcome, of three", "violation"
    ) in validate_graph(graph)
