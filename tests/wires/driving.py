"""Driving published clients against a real server: keys for their wires, a proxy that fails them
first, and what came of it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hypothesis import strategies

from sojourn.application import Sojourn
from sojourn.policy.versions import PRESET
from sojourn.settings import Settings
from tests.conftest import Served, outside, soon

NODE = Path(__file__).parent / "node"
HOP_HEADERS = ("host", "connection", "content-length", "transfer-encoding", "accept-encoding")
"""What belongs to one connection, and so is not passed on."""
TYPES = {".js": "text/javascript", ".html": "text/html"}

anything = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    # Words that wires know, so that the search gets past the first look at a value.
    | strategies.text(max_size=8)
    | strategies.sampled_from(["1", "0", "{}", "[]", "[[1]]", "e30"]),
    lambda inner: (
        strategies.lists(inner, max_size=4)
        | strategies.dictionaries(strategies.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
"""Any JSON."""


def json_with(*names: str) -> strategies.SearchStrategy[Any]:
    """Any JSON, and objects that have anything under these names."""
    named = strategies.dictionaries(strategies.sampled_from(names), anything, max_size=len(names))
    return anything | named


@dataclass(frozen=True)
class Told:
    """A project that takes one wire's messages under a key."""

    server: Served
    project: str
    key: str

    def names(self) -> dict[str, int]:
        """How often each event is there, once all that was accepted has been applied."""
        self.server.applied(self.project)
        schema = self.server.get("schema", self.project)
        return {event["name"]: event["events"] for event in schema["events"]}

    def found(self, identifier: str) -> list[dict[str, Any]]:
        """Whoever an identifier leads to, in what has been applied until now."""
        self.server.applied(self.project)
        return list(self.server.get("people", self.project, search=identifier)["people"])

    def person(self, identifier: str) -> dict[str, Any]:
        """The one person of an identifier."""
        (found,) = self.found(identifier)
        return dict(found)

    def timeline(self, identifier: str) -> list[dict[str, Any]]:
        """The events of a person, the earliest first."""
        where = f"people/{self.person(identifier)['id']}/timeline"
        events = list(self.server.get(where, self.project)["events"])
        return sorted(events, key=lambda event: str(event["ts"]))

    def shown(self, identifier: str) -> dict[str, dict[str, Any]]:
        """The properties of a person's events, by the event."""
        return {event["event"]: event["properties"] for event in self.timeline(identifier)}

    def traits(self, identifier: str) -> dict[str, Any]:
        """What is known of a person, revealed."""
        where = f"people/{self.person(identifier)['id']}/reveal"
        address = f"/api/v1/projects/{self.project}/{where}"
        # An e-mail address is there for the service, not to be analysed.
        found = self.server.client.post(address, params={"purpose": "service"})
        return dict(found.json()["traits"])

    def is_on_disk(self, text: str) -> bool:
        """Whether a text stands in the clear in any file of the server."""
        files = (path for path in self.server.data.rglob("*") if path.is_file())
        return any(text.encode() in path.read_bytes() for path in files)


def tell(
    server: Served, project: str, wire: str, name: str = "", secret: str = "", preset: str = PRESET
) -> Told:
    """A new project with a key for a wire, random or a name, under one of the ready policies."""
    with Sojourn(Settings(data=server.data)) as sojourn:
        made = sojourn.create_project(project, preset=preset)
        key = sojourn.create_key(made, "write", wire=wire, name=name, secret=secret)
    where = f"/api/v1/projects/{project}/status"
    soon(lambda: server.client.get(where).status_code, lambda status: status == 200)
    return Told(server, project, key)


def run_node(script: str, *arguments: str) -> str:
    """Run a program of the folder of published clients; what it printed."""
    assert (NODE / "node_modules").exists(), "run `make setup`, or `npm ci` in tests/wires/node"
    done = subprocess.run(
        ["node", script, *arguments],
        cwd=NODE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class Proxy:
    """Passes requests on; of the first some are not passed on (`away`), and of the next some are
    passed on, but their answers lost. Both times the client is told 503."""

    url: str
    away: int
    lost: int
    statuses: list[int] = field(default_factory=list)
    """What the server answered to those passed on."""


@contextmanager
def failing_first(target: str, *, away: int = 0, lost: int = 0) -> Iterator[Proxy]:
    """A proxy before a server that fails at first."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if proxy.away > 0:
                proxy.away -= 1
                self.tell(503, {}, b"")
                return
            headers = {n: v for n, v in self.headers.items() if n.lower() not in HOP_HEADERS}
            address = f"{target}{self.path}"
            told = outside.request(self.command, address, content=body, headers=headers)
            # A browser asks first whether it may send: what it sends then is what may be lost.
            asked = self.command == "OPTIONS"
            if not asked:
                proxy.statuses.append(told.status_code)
                proxy.lost -= 1
            kept = {n: v for n, v in told.headers.items() if n.lower() not in HOP_HEADERS}
            is_lost = proxy.lost >= 0 and not asked
            status, content = (503, b"") if is_lost else (told.status_code, told.content)
            self.tell(status, kept, content)

        do_GET = do_POST = do_OPTIONS = answer  # noqa: N815

        def tell(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with _serving(Handler) as url:
        proxy = Proxy(url, away, lost)
        yield proxy


@contextmanager
def site(pages: dict[str, str]) -> Iterator[str]:
    """A web site that is not Sojourn's own: some pages, and the published packages' files."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            file = NODE / "node_modules" / path.removeprefix("/npm/")
            if path.startswith("/npm/") and not file.suffix:
                # Packages made for bundlers leave the ending out.
                file = file.with_suffix(".js")
            body = file.read_bytes() if path.startswith("/npm/") else pages.get(path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", TYPES.get(file.suffix, "text/html; charset=utf-8"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with _serving(Handler) as url:
        yield url


@contextmanager
def _serving(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


AGENT = "Quokkaphone 7"
"""A user agent that no other test names, so that it can be looked for on the disk."""
