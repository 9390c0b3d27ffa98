"""Events that may still change, over HTTP: what was acknowledged is in the next answer, through
kill -9, and once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conftest import Served

PAGE = {
    "type": "page",
    "anonymousId": "phone",
    "properties": {"path": "/pricing"},
    "messageId": "m1",
    "openFor": 300_000,
}


def change(**properties: object) -> dict[str, Any]:
    return {
        "type": "update",
        "messageId": "m1",
        "anonymousId": "phone",
        "properties": properties,
    }


def shown(server: Served) -> dict[str, Any]:
    """The properties of the only event there is."""
    server.applied()
    schema = server.get("schema")
    assert [(one["name"], one["events"]) for one in schema["events"]] == [("Page Viewed", 1)]
    (person,) = server.get("people", search="phone")["people"]
    (event,) = server.get(f"people/{person['id']}/timeline")["events"]
    return dict(event["properties"])


def test_each_change_is_in_the_next_answer_through_a_kill_and_what_comes_too_late_is_told(
    serve: Callable[[], Served],
) -> None:
    server = serve()
    assert server.send(PAGE).json()["accepted"] == 1
    assert shown(server)["path"] == "/pricing"
    for _ in range(2):
        sent = server.send(change(duration=7, scroll_depth=0.25))
        assert sent.json() == {"success": True, "accepted": 1, "refused": []}
    server.kill()
    server.start()
    server.log_in()
    # Sent again, as by a client that never got the answer.
    assert server.send(PAGE).json()["accepted"] == 1
    assert shown(server)["duration"] == 7
    last = {**change(duration=9), "close": True}
    assert server.send(last, change(duration=10)).json()["accepted"] == 2
    assert shown(server)["duration"] == 9
    server.refused("shop", "event_closed", 1)
    late = {**change(duration=11), "messageId": "never"}
    (refused,) = server.send(late).json()["refused"]
    assert refused["reason"] == "event_closed"
