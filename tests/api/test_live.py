"""The live list over HTTP: what it shows, to whom, how soon, and when it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sojourn.people.live import LISTENERS_MAX
from tests.conftest import Served, run_sojourn

LIVE = "/api/v1/projects/{}/live"
Message = tuple[str, dict[str, Any]]


@contextmanager
def following(server: Served, project: str, **query: str) -> Iterator[Iterator[Message]]:
    """The messages of a stream, as they come."""
    client = httpx.Client(base_url=server.url, cookies=server.client.cookies, timeout=20)
    with client, client.stream("GET", LIVE.format(project), params=query) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield messages(answer.iter_lines())


def messages(lines: Iterator[str]) -> Iterator[Message]:
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def wait_for(stream: Iterator[Message], wanted: str) -> dict[str, Any]:
    """The next message of a name."""
    return next(data for name, data in stream if name == wanted)


def track(event: str, user: str, ms_ago: int = 0, **properties: object) -> dict[str, object]:
    ts = datetime.fromtimestamp(time.time() - ms_ago / 1000, UTC).isoformat()
    sent = {"type": "track", "event": event, "userId": user, "timestamp": ts}
    return {**sent, "properties": properties}


def test_event_is_shown_within_a_second_without_what_is_sealed(server: Served) -> None:
    keys = server.make_project("lively")
    with following(server, "lively") as stream:
        assert wait_for(stream, "online") == {"total": 0, "people": []}
        began = time.monotonic()
        old = track("look", "old", ms_ago=3_600_000)
        server.send_to(keys.write, old, track("look", "ann", path="/tea", email="a@x.test"))
        shown = wait_for(stream, "events")
        assert time.monotonic() - began < 1
        assert shown["lost"] == 0
        (event,) = shown["events"]
        assert (event["event"], event["properties"]) == ("look", {"path": "/tea"})
        online = wait_for(stream, "online")
        assert (online["total"], online["people"][0]["person"]) == (1, event["person"])
    with following(server, "lively") as stream:
        (again,) = wait_for(stream, "events")["events"]
        assert again == event, "who comes later sees what was there just now"


def test_who_comes_back_gets_what_came_in_between(server: Served) -> None:
    keys = server.make_project("back")
    where, cookies = server.url + LIVE.format("back"), server.client.cookies
    server.send_to(keys.write, track("one", "ann"))
    with httpx.stream("GET", where, cookies=cookies, timeout=20) as answer:
        mark = next(line[4:] for line in answer.iter_lines() if line.startswith("id: "))
    server.send_to(keys.write, track("two", "bob", ms_ago=90_000))
    server.applied("back")
    for header, expected in ((mark, ["two"]), ("of-another-run", ["one", "two"])):
        headers = {"Last-Event-ID": header}
        with httpx.stream("GET", where, cookies=cookies, headers=headers, timeout=20) as answer:
            events = wait_for(messages(answer.iter_lines()), "events")["events"]
            assert [one["event"] for one in events] == expected


def test_stream_ends_at_logout(server: Served) -> None:
    server.make_project("locked")
    with httpx.Client(base_url=server.url, follow_redirects=False, timeout=20) as client:
        link = run_sojourn("login", data=server.data).split()[-1]
        token = link.rsplit("/", 1)[-1]
        assert client.get(f"/login/{token}").status_code == 303
        with client.stream("GET", LIVE.format("locked")) as answer:
            stream = messages(answer.iter_lines())
            assert wait_for(stream, "online")["total"] == 0
            assert client.delete("/api/v1/session").status_code < 300
            assert wait_for(stream, "ended")["title"] == "You are not logged in"
            assert list(stream) == []


def test_number_of_listeners_is_limited_and_leaving_makes_room(server: Served) -> None:
    server.make_project("crowded")
    where, cookies = server.url + LIVE.format("crowded"), server.client.cookies
    limits = httpx.Limits(max_connections=LISTENERS_MAX + 4)
    with httpx.Client(cookies=cookies, timeout=20, limits=limits) as client:
        opened = []
        for _ in range(LISTENERS_MAX):
            answer = client.send(client.build_request("GET", where), stream=True)
            assert answer.status_code == 200
            opened.append(answer)
        assert client.get(where).status_code == 429
        for answer in opened:
            answer.close()
        end = time.monotonic() + 10
        while (again := client.send(client.build_request("GET", where), stream=True)).is_error:
            assert time.monotonic() < end, "nobody's place became free"
            time.sleep(0.05)
        again.close()


@pytest.mark.parametrize(("purpose", "status"), [("analytics", 200), ("nothing", 422)])
def test_purpose_must_be_declared(server: Served, purpose: str, status: int) -> None:
    where = server.url + LIVE.format("shop")
    with httpx.stream(
        "GET", where, cookies=server.client.cookies, params={"purpose": purpose}
    ) as answer:
        assert answer.status_code == status


def test_server_stops_while_somebody_listens(serve: Any) -> None:
    made = serve()
    with following(made, "shop") as stream:
        wait_for(stream, "online")
        began = time.monotonic()
        made.stop()
        assert time.monotonic() - began < 10
