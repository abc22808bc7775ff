"""The query language, and what is left of a text that is none."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_graph.errors import QueryError
from imr_graph.search.query import (
    All,
    Any,
    Everything,
    Node,
    Parsed,
    Pattern,
    Phrase,
    Range,
    Word,
    parse_query,
    render,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mri neck", Parsed("mri neck")),
        ("mri, neck 4-6 (two)", Parsed("mri, neck 4-6 two")),
        ("is an mri needed?", Parsed("is an mri needed")),
        ("(a AND b) c", Parsed("c", (All((Word(None, "a"), Word(None, "b"))),))),
        ("service:mri neck", Parsed("neck", (Word("service", "mri"),))),
        ("Service:mri", None),
        ('neck "red flags"', Parsed("neck", (Phrase(None, "red flags"),))),
        ('rationale:"red flags"~3', Parsed("", (Phrase("rationale", "red flags", 2),))),
        ("a AND b", Parsed("", (All((Word(None, "a"), Word(None, "b"))),))),
        ("a AND NOT b", Parsed("", (All((Word(None, "a"),), (Word(None, "b"),)),))),
        ("a OR b c", Parsed("c", (Any((Word(None, "a"), Word(None, "b"))),))),
        ("c NOT b", Parsed("c", (), (Word(None, "b"),))),
        ("MRI NOT knee", Parsed("MRI", (), (Word(None, "knee"),))),
        ("THERAPY IS NOT NECESSARY", Parsed("THERAPY IS NOT NECESSARY")),
        ("RE: THERAPY (NECK) OR REST IS NOT NECESSARY", Parsed("RE THERAPY NECK or REST IS not NECESSARY")),
        ("request:(a b)", Parsed("", (Any((Word("request", "a"), Word("request", "b"))),))),
        ("drug:nap* m?i", Parsed("", (Pattern("drug", "nap*"), Pattern(None, "m?i")))),
        ("date:2016", Parsed("", (Range("date", 20160101, 20161231),))),
        ("date:[2016-02 TO 2017-03-04]", Parsed("", (Range("date", 20160201, 20170304),))),
        ("date:{2016 TO 2017}", Parsed("", (Range("date", 20161232, 20170100),))),
        ("date:[2016 TO]", Parsed("", (Range("date", 20160101, None),))),
        ("n:[2 TO 3]", Parsed("", (Range("n", 2, 3),))),
        ("n:99999999999999999999", None),
        ("n:[1 TO 2147483648]", None),
        ('"red flags"~99999999999999999999', Parsed("", (Phrase(None, "red flags", 10_000),))),
        ("n:2", Parsed("", (Range("n", 2, 2),))),
        ("*", Parsed("", (Everything(),))),
        ("o'neil's", Parsed("o'neil's")),
    ],
)
def test_parse(text: str, expected: Parsed | None) -> None:
    if expected is None:
        with pytest.raises(QueryError):
            parse_query(text)
    else:
        assert parse_query(text) == expected


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "neck",
                "mri",
                "AND",
                "OR",
                "NOT",
                "(",
                ")",
                '"',
                "service:",
                "date:",
                "[",
                "]",
                " TO ",
                "*",
                "?",
                "2016",
                "99999999999999999999",
                "x:",
                "~2",
                "{",
                ":",
                "^3",
            ]
        ),
        max_size=8,
    )
)
def test_no_text_breaks_the_parser(pieces: list[str]) -> None:
    for text in (" ".join(pieces), "".join(pieces)):
        with suppress(QueryError):
            parsed = parse_query(text)
            assert all(render(node) for node in (*parsed.required, *parsed.without))


def test_words_are_those_without_a_field() -> None:
    node: Node = All((Word("service", "mri"), Any((Word(None, "neck"), Phrase(None, "red flags")))))
    assert list(words_of(node)) == ["neck", "red flags"]
    assert render(node) == '(service:mri AND (neck OR "red flags"))'
