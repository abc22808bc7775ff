"""Answers of SPARQL queries in the formats of SPARQL 1.1, and the choice of one by what the client accepts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape, quoteattr

from rdflib import XSD, BNode, Literal
from rdflib.term import Node

from imr_graph.errors import UsageError
from imr_graph.graph.contract import Result
from imr_graph.graph.terms import of_node

_HEAD = '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'


def _plain(term: Literal) -> bool:
    return not term.language and term.datatype in (None, XSD.string)


def _json_term(term: Node) -> dict[str, str]:
    if isinstance(term, Literal):
        found = {"type": "literal", "value": str(term)}
        if term.language:
            found["xml:lang"] = term.language
        elif not _plain(term):
            found["datatype"] = str(term.datatype)
        return found
    return {"type": "bnode" if isinstance(term, BNode) else "uri", "value": str(term)}


def to_json(result: Result) -> str:
    """SPARQL 1.1 Query Results JSON Format."""
    if result.form == "ASK":
        return json.dumps({"head": {}, "boolean": result.answer})
    bindings = [
        {name: _json_term(term) for name, term in zip(result.columns, row, strict=True) if term is not None}
        for row in result.rows
    ]
    return json.dumps({"head": {"vars": result.columns}, "results": {"bindings": bindings}}, ensure_ascii=False)


def _xml_term(term: Node) -> str:
    if isinstance(term, Literal):
        about = f" xml:lang={quoteattr(term.language)}" if term.language else ""
        if not about and not _plain(term):
            about = f" datatype={quoteattr(str(term.datatype))}"
        return f"<literal{about}>{escape(_xml_text(str(term)))}</literal>"
    tag = "bnode" if isinstance(term, BNode) else "uri"
    return f"<{tag}>{escape(_xml_text(str(term)))}</{tag}>"


def _xml_text(text: str) -> str:
    """Without the control characters that XML 1.0 cannot say."""
    return "".join(char if char >= " " or char in "\t\n\r" else "\N{REPLACEMENT CHARACTER}" for char in text)


def to_xml(result: Result) -> str:
    """SPARQL Query Results XML Format."""
    if result.form == "ASK":
        return f"{_HEAD}<head/>\n<boolean>{str(bool(result.answer)).lower()}</boolean>\n</sparql>\n"
    lines = [
        _HEAD,
        "<head>",
        *(f"<variable name={quoteattr(name)}/>" for name in result.columns),
        "</head>\n<results>\n",
    ]
    for row in result.rows:
        bound = zip(result.columns, row, strict=True)
        cells = (
            f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>" for name, term in bound if term is not None
        )
        lines.append(f"<result>{''.join(cells)}</result>\n")
    return "".join([*lines, "</results>\n</sparql>\n"])


def to_csv(result: Result) -> str:
    """SPARQL 1.1 Query Results CSV Format: values as plain text."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    if result.form == "ASK":
        writer.writerows([["answer"], [str(bool(result.answer)).lower()]])
    else:
        writer.writerow(result.columns)
        writer.writerows([_csv_term(term) for term in row] for row in result.rows)
    return stream.getvalue()


def _csv_term(term: Node | None) -> str:
    return "" if term is None else f"_:{term}" if isinstance(term, BNode) else str(term)


def to_tsv(result: Result) -> str:
    """SPARQL 1.1 Query Results TSV Format: terms in the syntax of Turtle."""
    if result.form == "ASK":
        return f"?answer\n{str(bool(result.answer)).lower()}\n"
    lines = ["\t".join(f"?{name}" for name in result.columns)]
    lines += ["\t".join(_tsv_term(term) for term in row) for row in result.rows]
    return "\n".join(lines) + "\n"


def _tsv_term(term: Node | None) -> str:
    return "" if term is None else of_node(term)


def _graph_as(form: str) -> Callable[[Result], str]:
    return lambda result: result.graph().serialize(format=form)


def _rdf_xml(result: Result) -> str:
    try:
        return _graph_as("xml")(result)
    except ValueError as error:  # a property that is no name in XML, such as http://x.org/p/
        raise UsageError(f"the answer is no RDF/XML: {error}", remedy="ask for Turtle, N-Triples or JSON-LD") from error


Formats = Mapping[str, Callable[[Result], str]]
ROWS: Formats = {
    "application/sparql-results+json": to_json,
    "application/json": to_json,
    "application/sparql-results+xml": to_xml,
    "application/xml": to_xml,
    "text/xml": to_xml,
    "text/csv": to_csv,
    "text/tab-separated-values": to_tsv,
}
TRIPLES: Formats = {
    "text/turtle": _graph_as("turtle"),
    "application/x-turtle": _graph_as("turtle"),
    "application/n-triples": _graph_as("nt"),
    "application/ld+json": _graph_as("json-ld"),
    "application/json": _graph_as("json-ld"),
    "application/rdf+xml": _rdf_xml,
    "application/xml": _rdf_xml,
    "text/plain": _graph_as("nt"),
}
SHORT = {
    "json": ("application/sparql-results+json", "application/ld+json"),
    "xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "csv": ("text/csv", "text/csv"),
    "tsv": ("text/tab-separated-values", "text/tab-separated-values"),
    "ttl": ("text/turtle", "text/turtle"),
    "nt": ("application/n-triples", "application/n-triples"),
    "jsonld": ("application/ld+json", "application/ld+json"),
}


def written(result: Result, accept: str, short: str = "") -> tuple[str, str]:
    """The answer as text, and its media type: the one that ``accept`` likes best, or that ``short`` names.

    Raises :class:`UsageError` where the answer cannot be had so.
    """
    offered = TRIPLES if result.form in ("CONSTRUCT", "DESCRIBE") else ROWS
    if short:
        if short not in SHORT:
            raise UsageError(f"there is no format {short[:20]}", remedy=f"one of {', '.join(SHORT)}")
        accept = SHORT[short][offered is TRIPLES]
    media = preferred(accept, tuple(offered))
    if media is None:
        kinds = ", ".join(dict.fromkeys(offered))
        raise UsageError(f"the answer of a {result.form} query cannot be had so", remedy=f"accept one of {kinds}")
    return offered[media](result), media


def preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """Which of ``offered`` an Accept header likes best (RFC 9110, 12.5.1); the first one where it says nothing."""
    best, most = None, (0.0, 0)
    for media in offered:
        weight = _weight(accept or "*/*", media)
        if weight > most:
            best, most = media, weight
    return best


def _weight(accept: str, media: str) -> tuple[float, int]:
    """The quality of a media type, and how exactly it is named."""
    best = (0.0, 0)
    for part in accept.lower().split(","):
        name, *values = (piece.strip() for piece in part.split(";"))
        exact = {media: 3, f"{media.partition('/')[0]}/*": 2, "*/*": 1}.get(name, 0)
        if exact > best[1]:
            best = (_quality(values), exact)
    return best if best[0] else (0.0, 0)


def _quality(values: list[str]) -> float:
    for value in values:
        if value.startswith("q="):
            try:
                return min(1.0, max(0.0, float(value[2:])))
            except ValueError:
                return 0.0
    return 1.0
