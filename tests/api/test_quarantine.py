"""The quarantine over HTTP, against a real server."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sojourn import tables
from sojourn.control import connect, sqlite_url
from tests.conftest import Keys, Served, outside, soon

NAMELESS: dict[str, Any] = {
    "type": "track",
    "userId": "ann",
    "messageId": "nameless",
    "properties": {"price": 3, "password": "hunter2"},
}
PAID: dict[str, Any] = {**NAMELESS, "event": "paid", "messageId": "paid"}


@pytest.fixture
def keys(server: Served, request: pytest.FixtureRequest) -> Keys:
    return server.make_project(request.node.name.removeprefix("test_").replace("_", "-")[:40])


def waits(server: Served, keys: Keys, events: int, **query: object) -> dict[str, Any]:
    return soon(
        lambda: server.get("quarantine", keys.project, **query),
        lambda seen: len(seen["entries"]) == events,
    )


def act(server: Served, keys: Keys, what: str, **chosen: object) -> dict[str, Any]:
    where = f"/api/v1/projects/{keys.project}/quarantine/{what}"
    answer = server.client.post(where, json=chosen)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def audited(server: Served) -> list[tuple[str, str]]:
    engine = connect(sqlite_url(server.data / "control.db"))
    with engine.begin() as connection:
        rows = connection.execute(tables.audit.select()).all()
    engine.dispose()
    return [(row.action, row.subject) for row in rows]


def test_it_is_listed_opened_replayed_and_dropped(server: Served, keys: Keys) -> None:
    answer = server.send_to(keys.write, NAMELESS, {**PAID, "userId": "u" * 501}, PAID)
    assert [one["reason"] for one in answer.json()["refused"]] == ["no_event_name", "too_long"]
    listed = waits(server, keys, 2)
    assert {one["reason"]: one["events"] for one in listed["reasons"]} == {
        "no_event_name": 1,
        "too_long": 1,
    }
    assert (listed["overflowed"], listed["trouble"]) == (0, "")
    (entry,) = server.get("quarantine", keys.project, reason="no_event_name")["entries"]
    assert entry["wire"] == "segment"
    opened = server.get(f"quarantine/{entry['id']}", keys.project)
    assert opened["detail"] == "The event has no name."
    assert opened["event"]["identifiers"] == {"user_id": "ann"}
    assert opened["event"]["properties"] == {"price": 3}
    assert ("open quarantined event", f"{keys.project}: {entry['id']}") in audited(server)
    replayed = act(server, keys, "replay", reason="no_event_name")
    assert replayed == {"kept": 0, "stay": {"no_event_name": 1}, "gone": {}}
    assert act(server, keys, "drop", ids=[entry["id"]]) == {"events": 1}
    assert act(server, keys, "drop") == {"events": 1}
    assert waits(server, keys, 0)["reasons"] == []
    gone = server.client.get(f"/api/v1/projects/{keys.project}/quarantine/{entry['id']}")
    assert gone.status_code == 404
    assert "replayed or dropped" in gone.json()["mend"]


def test_a_read_key_sees_counts_and_no_content(server: Served, keys: Keys) -> None:
    server.send_to(keys.write, NAMELESS)
    (entry,) = waits(server, keys, 1)["entries"]
    with httpx.Client(headers={"authorization": f"Bearer {keys.read}"}) as reader:
        where = f"{server.url}/api/v1/projects/{keys.project}/quarantine"
        assert reader.get(where).json()["reasons"][0]["events"] == 1
        assert reader.get(f"{where}/{entry['id']}").status_code == 403
        assert reader.post(f"{where}/replay", json={}).status_code == 403
        assert reader.post(f"{where}/drop", json={}).status_code == 403
        page = reader.get(where, params={"limit": -1, "skip": -1}).json()
        assert len(page["entries"]) == 1
    assert outside.get(where).status_code == 401
    assert outside.post(f"{where}/drop", json={}).status_code == 401
    assert len(waits(server, keys, 1)["entries"]) == 1


def test_an_unknown_key_belongs_to_no_project(server: Served, keys: Keys) -> None:
    assert server.send_to("nobodys", NAMELESS).status_code == 401
    server.send_to(keys.write, {**NAMELESS, "messageId": "other"})
    assert len(waits(server, keys, 1)["entries"]) == 1
