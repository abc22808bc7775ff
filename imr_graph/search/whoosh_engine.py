"""The second text engine, pure Python: Whoosh. The only module that imports it; its parser reads the query language.

Postings, phrases and patterns are Whoosh's; scores are added term by term here, by the formula of
:mod:`imr_graph.search.query`, so that both engines rank alike.
"""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from whoosh import analysis, columns, fields, qparser
from whoosh import index as whoosh_index
from whoosh import query as whoosh_query
from whoosh.filedb.filestore import FileStorage
from whoosh.lang.snowball.english import EnglishStemmer
from whoosh.qparser import plugins, syntax
from whoosh.support.charset import accent_map

from imr_graph.errors import REBUILD, QueryError, StoreError
from imr_graph.search.algebra import Scores, evaluate
from imr_graph.search.documents import IssueDocument
from imr_graph.search.engine import Match
from imr_graph.search.query import (
    All,
    Any,
    Everything,
    Node,
    Parsed,
    Pattern,
    Phrase,
    Range,
    Term,
    Word,
    date_bounds,
    in_fields,
    number_bounds,
    wildcard_regex,
)
from imr_graph.search.schema import IndexSchema, load_schema

_SEPARATOR = "\x1f"
_K1, _B = 1.2, 0.75
_QUESTION = re.compile(r"(?<=\w)\?(?=\s|$)")  # "is an MRI needed?" asks, "m?i" is a pattern


def _analyser(declared: IndexSchema) -> analysis.Analyzer:
    return (
        analysis.RegexTokenizer(r"[^\W_]+")
        | analysis.LowercaseFilter()
        | analysis.CharsetFilter(accent_map)
        | analysis.StopFilter(declared.stopwords, minsize=1, maxsize=declared.longest_token)
        | analysis.StemFilter(EnglishStemmer().stem, cachesize=50_000)
    )


def _schema(declared: IndexSchema) -> fields.Schema:
    analyser = _analyser(declared)
    kinds: dict[str, Callable[[], fields.FieldType]] = {
        "text": lambda: fields.TEXT(analyzer=analyser, phrase=True),
        "keyword": lambda: fields.KEYWORD(analyzer=analysis.RegexTokenizer(f"[^{_SEPARATOR}]+")),
        "integer": lambda: fields.NUMERIC(int, bits=32),
        "date": lambda: fields.NUMERIC(int, bits=32),
    }
    schema = fields.Schema(payload=fields.STORED, facets=fields.COLUMN(columns.VarBytesColumn()))
    for field in declared.fields.values():
        schema.add(field.name, kinds[field.kind]())
    return schema


def create(folder: Path) -> None:
    """Make an empty index in ``folder``."""
    whoosh_index.create_in(str(folder), _schema(load_schema()))


class WhooshIndex:
    """A :class:`imr_graph.search.engine.TextIndex` over Whoosh."""

    engine = "whoosh"

    def __init__(self, folder: Path) -> None:
        try:
            self._index = FileStorage(str(folder), readonly=True).open_index()
        except (whoosh_index.IndexError, OSError) as error:
            raise StoreError(f"the text index in {folder} cannot be read", remedy=REBUILD) from error
        self._declared = load_schema()
        self._analyser = _analyser(self._declared)
        self._one = threading.RLock()  # Whoosh's reader and analyser are for one thread at a time
        self.reload()

    def reload(self) -> None:
        """Look at the folder again."""
        with self._one:
            self._searcher = self._index.searcher()
            self._reader = self._searcher.reader()

    def __len__(self) -> int:
        """How many issues there are."""
        return int(self._reader.doc_count())

    def analyse(self, text: str) -> list[str]:
        """The terms of a text field."""
        with self._one:
            return [token.text for token in self._analyser(text)]

    def doc_freq(self, field: str, term: str) -> int:
        """How many issues have this analysed term in this field."""
        with self._one:
            return int(self._reader.doc_frequency(field, term))

    def search(self, node: Node, limit: int) -> list[Match]:
        """The best ``limit`` matches, best first; equal scores in the order of their keys."""
        with self._one:
            scores = self._scores(node) or {}
            ranked = sorted(((round(score, 5), number) for number, score in scores.items()), key=lambda m: -m[0])
            last = ranked[min(limit, len(ranked)) - 1][0] if ranked else 0.0
            stored = self._reader.stored_fields
            matches = [Match(score, stored(number)["payload"]) for score, number in ranked if score >= last]
        return sorted(matches, key=lambda match: (-match.score, match.payload))[:limit]

    def count(self, node: Node) -> int:
        """How many issues match."""
        with self._one:
            return len(self._scores(node) or ())

    def facets(self, node: Node, fields: Sequence[str], size: int) -> dict[str, dict[str, int]]:
        """For each field the ``size`` most frequent values among all matches, with their counts."""
        found: dict[str, Counter[str]] = {field: Counter() for field in fields}
        with self._one:
            column = self._reader.column_reader("facets") if (numbers := self._scores(node)) else ()
            for number in numbers or ():
                for entry in column[number].decode().split(_SEPARATOR):
                    field, _, value = entry.partition("=")
                    if field in found:
                        found[field][value] += 1
        return {
            field: dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size])
            for field, counts in found.items()
        }

    def _scores(self, node: Node) -> Scores | None:
        return evaluate(node, self._leaf, self._reader.all_doc_ids)

    def _leaf(self, node: Node) -> Scores | None:
        match node:
            case Term(field, term, weight):
                return self._bm25(field, term, weight)
            case Range(field, low, high):
                return self._matching(whoosh_query.NumericRange(field, low, high))
            case Word() | Phrase() | Pattern() if node.field is None:
                return self._scores(in_fields(node, self._declared.names("text")))
            case Word(field, text, weight):
                return self._word(str(field), text, weight)
            case Phrase(field, text, slop):
                return self._phrase(str(field), text, slop)
            case Pattern(field, text):
                keyword = self._declared[str(field)].kind == "keyword"
                return self._matching(
                    whoosh_query.Regex(field, wildcard_regex(text if keyword else text.lower()) + "$")
                )
        return None

    def _word(self, field: str, text: str, weight: float) -> Scores | None:
        if self._declared[field].kind == "keyword":
            return self._matching(whoosh_query.Term(field, text), weight)
        terms = self.analyse(text)
        if len(terms) > 1:
            return self._phrase(field, text, 0)
        return self._bm25(field, terms[0], weight) if terms else None

    def _phrase(self, field: str, text: str, slop: int) -> Scores | None:
        terms = self.analyse(text)
        if self._declared[field].kind != "text" or len(terms) == 1:
            return self._word(field, text, 1.0)
        return self._matching(whoosh_query.Phrase(field, terms, slop=slop + 1)) if terms else None

    def _matching(self, query: whoosh_query.Query, score: float = 1.0) -> Scores:
        return dict.fromkeys(self._searcher.docs_for_query(query), score)

    def _bm25(self, field: str, term: str, weight: float) -> Scores:
        reader, frequency = self._reader, self.doc_freq(field, term)
        if not frequency:
            return {}
        total = reader.doc_count_all()
        idf = math.log(1 + (total - frequency + 0.5) / (frequency + 0.5)) * weight * (_K1 + 1)
        mean = self._searcher.avg_field_length(field) or 1.0
        postings, found = reader.postings(field, term), {}
        while postings.is_active():
            number, count = postings.id(), postings.weight()
            length = reader.doc_field_length(number, field)
            found[number] = idf * count / (count + _K1 * (1 - _B + _B * length / mean))
            postings.next()
        return found


class WhooshWriter:
    """A :class:`imr_graph.search.engine.IndexWriter` over Whoosh."""

    def __init__(self, folder: Path) -> None:
        try:
            self._writer = FileStorage(str(folder)).open_index().writer(limitmb=128)
        except whoosh_index.LockError:
            raise StoreError(f"the text index in {folder} is being written", remedy="wait, try again") from None
        self._counted = load_schema().counted

    def add(self, documents: Iterable[IssueDocument]) -> None:
        """Add issues."""
        for document in documents:
            keywords = {field: _SEPARATOR.join(values) for field, values in document.keywords.items() if values}
            pairs = (f"{field}={value}" for field in self._counted for value in document.keywords.get(field, ()))
            facets = _SEPARATOR.join(pairs).encode()
            values = {**document.text, **keywords, **document.numbers}
            self._writer.add_document(**values, payload=document.payload, facets=facets)

    def delete_case(self, case: str) -> None:
        """Drop the issues of a letter."""
        self._writer.delete_by_term("case", case)

    def __enter__(self) -> Self:
        """The writer; the lock is held since it was made."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or drop everything after an error."""
        if error is None:
            self._writer.commit()
        else:
            self._writer.cancel()


class _LooseOr(whoosh_query.Or):  # type: ignore[misc]  # Whoosh has no types
    """What stands side by side without an operator."""


class _LooseGroup(syntax.OrGroup):  # type: ignore[misc]
    qclass = _LooseOr


def _parser() -> qparser.QueryParser:
    parts = [
        plugins.WhitespacePlugin(),
        plugins.WildcardPlugin(),
        plugins.PhrasePlugin(),
        plugins.RangePlugin(),
        plugins.FieldsPlugin(remove_unknown=False),
        plugins.GroupPlugin(),
        plugins.OperatorsPlugin(AndNot=None, AndMaybe=None, Require=None),
    ]
    return qparser.QueryParser(None, None, plugins=parts, group=_LooseGroup)


def parse(text: str) -> Parsed:
    """A text of the query language, by Whoosh's parser; see :func:`imr_graph.search.query.parse_query`."""
    text = _QUESTION.sub("", text)
    try:
        tree = _parser().parse(text, normalize=False)
    except (whoosh_query.QueryError, qparser.QueryParserError, IndexError, AttributeError, ValueError) as error:
        raise QueryError(f"{text!r} cannot be read as a query", remedy="quote words like AND, OR, NOT") from error
    words: list[str] = []
    required: list[Node] = []
    without: list[Node] = []
    for part in tree if isinstance(tree, _LooseOr) else [tree]:
        if _is_bare(part):
            words += (_checked(leaf.text) for leaf in part.leaves())
        elif isinstance(part, whoosh_query.Not):
            without.append(_node(part.query))
        else:
            required.append(_node(part))
    return Parsed(" ".join(words), tuple(required), tuple(without))


def _is_bare(tree: whoosh_query.Query) -> bool:
    """A word without a field, or a bracket of such words, as sentences have them."""
    if isinstance(tree, _LooseOr):
        return bool(tree.subqueries) and all(map(_is_bare, tree))
    return isinstance(tree, whoosh_query.Term) and tree.fieldname is None


def _checked(text: str) -> str:
    if text in {"AND", "OR", "NOT"}:
        raise QueryError(f"{text} has nothing to join", remedy="put a word on both sides, or quote it")
    if text.endswith(":"):
        raise QueryError(f"{text} has no value", remedy="write a value behind the colon, or quote the words")
    return text


def _field(name: str | None) -> str | None:
    return None if name is None else load_schema()[name].name


def _node(tree: whoosh_query.Query) -> Node:
    """Whoosh's tree in our terms."""
    match tree:
        case whoosh_query.Not():
            return All((), (_node(tree.query),))
        case whoosh_query.And():
            parts = [part for part in tree if not isinstance(part, whoosh_query.Not)]
            return All(tuple(map(_node, parts)), tuple(_node(p.query) for p in tree if isinstance(p, whoosh_query.Not)))
        case whoosh_query.Or():
            parts = list(map(_node, tree))
            return parts[0] if len(parts) == 1 else Any(tuple(parts))
        case whoosh_query.Phrase():
            return Phrase(_field(tree.fieldname), " ".join(tree.words), min(tree.slop - 1, 10_000))
        case whoosh_query.Prefix():
            return Pattern(_field(tree.fieldname), f"{tree.text}*")
        case whoosh_query.Wildcard():
            return (
                Everything() if tree.text == "*" and not tree.fieldname else Pattern(_field(tree.fieldname), tree.text)
            )
        case whoosh_query.TermRange():
            return _range(tree)
        case whoosh_query.Term():
            return _term(_field(tree.fieldname), _checked(tree.text))
    raise QueryError(f"{tree} cannot be searched for", remedy="see docs/search.md for the query language")


def _term(field: str | None, text: str) -> Node:
    kind = load_schema()[field].kind if field else "text"
    if field and kind in {"date", "integer"}:
        return Range(field, *(date_bounds if kind == "date" else number_bounds)(text))
    return Word(field, text)


def _range(tree: whoosh_query.TermRange) -> Node:
    field = _field(tree.fieldname)
    kind = load_schema()[field].kind if field else "text"
    if field is None or kind not in {"date", "integer"}:
        raise QueryError("a range needs a field of dates or numbers", remedy="write date:[2016 TO 2017]")
    bounds = date_bounds if kind == "date" else number_bounds
    low = high = None
    if tree.start:
        first, last = bounds(tree.start)
        low = last + 1 if tree.startexcl else first
    if tree.end:
        first, last = bounds(tree.end)
        high = first - 1 if tree.endexcl else last
    return Range(field, low, high)
