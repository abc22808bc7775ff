"""Files: the whole answer to a search as CSV, JSON or Markdown, and a view of the graph."""

from __future__ import annotations

import csv
import io

from starlette.requests import Request
from starlette.responses import Response

from imr_graph.app.web.asked import Asked
from imr_graph.app.web.explore_page import FORMATS, exported
from imr_graph.app.web.generations import Reader
from imr_graph.app.web.search_page import answer_of
from imr_graph.app.web.views import Site, asked_of
from imr_graph.errors import UnknownItem
from imr_graph.insight.brief import write_brief
from imr_graph.search.answer import Answer
from imr_graph.spreadsheet import text_cell

_COLUMNS = ("case_number", "issue", "outcome", "decision_date", "request", "score", "why", "citations", "snippet")
MEDIA = {"csv": "text/csv", "json": "application/json", "md": "text/markdown"}


async def download(site: Site, request: Request) -> Response:
    """The answer as the file that the address names."""
    style = request.path_params["style"]
    if style not in MEDIA:
        raise UnknownItem(f"there is no answer as {style[:20]}", remedy="csv, json or md")
    text = await site.pages.run(lambda: _written(site.generations.reader(), asked_of(request), style))
    headers = {"content-disposition": f'attachment; filename="imr-answer.{style}"'}
    return Response(text, media_type=f"{MEDIA[style]}; charset=utf-8", headers=headers)


async def download_view(site: Site, request: Request) -> Response:
    """The graph of an explored view as the file that the address names."""
    style = request.path_params["style"]
    if style not in FORMATS:
        raise UnknownItem(f"there is no view as {style[:20]}", remedy=" or ".join(FORMATS))
    text = await site.pages.run(lambda: exported(site.generations.reader(), asked_of(request), style))
    headers = {"content-disposition": f'attachment; filename="imr-view.{style}"'}
    return Response(text, media_type=f"{FORMATS[style][0]}; charset=utf-8", headers=headers)


def _written(reader: Reader, asked: Asked, style: str) -> str:
    answer = answer_of(reader, asked)
    if style == "json":
        return answer.model_dump_json(indent=2)
    return write_brief(answer, reader.letter).markdown if style == "md" else _table(answer)


def _table(answer: Answer) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    for hit in answer.hits:
        why = [shared.label for shared in hit.why.shared] or list(hit.why.terms)
        cited = [f"{citation.cited_by}: {citation.text}" for citation in hit.citations]
        row = (hit.case_number, hit.issue, hit.outcome, hit.decision_date or "", hit.request, hit.score)
        writer.writerow([text_cell(str(cell)) for cell in (*row, "; ".join(why), "; ".join(cited), hit.snippet)])
    return stream.getvalue()
