"""Contradictions."""
from imr_graph.models import Decision
from imr_graph.parse.findings import Findings


def report_contradictions(findings: Findings, decision: Decision) -> None:
    pass
