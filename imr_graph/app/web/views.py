"""A page as HTML and as JSON, and what is answered where it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates

from imr_graph.app.web.asked import Asked, case_address, explore_address, guideline_address
from imr_graph.app.web.generations import Generations, Reader
from imr_graph.app.web.lanes import Lane
from imr_graph.app.web.page import Page
from imr_graph.errors import ImrGraphError, QueryError, QueryLimit, StoreError, UnknownItem, UsageError
from imr_graph.version import __version__

_log = logging.getLogger(__name__)
_THREADS = 4
_SECONDS = 30.0  # of a page
_PAGES_WAITING = 256
_QUERIES = 2  # of users at once
_QUERIES_WAITING = 16
_TWIN = ".json"


class Failure(Page):
    """Why a request has no answer, and what to do about it; ``q`` is the text of a search."""

    message: str
    remedy: str = ""
    q: str = ""


@dataclass(frozen=True)
class View:
    """One kind of page: its address, its template, and the function that makes it.

    A ``slow`` one runs queries of the user and waits in a line of its own.
    """

    path: str
    template: str
    make: Callable[[Reader, Asked], Page]
    slow: bool = False


def asked_of(request: Request) -> Asked:
    """The address of a request, without the ending of the JSON twin."""
    path = {key: str(value).removesuffix(_TWIN) for key, value in request.path_params.items()}
    return Asked(path, tuple(request.query_params.multi_items()))


def failure(error: Exception) -> Failure:
    """What to tell of an error; of one that is no error of ours, nothing but that it happened."""
    match error:
        case UnknownItem():
            status, title = 404, "Not found"
        case QueryLimit():
            status, title = 503, "Stopped at its limit"
        case QueryError() | UsageError():
            status, title = 400, "This cannot be asked so"
        case StoreError():
            status, title = 503, "The store cannot be read"
        case HTTPException(status_code=404):
            return Failure(title="Not found", status=404, message="There is no such page.")
        case HTTPException():
            return Failure(title="Refused", status=error.status_code, message=f"{error.detail}.")
        case ClientDisconnect():
            return Failure(title="Too large", status=413, message="The body is too large, or was cut off.")
        case TimeoutError():
            return Failure(title="Too slow", status=503, message="This took too long.", remedy="ask for less")
        case ImrGraphError():
            status, title = 500, "It failed"
        case _:
            return Failure(title="It failed", status=500, message="The server has met an error; it is in its log.")
    assert isinstance(error, ImrGraphError)
    return Failure(title=title, status=status, message=error.message, remedy=error.remedy)


class Site:
    """Renders pages of the current generation."""

    def __init__(self, generations: Generations) -> None:
        self.generations = generations
        self.pages = Lane(_THREADS, _PAGES_WAITING, _SECONDS)
        self.queries = Lane(_QUERIES, _QUERIES_WAITING)  # a query has limits of its own
        environment = Environment(
            loader=PackageLoader("imr_graph.app.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {
            "version": __version__,
            "case_address": case_address,
            "guideline_address": guideline_address,
            "explore_address": explore_address,
        }
        environment.filters["share"] = lambda rate: f"{100 * rate:.0f}"
        environment.filters["count"] = lambda number: f"{number:,}"
        self._templates = Jinja2Templates(env=environment)

    async def show(self, view: View, request: Request) -> Response:
        """The page that a request asks for, as HTML or JSON."""
        lane = self.queries if view.slow else self.pages
        page = await lane.run(lambda: view.make(self.generations.reader(), asked_of(request)))
        if request.url.path.endswith(_TWIN):
            return Response(page.model_dump_json(indent=1), page.status, media_type="application/json")
        case = getattr(page, "case", "")
        if view.path == "/search" and case:
            return RedirectResponse(case, 303)
        return await self.pages.run(lambda: self._render(request, view.template, page))

    def _render(self, request: Request, template: str, page: Page) -> Response:
        context = {"page": page, "twin": _twin_of(request)}
        return self._templates.TemplateResponse(request, template, context, status_code=page.status)

    async def fail(self, request: Request, error: Exception) -> Response:
        """The answer to a request that failed."""
        told = failure(error)
        if told.status == 500:
            _log.error("%s failed", request.url.path, exc_info=error)
        if request.url.path.endswith(_TWIN) or "text/html" not in request.headers.get("accept", "text/html, */*"):
            return JSONResponse(told.model_dump(mode="json"), told.status)
        shown = told.model_copy(update={"q": request.query_params.get("q", "")})
        return self._render(request, "failure.html", shown)


def _twin_of(request: Request) -> str:
    path = "/search" if request.url.path == "/" else request.url.path
    return f"{path}{_TWIN}" + (f"?{request.url.query}" if request.url.query else "")
