"""The endpoint as a shell script uses it: with curl, against the server as it really runs."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from rdflib import Graph

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the program curl is not installed")

SELECT = "SELECT ?n WHERE { ?case a imr:Determination ; dcterms:identifier ?n } ORDER BY ?n LIMIT 4"
CONSTRUCT = "CONSTRUCT { ?s dcterms:identifier ?o } WHERE { ?s a imr:Determination ; dcterms:identifier ?o }"
WAYS = {
    "get": ("--get", "--data-urlencode", "query={query}"),
    "form": ("--data-urlencode", "query={query}"),
    "direct": ("--header", "Content-Type: application/sparql-query", "--data-binary", "{query}"),
}


def curl(address: str, *arguments: str) -> tuple[int, str, str]:
    """Status, media type and body of an answer."""
    command = ["curl", "--silent", "--show-error", "--max-time", "60", "--noproxy", "*", *arguments]
    command += ["--write-out", "\n%{http_code} %{content_type}", address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    body, _, told = done.stdout.rpartition("\n")
    status, _, media = told.partition(" ")
    return int(status), media.partition(";")[0], body


def asked(server: str, way: str, query: str, accept: str) -> str:
    """The body of an answer, which is of the media type asked for."""
    arguments = [part.format(query=query) for part in WAYS[way]]
    status, media, body = curl(f"{server}/sparql", "--header", f"Accept: {accept}", *arguments)
    assert (status, media) == (200, accept), body
    return body


def names_of(body: str, accept: str) -> list[str]:
    """The values of the one column of an answer."""
    if accept.endswith("+json"):
        return [row["n"]["value"] for row in json.loads(body)["results"]["bindings"]]
    if accept.endswith("+xml"):
        found = ElementTree.fromstring(body).iter("{http://www.w3.org/2005/sparql-results#}literal")
        return [str(node.text) for node in found]
    rows = list(csv.reader(io.StringIO(body), delimiter="," if accept == "text/csv" else "\t"))
    assert rows[0] == (["n"] if accept == "text/csv" else ["?n"])
    return [row[0].strip('"') for row in rows[1:]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "accept",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ],
)
def test_rows_in_every_format(server: str, way: str, accept: str) -> None:
    names = names_of(asked(server, way, SELECT, accept), accept)
    assert len(names) == 4
    assert names == sorted(names)
    assert all(name.startswith("CM") for name in names)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("accept", "form"), [("text/turtle", "turtle"), ("application/ld+json", "json-ld")])
def test_triples_in_every_format(server: str, way: str, accept: str, form: str) -> None:
    graph = Graph().parse(data=asked(server, way, CONSTRUCT, accept), format=form)
    assert len(graph) == len(set(graph.subjects())) > 30


def test_the_service_description_and_yes_or_no(server: str) -> None:
    status, media, body = curl(f"{server}/sparql")
    assert (status, media) == (200, "text/turtle")
    assert f"<{server}/sparql>" in body
    assert json.loads(asked(server, "form", "ASK { ?s ?p ?o }", "application/sparql-results+json"))["boolean"] is True


def test_what_goes_wrong_is_said_in_words(server: str) -> None:
    status, media, body = curl(f"{server}/sparql", "--get", "--data-urlencode", "query=SELEC ?x")
    assert (status, media) == (400, "text/plain")
    assert "SELEC" in body or "expected" in body
    assert curl(f"{server}/sparql", "--data-urlencode", "update=CLEAR ALL")[0] == 400
    assert curl(f"{server}/sparql", "--header", "Host: evil.example")[0] == 421
    assert curl(f"{server}/", "--request", "DELETE")[0] == 405


def test_a_twin_and_a_download(server: str) -> None:
    status, media, body = curl(f"{server}/search.json?q=mri")
    assert (status, media) == (200, "application/json")
    status, media, table = curl(f"{server}/answer.csv?q=mri&limit=500")
    assert (status, media) == (200, "text/csv")
    assert len(list(csv.reader(io.StringIO(table)))) == 1 + min(500, json.loads(body)["matching"])
