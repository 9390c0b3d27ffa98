"""A receiver of webhooks on loopback that remembers what it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True)
class Received:
    """One request; the names of its headers are in lower case."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that answers every POST with `status`."""

    server: ThreadingHTTPServer
    status: int = 200
    requests: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}/events"

    def stop(self) -> None:
        """Listen no longer."""
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append(
                Received({name.lower(): own for name, own in self.headers.items()}, body)
            )
            self.send_response(receiver.status)
            self.send_header("Location", receiver.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    receiver = Receiver(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
    Thread(target=receiver.server.serve_forever, daemon=True).start()
    yield receiver
    receiver.stop()
