"""A server in front of the server: it answers as told for a while, then hands requests on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

Answer = tuple[int, dict[str, str]]
"""A status and headers."""


@dataclass
class Relay:
    """Answers with each of `answers` in turn, then hands on to `behind`, or says 200 where that is
    "". `asked` are the instants (monotonic seconds) at which it was asked, `bodies` what it got."""

    behind: str
    answers: list[Answer] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    url: str = ""


@contextmanager
def relaying(behind: str, *answers: Answer) -> Iterator[Relay]:
    """A relay that runs meanwhile."""
    relay = Relay(behind, list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            relay.asked.append(time.monotonic())
            relay.bodies.append(body)
            if relay.answers:
                status, headers = relay.answers.pop(0)
                self.answer(status, headers, b"{}")
            elif not relay.behind:
                self.answer(200, {}, b"{}")
            else:
                wanted = ("authorization", "content-type", "content-encoding")
                own = {name: self.headers[name] for name in wanted if name in self.headers}
                handed = httpx.post(relay.behind + self.path, content=body, headers=own)
                self.answer(handed.status_code, {}, handed.content)

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    relay.url = f"http://127.0.0.1:{served.server_address[1]}"
    thread = threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield relay
    served.shutdown()
    served.server_close()
