"""The SPARQL 1.1 Protocol at /sparql: queries only, within limits; without a query the service description."""

from __future__ import annotations

from urllib.parse import parse_qsl

from rdflib import RDF, Literal, URIRef
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from imr_graph.app.web.sparql_results import written
from imr_graph.app.web.views import Site, failure
from imr_graph.errors import ImrGraphError, UsageError
from imr_graph.graph.contract import Result

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"


async def sparql(site: Site, request: Request) -> Response:
    """The answer of the query that the request holds; errors as plain text, with the status that the protocol asks."""
    accept = request.headers.get("accept", "*/*")
    try:
        values = await _values(request)
        query = _query(values)
        if query is None:
            if accept.startswith("text/html"):
                return RedirectResponse("/ask", 303)
            result = Result("CONSTRUCT", triples=_description(str(request.url.replace(query=""))))
        else:
            reader = site.generations.reader()
            result = await site.queries.run(lambda: reader.workers.run(query))
        short = next((value for key, value in values if key == "format"), "")
        text, media = await site.pages.run(lambda: written(result, accept, short))
    except ImrGraphError as error:
        told = failure(error)
        return PlainTextResponse(f"{error}\n", told.status)
    return Response(text, media_type=f"{media}; charset=utf-8")


async def _values(request: Request) -> list[tuple[str, str]]:
    """The parameters, from the address and from the body, whichever form of the protocol is used."""
    found = list(request.query_params.multi_items())
    if request.method != "POST":
        return found
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    try:
        text = body.decode("utf-8")
        if media == _QUERY:
            return [*found, ("query", text)]
        if media == _FORM:
            return [*found, *parse_qsl(text, keep_blank_values=True, max_num_fields=100)]
    except ValueError as error:
        raise UsageError(f"the body cannot be read: {error}", remedy="send it as UTF-8") from error
    if media == _UPDATE:
        raise UsageError("the graph is read only", remedy=f"send a query as {_QUERY}")
    raise UsageError(f"a query cannot be posted as {media or 'nothing'}", remedy=f"send it as {_QUERY} or {_FORM}")


def _query(values: list[tuple[str, str]]) -> str | None:
    queries = [value for key, value in values if key == "query"]
    if any(key == "update" for key, _ in values):
        raise UsageError("the graph is read only", remedy="send a query")
    if any(key in {"default-graph-uri", "named-graph-uri"} for key, _ in values):
        raise UsageError("the graphs of a query are named in the query", remedy="use FROM and FROM NAMED")
    if len(queries) > 1:
        raise UsageError("there is more than one query", remedy="send one at a time")
    return queries[0] if queries else None


def _description(endpoint: str) -> tuple[tuple[URIRef, URIRef, URIRef | Literal], ...]:
    """What SPARQL 1.1 Service Description asks a service to say of itself."""
    service = URIRef(endpoint)
    formats = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
    triples: list[tuple[URIRef, URIRef, URIRef | Literal]] = [
        (service, RDF.type, URIRef(f"{_SD}Service")),
        (service, URIRef(f"{_SD}endpoint"), service),
        (service, URIRef(f"{_SD}supportedLanguage"), URIRef(f"{_SD}SPARQL11Query")),
        (service, URIRef(f"{_SD}feature"), URIRef(f"{_SD}UnionDefaultGraph")),
    ]
    triples += [
        (service, URIRef(f"{_SD}resultFormat"), URIRef(_FORMATS + name))
        for name in (*formats, "Turtle", "N-Triples", "JSON-LD", "RDF_XML")
    ]
    return tuple(sorted(triples))
