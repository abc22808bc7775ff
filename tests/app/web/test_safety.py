"""The page is for this machine only, runs nothing that a letter says, and stays up whatever it is asked."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import string
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from typer.testing import CliRunner

from imr_graph.app.cli import app as cli
from imr_graph.app.serving import listening
from imr_graph.app.web.application import make_app
from imr_graph.app.web.marks import Mark, stretches
from imr_graph.errors import UsageError
from imr_graph.pipeline.build import build
from imr_graph.text import Span

HOSTILE = "CM16-9900998"
WHERE_IT_SHOWS = (
    f"/case/{HOSTILE}",
    "/search?q=mri+lumbar&limit=50",
    f"/compare?a={HOSTILE}%231",
    f"/explore?node={HOSTILE}",
    f"/explore?node={HOSTILE}%231",
    "/passages",
    "/corpus",
    "/ask?query=SELECT+%3Ft+%7B%3Fi+dcterms:title+%3Ft%7D",
    "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/ask?query=%3Cscript%3Ealert(1)%3C/script%3E",
    "/explore?node=%3Cscript%3Ealert(1)%3C/script%3E",
    "/gaps?q=mri+lumbar+%3Cscript%3Ealert(1)%3C/script%3E",
    "/case/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
)


@pytest.mark.parametrize("address", WHERE_IT_SHOWS)
def test_what_a_letter_says_is_text(client: TestClient, address: str) -> None:
    html = client.get(address, headers={"accept": "text/html"}).text
    assert "<script>" not in html
    assert "<img" not in html
    assert not re.search(r"<[^>]+\s(on\w+|style)=", html)
    assert "49" not in re.findall(r"\$\{\{?(\d+)", html)


def test_the_markup_of_the_letter_is_shown(client: TestClient) -> None:
    html = client.get(f"/case/{HOSTILE}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{ 7*7 }}" in html


@pytest.mark.parametrize("address", ["/", "/search.json?q=mri", "/none", "/static/style.css", "/sparql", "/case/none"])
def test_every_answer_has_the_safe_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert "referrer-policy" in headers
    assert "set-cookie" not in headers
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8765", 200),
        ("localhost:1", 200),
        ("[::1]:8765", 200),
        ("LOCALHOST", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:80", 421),
        ("evil.example:127", 421),
        ("", 421),
    ],
)
def test_only_this_machine_is_answered(client: TestClient, host: str, status: int) -> None:
    assert client.get("/", headers={"host": host}).status_code == status


def test_other_sites_cannot_post_and_nothing_can_be_written(client: TestClient) -> None:
    query = {"query": "ASK {?s ?p ?o}"}
    assert client.post("/sparql", data=query, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/sparql", data=query, headers={"origin": "http://127.0.0.1:8765"}).status_code == 200
    for origin in ("null", "http://[", "http://127.0.0.1:1", "://"):
        assert client.post("/sparql", data=query, headers={"origin": origin}).status_code == 403, origin
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert client.request(method, "/").status_code == 405
    assert client.post("/search", data={"q": "mri"}).status_code == 405


@pytest.mark.parametrize(
    ("path", "site", "mode", "dest", "status"),
    [
        ("/sparql", "cross-site", "no-cors", "image", 403),
        ("/sparql", "cross-site", "navigate", "document", 403),
        ("/search?q=mri", "cross-site", "no-cors", "script", 403),
        ("/search?q=mri", "same-site", "navigate", "iframe", 403),
        ("/search?q=mri", "cross-site", "navigate", "document", 200),
        ("/sparql", "same-origin", "cors", "empty", 200),
        ("/sparql", "none", "navigate", "document", 200),
    ],
)
def test_what_another_site_loads_is_refused(
    client: TestClient, path: str, site: str, mode: str, dest: str, status: int
) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    assert client.get(path, headers=headers).status_code == status


def test_bodies_and_addresses_have_limits(client: TestClient) -> None:
    assert client.post("/sparql", content=b"x" * 300_000).status_code == 413
    chunks = (b"x" * 50_000 for _ in range(10))
    kind = {"content-type": "application/sparql-query"}
    assert client.post("/sparql", content=chunks, headers=kind).status_code == 413
    assert client.get("/search", params={"q": "x" * 15_001}).status_code == 400
    assert client.get("/search", params={"q": "n:99999999999999999999"}).status_code == 400
    assert client.get("/search", params={"q": "CM16-9900006#99999999999999999999"}).status_code == 200
    assert client.get("/search", params=[("service", str(n)) for n in range(60)]).status_code == 400
    assert (
        client.get("/explore", params={"node": "MRI", "expand": [f"service:x{n}" for n in range(20)]}).status_code
        == 400
    )
    assert client.get("/").status_code == 200


def test_a_formula_in_a_letter_is_text_in_a_spreadsheet(client: TestClient) -> None:
    for line in client.get("/answer.csv?q=mri").text.splitlines():
        assert not re.search(r'(^|,)"?[=+@]', line)


def test_no_page_names_another_server(client: TestClient) -> None:
    for path in ("/static/style.css", "/static/keys.js", "/", "/case/CM16-9900006"):
        found = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(https?:|//)""", client.get(path).text)
        assert not found, path


def test_an_error_of_ours_takes_nothing_down(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(store)
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(app.state.site.generations.reader().precedents, "search", broken)
    answer = client.get("/search?q=mri")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert client.get("/case/CM16-9900006").status_code == 200


def test_a_new_build_is_shown_at_once(letters: Path, tmp_path: Path) -> None:
    few = tmp_path / "letters"
    few.mkdir()
    for name in ("CM16-9900006.txt", "CM16-9900007.pdf"):
        shutil.copy(letters / name, few)
    build([few], tmp_path / "store", jobs=1)
    client = TestClient(make_app(tmp_path / "store"), base_url="http://127.0.0.1")
    assert client.get("/case/CM16-9900009").status_code == 404
    shutil.copy(letters / "CM16-9900009.txt", few)
    build([few], tmp_path / "store", jobs=1)
    assert client.get("/case/CM16-9900009").status_code == 200
    assert client.get("/corpus.json").json()["generation"] == "000002"


def test_other_addresses_are_refused(store: Path) -> None:
    result = CliRunner().invoke(cli, ["serve", "--store", str(store), "--host", "0.0.0.0"])
    assert isinstance(result.exception, UsageError)
    assert "this machine only" in str(result.exception)


def test_a_taken_port_is_named(store: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(cli, ["serve", "--store", str(store), "--port", port])
    assert isinstance(result.exception, UsageError)
    assert port in str(result.exception)


def test_who_knows_the_address_is_not_refused() -> None:
    with listening("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname(), 5):
        pass


def test_an_answer_is_sent_without_delay() -> None:
    """A small second part of an answer must not wait for the first to be confirmed, which takes 40 ms."""

    async def option() -> int:
        asked: asyncio.Queue[int] = asyncio.Queue()

        def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.put_nowait(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = listening("127.0.0.1", 0)
        async with await asyncio.start_server(look, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            writer.close()
            return await asked.get()

    assert asyncio.run(option())


TEXT = (
    st.text(max_size=40)
    | st.text(string.printable, max_size=60)
    | st.sampled_from(
        [
            "mri",
            "=mri",
            "service:",
            '"',
            "(",
            "a AND",
            "NOT",
            "[1 TO",
            "date:[2016 TO 2015]",
            "*",
            "?",
            "x*",
            "-1",
            "9" * 30,
        ]
    )
)
NAMES = st.sampled_from(
    [
        "q",
        "service",
        "drug",
        "body_part",
        "outcome",
        "ground",
        "year",
        "amount",
        "crossing",
        "since",
        "until",
        "limit",
        "fold",
        "issue",
        "a",
        "b",
        "node",
        "expand",
        "type",
        "each",
        "name",
        "query",
        "unit",
        "format",
        "document",
        "section",
    ]
)
PATHS = st.sampled_from(
    [
        "/",
        "/search",
        "/search.json",
        "/case/CM16-9900006",
        "/compare",
        "/compare.json",
        "/passages",
        "/amounts",
        "/amounts.json",
        "/gaps",
        "/gaps.json",
        "/explore",
        "/explore.json",
        "/ask",
        "/corpus",
        "/answer.csv",
        "/answer.md",
        "/view.graphml",
        "/guideline/odg",
        "/passage/0",
        "/sparql",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=PATHS, query=st.lists(st.tuples(NAMES, TEXT), max_size=4))
def test_no_parameter_breaks_the_server(client: TestClient, path: str, query: list[tuple[str, str]]) -> None:
    clean = [(name, value.encode("utf-8", "replace").decode()) for name, value in query]
    answer = client.get(path, params=urlencode(clean), follow_redirects=False)
    assert answer.status_code in {200, 303, 400, 404, 503}, (answer.url, answer.text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=TEXT, kind=st.sampled_from(["case", "guideline", "passage", "static", "answer."]))
def test_no_path_breaks_the_server(client: TestClient, part: str, kind: str) -> None:
    answer = client.get(f"/{kind}/{quote(part.encode('utf-8', 'replace'), safe='')}", follow_redirects=False)
    assert answer.status_code in {200, 303, 307, 400, 404, 405}, (answer.url, answer.text)


@given(
    text=st.text(max_size=30),
    marks=st.lists(
        st.tuples(st.sampled_from(["mention", "quote", "ground"]), st.integers(-2, 33), st.integers(-2, 33))
    ),
)
def test_stretches_are_the_text_and_cover_every_mark(text: str, marks: list[tuple[str, int, int]]) -> None:
    given_marks = [Mark(kind, Span(a, b), f"{kind} {a}") for kind, a, b in marks]
    found = stretches(text, given_marks)
    assert "".join(piece.text for piece in found) == text
    for mark in given_marks:
        if 0 <= mark.span.start < mark.span.end <= len(text):
            inside = [p for p in found if mark.span.start <= p.start < mark.span.end]
            assert "".join(p.text for p in inside) == text[mark.span.start : mark.span.end]
            assert all(mark.kind in p.kinds and mark.note in p.notes for p in inside)
