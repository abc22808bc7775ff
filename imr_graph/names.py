"""What people call letters and issues: a case number in any case, CASE#2 for its second issue."""

from __future__ import annotations

import re

from imr_graph.errors import UsageError

_ISSUE = re.compile(r"(?P<case>[\w-]{1,60})(?:#(?P<n>\d{1,5}))?", re.ASCII)  # CM16-9900001#2


def case_id(name: str) -> str:
    """The id of a letter as it is kept: a case number in capitals, the ``h-...`` of a letter without one in small."""
    return name.lower() if name[:2].lower() == "h-" else name.upper()


def read_issue(name: str) -> tuple[str, int | None] | None:
    """The id of the letter and the number of the issue, None where it has none, or where ``name`` has another form."""
    match = _ISSUE.fullmatch(name.strip())
    return match and (case_id(match["case"]), int(match["n"]) if match["n"] else None)


def issue_of(name: str) -> tuple[str, int | None]:
    """The same; :class:`UsageError` where ``name`` has another form."""
    found = read_issue(name)
    if found is None:
        raise UsageError(f"{name[:60]} names no issue", remedy="write CASE#2 for the second issue of a case")
    return found
