"""The page stands alone: no address to load from, no way for a label to become code; a browser draws it."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from imr_graph.graph.contract import GraphStore
from imr_graph.graph.exports.model import Edge, Network, Node
from imr_graph.graph.exports.networks import dressed
from imr_graph.graph.exports.page import page
from imr_graph.graph.exports.write import Part, network_of
from tests.graph.exports.conftest import Written

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = "</script><script>document.title='broken'</script><!-- <b>&amp; \u2028 \"'"


def data_of(text: str) -> dict[str, list[dict[str, object]]]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    document: dict[str, list[dict[str, object]]] = json.loads(found[1])
    return document


def hostile() -> Network:
    nodes = [Node("urn:a", HOSTILE, "case", {"outcome": "upheld"}), Node("urn:b", "B", HOSTILE, {})]
    edge = Edge("urn:a", "urn:b", HOSTILE, {"weight": 2.0, "label": HOSTILE})
    return dressed(Network(HOSTILE, nodes, [edge], notes=[HOSTILE]))


def hostile_page() -> str:
    return "".join(page(hostile()))


def test_the_page_holds_the_network(written: Written, part: Part, network: Network) -> None:
    document = data_of(written("html", part))
    assert [(n["id"], n["label"], n["type"]) for n in document["nodes"]] == [n[:3] for n in network.nodes]
    names = [str(n["id"]) for n in document["nodes"]]
    edges = [(names[e["source"]], names[e["target"]], e["relation"], e["weight"]) for e in document["edges"]]  # type: ignore[call-overload]
    assert edges == [(*e[:3], e.values["weight"]) for e in network.edges]
    shown = {str(entry["what"]) for entry in document["legend"]}
    assert {n.type for n in network.nodes} <= shown


def test_nothing_is_loaded_from_anywhere(written: Written) -> None:
    text = written("html")
    code = text.replace(text[text.index('id="data">') : text.index("</script>")], "")
    assert "http" not in code.replace("http-equiv", "")
    assert re.findall(r'(?:src|href)="([^"]*)"', code) == ["data:,"]
    assert "default-src 'none'" in code


def test_labels_are_data() -> None:
    text = hostile_page()
    assert text.count("<script") == 2
    assert data_of(text)["nodes"][0]["label"] == HOSTILE


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sample", "hostile"])
def test_a_browser_draws_it(letters: GraphStore, written: Written, tmp_path: Path, kind: str) -> None:
    if BROWSER is None:
        pytest.skip("no Chromium")
    drawn = Part(projection="service-guideline")
    text = written("html", drawn) if kind == "sample" else hostile_page()
    asked = """<script>
addEventListener("error", event => { document.body.dataset.error = event.message; });
addEventListener("load", () => setTimeout(() => {
  const box = document.getElementById("search"); box.value = "b"; box.dispatchEvent(new Event("input"));
  const canvas = document.querySelector("canvas"), pen = canvas.getContext("2d");
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  document.body.dataset.drawn = pixels.some(value => value > 0);
  document.querySelector("#found button").click();
  document.body.dataset.count = document.getElementById("count").textContent;
  document.body.dataset.read = JSON.stringify([
    nodes.map(n => [n.id, n.label, n.type]), edges.map(e => [e.s.id, e.t.id, e.relation, e.label, e.weight])]);
}, 300));
</script>"""
    path = tmp_path / "page.html"
    path.write_text(text.replace("</title>", f"</title>{asked}", 1), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", "--dump-dom"]
    made = subprocess.run([BROWSER, *options, path.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    body = re.search(r"<body([^>]*)>", made.stdout)
    assert body
    assert "data-error" not in body[1]
    assert 'data-drawn="true"' in body[1]
    network = network_of(letters, drawn) if kind == "sample" else hostile()
    read = re.search('data-read="([^"]*)"', body[1])
    assert read
    assert json.loads(html.unescape(read[1])) == [
        [[n.id, n.label, n.type] for n in network.nodes],
        [[*e[:3], e.values["label"], e.values["weight"]] for e in network.edges],
    ]
    nodes, edges = (len(data_of(text)[key]) for key in ("nodes", "edges"))
    assert f'data-count="{nodes} of {nodes} nodes, {edges} of {edges} edges"' in body[1]
    card = made.stdout[made.stdout.index('id="card"') :]
    assert "<h2>" in card
    assert "<dt>type</dt>" in card
    assert "<title>broken" not in made.stdout
