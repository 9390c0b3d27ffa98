"""Segments over HTTP: kept, used by name, opened to their people, changed by the owner only."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conftest import Keys, Served, outside

BUYERS = {"did": {"event": "order"}}


@pytest.fixture(scope="module")
def shop(server: Served) -> Keys:
    """Three people with a cart, one of whom orders."""
    keys = server.make_project("segmented")
    carts = [{"type": "track", "event": "cart", "userId": f"u{n}"} for n in range(3)]
    server.send_to(keys.write, *carts, {"type": "track", "event": "order", "userId": "u1"})
    server.applied("segmented")
    return keys


def call(server: Served, method: str, address: str, body: Any = None) -> httpx.Response:
    return server.client.request(method, f"/api/v1/projects/segmented/{address}", json=body)


def test_segment_is_kept_used_and_forgotten(server: Served, shop: Keys) -> None:
    kept = call(server, "PUT", "segments/buyers", {"segment": BUYERS, "title": "Buyers"})
    assert kept.status_code == 200
    assert kept.json() == {
        "name": "buyers",
        "title": "Buyers",
        "description": "",
        "segment": BUYERS | {"did": {"event": "order"} | kept.json()["segment"]["did"]},
    }
    assert [one["name"] for one in call(server, "GET", "segments").json()] == ["buyers"]
    people = call(server, "POST", "segments/people", {"segment": {"saved": "buyers"}}).json()
    assert people["total"] == len(people["people"]) == 1
    others = {"segment": {"not": {"saved": "buyers"}}, "limit": 1}
    first = call(server, "POST", "segments/people", others).json()
    second = call(server, "POST", "segments/people", others | {"after": first["after"]}).json()
    assert first["total"] == second["total"] == 2
    assert first["people"] != second["people"]
    assert second["after"] is None
    answer = server.ask(
        "funnel", "segmented", steps=[{"event": "cart"}], segment={"saved": "buyers"}
    )
    assert answer["steps"][0]["people"] == answer["about"]["people"] == 1
    assert call(server, "DELETE", "segments/buyers").status_code == 204
    assert call(server, "DELETE", "segments/buyers").status_code == 404
    refused = call(server, "POST", "segments/people", {"segment": {"saved": "buyers"}})
    assert (refused.status_code, refused.json()["where"]) == (404, "segment.saved")


@pytest.mark.parametrize(
    ("name", "body", "where"),
    [
        ("Buyers", {"segment": BUYERS}, "name"),
        ("buyers", {"segment": {"did": {"event": "never"}}}, "segment.did.event"),
        ("buyers", {"segment": {}}, "segment"),
        ("buyers", {"segment": {"saved": "buyers"}}, "segment"),
    ],
)
def test_segment_that_could_not_be_asked_is_not_kept(
    server: Served, shop: Keys, name: str, body: dict[str, Any], where: str
) -> None:
    refused = call(server, "PUT", f"segments/{name}", body)
    assert (refused.status_code, refused.json()["where"]) == (422, where)
    assert refused.json()["mend"]
    assert call(server, "GET", "segments").json() == []


def test_read_key_changes_no_segment(server: Served, shop: Keys) -> None:
    address = f"{server.url}/api/v1/projects/segmented/segments/buyers"
    read = {"Authorization": f"Bearer {shop.read}"}
    assert outside.put(address, json={"segment": BUYERS}, headers=read).status_code == 403
    assert outside.delete(address, headers=read).status_code == 403


def test_cancelling_a_question_that_has_been_answered_is_no_failure(
    server: Served, shop: Keys
) -> None:
    for _ in range(2):
        assert call(server, "DELETE", "questions/answered").status_code == 204
