"""Segment's published clients, unmodified, against a real server; then the reports are asked.

A 200 proves nothing: what counts is who did what afterwards. All clients send the same story. Ann
opens twice and looks at a page on a device (`a1`), is identified (`u1`), signs up, and turns out to
be `old-1` too; somebody else (`u2`) opens once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client

from tests.conftest import Served
from tests.wires.driving import Told, failing_first, run_node, tell
from tests.wires.stories import tell_with

ROOT = Path(__file__).parents[2]
JUNE = Path(sys.prefix) / "june"
MESSAGES = 10
EVENTS = {"Opened": 4, "Page Viewed": 1, "Signed Up": 1, "Screen Viewed": 1}

Send = Callable[[str, str], None]


def by_python(client: Any, *, gzip: bool) -> Send:
    """Sends the story by a client for Python."""

    def send(host: str, key: str) -> None:
        failures: list[object] = []
        told = {"host": host, "gzip": gzip, "upload_size": 4}
        tell_with(client(key, on_error=lambda *failure: failures.append(failure), **told))
        assert failures == []

    return send


def by_node(client: str) -> Send:
    """Sends the story by a client for Node."""
    return lambda host, key: (run_node("send.js", client, host, key), None)[1]


def by_june(host: str, key: str) -> None:
    """The story, by june-analytics-python, in a process where its own libraries come first."""
    assert JUNE.exists(), "run `make .make/test-june`"
    done = subprocess.run(
        [sys.executable, "-m", "tests.wires.stories", host, key],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(JUNE)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


CLIENTS: dict[str, tuple[Send, str, str]] = {
    "python": (by_python(Client, gzip=False), "analytics-python", "segment"),
    "python-gzip": (by_python(Client, gzip=True), "analytics-python", "segment"),
    "node": (by_node("segment"), "@segment/analytics-node", "segment"),
    "node-legacy": (by_node("legacy"), "analytics-node", "segment"),
    "rudder-python": (by_python(RudderClient, gzip=True), "analytics-python", "segment"),
    "rudder-node": (by_node("rudder"), "analytics-node", "segment"),
    "june": (by_june, "analytics-python", "june"),
}
"""How each sends, what it calls itself, and the wire that it speaks."""


@pytest.fixture(scope="module", params=CLIENTS)
def told(server: Served, request: pytest.FixtureRequest) -> tuple[Told, str]:
    """The project that one of the clients has told the story to, and what the client is called."""
    send, library, wire = CLIENTS[request.param]
    project = tell(server, f"segment-{request.param}", wire)
    send(server.url, project.key)
    server.applied(project.project)
    return project, library


def test_every_message_is_stored_and_none_refused(server: Served, told: tuple[Told, str]) -> None:
    status = server.get("status", told[0].project)
    assert (status["stored"], status["duplicates"], status["refused"]) == (MESSAGES, 0, [])


def test_events_are_counted_under_their_names(server: Served, told: tuple[Told, str]) -> None:
    schema = server.get("schema", told[0].project)
    assert {event["name"]: event["events"] for event in schema["events"]} == EVENTS
    assert schema["people"] == 2
    series = [{"event": "Signed Up", "measure": "people"}]
    series[0]["where"] = [{"property": "price", "at_least": 12.5}]  # type: ignore[assignment]
    trend = server.ask("trend", told[0].project, series=series, every="day")
    assert sum(number for _, number in trend["series"][0]["points"]) == 1


def test_identify_joins_what_the_device_did_before(server: Served, told: tuple[Told, str]) -> None:
    steps = [{"event": "Page Viewed"}, {"event": "Signed Up"}, {"event": "Screen Viewed"}]
    funnel = server.ask("funnel", told[0].project, steps=steps)
    assert [step["people"] for step in funnel["steps"]] == [1, 1, 1]


def test_alias_joins_the_former_user(server: Served, told: tuple[Told, str]) -> None:
    project = told[0].project
    found = {
        text: server.get("people", project, search=text)["people"]
        for text in ("u1", "a1", "old-1", "ann@x.test", "u2")
    }
    (ann,) = found["u1"]
    assert found["a1"] == found["old-1"] == found["ann@x.test"] == [ann]
    assert (ann["events"], ann["known"]) == (6, True)
    assert found["u2"][0]["id"] != ann["id"]


def test_the_timeline_shows_what_was_sent(server: Served, told: tuple[Told, str]) -> None:
    keys, library = told
    (ann,) = server.get("people", keys.project, search="u1")["people"]
    events = server.get(f"people/{ann['id']}/timeline", keys.project)["events"]
    assert {event["source"] for event in events} == {library}
    shown = {event["event"]: event["properties"] for event in events}
    assert shown["Signed Up"] == {"plan": "pro", "price": 12.5}
    page = {"name": "Pricing", "url": "https://x.test/pricing"}
    assert page.items() <= shown["Page Viewed"].items()
    assert shown["Screen Viewed"] == {"name": "Home", "tab": 2.0}
    (other,) = server.get("people", keys.project, search="u2")["people"]
    assert other["last"] == "2026-02-03T04:05:06Z"


def test_the_group_and_the_traits_are_with_the_person(told: tuple[Told, str]) -> None:
    traits = told[0].traits("u1")
    assert traits.pop("group.id")
    assert traits == {"email": "ann@x.test", "plan": "pro", "group.seats": 5.0}


AGAIN = ("python-gzip", "node", "node-legacy", "rudder-python", "rudder-node", "june")


@pytest.mark.parametrize("name", AGAIN)
def test_what_a_client_sends_again_for_want_of_an_answer_is_stored_once(
    server: Served, name: str
) -> None:
    send, _, wire = CLIENTS[name]
    project = tell(server, f"again-{name}", wire)
    with failing_first(server.url, away=1, lost=1) as proxy:
        send(proxy.url, project.key)
    assert proxy.statuses.count(200) == len(proxy.statuses)
    assert project.names() == EVENTS
    status = server.get("status", project.project)
    assert status["duplicates"] > 0
    assert status["stored"] == MESSAGES


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_hears_at_once_that_its_key_is_unknown(server: Served, name: str) -> None:
    with (
        failing_first(server.url) as proxy,
        pytest.raises(AssertionError, match=r"401|write key is missing|Unauthorized"),
    ):
        CLIENTS[name][0](proxy.url, "unknown")
    assert set(proxy.statuses) == {401}
    assert len(proxy.statuses) <= MESSAGES, "it takes the refusal for a fault, and tries again"


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
