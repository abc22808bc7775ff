"""The application: which address gives which page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from imr_graph.app.web.amounts_page import amounts_page
from imr_graph.app.web.ask_page import ask_page
from imr_graph.app.web.case_page import case_page
from imr_graph.app.web.compare_page import compare_page
from imr_graph.app.web.corpus_page import corpus_page
from imr_graph.app.web.downloads import download, download_view
from imr_graph.app.web.explore_page import explore_page
from imr_graph.app.web.gaps_page import gaps_page
from imr_graph.app.web.generations import Generations
from imr_graph.app.web.guard import Guard
from imr_graph.app.web.guideline_page import guideline_page
from imr_graph.app.web.ontology_page import ontology_page
from imr_graph.app.web.openapi import describe
from imr_graph.app.web.passage_page import passage_page, passages_page
from imr_graph.app.web.search_page import search_page
from imr_graph.app.web.sparql_endpoint import sparql
from imr_graph.app.web.views import Site, View
from imr_graph.graph.limits import Limits

_HERE = Path(__file__).parent
VIEWS = (
    View("/search", "search.html", search_page),
    View("/case/{case}", "case.html", case_page),
    View("/compare", "compare.html", compare_page),
    View("/guideline/{notation:path}", "guideline.html", guideline_page),
    View("/passages", "passages.html", passages_page),
    View("/passage/{id}", "passage.html", passage_page),
    View("/amounts", "amounts.html", amounts_page),
    View("/gaps", "gaps.html", gaps_page),
    View("/explore", "explore.html", explore_page),
    View("/ask", "ask.html", ask_page, slow=True),
    View("/corpus", "corpus.html", corpus_page, slow=True),
    View("/ontology", "ontology.html", ontology_page),
)


def make_app(store: Path, limits: Limits | None = None) -> Starlette:
    """The application over the store in the folder ``store``.

    Raises :class:`imr_graph.errors.StoreError` where there is none.
    """
    generations = Generations(store, limits or Limits())
    site = Site(generations)
    app = Starlette(
        routes=[*_routes(site), Mount("/static", StaticFiles(directory=_HERE / "static"), name="static")],
        middleware=[Middleware(Guard)],
        exception_handlers={HTTPException: site.fail, Exception: site.fail},
    )
    app.state.site = site
    return app


def _routes(site: Site) -> list[BaseRoute]:
    routes: list[BaseRoute] = []
    for view in VIEWS:
        page = _endpoint(site, partial(site.show, view))
        routes += [Route(f"{view.path}.json", page), Route(view.path, page)]
    routes.append(Route("/", _endpoint(site, partial(site.show, VIEWS[0]))))
    routes.append(Route("/answer.{style}", _endpoint(site, partial(download, site))))
    routes.append(Route("/view.{style}", _endpoint(site, partial(download_view, site))))
    routes.append(Route("/openapi.json", _endpoint(site, _description)))
    routes.append(Route("/sparql", _endpoint(site, partial(sparql, site)), methods=["GET", "POST"]))
    return routes


async def _description(request: Request) -> Response:
    return JSONResponse(describe(VIEWS))


def _endpoint(site: Site, answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return await answer(request)
        except Exception as error:  # whatever it is, the next request must find the server up
            return await site.fail(request, error)

    return endpoint
