"""Every page: as HTML and as its twin, its links, and the numbers behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from imr_graph.app.web.application import make_app
from imr_graph.app.web.passage_page import diff
from imr_graph.graph.limits import Limits
from imr_graph.graph.queries import load_queries

PAGES = (
    "/",
    "/search?q=mri+lumbar+spine",
    "/search?q=service:mri+neck&outcome=overturned",
    "/search?service=physical-therapy&since=2015-01-01&fold=1",
    "/search?q=nothing+like+zzzzz",
    "/case/CM16-9900006",
    "/case/CM16-9900029?issue=2",
    "/compare",
    "/compare?a=CM16-9900006%231",
    "/compare?a=CM16-9900006%231&b=CM16-9900007",
    "/guideline/mtus-low-back-complaints-2004",
    "/guideline/mtus-low-back-complaints-2004/special-studies",
    "/passages",
    "/passages?q=nerve&service=mri",
    "/amounts",
    "/amounts?service=physical+therapy",
    "/gaps",
    "/gaps?q=MRI+of+the+lumbar+spine.+Straight+leg+raise+is+positive.",
    "/explore",
    "/explore?node=MRI",
    "/explore?node=CM16-9900006%231&expand=service:mri&type=issue",
    "/ask",
    "/ask?name=service-outcomes&service=mri",
    "/ask?query=DESCRIBE+service:mri",
    "/ask?query=ASK+%7B%3Fs+a+imr:DisputedIssue%7D",
    "/corpus",
    "/ontology",
)


def twin_of(address: str) -> str:
    parts = urlsplit(address)
    path = "/search" if parts.path == "/" else parts.path
    return f"{path}.json" + (f"?{parts.query}" if parts.query else "")


def links_of(html: str) -> set[str]:
    found = {unescape(link).split("#")[0] for link in re.findall(r'(?:href|src)="([^"]+)"', html)}
    return {link for link in found if link}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_and_its_twin_say_the_same(client: TestClient, address: str) -> None:
    page = client.get(address)
    twin = client.get(twin_of(address))
    assert (page.status_code, twin.status_code) == (200, 200), page.text
    assert page.context["page"].model_dump(mode="json") == twin.json()  # type: ignore[attr-defined]
    assert twin.headers["content-type"] == "application/json"


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_its_landmarks_and_its_warning(client: TestClient, address: str) -> None:
    html = re.sub(r"<svg.*?</svg>", "", client.get(address).text, flags=re.DOTALL)
    for part in ('<html lang="en">', "<main id=", '<nav aria-label="Pages"', 'class="skip"', "<h1", "<title>"):
        assert html.count(part) == 1, part
    assert "imr-graph informs about decided cases; it gives no legal or medical advice." in html
    assert not re.search(r"<(table)(?![^>]*>\s*<caption)", html), "a table without a caption"
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for inputs in re.findall(r"<(?:textarea|select)[^>]*>", html):
        named = re.search(r'id="([^"]+)"', inputs)
        assert named, inputs
        assert f'for="{named[1]}"' in html


@pytest.mark.slow
def test_every_link_of_every_page_leads_somewhere(client: TestClient) -> None:
    seen: dict[str, int] = {}
    broken = []
    for address in PAGES:
        for link in links_of(client.get(address).text):
            assert link.startswith("/"), f"{link} on {address} leads away"
            if link not in seen:
                seen[link] = client.get(link).status_code
                if seen[link] >= 400:
                    broken.append((address, link, seen[link]))
    assert not broken
    assert len(seen) > 300


def tallies(value: Any) -> Iterator[tuple[str, int]]:
    """Every number of a page with the search that it leads to."""
    if isinstance(value, dict):
        if str(value.get("href", "")).startswith("/search?") and value.get("count"):
            yield value["href"], value["count"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from tallies(item)


@pytest.mark.parametrize(
    "address",
    [
        "/search.json",
        "/guideline/mtus-low-back-complaints-2004.json",
        "/guideline/mtus-low-back-complaints-2004/special-studies.json",
        "/amounts.json?service=physical-therapy",
        "/amounts.json?service=acupuncture",
        "/gaps.json?q=mri+lumbar+spine",
        "/corpus.json",
    ],
)
def test_a_number_is_that_of_the_search_it_leads_to(client: TestClient, address: str) -> None:
    found = list(tallies(client.get(address).json()))
    assert found
    wrong = [
        (href, count, matching)
        for href, count in found
        if (matching := client.get(twin_of(href)).json()["matching"]) != count
    ]
    assert not wrong


@pytest.mark.parametrize(
    "query",
    [
        "q=mri+lumbar+spine",
        "q=service:mri+neck",
        "q=norco",
        "q=massage&year=2016",
        "q=mri&outcome=upheld",
        "q=mri+NOT+drug:norco&since=2015-01-01",
        "body_part=low-back",
        "q=%22red+flag%22+mri",
        "q=CM16-9900006&year=2017",
        "q=CM16-9900006&document=odg",
        "q=massage+neck",
        "q=mri&service=mri",
        "q=mri+outcome:up*+NOT+case:CM16-9900006",
        "q=zzzz+truck+outcome:upheld",
        "document=odg",
        "service_class=imaging&service=imaging",
        "drug=acetaminophen&drug=oxycodone&fold=1",
        "q=" + "the+request+for+MRI+of+the+low+back+is+denied+" * 8,
    ],
)
def test_the_counts_around_an_answer_are_those_of_their_searches(client: TestClient, query: str) -> None:
    page = client.get(f"/search.json?{query}").json()
    linked = list(tallies([page["counts"], page["reasons"]]))
    assert linked
    for href, count in linked:
        assert client.get(twin_of(href)).json()["matching"] == count, href
    for facet in page["facets"]:
        for value in facet["values"]:
            if not value["chosen"]:
                assert client.get(twin_of(value["href"])).json()["matching"] == value["count"], value["href"]


def test_the_numbers_of_the_corpus_are_those_of_the_queries_they_lead_to(client: TestClient) -> None:
    page = client.get("/corpus.json").json()
    letters = next(tally for tally in page["sizes"] if tally["label"] == "letters")
    assert page["problems"]
    for tally in (letters, *page["problems"]):
        assert len(client.get(twin_of(tally["href"])).json()["rows"]) == tally["count"], tally["href"]


def test_a_case_number_leads_to_its_letter(client: TestClient) -> None:
    for text, issue in (("CM16-9900006", ""), ("cm16-9900006", ""), ("cm16-9900006%232", "?issue=2#issue-2")):
        answer = client.get(f"/search?q={text}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/case/CM16-9900006{issue}")


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/explore.json?node=cm16-9900006", "Around CM16-9900006"),
        ("/explore.json?node=cm16-9900006%231", "Around CM16-9900006 #1: MRI of the lumbar spine without contrast"),
        ("/explore.json?node=magnetic+resonance+imaging", "Around MRI"),
        ("/explore.json?node=odg/pain", "Around ODG Pain (Chronic)"),
        ("/compare.json?a=cm16-9900006%231&b=cm16-9900007", "CM16-9900006#1 beside CM16-9900007#1"),
    ],
)
def test_a_name_is_read_in_any_case(client: TestClient, address: str, title: str) -> None:
    assert client.get(address).json()["title"] == title


def test_a_view_is_called_after_the_node_in_its_middle(client: TestClient) -> None:
    view = client.get("/view.cyjs?node=guideline:odg/pain&each=1").json()
    page = client.get("/explore.json?node=guideline:odg/pain&each=1").json()
    assert view["data"]["name"] == page["title"]
    assert page["notes"]
    assert not [note for note in page["notes"] if "https://" in note]


def test_a_pasted_denial_is_read_as_it_stands(client: TestClient) -> None:
    denial = "Utilization Review (UR): the request for MRI of the low back is denied [see: MTUS].\n" * 8
    page = client.get("/search.json", params={"q": denial}).json()
    assert page["hits"][0]["hit"]["why"]["shared"][0]["label"] == "MRI"


def test_a_search_that_cannot_be_read_keeps_its_text(client: TestClient) -> None:
    answer = client.get("/search?q=nofield:mri", headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert "nofield:mri</textarea>" in answer.text
    assert "there is no field" in answer.text


@pytest.mark.parametrize("style", ["csv", "json", "md"])
def test_the_whole_answer_as_a_file(client: TestClient, style: str) -> None:
    answer = client.get(f"/answer.{style}?q=mri&limit=500")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith(f'.{style}"')
    shown = client.get("/search.json?q=mri&limit=500").json()
    if style == "json":
        assert [hit["case_number"] for hit in answer.json()["hits"]] == [f["hit"]["case_number"] for f in shown["hits"]]
    elif style == "csv":
        assert len(answer.text.splitlines()) > shown["matching"]
    else:
        assert answer.text.startswith("# ")


def test_the_whole_letter_is_there_and_marked(client: TestClient) -> None:
    page = client.get("/case/CM16-9900006.json").json()
    text = "".join(piece["text"] for piece in page["stretches"])
    assert text.startswith("Case Number: CM16-9900006")
    assert {kind for piece in page["stretches"] for kind in piece["kinds"]} >= {
        "mention",
        "citation",
        "quote",
        "ground",
    }
    ground = page["issues"][0]["grounds"][0]
    at = next(piece for piece in page["stretches"] if piece["start"] == ground["at"])
    assert "ground" in at["kinds"]
    assert " ".join(at["text"].split())[:12] in ground["sentence"]


@pytest.mark.parametrize("query", ["q=mri&outcome=nosuch", "q=mri+outcome:nosuch"])
def test_a_filter_that_nothing_is_called_is_named(client: TestClient, query: str) -> None:
    assert "No outcome is called" in client.get(f"/search?{query}").text
    assert client.get(f"/search.json?{query}").json()["unknown"]


def test_a_draft_is_checked_against_the_grounds_of_like_denials(client: TestClient) -> None:
    draft = "MRI of the lumbar spine. Straight leg raise is positive on the left."
    page = client.get("/gaps.json", params={"q": draft}).json()
    said = {lead["gap"]["ground"]: lead["gap"]["mentioned"] for lead in page["leads"]}
    assert said["no-neurologic-deficit"] == ["Straight leg raise is positive on the left."]
    assert () in map(tuple, said.values())
    html = client.get("/gaps", params={"q": draft}).text
    assert "No word of it was found in the draft." in html
    assert "they are no advice" in html
    for lead in page["leads"]:
        assert 0 < lead["upheld"]["count"] <= page["counts"]["outcomes"][0]["count"]
        assert client.get(lead["href"]).status_code == 200
    assert client.get("/search.json", params={"q": draft}).json()["draft"].startswith("/gaps?q=MRI")
    assert client.get("/search.json?q=service:mri").json()["draft"] == ""
    assert client.get("/gaps", params={"q": "x" * 15_001}).status_code == 400
    assert "No treatment was recognised" in client.get("/gaps?q=hello+world").text


@pytest.mark.slow
def test_every_named_query_has_an_answer_that_ends_at_the_row_limit(store: Path) -> None:
    few = TestClient(make_app(store, Limits(rows=7)), base_url="http://127.0.0.1")
    cut = 0
    for query in load_queries().values():
        page = few.get("/ask.json", params={"name": query.name}).json()
        if any(p.required and not p.default for p in query.parameters):
            assert not page["ran"], query.name
            continue
        assert page["ran"], page["fault"]
        assert tuple(page["columns"]) == query.columns
        assert page["cut"] == (len(page["rows"]) == 7)
        assert few.get(page["downloads"][0]["href"]).status_code == 200
        cut += page["cut"]
    assert cut > 5
    assert "The first 7 rows" in few.get("/ask?name=letters").text


def test_a_named_query_without_parameters_is_asked_once(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(store)
    client = TestClient(app, base_url="http://127.0.0.1")
    first = client.get("/ask.json?name=year-outcomes").json()
    chosen = client.get("/ask.json?name=year-outcomes&service=mri").json()
    monkeypatch.delattr(type(app.state.site.generations.reader().workers), "run")
    assert client.get("/ask.json?name=year-outcomes").json() == first
    assert chosen["rows"] != first["rows"]


def test_what_does_not_exist_is_not_found(client: TestClient) -> None:
    paths = (
        "/case/none",
        "/case/CM16-9900006?issue=99",
        "/passage/zz",
        "/guideline/none",
        "/explore?node=none",
        "/none",
    )
    for path in (*paths, "/answer.exe?q=mri", "/view.exe?node=MRI", "/static/none.css", "/ask?name=none"):
        assert client.get(path).status_code == 404, path


def test_only_few_issues_of_a_year_are_too_few_for_a_rate(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    passage = client.get("/passages.json").json()["rows"][0]["href"]
    for floor, rated in ((20, False), (1, True)):
        monkeypatch.setattr("imr_graph.rates.FLOOR", floor)
        rows = client.get(f"{passage}.json").json()["passages"][0]["timeline"]["rows"]
        assert rows
        assert {row["rate"] is not None for row in rows} == {rated}


def test_a_difference_between_wordings() -> None:
    found = diff("up to 6 visits, over two weeks", "Up to 12 visits over two")
    assert [(change.kind, change.text) for change in found] == [
        ("same", "Up to"),
        ("del", "6"),
        ("ins", "12"),
        ("same", "visits over two"),
        ("del", "weeks"),
    ]
