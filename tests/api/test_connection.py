"""Connections: whose one is, behind proxies and whatever a client invents; and one that breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from litestar.types import ASGIApp, Receive, Scope, Send

from sojourn.api.application import served
from sojourn.api.connection import address_behind
from sojourn.application import Sojourn
from sojourn.collection import Collection
from sojourn.errors import SojournError
from sojourn.settings import Settings
from tests.conftest import make_project

PROXY, OUTER, CLIENT, INVENTED = "10.0.0.7", "10.0.0.8", "203.0.113.9", "198.51.100.1"
OURS = "10.0.0.0/8, ::1"
PATHS = ("/v1/track", "/v1/pixel/track")
"""One that is answered past the framework, and one by it."""

MORE, GONE = {"more_body": True}, {"type": "http.disconnect"}


@pytest.mark.parametrize(
    ("trusted", "connection", "forwarded", "address"),
    [
        ("", CLIENT, "", CLIENT),
        ("", CLIENT, INVENTED, CLIENT),
        (OURS, CLIENT, INVENTED, CLIENT),
        (OURS, PROXY, CLIENT, CLIENT),
        (OURS, PROXY, f"{INVENTED}, {CLIENT}", CLIENT),
        (OURS, PROXY, f"{INVENTED},{CLIENT} , {OUTER}", CLIENT),
        (OURS, PROXY, f"{OUTER}, ", OUTER),
        (OURS, PROXY, "", PROXY),
        (OURS, PROXY, "unknown", ""),
        (OURS, PROXY, f"{CLIENT}, unknown", ""),
        (OURS, "::1", "2001:db8::1", "2001:db8::1"),
        (OURS, PROXY, f"{CLIENT}:4711", CLIENT),
        (OURS, PROXY, f"[2001:db8::1]:4711, {OUTER}:80", "2001:db8::1"),
        (OURS, PROXY, "[2001:db8::1]", "2001:db8::1"),
        (OURS, "", CLIENT, ""),
    ],
)
def test_the_last_address_that_no_proxy_of_ours_has_is_the_clients(
    trusted: str, connection: str, forwarded: str, address: str
) -> None:
    assert address_behind(connection, forwarded, trusted) == address


def test_proxies_that_cannot_be_read_are_told_with_the_setting() -> None:
    with pytest.raises(SojournError) as refusal:
        address_behind(PROXY, CLIENT, "10.0.0.0/33")
    assert refusal.value.where == "SOJOURN_TRUSTED_PROXIES"


@pytest.fixture
def behind_a_proxy(tmp_path: Path) -> Iterator[tuple[TestClient[ASGIApp], str]]:
    """A client whose requests come from a proxy of ours, and the write key of a project that takes
    nothing from one address."""
    keys = make_project(tmp_path, "shop")
    with Sojourn(Settings(data=tmp_path, trusted_proxies=OURS)) as sojourn:
        sojourn.project("shop").collection = Collection(excluded_addresses=(CLIENT,))
        app = served(sojourn)

        async def through_the_proxy(scope: Scope, receive: Receive, send: Send) -> None:
            scope["client"] = PROXY, 50_000
            await app(scope, receive, send)

        yield TestClient(through_the_proxy), keys.write


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("lines", "is_taken"),
    [
        ([CLIENT], False),
        ([INVENTED], True),
        ([INVENTED, CLIENT], False),
        ([f"{INVENTED}, {CLIENT}"], False),
        ([CLIENT, INVENTED], True),
        ([f"{INVENTED}, {CLIENT}", OUTER], False),
    ],
)
def test_each_proxy_may_say_it_in_a_line_of_its_own(
    behind_a_proxy: tuple[TestClient[ASGIApp], str], path: str, lines: list[str], is_taken: bool
) -> None:
    client, key = behind_a_proxy
    headers = [("origin", "https://shop.example"), *(("x-forwarded-for", one) for one in lines)]
    message: dict[str, Any] = {"event": "look", "userId": "ann", "writeKey": key}
    answer = client.post(path, json=message | {"type": "track"}, headers=headers)
    assert answer.json()["accepted"] == int(is_taken)


@pytest.mark.parametrize("path", PATHS)
def test_a_body_whose_sender_goes_is_not_taken_for_a_whole_one(tmp_path: Path, path: str) -> None:
    keys = make_project(tmp_path, "shop")
    message = {"type": "track", "event": "look", "userId": "ann", "writeKey": keys.write}
    pieces = iter([{"type": "http.request", "body": json.dumps(message).encode()} | MORE, GONE])

    async def receive() -> Any:
        return next(pieces)

    with Sojourn(Settings(data=tmp_path)) as sojourn:
        app = served(sojourn)

        async def torn(scope: Scope, _: Receive, send: Send) -> None:
            await app(scope, receive, send)

        answer = TestClient(torn).post(path)
        assert (answer.status_code, answer.json()["title"]) == (400, "The body breaks off")
        assert sojourn.inbox.last() == 0
