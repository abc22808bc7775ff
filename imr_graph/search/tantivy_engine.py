"""The default text engine: tantivy. The only module that imports it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import tantivy
from tantivy import FieldType, Occur, Query

from imr_graph.errors import REBUILD, StoreError
from imr_graph.search.documents import IssueDocument
from imr_graph.search.engine import Match
from imr_graph.search.query import (
    All,
    Any,
    Best,
    Constant,
    Everything,
    Node,
    Pattern,
    Phrase,
    Range,
    Term,
    Word,
    in_fields,
    wildcard_regex,
)
from imr_graph.search.schema import IndexSchema, load_schema

_PAYLOAD = "payload"
_ANALYSER = "imr"
_HEAP_BYTES = 128_000_000
_ORDER = "order"
_TIES = 20  # fetched beyond the limit at first, to see whether equal scores are cut there


def _schema(declared: IndexSchema) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in declared.fields.values():
        if field.kind == "text":
            builder.add_text_field(field.name, tokenizer_name=_ANALYSER, index_option="position")
        elif field.kind == "keyword":
            builder.add_text_field(
                field.name, tokenizer_name="raw", index_option="basic", fast=field.name in declared.counted
            )
        else:  # signed: a Python int in an unsigned field kills the writer
            builder.add_integer_field(field.name, indexed=True, fast=True)
    builder.add_bytes_field(_PAYLOAD, stored=True)
    builder.add_integer_field(_ORDER, fast=True)
    return builder.build()


def _analyser(declared: IndexSchema) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[\p{L}\p{N}]+"))
    for step in (
        tantivy.Filter.remove_long(declared.longest_token),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.custom_stopword(list(declared.stopwords)),
        tantivy.Filter.stemmer(declared.language),
    ):
        builder = builder.filter(step)
    return builder.build()


def _open(folder: Path) -> tantivy.Index:
    try:
        index = tantivy.Index.open(str(folder))
    except ValueError as error:
        raise StoreError(f"the text index in {folder} cannot be read: {error}", remedy=REBUILD) from error
    index.register_tokenizer(_ANALYSER, _analyser(load_schema()))
    return index


def create(folder: Path) -> None:
    """Make an empty index in ``folder``."""
    tantivy.Index(_schema(load_schema()), path=str(folder))


def _order(case: str) -> int:
    """A number that orders as the first nine characters of ``case`` do: seven bits each are all that one can hold."""
    number = 0
    for character in case[:9].ljust(9, "\0"):
        number = number << 7 | min(ord(character), 127)
    return number


def linked_view(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder of links to the files of ``folder``, in which tantivy can place its lock."""
    view = tempfile.TemporaryDirectory(prefix="imr-graph-index-")
    for path in sorted(folder.iterdir()):
        if not path.name.endswith(".lock"):
            (Path(view.name) / path.name).symlink_to(path.resolve())
    return view


class TantivyIndex:
    """A :class:`imr_graph.search.engine.TextIndex` over tantivy."""

    engine = "tantivy"

    def __init__(self, folder: Path) -> None:
        self._view = None if os.access(folder, os.W_OK) else linked_view(folder)
        self._index = _open(Path(self._view.name) if self._view else folder)
        self._index.config_reader(reload_policy="manual")
        self._declared = load_schema()
        self._analyser = _analyser(self._declared)
        self._schema = self._index.schema
        self.reload()

    def reload(self) -> None:
        """Look at the folder again."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        """How many issues there are."""
        return self._searcher.num_docs

    def analyse(self, text: str) -> list[str]:
        """The terms of a text field."""
        return self._analyser.analyze(text)

    def doc_freq(self, field: str, term: str) -> int:
        """How many issues have this analysed term in this field."""
        return self._searcher.doc_freq(field, term)

    def search(self, node: Node, limit: int) -> list[Match]:
        """The best ``limit`` matches, best first; equal scores in the order of their keys."""
        found = self._candidates(self._query(node), limit)
        matches = [Match(score, self._searcher.doc(at).get_first(_PAYLOAD) or b"") for score, at in found]
        return sorted(matches, key=lambda match: (-match.score, match.payload))[:limit]

    def _candidates(self, query: Query, limit: int) -> list[tuple[float, tantivy.DocAddress]]:
        """A few matches, among them the best ``limit`` in the order of scores and keys."""
        best = self._searcher.search(query, 1, count=False).hits
        if not best or not best[0][0]:  # filters alone give no score: the first keys, without a look at the others
            return [(0.0, at) for _, at in self._level(query, limit, _ORDER)]
        ranked = self._level(query, limit)
        last = ranked[-1][0]
        better, tied = ([hit for hit in ranked if (hit[0] > last) is above] for above in (True, False))
        orders = [order or 0 for order in self._searcher.fast_field_values(_ORDER, [at for _, at in tied])]
        cut = sorted(orders)[min(limit - len(better), len(tied)) - 1]
        return better + [hit for hit, order in zip(tied, orders, strict=True) if order <= cut]

    def _level(self, query: Query, limit: int, field: str | None = None) -> list[tuple[float, tantivy.DocAddress]]:
        """The first ``limit`` matches by score, or else by a field, and all that are level with the last of them."""
        size, everything = limit + _TIES, max(1, len(self))
        while True:
            hits = self._searcher.search(
                query, min(size, everything), count=False, order_by_field=field, order=tantivy.Order.Asc
            ).hits
            found = [(round(key, 5), at) for key, at in hits]
            last = found[min(limit, len(found)) - 1][0] if found else 0
            if len(found) < size or found[-1][0] != last:
                return found[:limit] + [hit for hit in found[limit:] if hit[0] == last]
            size *= 10

    def count(self, node: Node) -> int:
        """How many issues match."""
        found = self._searcher.search(self._query(node), 1, count=True)
        return int(found.count)  # type: ignore[attr-defined]  # missing in the stub of 0.27

    def facets(self, node: Node, fields: Sequence[str], size: int) -> dict[str, dict[str, int]]:
        """For each field the ``size`` most frequent values among all matches, with their counts."""
        if not fields or not len(self):
            return {field: {} for field in fields}
        # by count and then by value; a deep shard size makes the counts of several segments exact
        order = {"_count": "desc"}
        request = {f: {"terms": {"field": f, "size": size, "segment_size": 100_000, "order": order}} for f in fields}
        found = self._searcher.aggregate(self._query(node), request)
        return {f: {b["key"]: b["doc_count"] for b in found[f]["buckets"]} for f in fields}

    def _query(self, node: Node) -> Query:
        return self._translated(node) or Query.empty_query()

    def _translated(self, node: Node) -> Query | None:
        """The tree as a tantivy query; None where nothing but stop words is asked for."""
        match node:
            case Word() | Phrase() | Pattern():
                return self._leaf(node)
            case Term(field, term, weight):
                return Query.boost_query(Query.term_query(self._schema, field, term, "freq"), weight)
            case Range(field, low, high):
                inner = Query.range_query(self._schema, field, FieldType.Integer, low, high)
                return Query.const_score_query(inner, 1.0)
            case Everything():
                return Query.const_score_query(Query.all_query(), 0.0)
            case Any(parts):
                return _joined(Occur.Should, self._all_translated(parts))
            case Best(parts):
                found = self._all_translated(parts)
                return Query.disjunction_max_query(found) if found else None
            case All(parts, without):
                return self._all(parts, without)
            case Constant(part, score):
                translated = self._translated(part)
                return translated and Query.const_score_query(translated, score)

    def _leaf(self, node: Word | Phrase | Pattern) -> Query | None:
        if node.field is None:
            return self._translated(in_fields(node, self._declared.names("text")))
        if isinstance(node, Word):
            return self._word(node.field, node.text, node.weight)
        if isinstance(node, Phrase):
            return self._phrase(node.field, node.text, node.slop)
        keyword = self._declared[node.field].kind == "keyword"
        regex = wildcard_regex(node.text if keyword else node.text.lower())
        return Query.const_score_query(Query.regex_query(self._schema, node.field, regex), 1.0)

    def _all_translated(self, parts: Iterable[Node]) -> list[Query]:
        return [query for query in map(self._translated, parts) if query is not None]

    def _word(self, field: str, text: str, weight: float) -> Query | None:
        if self._declared[field].kind == "keyword":
            return Query.const_score_query(Query.term_query(self._schema, field, text, "basic"), weight)
        terms = self.analyse(text)
        if len(terms) > 1:
            return self._phrase(field, text, 0)
        return self._translated(Term(field, terms[0], weight)) if terms else None

    def _phrase(self, field: str, text: str, slop: int) -> Query | None:
        if self._declared[field].kind != "text":
            return self._word(field, text, 1.0)
        tokens = self._analyser.pre_tokenize(text).tokens  # with positions: stop words leave gaps
        if len(tokens) < 2:
            return self._translated(Term(field, tokens[0].text)) if tokens else None
        words: list[str | tuple[int, str]] = [(token.position, token.text) for token in tokens]
        return Query.const_score_query(Query.phrase_query(self._schema, field, words, slop), 1.0)

    def _all(self, parts: Iterable[Node], without: Iterable[Node]) -> Query | None:
        wanted = self._all_translated(parts)
        unwanted = self._all_translated(without)
        if not unwanted:
            return _joined(Occur.Must, wanted)
        wanted = wanted or [Query.const_score_query(Query.all_query(), 0.0)]
        return Query.boolean_query([(Occur.Must, q) for q in wanted] + [(Occur.MustNot, q) for q in unwanted])


def _joined(occur: Occur, queries: list[Query]) -> Query | None:
    if len(queries) < 2:
        return queries[0] if queries else None
    return Query.boolean_query([(occur, query) for query in queries])


class TantivyWriter:
    """A :class:`imr_graph.search.engine.IndexWriter` over tantivy; one thread, so that builds are repeatable."""

    def __init__(self, folder: Path) -> None:
        try:
            self._writer = _open(folder).writer(_HEAP_BYTES, 1)
        except ValueError as error:
            raise StoreError(
                f"the text index in {folder} is being written: {error}", remedy="wait, try again"
            ) from None

    def add(self, documents: Iterable[IssueDocument]) -> None:
        """Add issues."""
        for document in documents:
            entry = tantivy.Document()
            for field, text in document.text.items():
                entry.add_text(field, text)
            for field, values in document.keywords.items():
                for value in values:
                    entry.add_text(field, value)
            for field, number in document.numbers.items():
                entry.add_integer(field, number)
            entry.add_bytes(_PAYLOAD, document.payload)
            entry.add_integer(_ORDER, _order(document.keywords["case"][0]))
            self._writer.add_document(entry)

    def delete_case(self, case: str) -> None:
        """Drop the issues of a letter."""
        self._writer.delete_documents_by_term("case", case)

    def __enter__(self) -> Self:
        """The writer; the lock is held since it was made."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit and wait for merges, or drop everything after an error."""
        if error is None:
            self._writer.commit()
            self._writer.wait_merging_threads()
        else:
            self._writer.rollback()
        del self._writer  # lets the lock go
