"""The JSON twins and downloads as an OpenAPI description, at /openapi.json, for programs that read them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_type_hints

from pydantic.json_schema import models_json_schema

from imr_graph.app.web.downloads import MEDIA
from imr_graph.app.web.explore_page import FORMATS
from imr_graph.app.web.filters import LONGEST, PARAMETERS
from imr_graph.app.web.page import Page
from imr_graph.app.web.sparql_results import ROWS, SHORT, TRIPLES
from imr_graph.app.web.views import Failure, View
from imr_graph.graph.queries import load_queries
from imr_graph.version import __version__

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_LONG: Schema = {"type": "string", "maxLength": LONGEST}
_DAY: Schema = {"type": "string", "format": "date"}
_MANY: Schema = {"type": "array", "items": _TEXT}
_SEARCH: dict[str, Schema] = {
    "q": _LONG,
    "since": _DAY,
    "until": _DAY,
    "fold": {"type": "string", "enum": ["0", "1"]},
    **dict.fromkeys(PARAMETERS, _MANY),
}
_VIEW: dict[str, Schema] = {"expand": _MANY, "type": _MANY}
_REF = "#/components/schemas/{model}"


def _number(low: int, high: int) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high}


# what each page reads of its query string; a test asks every page and compares
QUERY: Mapping[str, dict[str, Schema]] = {
    "/search": {**_SEARCH, "limit": _number(1, 500)},
    "/case/{case}": {"issue": _number(1, 10_000)},
    "/compare": {"a": _TEXT, "b": _TEXT},
    "/guideline/{notation:path}": {},
    "/passages": {"q": _TEXT, "service": _TEXT, "limit": _number(1, 200)},
    "/passage/{id}": {},
    "/amounts": {"service": _TEXT, "body_part": _TEXT, "unit": _TEXT},
    "/gaps": {"q": _LONG, "limit": _number(1, 25)},
    "/explore": {"node": _TEXT, **_VIEW, "each": _number(1, 60)},
    "/ask": {
        "query": _TEXT,
        "name": {"type": "string", "enum": sorted(load_queries())},
        **{p.name: _TEXT for query in load_queries().values() for p in query.parameters},
    },
    "/corpus": {},
    "/ontology": {},
}


def describe(views: Sequence[View]) -> Schema:
    """The description of these pages' twins, the downloads and the SPARQL endpoint, as OpenAPI 3.1."""
    models: dict[str, type[Page]] = {view.path: get_type_hints(view.make)["return"] for view in views}
    wanted = [(model, "serialization") for model in dict.fromkeys([*models.values(), Failure])]
    _, found = models_json_schema(wanted, ref_template=_REF)  # type: ignore[arg-type]
    return {
        "openapi": "3.1.0",
        "info": {"title": "imr-graph", "version": __version__, "description": "The local page, for programs."},
        "paths": {
            **{_twin(view.path): _page(view, models[view.path]) for view in views},
            "/answer.{style}": _file("The whole answer of a search", _SEARCH | {"limit": _number(1, 500)}, MEDIA),
            "/view.{style}": _file(
                "A view of the graph", QUERY["/explore"], {style: media for style, (media, _) in FORMATS.items()}
            ),
            "/sparql": {"get": _sparql()},
        },
        "components": {"schemas": found["$defs"]},
    }


def _twin(path: str) -> str:
    return f"{re.sub(r':path', '', path)}.json"


def _parameters(path: str, query: Mapping[str, Schema]) -> list[Schema]:
    named = re.findall(r"\{(\w+)", path)
    found: list[Schema] = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in named]
    return found + [{"name": name, "in": "query", "schema": schema} for name, schema in query.items()]


def _json(*models: type[Page]) -> Schema:
    refs = [{"$ref": _REF.format(model=model.__name__)} for model in models]
    return {"application/json": {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}}}


def _page(view: View, model: type[Page]) -> Schema:
    # a query that fails is told of on its page, with the status of the failure
    failed = (model, Failure) if view.slow else (Failure,)
    return {
        "get": {
            "summary": (view.make.__doc__ or "").split("\n")[0],
            "parameters": _parameters(view.path, QUERY[view.path]),
            "responses": {
                "200": {"description": (model.__doc__ or "").split("\n")[0], "content": _json(model)},
                "default": {"description": "Why there is no answer", "content": _json(*failed)},
            },
        }
    }


def _file(summary: str, query: Mapping[str, Schema], media: Mapping[str, str]) -> Schema:
    style: Schema = {"name": "style", "in": "path", "required": True, "schema": {"enum": list(media)}}
    return {
        "get": {
            "summary": summary,
            "parameters": [style, *_parameters("", query)],
            "responses": {
                "200": {"description": "The file", "content": {kind: {} for kind in media.values()}},
                "default": {"description": "Why there is none", "content": _json(Failure)},
            },
        }
    }


def _sparql() -> Schema:
    return {
        "summary": "The SPARQL 1.1 Protocol, which knows POST as well",
        "parameters": _parameters("", {"query": _TEXT, "format": {"type": "string", "enum": list(SHORT)}}),
        "responses": {
            "200": {
                "description": "The answer; without a query the service description",
                "content": {media: {} for media in (*ROWS, *TRIPLES)},
            },
            "default": {"description": "What is wrong with the query", "content": {"text/plain": {}}},
        },
    }
