"""Mixpanel's messages become events: the pure mapping, without a server."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody, NotRecognised, Unavailable
from sojourn.event import NO_SIGNALS, Event, Identifier, Kind, Signals
from sojourn.wire import Receipt, Request
from sojourn.wires.mixpanel import OF_THE_CLIENT, WIRE
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
BROWSER = {"origin": "https://x.test", "user-agent": "Firefox"}
USER, DEVICE = Identifier("user_id", "u1"), Identifier("anonymous_id", "d1")


def request(
    body: bytes = b"",
    *,
    path: str = "/track",
    method: str = "POST",
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Request:
    return Request(method, path, query or {}, headers or {}, body, NOW_MS, address="192.0.2.1")


def one(name: str = "Seen", *, headers: dict[str, str] | None = None, **properties: Any) -> Event:
    """The event of one message; “_x” stands for “$x”."""
    named = {f"${key[1:]}" if key[0] == "_" else key: properties[key] for key in properties}
    message = {"event": name, "properties": {"token": "t"} | named}
    (event,) = WIRE.events(request(headers=headers), [message])
    assert isinstance(event, Event), event
    return event


def change(**message: Any) -> Event | Dropped:
    """What one message of /engage becomes."""
    named = {f"${name}": message[name] for name in message}
    (event,) = WIRE.events(request(path="/engage"), [{"$token": "t", "$distinct_id": "u1"} | named])
    return event


# Whose it is


@pytest.mark.parametrize(
    ("properties", "identifiers"),
    [
        ({"distinct_id": "u1"}, (USER,)),
        ({"distinct_id": "$device:d1"}, (DEVICE,)),
        ({"distinct_id": "$device:d1", "_device_id": "d1"}, (DEVICE,)),
        ({"distinct_id": "d1", "_device_id": "d1"}, (DEVICE,)),
        ({"distinct_id": "u1", "_device_id": "d1"}, (USER, DEVICE)),
        ({"distinct_id": "x", "_user_id": "u1", "_device_id": "d1"}, (USER, DEVICE)),
        ({"_user_id": "u1", "_device_id": "d1"}, (USER, DEVICE)),
        ({"distinct_id": "undefined"}, ()),
        ({"distinct_id": {}}, ()),
        ({}, ()),
    ],
)
def test_the_user_and_the_device_are_told_apart(
    properties: dict[str, Any], identifiers: tuple[Identifier, ...]
) -> None:
    assert one(**properties).identifiers == identifiers


def test_the_events_of_the_older_merging_join_people() -> None:
    identified = one("$identify", _identified_id="u1", _anon_id="$device:d1")
    assert (identified.kind, identified.identifiers) == (Kind.PROFILE, (USER, DEVICE))
    newer = one("$identify", distinct_id="u1", _anon_distinct_id="$device:d1")
    assert newer.identifiers == (USER, DEVICE)
    alias = one("$create_alias", distinct_id="u1", alias="old-1")
    assert (alias.kind, alias.identifiers) == (Kind.ALIAS, (USER,))
    assert alias.previous == Identifier("user_id", "old-1")
    merged = one("$merge", _distinct_ids=["$device:d1", "u1"])
    assert (merged.kind, merged.identifiers, merged.previous) == (Kind.ALIAS, (DEVICE,), USER)
    assert one("$merge", _distinct_ids=["u1"]).previous is None


# What it tells


def test_pages_and_what_mixpanel_names_have_our_names_and_the_rest_is_gone() -> None:
    event = one(
        "$mp_web_page_view",
        distinct_id="u1",
        _current_url="https://x.test/a?utm_source=mail",
        current_page_title="A",
        current_url_path="/a",
        _referrer="https://y.test/",
        _initial_referrer="$direct",
        _screen_width=1280,
        _screen_height=720,
        _browser="Firefox",
        _duration=2.5,
        mp_lib="web",
        mp_sent_by_lib_version="2",
        _lib_version="2",
        plan="pro",
    )
    assert event.name == "Page Viewed"
    assert event.source == "mixpanel-web"
    assert event.properties == {
        "url": "https://x.test/a?utm_source=mail",
        "path": "/a",
        "search": "?utm_source=mail",
        "title": "A",
        "referrer": "https://y.test/",
        "campaign.source": "mail",
        "screen": "1280x720",
        "browser": "Firefox",
        "duration": 2.5,
        "plan": "pro",
    }


@pytest.mark.parametrize("name", OF_THE_CLIENT)
def test_what_a_client_tells_of_itself_is_passed_over(name: str) -> None:
    assert WIRE.events(request(), [{"event": name, "properties": {"token": "t"}}]) == []


def test_a_change_of_a_profile_says_how() -> None:
    event = change(
        set={"$email": "Ann@X.test", "plan": "pro", "$initial_referrer": "x"},
        set_once={"source": "ad"},
        add={"visits": 1},
        append={"seen": "a"},
        union={"tags": ["b"]},
        remove={"lost": "c"},
        unset=["old"],
    )
    assert isinstance(event, Event)
    assert event.kind is Kind.PROFILE
    assert event.identifiers == (USER, Identifier("email", "ann@x.test"))
    plain = {"email": "Ann@X.test", "plan": "pro", "source": "ad", "visits": 1, "seen": "a"}
    assert event.traits == plain | {"tags": ["b"], "lost": "c", "old": True}
    assert event.how == {
        "source": "once",
        "visits": "add",
        "seen": "append",
        "tags": "union",
        "lost": "remove",
        "old": "unset",
    }


def test_a_charge_happened() -> None:
    charge = {"$amount": 5, "$time": "2026-01-01T00:00:00", "sku": "tea"}
    event = change(append={"$transactions": charge})
    assert isinstance(event, Event)
    assert (event.kind, event.name, event.ts) == (Kind.EVENT, "Charged", 1_767_225_600_000)
    assert event.properties == {"amount": 5, "sku": "tea"}
    assert event.traits == {}


@pytest.mark.parametrize(
    "message",
    [{"delete": ""}, {"group_key": "company", "group_id": "g1", "set": {"seats": 5}}],
)
def test_what_is_not_done_over_a_wire_is_told(message: dict[str, Any]) -> None:
    refused = change(**message)
    assert isinstance(refused, Dropped)
    assert refused.reason is DropReason.NOT_AN_EVENT


@pytest.mark.parametrize("path", ["/track", "/engage", "/groups"])
@pytest.mark.parametrize("message", [None, 7, "x", [], {"event": 7, "$group_key": 1}])
def test_what_is_no_event_is_told(path: str, message: Any) -> None:
    (refused,) = WIRE.events(request(path=path), [message])
    assert isinstance(refused, Dropped)


def test_messages_of_another_project_are_not_taken() -> None:
    messages = [
        {"event": "Seen", "properties": {"token": token, "distinct_id": "u1"}}
        for token in ("t", "other")
    ]
    assert WIRE.key(request(), messages) == "t"
    mine, others = WIRE.events(request(), messages)
    assert isinstance(mine, Event)
    assert isinstance(others, Dropped)


# When and where from


def test_when_it_was() -> None:
    assert one().ts == NOW_MS
    assert one(time=1_767_225_600.5).ts == 1_767_225_600_500
    assert one(time=1_767_225_600_500).ts == 1_767_225_600_500
    behind = request(query={"_": str(NOW_MS - 3_600_000)})
    late = {"event": "Seen", "properties": {"token": "t", "time": NOW_MS - 3_600_000}}
    timeless = {"event": "Seen", "properties": {"token": "t"}}
    found = [event for event in WIRE.events(behind, [late, timeless]) if isinstance(event, Event)]
    assert [event.ts for event in found] == [NOW_MS, NOW_MS]
    assert [event.signals.skew_ms for event in found] == [3_600_000, 0], "told if put right"
    (refused,) = WIRE.events(request(), [{"event": "x", "properties": {"time": "soon"}}])
    assert isinstance(refused, Dropped)
    assert refused.reason is DropReason.BAD_TIMESTAMP


def test_the_address_is_only_of_the_persons_own_device() -> None:
    assert one().signals == NO_SIGNALS
    assert one(headers=BROWSER).signals == Signals(ip="192.0.2.1", agent="Firefox")
    assert one(mp_lib="swift").signals == Signals(ip="192.0.2.1")
    told = one(ip="198.51.100.7", mp_country_code="FR")
    assert told.signals == Signals(country="FR", ip="198.51.100.7")
    assert one(mp_country_code="EL").signals == Signals(country="GR")
    assert one(mp_country_code="XX").signals == NO_SIGNALS
    assert told.properties == {}


def test_the_clients_id_makes_it_unique() -> None:
    assert one(_insert_id="m1").message_id == "m1"


# Bodies, keys and replies

MESSAGE = {"event": "Seen", "properties": {"token": "t", "distinct_id": "u1", "text": "ü?>"}}
TEXT = msgspec.json.encode(MESSAGE)
CODE = base64.b64encode(TEXT).decode()


@pytest.mark.parametrize(
    "asked",
    [
        request(TEXT),
        request(msgspec.json.encode([MESSAGE])),
        request(urlencode({"data": CODE}).encode()),
        request(urlencode({"data": TEXT.decode(), "verbose": "1"}).encode()),
        request(method="GET", query={"data": CODE}),
        request(method="GET", query={"data": CODE.replace("+", " ").rstrip("=")}),
        request(TEXT + b"\n", path="/import", headers={"content-type": "application/x-ndjson"}),
    ],
)
def test_a_body_may_come_in_any_of_its_forms(asked: Request) -> None:
    content = WIRE.content(asked)
    assert WIRE.key(asked, content) == "t"
    (event,) = WIRE.events(asked, content)
    assert isinstance(event, Event)
    assert (event.name, event.properties) == ("Seen", {"text": "ü?>"})


def test_a_service_accounts_project_is_a_key() -> None:
    asked = request(query={"project_id": "12345"})
    assert WIRE.key(asked, [{"event": "Seen", "properties": {}}]) == "12345"


def basic(pair: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


@pytest.mark.parametrize(
    ("asked", "secret"),
    [
        (request(headers=basic("s1:")), "s1"),
        (request(headers=basic("account:s2")), "s2"),
        (request(query={"api_key": "s3"}), "s3"),
        (request(b"data=%5B%5D&api_key=s4"), "s4"),
        (request(b"[]"), ""),
    ],
)
def test_the_secret_is_found_where_clients_put_it(asked: Request, secret: str) -> None:
    assert WIRE.secret(asked) == secret


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        (request(), b"1"),
        (request(path="/track/", query={"verbose": "0"}), b"1"),
        (request(path="/import", query={"verbose": "0"}), b"1"),
    ],
)
def test_a_client_that_wants_a_bare_one_gets_it(asked: Request, body: bytes) -> None:
    assert WIRE.reply(asked, Receipt(1, {})).body == body


@pytest.mark.parametrize(
    "asked",
    [
        request(query={"verbose": "1"}),
        request(b"data=%5B%5D&verbose=1"),
        request(path="/import"),
    ],
)
def test_a_client_that_wants_an_object_gets_it(asked: Request) -> None:
    told = msgspec.json.decode(WIRE.reply(asked, Receipt(1, {})).body)
    assert (told["status"], told["error"], told["num_records_imported"]) == (1, None, 1)


def test_an_image_is_answered_where_one_is_asked_for() -> None:
    assert WIRE.reply(request(query={"img": "1"}), Receipt(1, {})).media_type == "image/gif"


def test_a_failure_is_in_the_words_of_the_client() -> None:
    assert WIRE.failure is not None
    unknown = WIRE.failure(request(), NotRecognised("Unknown", mend="Make one."))
    told = msgspec.json.decode(unknown.body)
    assert (unknown.status, told["status"], told["error"]) == (401, 0, "Unknown. Make one.")
    assert "Retry-After" in WIRE.failure(request(), Unavailable("Full")).headers
    assert "Retry-After" not in unknown.headers


@settings(deadline=None)
@given(json_with("$token", "$distinct_id", "event", "properties", "$set", "$append", "$unset"))
def test_whatever_is_sent_is_an_event_or_refused(content: Any) -> None:
    for path in ("/track", "/engage"):
        for message in (content, {"event": "x", "properties": content}, {"$append": content}):
            try:
                events = WIRE.events(request(path=path), [message])
            except BadBody:
                continue
            assert all(isinstance(event, Event | Dropped) for event in events)
