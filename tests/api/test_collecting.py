"""How a project collects: chosen over HTTP or by another process, held at once, sealed on disk."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conftest import Served, outside, run_sojourn, soon

AT = "/api/v1/projects/{}/collection"
ANN = "ann.arbor@example.com"


def put(server: Served, project: str, **chosen: Any) -> httpx.Response:
    return server.client.put(AT.format(project), json=chosen)


def sent(server: Served, key: str, **message: Any) -> list[str]:
    """The reasons for which one event is refused."""
    answer = server.send_to(key, {"type": "track", "event": "Seen", "userId": "u", **message})
    return [one["reason"] for one in answer.json()["refused"]]


def test_choices_hold_from_the_next_event_on(server: Served) -> None:
    keys = server.make_project("choosing")
    assert put(server, "choosing", blocked_events=["Seen"]).status_code == 200
    assert sent(server, keys.write) == ["excluded"]
    assert server.get("collection", "choosing")["blocked_events"] == ["Seen"]
    put(server, "choosing", excluded_addresses=["198.51.100.0/24"])
    assert sent(server, keys.write) == []
    assert sent(server, keys.write, context={"ip": "198.51.100.4"}) == ["excluded"]
    assert sent(server, keys.write, context={"userAgent": "Googlebot/2.1"}) == ["bot"]
    put(server, "choosing", bots=True)
    assert sent(server, keys.write, context={"userAgent": "Googlebot/2.1"}) == []
    server.refused("choosing", "excluded", 2)
    server.refused("choosing", "bot", 1)


def test_a_choice_of_another_process_is_taken_up(server: Served) -> None:
    keys = server.make_project("chosen-elsewhere")
    run_sojourn("project", "set", "chosen-elsewhere", "--blocked-events", "Seen", data=server.data)
    soon(lambda: sent(server, keys.write), lambda refused: refused == ["excluded"])
    shown = run_sojourn("project", "collection", "chosen-elsewhere", data=server.data)
    assert '"Seen"' in shown
    run_sojourn(
        "project", "set", "chosen-elsewhere", "--empty-blocked-events", "--bots", data=server.data
    )
    soon(lambda: sent(server, keys.write), lambda refused: refused == [])
    assert server.get("collection", "chosen-elsewhere")["bots"] is True


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"excluded_addresses": ["office"]}, 422),
        ({"redirects": ["https://x.example"]}, 422),
        ({"exclude": []}, 422),
        ({"bots": "yes"}, 422),
        ([], 422),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused(server: Served, body: Any, status: int) -> None:
    before = server.get("collection")
    refused = server.client.put(AT.format("shop"), json=body)
    assert (refused.status_code, bool(refused.json()["title"])) == (status, True)
    assert server.get("collection") == before


def test_a_read_key_neither_sees_nor_changes_it(server: Served) -> None:
    keys = server.make_project("closed-choices")
    reader = {"Authorization": f"Bearer {keys.read}"}
    where = f"{server.url}{AT.format('closed-choices')}"
    assert outside.get(where, headers=reader).status_code == 403
    assert outside.put(where, headers=reader, json={}).status_code == 403
    assert outside.get(where).status_code == 401


@pytest.mark.clause("S1-26")
def test_whom_a_project_leaves_out_stands_nowhere_in_the_clear(server: Served) -> None:
    server.make_project("sealed-choices")
    put(server, "sealed-choices", excluded_people=[ANN], excluded_addresses=["198.51.100.77"])
    for file in server.data.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert ANN.encode() not in content, file
            assert b"198.51.100.77" not in content, file


def test_a_wrong_clock_is_put_right_and_counted(server: Served) -> None:
    keys = server.make_project("clocks")
    message = {"type": "track", "event": "Seen", "userId": "u", "timestamp": 1_700_000_000}
    server.send_to(keys.write, message, message, sentAt=1_700_000_100)
    server.send_to(keys.write, message, sentAt=4_000_000_000)
    soon(
        lambda: server.get("status", "clocks")["clocks"],
        lambda clocks: clocks == {"behind": 2, "ahead": 1},
    )
