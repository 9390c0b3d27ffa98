"""One person over HTTP: in full, split by the owner only, beside a running server too."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Keys, Served, outside, run_sojourn, soon

PHONE: dict[str, object] = {"anonymousId": "phone"}
ANN: dict[str, object] = {"userId": "ann"}


@pytest.fixture(scope="module")
def shop(server: Served) -> Keys:
    """A phone whose person went into Ann's, and Bob, who used the same phone."""
    keys = server.make_project("paired")
    for message in (
        {"type": "track", "event": "look", **PHONE},
        {"type": "track", "event": "buy", **ANN},
        {"type": "track", "event": "log in", **ANN, **PHONE},
        {"type": "track", "event": "log in too", "userId": "bob", **PHONE},
    ):
        server.send_to(keys.write, message)
    server.applied("paired")
    return keys


def call(server: Served, method: str, address: str, body: Any = None) -> Any:
    return server.client.request(method, f"/api/v1/projects/paired/{address}", json=body)


def people(server: Served) -> set[int]:
    return {one["id"] for one in server.get("people", "paired")["people"]}


def test_person_is_split_at_once(server: Served, shop: Keys) -> None:
    found = server.get("people/1", "paired")
    assert (found["person"]["id"], found["merged"]) == (2, [1])
    (merge,) = found["merges"]
    assert (merge["person"], merge["into"], merge["shared"]) == (1, 2, "anonymous_id")
    assert found["totals"]["events"] == 3
    (device,) = found["devices"]
    assert (device["type"], device["masked"], device["events"]) == ("anonymous_id", "ph•••", 1)
    (blocked,) = found["blocked"]
    assert (blocked["shared"], blocked["barrier"]) == ("anonymous_id", "user_id")
    assert call(server, "GET", "blocked-merges").json() == [blocked]
    as_key = {"authorization": f"Bearer {shop.read}"}
    where = f"{server.url}/api/v1/projects/paired/people/2/split"
    assert outside.post(where, json={}, headers=as_key).status_code == 403
    assert people(server) == {2, 3}
    split = call(server, "POST", "people/2/split", {"merge": merge["number"]})
    assert split.status_code == 200
    assert split.json() == {"merge": merge, "people": [2, 1]}
    assert people(server) == {1, 2, 3}
    assert server.get("people/2", "paired")["totals"]["events"] == 2
    again = call(server, "POST", "people/2/split", {})
    assert (again.status_code, again.json()["title"]) == (404, "Person 2 has no such merge")


def test_command_splits_beside_the_server(server: Served, shop: Keys) -> None:
    for name in ("tablet", "watch"):
        server.send_to(shop.write, {"type": "track", "event": "read", "anonymousId": name})
        server.send_to(shop.write, {"type": "track", "event": "buy", **ANN, "anonymousId": name})
    server.applied("paired")
    before = people(server)
    told = run_sojourn("person", "split", "2", "--project", "paired", data=server.data)
    assert "is undone" in told
    soon(lambda: people(server) - before, lambda back: len(back) == 1)


def test_hierarchy_is_shown_and_changed_by_the_owner(server: Served, shop: Keys) -> None:
    usual = ["user_id", "email", "anonymous_id"]
    assert call(server, "GET", "hierarchy").json() == {"types": usual}
    types = ["account_number", *usual]
    assert call(server, "PUT", "hierarchy", {"types": types}).json() == {"types": types}
    refused = call(server, "PUT", "hierarchy", {"types": ["email", "anonymous_id"]})
    assert refused.status_code == 422
    assert "2 of type user_id" in refused.json()["detail"]
    as_key = {"authorization": f"Bearer {shop.read}"}
    where = f"{server.url}/api/v1/projects/paired/hierarchy"
    assert outside.put(where, json={"types": usual}, headers=as_key).status_code == 403
