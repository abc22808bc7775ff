"""The command that opens the local page: serve."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from imr_graph.app.options import STORE, Store

_ADDRESS = "127.0.0.1"


def serve(
    store: Store = STORE,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8765,
    host: Annotated[str, typer.Option(help="Address to listen on: this machine only.")] = _ADDRESS,
    seconds: Annotated[float, typer.Option(min=0.1, max=86_400, help="Time limit of one SPARQL query.")] = 20.0,
    megabytes: Annotated[int, typer.Option(min=32, max=1_000_000, help="Memory limit of one SPARQL query.")] = 1024,
    rows: Annotated[int, typer.Option(min=1, help="Most rows of one SPARQL answer.")] = 10_000,
) -> None:
    """Open the local page: search, read, compare, ask and see, in a browser on this machine.

    It listens on 127.0.0.1 only, and shows a new build of the store as soon as it is complete.
    """
    import uvicorn

    from imr_graph.app.web.application import make_app
    from imr_graph.errors import UsageError
    from imr_graph.graph.limits import Limits

    if host not in {_ADDRESS, "localhost", "::1"}:
        raise UsageError(
            f"will not listen on {host}: the pages are for this machine only",
            remedy="leave --host out; to reach it from elsewhere use an ssh tunnel",
        )
    app = make_app(store, Limits(seconds, megabytes, rows))
    with listening(host, port) as listener:
        name = "[::1]" if host == "::1" else host
        typer.echo(f"imr-graph: open http://{name}:{listener.getsockname()[1]}/ (Ctrl+C stops it)", err=True)
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            h11_max_incomplete_event_size=131_072,  # a pasted denial stands in the address
            timeout_keep_alive=30,
            timeout_graceful_shutdown=5,
        )
        uvicorn.Server(config).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on a port of this machine; :class:`UsageError` where the port is taken."""
    from imr_graph.errors import UsageError

    family = socket.AF_INET6 if host == "::1" else socket.AF_INET
    # asyncio sends without delay only where the protocol is named; else an answer in two parts takes 40 ms longer
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # from here on requests wait, and none is refused
    except OSError as error:
        listener.close()
        raise UsageError(
            f"cannot listen on {host}, port {port}: {error.strerror}", remedy="--port 0 takes a free one"
        ) from error
    return listener


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(serve)
