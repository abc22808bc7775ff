"""Letters and issues are found by what people call them."""

import pytest

from imr_graph.errors import UsageError
from imr_graph.names import case_id, issue_of, read_issue


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("CM16-9900001", ("CM16-9900001", None)),
        (" cm16-9900001#2 ", ("CM16-9900001", 2)),
        ("H-00FF#1", ("h-00ff", 1)),
        ("CM16-9900001#", None),
        ("CM16-9900001#x", None),
        ("CM16-9900001#٣", None),
        ("CM16-9900001#123456", None),
        ("two words", None),
        ("", None),
    ],
)
def test_a_name_of_an_issue(name: str, found: tuple[str, int | None] | None) -> None:
    assert read_issue(name) == found
    if found is None:
        with pytest.raises(UsageError):
            issue_of(name)
    else:
        assert issue_of(name) == found
        assert case_id(found[0]) == found[0]
