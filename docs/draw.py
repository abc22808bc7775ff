"""Draw docs/img/service-guideline.svg from the sample letters: python docs/draw.py

A plain SVG of the same nodes, positions and colours as in the exports; labels that would overlap are left out.
"""

import sys
import tempfile
from html import escape
from pathlib import Path

from imr_graph.graph.exports.model import Edge, Node
from imr_graph.graph.exports.style import legend
from imr_graph.graph.exports.write import Part, network_of
from imr_graph.graph.store import OxigraphStore
from imr_graph.pipeline.build import build
from imr_graph.pipeline.generation import StoreFolder
from imr_graph.resources import data_folder

TARGET = Path(__file__).parent / "img" / "service-guideline.svg"
MARGIN, FOOT, CHARACTER, BOLD, LINE, LONGEST = 130, 70, 6.0, 6.9, 13, 34


def short(label: str) -> str:
    """A label without the name of its document, which stands in every other one of it, cut to the drawn length."""
    words = label.partition(": ")[2] or label
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def labels(nodes: list[Node]) -> list[tuple[Node, float, float]]:
    """The nodes to be labelled and where: below, above or beside a node, wherever nothing is yet; large nodes first."""
    taken = [box(n) for n in nodes]
    placed = []
    for node in sorted(nodes, key=lambda n: (n.type != "service", -float(n.values["size"]), n.id)):
        wide = BOLD if node.type == "service" else CHARACTER
        half, radius = wide * len(short(node.label)) / 2, float(node.values["size"]) / 2
        for dx, dy in ((0, radius + 11), (0, -radius - 4), (half + radius + 3, 3), (-half - radius - 3, 3)):
            left, bottom = x(node) + dx - half, -y(node) + dy
            mine = (left, bottom - LINE + 3, left + 2 * half, bottom + 2)
            if not any(mine[0] < b[2] and b[0] < mine[2] and mine[1] < b[3] and b[1] < mine[3] for b in taken):
                taken.append(mine)
                placed.append((node, x(node) + dx, bottom))
                break
    return placed


def x(node: Node) -> float:
    """To the right, in pixels."""
    return float(node.values["x"])


def y(node: Node) -> float:
    """Upwards, in pixels."""
    return float(node.values["y"])


def box(node: Node) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a node; down is positive, as in SVG."""
    radius = float(node.values["size"]) / 2
    return x(node) - radius, -y(node) - radius, x(node) + radius, -y(node) + radius


def svg(title: str, nodes: list[Node], edges: list[Edge]) -> str:
    """The picture."""
    left, right = min(map(x, nodes)) - MARGIN, max(map(x, nodes)) + MARGIN
    top, bottom = min(-y(n) for n in nodes) - 60, max(-y(n) for n in nodes) + 30 + FOOT
    at = {node.id: node for node in nodes}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}" '
        f'width="{right - left:.0f}" font-family="system-ui, DejaVu Sans, sans-serif" font-size="10.5">',
        f'<rect x="{left:.0f}" y="{top:.0f}" width="100%" height="100%" fill="#fff"/>',
        f'<text x="{left + 16:.0f}" y="{top + 26:.0f}" font-size="16" font-weight="bold">{escape(title)}</text>',
    ]
    for edge in edges:
        one, other, width = at[edge.source], at[edge.target], 1.2 + float(edge.values["weight"]) * 0.9
        lines.append(
            f'<line x1="{x(one)}" y1="{-y(one)}" x2="{x(other)}" y2="{-y(other)}" stroke="{edge.values["color"]}" '
            f'stroke-width="{width:.1f}" opacity="0.75"><title>{escape(str(edge.values["label"]))}</title></line>'
        )
    for n in nodes:
        lines.append(
            f'<circle cx="{x(n)}" cy="{-y(n)}" r="{float(n.values["size"]) / 2:.1f}" fill="{n.values["color"]}" '
            f'stroke="#fff"><title>{escape(n.label)}: {n.values["issues"]} issues</title></circle>'
        )
    for node, middle, line in labels(nodes):
        weight = ' font-weight="bold"' if node.type == "service" else ""
        lines.append(
            f'<text x="{middle:.1f}" y="{line:.1f}" text-anchor="middle" stroke="#fff" stroke-width="3" '
            f'paint-order="stroke"{weight}>{escape(short(node.label))}</text>'
        )
    place = left + 24
    for entry in legend({node.type for node in nodes}, counted=True):
        if entry["what"] == "partially overturned":
            continue  # edges tell the share overturned, and nothing else
        what = entry["what"] if entry["what"] in {n.type for n in nodes} else f"edge: all {entry['what']}"
        lines.append(f'<circle cx="{place:.0f}" cy="{bottom - 32:.0f}" r="6" fill="{entry["color"]}"/>')
        lines.append(f'<text x="{place + 12:.0f}" y="{bottom - 28:.0f}" font-size="12">{what}</text>')
        place += 40 + 7.2 * len(what)
    note = "Invented sample letters. Wider edges: more issues. Point at a node or an edge for its counts."
    lines.append(f'<text x="{left + 18:.0f}" y="{bottom - 10:.0f}" font-size="11" fill="#555">{note}</text>')
    return "\n".join([*lines, "</svg>\n"])


def main(target: Path) -> None:
    """Build the sample in a temporary folder and write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        build([data_folder("sample")], Path(folder) / "store")
        with OxigraphStore.open(StoreFolder(Path(folder) / "store").require().graph) as store:
            network = network_of(store, Part(projection="service-guideline"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(svg(network.title, list(network.nodes), list(network.edges)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
