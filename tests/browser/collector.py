"""A site and a server in one, for what the browser script does: it serves pages and the script,
tells what a policy allows, and takes down every message that comes, in the order of arrival."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parents[2] / "tracker" / "dist"
SOON_S_MAX = 5.0
KEY = "wk_test"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<body>{body}</body></html>"""

Message = dict[str, Any]


def choice(name: str, *, asks: bool, stopped_by: tuple[str, ...] = ()) -> dict[str, object]:
    """A purpose as the server tells the banner of it."""
    lists: dict[str, object] = {"categories": [], "recipients": [], "cookies": []}
    said: dict[str, object] = {"name": name, "title": name.capitalize(), "what": "", "asks": asks}
    return said | lists | {"stopped_by": list(stopped_by), "asked_again_ms": None}


@dataclass
class Collector:
    """What the site shows, what the policy allows, and what came."""

    url: str = ""
    body: str = ""
    """What every page of the site holds."""
    choices: list[dict[str, object]] | None = None
    """The purposes that the policy lets people decide on; None while it is a draft."""
    status: int = 200
    """How the server answers messages."""
    messages: list[Message] = field(default_factory=list)
    bodies: list[Message] = field(default_factory=list)
    decided: list[Message] = field(default_factory=list)

    def soon(self, is_right: Callable[[list[Message]], bool]) -> list[Message]:
        """Wait until what came is right, and give it back."""
        end = time.monotonic() + SOON_S_MAX
        while not is_right(self.messages):
            assert time.monotonic() < end, self.messages
            time.sleep(0.01)
        return self.messages

    def named(self, *names: str) -> list[Message]:
        """Wait until events of these names came, and give back the last one of each."""
        found = self.soon(lambda seen: set(names) <= {name_of(one) for one in seen})
        return [[one for one in found if name_of(one) == name][-1] for name in names]


def name_of(message: Message) -> str:
    """An event's name; else the type of the message."""
    return str(message.get("event") or message["type"])


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that is served, on a port of its own."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path.endswith("/consent.json"):
                self._offer()
            elif path.endswith(".js"):
                self._answer(200, (SCRIPTS / path[1:]).read_bytes(), "text/javascript")
            else:
                page = PAGE.format(title=path, body=collector.body)
                self._answer(200, page.encode(), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.path == "/v1/batch":
                if collector.status == 200:
                    collector.bodies.append(body)
                    collector.messages += body["batch"]
                self._answer(collector.status, b"{}", "application/json")
            else:
                collector.decided.append(body)
                receipt = {"record": "r1", "notice": {"version": "1"}, "at_ms": 1, "until_ms": None}
                told = receipt | {"purposes": body["purposes"]}
                self._answer(200, json.dumps(told).encode(), "application/json")

        def _offer(self) -> None:
            if collector.choices is None:
                self._answer(404, b"{}", "application/json")
                return
            offer = {"project": "shop", "organisation": "A shop", "version": "1", "sha256": "0"}
            told = offer | {"country": "FR", "choices": collector.choices}
            self._answer(200, json.dumps(told).encode(), "application/json")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    collector.url = f"http://127.0.0.1:{server.server_port}"
    yield collector
    server.shutdown()
    server.server_close()
