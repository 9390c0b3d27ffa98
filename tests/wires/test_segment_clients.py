"""Segment's published clients, unmodified, against a real server; then the reports are asked.

A 200 proves nothing: what counts is who did what afterwards. All clients send the same story. Ann
opens twice and looks at a page on a device (`a1`), is identified (`u1`), signs up, and turns out to
be `old-1` too; somebody else (`u2`) opens once.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from segment.analytics.client import Client

from tests.conftest import Keys, Served, outside

NODE = Path(__file__).parent / "node"
MESSAGES = 10
EVENTS = {"Opened": 4, "Page Viewed": 1, "Signed Up": 1, "Screen Viewed": 1}

Send = Callable[[str, str], None]


def send_with_python(host: str, key: str, *, gzip: bool) -> None:
    """The story, by segment-analytics-python."""
    failures: list[object] = []
    client = Client(
        key, host=host, gzip=gzip, upload_size=4, on_error=lambda *failure: failures.append(failure)
    )
    client.track(anonymous_id="a1", event="Opened")
    client.track(anonymous_id="a1", event="Opened")
    page = {"url": "https://x.test/pricing"}
    client.page(anonymous_id="a1", name="Pricing", properties=page)
    client.identify("u1", anonymous_id="a1", traits={"email": "ann@x.test", "plan": "pro"})
    client.track("u1", "Signed Up", {"plan": "pro", "price": 12.5})
    client.screen("u1", name="Home", properties={"tab": 2})
    client.group("u1", "g1", {"seats": 5})
    client.track("old-1", "Opened")
    client.alias("old-1", "u1")
    client.track("u2", "Opened", timestamp=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC))
    client.flush()
    client.join()
    assert failures == []


def send_with_node(host: str, key: str) -> None:
    """The story, by @segment/analytics-node."""
    assert (NODE / "node_modules").exists(), "run `make setup`, or `npm ci` in tests/wires/node"
    done = subprocess.run(
        ["node", "send.js", host, key], cwd=NODE, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def send_plain(host: str, key: str) -> None:
    send_with_python(host, key, gzip=False)


def send_gzip(host: str, key: str) -> None:
    send_with_python(host, key, gzip=True)


CLIENTS = {
    "python": (send_plain, "analytics-python"),
    "python-gzip": (send_gzip, "analytics-python"),
    "node": (send_with_node, "@segment/analytics-node"),
}


@pytest.fixture(scope="module", params=CLIENTS)
def told(server: Served, request: pytest.FixtureRequest) -> tuple[Keys, str]:
    """The project that one of the clients has told the story to, and what the client is called."""
    send, library = CLIENTS[request.param]
    keys = server.make_project(f"segment-{request.param}")
    send(server.url, keys.write)
    server.applied(keys.project)
    return keys, library


def test_every_message_is_stored_and_none_refused(server: Served, told: tuple[Keys, str]) -> None:
    status = server.get("status", told[0].project)
    assert (status["stored"], status["duplicates"], status["refused"]) == (MESSAGES, 0, [])


def test_events_are_counted_under_their_names(server: Served, told: tuple[Keys, str]) -> None:
    schema = server.get("schema", told[0].project)
    assert {event["name"]: event["events"] for event in schema["events"]} == EVENTS
    assert schema["people"] == 2
    series = [{"event": "Signed Up", "measure": "people"}]
    series[0]["where"] = [{"property": "price", "at_least": 12.5}]  # type: ignore[assignment]
    trend = server.ask("trend", told[0].project, series=series, every="day")
    assert sum(number for _, number in trend["series"][0]["points"]) == 1


def test_identify_joins_what_the_device_did_before(server: Served, told: tuple[Keys, str]) -> None:
    steps = [{"event": "Page Viewed"}, {"event": "Signed Up"}, {"event": "Screen Viewed"}]
    funnel = server.ask("funnel", told[0].project, steps=steps)
    assert [step["people"] for step in funnel["steps"]] == [1, 1, 1]


def test_alias_joins_the_former_user(server: Served, told: tuple[Keys, str]) -> None:
    project = told[0].project
    found = {
        text: server.get("people", project, search=text)["people"]
        for text in ("u1", "a1", "old-1", "ann@x.test", "u2")
    }
    (ann,) = found["u1"]
    assert found["a1"] == found["old-1"] == found["ann@x.test"] == [ann]
    assert (ann["events"], ann["known"]) == (6, True)
    assert found["u2"][0]["id"] != ann["id"]


def test_the_timeline_shows_what_was_sent(server: Served, told: tuple[Keys, str]) -> None:
    keys, library = told
    (ann,) = server.get("people", keys.project, search="u1")["people"]
    events = server.get(f"people/{ann['id']}/timeline", keys.project)["events"]
    assert {event["source"] for event in events} == {library}
    shown = {event["event"]: event["properties"] for event in events}
    assert shown["Signed Up"] == {"plan": "pro", "price": 12.5}
    assert shown["Page Viewed"] == {"name": "Pricing", "url": "https://x.test/pricing"}
    assert shown["Screen Viewed"] == {"name": "Home", "tab": 2.0}
    (other,) = server.get("people", keys.project, search="u2")["people"]
    assert other["last"] == "2026-02-03T04:05:06Z"


def test_the_group_and_the_traits_are_with_the_person(
    server: Served, told: tuple[Keys, str]
) -> None:
    (ann,) = server.get("people", told[0].project, search="u1")["people"]
    address = f"/api/v1/projects/{told[0].project}/people/{ann['id']}/reveal"
    traits = server.client.post(address).json()["traits"]
    expected = {"email": "ann@x.test", "plan": "pro", "group.id": "g1", "group.seats": 5.0}
    assert traits == expected


@contextmanager
def losing_answers(target: str, lost: int) -> Iterator[tuple[str, list[int]]]:
    """A proxy that passes everything on, but loses the first answers; the statuses it passed on."""
    statuses: list[int] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() in ("authorization", "content-type", "content-encoding")
            }
            answer = outside.post(f"{target}{self.path}", content=body, headers=headers)
            statuses.append(answer.status_code)
            status = 503 if len(statuses) <= lost else answer.status_code
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}", statuses
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()


@pytest.mark.parametrize("name", ["python-gzip", "node"])
def test_what_a_client_sends_again_for_want_of_an_answer_is_stored_once(
    server: Served, name: str
) -> None:
    keys = server.make_project(f"again-{name}")
    with losing_answers(server.url, lost=1) as (host, statuses):
        CLIENTS[name][0](host, keys.write)
    assert statuses.count(200) == len(statuses)
    status = server.applied(keys.project)
    assert status["duplicates"] > 0
    assert status["stored"] == MESSAGES
    schema = server.get("schema", keys.project)
    assert {event["name"]: event["events"] for event in schema["events"]} == EVENTS


@pytest.mark.parametrize("kind", ["track", "identify", "page", "screen", "group", "alias"])
def test_each_type_has_an_address_of_its_own(server: Served, kind: str) -> None:
    keys = server.make_project(f"one-{kind}")
    message = {"userId": "u1", "previousId": "u0", "event": "Opened", "groupId": "g1"}
    address = f"{server.url}/v1/{kind}"
    for credentials in ({"auth": (keys.write, "")}, {}):
        body = message | ({} if credentials else {"writeKey": keys.write})
        answer = httpx.post(address, json=body | {"messageId": "m1"}, **credentials)  # type: ignore[arg-type]
        assert answer.json() == {"success": True, "accepted": 1, "refused": []}
    status = server.applied(keys.project)
    assert (status["stored"], status["duplicates"]) == (1, 1)
