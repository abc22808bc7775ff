"""Draw docs/img/service-guideline.svg from the sample letters: python docs/draw.py

A plain SVG of the same nodes, positions and colours as in the exports; labels that would overlap are left out.
"""

import sys
import tempfile
from html import escape
from pathlib import Path
from typing import NamedTuple

from imr_graph.graph.exports.model import Edge, Node
from imr_graph.graph.exports.style import TOO_FEW, legend
from imr_graph.graph.exports.write import Part, network_of
from imr_graph.graph.store import OxigraphStore
from imr_graph.pipeline.build import build
from imr_graph.pipeline.generation import StoreFolder
from imr_graph.resources import data_folder

TARGET = Path(__file__).parent / "img" / "service-guideline.svg"
MARGIN, FOOT, CHARACTER, BOLD, LINE, LONGEST = 130, 70, 6.0, 6.9, 13, 30
SPREAD = 1.25  # of the positions in exports, for labels of two lines


def short(label: str) -> str:
    """A label cut to the drawn length."""
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"


def lines_of(node: Node) -> list[str]:
    """What is written beside a node: a section's own name, and below it the document that it is from."""
    document, _, section = node.label.partition(": ")
    return [short(section), short(document)] if section else [short(node.label)]


class Label(NamedTuple):
    """The lines of a node, their middle and the baseline of the first."""

    node: Node
    lines: list[str]
    middle: float
    baseline: float


def labels(nodes: list[Node], counts: list[tuple[float, float]]) -> list[Label]:
    """Labels around their nodes, wherever nothing is yet: those of services first, then of large nodes."""
    taken = [box(n) for n in nodes] + [(dx - 7, dy - 7, dx + 7, dy + 7) for dx, dy in counts]
    placed = []
    for node in sorted(nodes, key=lambda n: (n.type != "service", -float(n.values["size"]), n.id)):
        wide = BOLD if node.type == "service" else CHARACTER
        text = lines_of(node)
        half, high, radius = wide * max(map(len, text)) / 2, LINE * len(text), float(node.values["size"]) / 2
        low, up, side = radius + 11, -radius - high + LINE - 4, half + radius + 3
        beside = LINE / 4 - (high - LINE) / 2
        spots = [(0, low), (0, up), (side, beside), (-side, beside)]
        spots += [(dx * 0.75, dy) for dy in (low, up) for dx in (side, -side)]
        spots += [(0, low + LINE), (0, up - LINE)]
        for dx, dy in spots:
            left, first = x(node) + dx - half, -y(node) + dy
            mine = (left, first - LINE + 3, left + 2 * half, first + high - LINE + 2)
            if not any(mine[0] < b[2] and b[0] < mine[2] and mine[1] < b[3] and b[1] < mine[3] for b in taken):
                taken.append(mine)
                placed.append(Label(node, text, x(node) + dx, first))
                break
    return placed


def x(node: Node) -> float:
    """To the right, in pixels."""
    return SPREAD * float(node.values["x"])


def y(node: Node) -> float:
    """Upwards, in pixels."""
    return SPREAD * float(node.values["y"])


def box(node: Node) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a node; down is positive, as in SVG."""
    radius = float(node.values["size"]) / 2
    return x(node) - radius, -y(node) - radius, x(node) + radius, -y(node) + radius


def _line(edge: Edge, one: Node, other: Node) -> str:
    width = 1.2 + float(edge.values["weight"]) * 0.9
    return (
        f'<line x1="{x(one)}" y1="{-y(one)}" x2="{x(other)}" y2="{-y(other)}" stroke="{edge.values["color"]}" '
        f'stroke-width="{width:.1f}" opacity="0.75"><title>{escape(str(edge.values["label"]))}</title></line>'
    )


def _middle(one: Node, other: Node) -> tuple[float, float]:
    return (x(one) + x(other)) / 2, -(y(one) + y(other)) / 2


def _count(edge: Edge, place: tuple[float, float]) -> str:
    return (
        f'<text x="{place[0]:.1f}" y="{place[1] + 3.5:.1f}" text-anchor="middle" stroke="#fff" stroke-width="3" '
        f'paint-order="stroke" font-weight="bold" fill="#444">{edge.values["issues"]}</text>'
    )


def _text(label: Label) -> str:
    weight = ' font-weight="bold"' if label.node.type == "service" else ""
    first, *rest = label.lines
    below = "".join(f'<tspan x="{label.middle:.1f}" dy="{LINE}" fill="#767676">{escape(line)}</tspan>' for line in rest)
    return (
        f'<text x="{label.middle:.1f}" y="{label.baseline:.1f}" text-anchor="middle" stroke="#fff" stroke-width="3" '
        f'paint-order="stroke"{weight}>{escape(first)}{below}</text>'
    )


def _legend(nodes: list[Node], edges: list[Edge]) -> list[tuple[str, str]]:
    """What is in the picture, and its colour."""
    kinds = {node.type for node in nodes}
    rated = any("overturn_share" in edge.values for edge in edges)
    found = []
    for entry in legend(kinds, counted=True):
        what = entry["what"]
        if what in kinds:
            found.append((what, entry["color"]))
        elif what == TOO_FEW:
            found.append((f"edge: {what}, no share given", entry["color"]))
        elif rated and what != "partially overturned":  # edges tell the share overturned, and nothing else
            found.append((f"edge: all {what}", entry["color"]))
    return found


def svg(title: str, nodes: list[Node], edges: list[Edge]) -> str:
    """The picture."""
    left, right = min(map(x, nodes)) - MARGIN, max(map(x, nodes)) + MARGIN
    top, bottom = min(-y(n) for n in nodes) - 95, max(-y(n) for n in nodes) + 30 + FOOT
    at = {node.id: node for node in nodes}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}" '
        f'width="{right - left:.0f}" font-family="system-ui, DejaVu Sans, sans-serif" font-size="10.5">',
        f'<rect x="{left:.0f}" y="{top:.0f}" width="100%" height="100%" fill="#fff"/>',
        f'<text x="{left + 16:.0f}" y="{top + 26:.0f}" font-size="16" font-weight="bold">{escape(title)}</text>',
    ]
    lines += [_line(edge, at[edge.source], at[edge.target]) for edge in edges]
    for n in nodes:
        lines.append(
            f'<circle cx="{x(n)}" cy="{-y(n)}" r="{float(n.values["size"]) / 2:.1f}" fill="{n.values["color"]}" '
            f'stroke="#fff"><title>{escape(n.label)}: {n.values["issues"]} issues</title></circle>'
        )
    counts = [(edge, _middle(at[edge.source], at[edge.target])) for edge in edges if int(edge.values["issues"]) > 1]
    lines += [_text(label) for label in labels(nodes, [place for _, place in counts])]
    lines += [_count(*count) for count in counts]
    place = left + 24
    for what, color in _legend(nodes, edges):
        lines.append(f'<circle cx="{place:.0f}" cy="{bottom - 32:.0f}" r="6" fill="{color}"/>')
        lines.append(f'<text x="{place + 12:.0f}" y="{bottom - 28:.0f}" font-size="12">{what}</text>')
        place += 40 + 7.2 * len(what)
    note = "Invented sample letters. A number on an edge counts its issues, where there are more than one."
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
