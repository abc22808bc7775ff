"""How networks look: the colours of ontology/rules/exports.toml, sizes by degree, and the legend that explains them."""

from __future__ import annotations

import math
from typing import NamedTuple

from imr_graph.graph.exports.model import Edge, Node
from imr_graph.rates import FLOOR
from imr_graph.resources import rules

EDGE_COLOR = "#B0B0B0"
TOO_FEW = f"fewer than {FLOOR} issues"


class Look(NamedTuple):
    """How a type of node is drawn, and its class in the ontology and in Biolink."""

    color: str
    shape: str
    term: str
    category: str


def look_of(kind: str) -> Look:
    """The look of a type of node; an unknown one is drawn as ``other``."""
    table = rules("exports")["nodes"]
    return Look(**table.get(kind, table["other"]))


def outcomes() -> dict[str, str]:
    """Outcome to colour."""
    found: dict[str, str] = rules("exports")["outcomes"]
    return found


def term_of(relation: str) -> str:
    """The property that a relation is made of, as a CURIE; ``skos:related`` for what is counted over issues."""
    return str(rules("exports")["relations"].get(relation, "skos:related"))


def backwards(relation: str) -> str:
    """A relation in words as read from its other end."""
    return str(rules("exports")["backwards"].get(relation, relation))


def predicate_of(relation: str) -> str:
    """The predicate of Biolink that a relation comes under."""
    return str(rules("exports")["predicates"].get(relation, "biolink:related_to"))


def color_of(node: Node) -> str:
    """Cases and issues by outcome, everything else by type."""
    by_outcome = outcomes().get(str(node.values.get("outcome")))
    return by_outcome or look_of(node.type).color


def edge_color(edge: Edge) -> str:
    """Between the colours of upheld and overturned by the share overturned; gray where no share is given."""
    share = edge.values.get("overturn_share")
    if share is None:
        return EDGE_COLOR
    low, high = (_rgb(outcomes()[name]) for name in ("upheld", "overturned"))
    return "#" + "".join(f"{round(a + (b - a) * float(share)):02X}" for a, b in zip(low, high, strict=True))


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def size_of(degree: int) -> float:
    """The diameter of a node in pixels: twice the neighbours, a fixed step more."""
    return round(8 + 6 * math.log2(1 + degree), 1)


def legend(types: set[str], counted: bool) -> list[dict[str, str]]:
    """What the colours mean, for the types at hand; ``counted`` where edges are coloured by the share overturned."""
    entries = [{"what": kind, "color": look_of(kind).color} for kind in rules("exports")["nodes"] if kind in types]
    if types & {"case", "issue"} or counted:
        entries += [{"what": outcome, "color": color} for outcome, color in outcomes().items()]
    return [*entries, {"what": TOO_FEW, "color": EDGE_COLOR}] if counted else entries


def explained(counted: bool) -> str:
    """The legend in a sentence; ``counted`` as for :func:`legend`."""
    words = "Nodes are coloured by type, cases and issues by outcome, and sized by degree."
    by_share = (
        f"Edges of {FLOOR} issues or more are coloured from upheld (blue) to overturned (red) by the share overturned, "
        "in whole or in part; of fewer no share is given, only counts, and they are gray."
    )
    return f"{words} {by_share}" if counted else words
