"""cytoscape.js itself, without a screen, reads Cytoscape JSON and its style: in node, with the library of the page."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from imr_graph.app import web
from imr_graph.graph.exports.model import Network
from imr_graph.graph.exports.write import Part
from tests.graph.exports.conftest import Written
from tests.graph.exports.test_readback import same

LIBRARY = Path(web.__file__).parent / "static" / "vendor" / "cytoscape.min.js"
READ = """
const warnings = []; console.warn = (...words) => warnings.push(words.map(String).join(" "));
const cytoscape = require(process.argv[1]);
const cy = cytoscape({headless: true, styleEnabled: true, ...JSON.parse(require("fs").readFileSync(0, "utf8"))});
require("fs").writeFileSync(1, JSON.stringify({
  warnings,
  nodes: cy.nodes().map(n => ({data: n.data(), at: n.position(), drawn: [
    n.style("label"), n.style("background-color"), n.style("width")]})),
  edges: cy.edges().map(e => ({data: e.data(), color: e.style("line-color"), width: e.style("width")})),
}));
process.exit();  // it would wait for the next frame
"""


def test_cytoscape_js(written: Written, part: Part, network: Network) -> None:
    node = shutil.which("node")
    if node is None or not LIBRARY.exists():
        pytest.skip("needs node, and cytoscape.js by make assets")
    made = subprocess.run(
        [node, "-e", READ, str(LIBRARY)],
        input=written("cytoscape", part),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    document = json.loads(made.stdout)
    assert document["warnings"] == []
    rows = {found["data"]["id"]: found["data"] for found in document["nodes"]}
    same(network, rows, ((e["data"]["source"], e["data"]["target"], e["data"]) for e in document["edges"]))
    wanted = {n.id: n for n in network.nodes}
    for found in document["nodes"]:
        values = wanted[found["data"]["id"]].values
        assert (found["at"]["x"], found["at"]["y"]) == (values["x"], -float(values["y"]))
        label, color, width = found["drawn"]
        assert (label, width) == (wanted[found["data"]["id"]].label, f"{values['size']:g}px")
        assert color == rgb(str(values["color"]))
    for found in document["edges"]:
        assert found["color"] == rgb(found["data"]["color"])


def rgb(color: str) -> str:
    return f"rgb({int(color[1:3], 16)},{int(color[3:5], 16)},{int(color[5:7], 16)})"
