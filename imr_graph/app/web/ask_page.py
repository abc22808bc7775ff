"""The page to ask the graph: a SPARQL editor with the named queries as examples, and the answer as a table."""

from __future__ import annotations

import re

from rdflib import Literal, URIRef
from rdflib.term import Node

from imr_graph.app.web.asked import Asked, address
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.nodes import address_of
from imr_graph.app.web.page import VENDOR, Link, Page
from imr_graph.app.web.views import failure
from imr_graph.errors import ImrGraphError
from imr_graph.graph.contract import Result
from imr_graph.graph.queries import NamedQuery, bind, find_query, load_queries
from imr_graph.models import Model
from imr_graph.namespaces import curie

LONGEST = 20_000
_SHOWN = 500
_EXAMPLE = """PREFIX imr: <https://w3id.org/imr-graph/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?service ?outcome (COUNT(?issue) AS ?n) WHERE {
  ?issue imr:service/skos:prefLabel ?service ; imr:outcome/skos:prefLabel ?outcome .
} GROUP BY ?service ?outcome ORDER BY DESC(?n) LIMIT 20
"""


class Parameter(Model):
    """A parameter of a named query, with the value that was given."""

    name: str
    type: str
    help: str
    required: bool
    value: str


class AskPage(Page):
    """A query, and its answer where it was run: ``rows`` under ``columns``, ``answer`` yes or no, or ``turtle``.

    ``cut`` says that the answer of a named query ends at the row limit. ``fault`` says why there is no answer.
    ``editor`` is true where the SPARQL editor is installed.
    """

    query: str
    name: str = ""
    summary: str = ""
    parameters: tuple[Parameter, ...] = ()
    examples: tuple[Link, ...] = ()
    longest: int = LONGEST
    seconds: float
    ran: bool = False
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Link, ...], ...] = ()
    more: int = 0
    cut: bool = False
    answer: str = ""
    turtle: str = ""
    fault: str = ""
    downloads: tuple[Link, ...] = ()
    editor: bool = False


def ask_page(reader: Reader, asked: Asked) -> AskPage:
    """The query of the address, run within the limits of the server; with ``name`` a named query."""
    name = asked.one("name")
    query = next((value for key, value in reversed(asked.query) if key == "query"), "")
    page = AskPage(
        title="Ask the graph",
        query=query or _EXAMPLE,
        name=name,
        seconds=reader.workers.limits.seconds,
        examples=tuple(
            Link(text=one.summary, href=address("/ask", [("name", one.name)])) for one in load_queries().values()
        ),
        editor=(VENDOR / "yasqe.min.js").is_file(),
    )
    try:
        if name:
            page = _with_name(page, reader, asked, find_query(name))
        if len(page.query) > LONGEST:
            return page.model_copy(update={"fault": f"The query is longer than {LONGEST} characters.", "status": 400})
        if not name:
            return _answered(page, reader, page.query) if query else page
        if any(p.required and not p.value for p in page.parameters):
            return page
        text = _bounded(page.query, reader.workers.limits.rows)
        if any(asked.one(p.name) for p in page.parameters):
            return _answered(page, reader, text)
        return reader.once(f"ask {name}", lambda: _answered(page, reader, text))  # over a large store it takes seconds
    except ImrGraphError as error:
        return page.model_copy(update={"fault": str(error), "status": failure(error).status})


def _with_name(page: AskPage, reader: Reader, asked: Asked, named: NamedQuery) -> AskPage:
    parameters = tuple(
        Parameter(name=p.name, type=p.type, help=p.help, required=p.required, value=asked.one(p.name, p.default or ""))
        for p in named.parameters
    )
    shown = page.model_copy(
        update={"title": named.summary, "summary": named.summary, "query": named.text, "parameters": parameters}
    )
    if any(p.required and not p.value for p in parameters):
        return shown
    values = {p.name: p.value for p in parameters if p.value}
    text = bind(named, values, reader.vocabulary, reader.manifest.recipe.base)
    return shown.model_copy(update={"query": text})


def _bounded(query: str, rows: int) -> str:
    """A named query that ends at the row limit, rather than be stopped there: its table is of use even so."""
    return query if re.search(r"\bLIMIT\s+\d+\s*$", query) else f"{query}LIMIT {rows}\n"


def _answered(page: AskPage, reader: Reader, text: str) -> AskPage:
    result = reader.workers.run(text)
    base = reader.manifest.recipe.base
    formats = ("csv", "tsv", "json", "xml") if result.form in ("SELECT", "ASK") else ("ttl", "nt", "jsonld", "xml")
    found: dict[str, object] = {
        "ran": True,
        "downloads": tuple(
            Link(text=name, href=address("/sparql", [("query", text), ("format", name)])) for name in formats
        ),
    }
    if result.form == "SELECT":
        rows = tuple(tuple(_cell(term, base) for term in row) for row in result.rows[:_SHOWN])
        cut = bool(page.name) and len(result.rows) >= reader.workers.limits.rows
        found |= {"columns": result.columns, "rows": rows, "more": max(0, len(result.rows) - _SHOWN), "cut": cut}
    elif result.form == "ASK":
        found["answer"] = "Yes" if result.answer else "No"
    else:
        found["turtle"] = _turtle(result)
    return page.model_copy(update=found)


def _turtle(result: Result) -> str:
    text: str = result.graph().serialize(format="turtle")
    return text if len(text) < 200_000 else text[:200_000] + "\n# cut; download it for the rest\n"


def _cell(term: Node | None, base: str) -> Link:
    if term is None:
        return Link(text="")
    if isinstance(term, URIRef):
        return Link(text=curie(str(term)), href=address_of(str(term), base))
    return Link(text=str(term) if isinstance(term, Literal) else f"_:{term}")
