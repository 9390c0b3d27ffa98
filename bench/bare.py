"""The least that a server could do: receive, decode, write to disk, answer. No event is looked at.

It stands beside Sojourn as the limit of what the same libraries give on the same machine: the same
HTTP server, the same decoder, one row a request in SQLite, and a commit for as many as wait.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

ANSWER = b'{"success":true}'
HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"16")],
}
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def writer(path: Path, waiting: queue.Queue[tuple[bytes, Future[None]]]) -> None:
    """Write what waits, many rows with one commit, for as long as the process lives."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE inbox (id INTEGER PRIMARY KEY, body BLOB)")
    while True:
        group = [waiting.get()]
        while not waiting.empty():
            group.append(waiting.get_nowait())
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO inbox (body) VALUES (?)", [(body,) for body, _ in group]
        )
        connection.execute("COMMIT")
        for _, done in group:
            done.set_result(None)


async def serve(folder: Path, port: int) -> None:
    """Serve until the process is ended."""
    waiting: queue.Queue[tuple[bytes, Future[None]]] = queue.Queue()
    path = folder / "bare.db"
    threading.Thread(target=writer, args=(path, waiting), daemon=True).start()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        decoded = msgspec.json.decode(body)
        done: Future[None] = Future()
        waiting.put((msgspec.msgpack.encode(decoded), done))
        await asyncio.wrap_future(done)
        await send(HEAD)
        await send({"type": "http.response.body", "body": ANSWER})

    server = Server(
        app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_level=LogLevels.error
    )
    await server.serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
