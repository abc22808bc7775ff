"""What every request passes: only this machine, only its own pages, small bodies, few at once; safe headers."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost", "[::1]")
_ENDPOINT = "/sparql"  # for programs: no page of another site links to it
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def _name(host: str) -> str:
    """The name of ``127.0.0.1:8000`` or ``[::1]:8000`` without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _foreign(scope: Scope, headers: Headers) -> bool:
    """Whether another site asks: its form, script or picture, in a frame without a name (``Origin: null``) or not."""
    origin = headers.get("origin", "")
    if origin and origin.rpartition("://")[2] != headers["host"]:
        return True
    followed = (scope["method"], headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
    if followed == ("GET", "navigate", "document") and scope["path"] != _ENDPOINT:
        return False
    return headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}


class Guard:
    """Answers what is none of our business itself, and passes on the rest.

    A foreign Host header is refused, so that no site can reach the pages through a name of its own (DNS rebinding); a
    foreign Origin, so that no site can post; and whatever a page of another site loads by itself (Sec-Fetch-Site), so
    that none can keep the server busy. A link from there to a page is followed.

    ``body`` is in bytes, ``at_once`` counts requests, running and waiting.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str] = HOSTS, body: int = 262_144, at_once: int = 256) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._body = body
        self._most = at_once
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, safe)
            return
        self._inside += 1
        try:
            await self._app(scope, self._limited(receive), safe)
        finally:
            self._inside -= 1

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if _name(headers.get("host", "")).lower() not in self._hosts:
            return PlainTextResponse("This server answers only to 127.0.0.1 and localhost.\n", 421)
        if _foreign(scope, headers):
            return PlainTextResponse("Requests from other sites are refused.\n", 403)
        if scope["method"] not in {"GET", "HEAD", "POST"}:
            return PlainTextResponse("The server is read only: GET, HEAD or POST.\n", 405, {"allow": "GET, HEAD, POST"})
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._body:
            return PlainTextResponse(f"The body is larger than {self._body} bytes.\n", 413)
        if self._inside >= self._most:
            return PlainTextResponse("Too many requests at once; try again.\n", 503, {"retry-after": "5"})
        return None

    def _limited(self, receive: Receive) -> Receive:
        """``receive`` that ends a body where it gets longer than it may; a chunked one states no length before."""
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._body:
                return {"type": "http.disconnect"}
            return message

        return limited
