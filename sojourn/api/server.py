"""The server: one process with one loop for requests, threads for the rest, and a clean end."""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import signal

import uvloop
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server
from rich.console import Console

from sojourn.api.application import served
from sojourn.application import Sojourn
from sojourn.errors import SojournError
from sojourn.settings import Settings

BACKLOG = 1024
CONNECTIONS_MAX = 4_096
"""Connections at a time; more wait in the backlog. Many of them may be slow, or idle."""
FILES_BESIDES = 1_024
"""Files that may be open besides: databases, tables, mapped columns."""


def run(settings: Settings) -> None:
    """Serve a data folder until told to stop (SIGINT, SIGTERM)."""
    _allow_open_files(CONNECTIONS_MAX + FILES_BESIDES)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    console = Console(highlight=False)
    with console.status("Opening …"):
        sojourn = Sojourn(settings)
    with sojourn:
        sojourn.require_writing()
        with console.status("Compiling …"):
            sojourn.start()
        # What is loaded by now stays, and to look through it all for garbage, as is done again and
        # again where many objects come and go, takes a tenth of a second.
        gc.collect()
        gc.freeze()
        address = f"http://{settings.host}:{settings.port}"
        console.print(f"Sojourn serves [bold]{settings.data}[/] at [bold]{address}[/]")
        console.print(f"Log in, once, with  {sojourn.login_link()}", soft_wrap=True)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(sojourn))


def _allow_open_files(wanted: int) -> None:
    """Let this process open so many files, if its user may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _stop(server: Server, sojourn: Sojourn) -> None:
    # The server ends once every answer is given, and a live list has no end of its own.
    for project in sojourn.projects():
        project.live.close()
    server.stop()  # type: ignore[no-untyped-call]


async def _serve(sojourn: Sojourn) -> None:
    settings = sojourn.settings
    server = Server(
        served(sojourn),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        backlog=BACKLOG,
        backpressure=CONNECTIONS_MAX,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        log_level=LogLevels.error,
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, _stop, server, sojourn)
    try:
        await server.serve()
    except OSError as failure:
        raise SojournError(
            f"Cannot listen on {settings.host}:{settings.port}",
            detail=failure.strerror or str(failure),
            mend="Choose another with --port.",
        ) from None
