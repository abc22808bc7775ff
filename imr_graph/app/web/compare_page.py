"""Two decided issues side by side; with one, beside the nearest that went the other way."""

from __future__ import annotations

from pydantic import Field

from imr_graph.app.web.asked import Asked, case_address
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.page import Page
from imr_graph.errors import UsageError
from imr_graph.insight.mirror import Mirror, compare_issues, mirror_case
from imr_graph.names import issue_of
from imr_graph.search.concepts import label


class ComparePage(Page):
    """Two issues; ``found`` has no mirror where no like issue went the other way, and is None where none is named."""

    a: str
    b: str
    found: Mirror | None = None
    left: str = ""
    right: str = ""
    grounds: dict[str, str] = Field(default_factory=dict)


def compare_page(reader: Reader, asked: Asked) -> ComparePage:
    """The issues that ``a`` and ``b`` name as CASE#2; without ``b`` the mirror case of ``a``."""
    a, b = asked.one("a"), asked.one("b")
    if not a:
        if b:
            raise UsageError("the first issue is missing", remedy="name it as CASE#2")
        return ComparePage(title="Compare two decided issues", a="", b="")
    one = issue_of(a)
    if b:
        issues = [reader.precedents.issue(*issue_of(name)) for name in (a, b)]
        found = compare_issues(reader.vocabulary, *issues)
    else:
        found = mirror_case(reader.precedents, reader.vocabulary, *one)
    mirror = found.mirror
    grounds = {g.notation for side in (found.asked, mirror) if side for g in side.grounds}
    return ComparePage(
        title=f"{found.asked.key} beside {mirror.key}" if mirror else f"{found.asked.key} has no mirror case",
        a=found.asked.key,
        b=mirror.key if mirror else "",
        found=found,
        left=case_address(found.asked.case, found.asked.issue),
        right=case_address(mirror.case, mirror.issue) if mirror else "",
        grounds={name: label(reader.vocabulary, "ground", name) for name in sorted(grounds)},
    )
