"""Amplitude's messages become events: the pure mapping, without a server."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody, NotRecognised, Unavailable
from sojourn.event import NO_SIGNALS, Event, Identifier, Kind, Signals
from sojourn.wire import Receipt, Request
from sojourn.wires.amplitude import OF_THE_CLIENT, WIRE
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
HOUR_MS = 3_600_000
BROWSER = {"origin": "https://x.test", "user-agent": "Firefox"}
USER, DEVICE = Identifier("user_id", "u1"), Identifier("anonymous_id", "d1")


def request(body: bytes = b"", headers: dict[str, str] | None = None) -> Request:
    path = "/2/httpapi"
    return Request("POST", path, {}, headers or {}, body, NOW_MS, address="192.0.2.1")


def all_of(*messages: Any, headers: dict[str, str] | None = None, **body: Any) -> list[Any]:
    return WIRE.events(request(headers=headers), {"api_key": "k", "events": list(messages)} | body)


def one(name: str = "Seen", *, headers: dict[str, str] | None = None, **fields: Any) -> Event:
    """The event of one message."""
    (event,) = all_of({"event_type": name, "user_id": "u1"} | fields, headers=headers)
    assert isinstance(event, Event), event
    return event


# Whose it is


@pytest.mark.parametrize(
    ("fields", "identifiers"),
    [
        ({"user_id": "u1", "device_id": "d1"}, (USER, DEVICE)),
        ({"user_id": None, "device_id": "d1"}, (DEVICE,)),
        ({"user_id": 7}, (Identifier("user_id", "7"),)),
        ({"user_id": "Anonymous", "device_id": "unknown"}, ()),
        ({"user_id": "-1", "device_id": "[]"}, ()),
        ({"user_id": {}, "device_id": True}, ()),
    ],
)
def test_the_user_and_the_device_however_short_their_ids(
    fields: dict[str, Any], identifiers: tuple[Identifier, ...]
) -> None:
    assert one(**fields).identifiers == identifiers


# What it tells


def test_a_change_of_a_profile_says_how() -> None:
    changes = {
        "$set": {"email": " Ann@X.test", "plan": "pro", "utm_source": "mail"},
        "$setOnce": {"source": "ad", "initial_referrer": "EMPTY", "plan": "free"},
        "$add": {"visits": 1},
        "$append": {"seen": "a"},
        "$prepend": {"first": "b"},
        "$preInsert": {"tags": "c"},
        "$postInsert": {"marks": "d"},
        "$remove": {"lost": "e"},
        "$unset": {"old": "-", "gclid": "-"},
    }
    event = one("$identify", device_id="d1", user_properties=changes)
    assert event.kind is Kind.PROFILE
    assert event.identifiers == (USER, Identifier("email", "ann@x.test"), DEVICE)
    assert event.traits == {
        "email": " Ann@X.test",
        "plan": "pro",
        "source": "ad",
        "visits": 1,
        "seen": "a",
        "first": "b",
        "tags": "c",
        "marks": "d",
        "lost": "e",
        "old": "-",
    }
    assert event.how == {
        "source": "once",
        "visits": "add",
        "seen": "append",
        "first": "append",
        "tags": "union",
        "marks": "union",
        "lost": "remove",
        "old": "unset",
    }


def test_properties_of_a_user_may_come_without_an_operator_and_with_any_event() -> None:
    event = one(user_properties={"plan": "pro"})
    assert (event.kind, event.traits, event.how) == (Kind.EVENT, {"plan": "pro"}, {})


def test_a_group_is_the_organisation_of_who_sends_it() -> None:
    told = {"$set": {"seats": 5}, "$setOnce": {"since": 2020}}
    event = one("$groupidentify", groups={"company": ["g1", "g2"]}, group_properties=told)
    group = {"type": "company", "seats": 5, "since": 2020, "id": "g1"}
    assert (event.kind, event.traits) == (Kind.PROFILE, {"group": group})
    assert event.how == {"group.since": "once"}
    assert one("$groupidentify", groups={"company": None}).traits == {}


def test_pages_and_what_amplitude_names_have_our_names() -> None:
    event = one(
        "[Amplitude] Page Viewed",
        event_properties={
            "[Amplitude] Page Location": "https://x.test/a?utm_source=mail",
            "[Amplitude] Page Path": "/a",
            "[Amplitude] Page Title": "A",
            "[Amplitude] Page Counter": 1,
            "[Amplitude] Element Text": "Buy",
            "utm_source": "mail",
            "size": 4,
        },
        os_name="iOS",
        platform="iOS",
        idfa="secret",
        location_lat=48.1,
        session_id=7,
        library="amplitude-ts/2.4",
    )
    assert event.name == "Page Viewed"
    assert event.source == "amplitude-ts"
    assert event.properties == {
        "url": "https://x.test/a?utm_source=mail",
        "path": "/a",
        "search": "?utm_source=mail",
        "title": "A",
        "campaign.source": "mail",
        "element_text": "Buy",
        "os": "iOS",
        "platform": "iOS",
        "size": 4,
    }


def test_money_has_the_same_names_wherever_it_stands() -> None:
    inside = one(event_properties={"$price": 9.5, "$productId": "tea", "$quantity": 2})
    beside = one(price=9.5, productId="tea", quantity=2)
    expected = {"price": 9.5, "product_id": "tea", "quantity": 2}
    assert inside.properties == beside.properties == expected


@pytest.mark.parametrize("name", OF_THE_CLIENT)
def test_what_a_client_tells_of_itself_is_passed_over(name: str) -> None:
    assert all_of({"event_type": name, "user_id": "u1"}) == []


@pytest.mark.parametrize("message", [None, 7, "x", [], {}, {"event_type": 7}])
def test_what_is_no_event_is_told(message: Any) -> None:
    (refused,) = all_of(message)
    assert isinstance(refused, Dropped)
    assert refused.reason is DropReason.NOT_AN_EVENT


# When and where from


def test_a_clock_that_is_wrong_is_set_right() -> None:
    late = {"event_type": "Seen", "user_id": "u1", "time": NOW_MS - HOUR_MS}
    given = all_of(late, {"event_type": "Seen"}, client_upload_time=NOW_MS - HOUR_MS)
    found = [event for event in given if isinstance(event, Event)]
    assert [event.ts for event in found] == [NOW_MS, NOW_MS]
    assert [event.signals.skew_ms for event in found] == [HOUR_MS, 0], "told if put right"
    assert one(time=NOW_MS - HOUR_MS).ts == NOW_MS - HOUR_MS
    assert one().ts == NOW_MS
    (refused,) = all_of(late | {"time": "soon"})
    assert isinstance(refused, Dropped)
    assert refused.reason is DropReason.BAD_TIMESTAMP


def test_the_address_is_the_devices_or_what_is_told_on_purpose() -> None:
    assert one().signals == NO_SIGNALS
    assert one(headers=BROWSER).signals == Signals(ip="192.0.2.1", agent="Firefox")
    assert one(ip="$remote").signals == Signals(ip="192.0.2.1")
    told = one(ip="198.51.100.7", user_agent="Safari", country="FR")
    assert told.signals == Signals(country="FR", ip="198.51.100.7", agent="Safari")
    assert told.properties == {}
    assert one(country="France").signals == NO_SIGNALS
    assert one(country="uk").signals == Signals(country="GB")
    for age in (15, "15"):
        assert one("$identify", user_properties={"$set": {"age": age}}).signals == Signals(age=15)


def test_the_clients_id_makes_it_unique() -> None:
    assert one(insert_id="m1").message_id == "m1"
    assert one().message_id == ""


# Keys and replies


def test_a_body_without_events_is_another_wires() -> None:
    assert WIRE.key(request(), {"api_key": "k", "events": []}) == "k"
    assert WIRE.key(request(), {"api_key": "k", "batch": []}) == ""
    assert WIRE.key(request(), []) == ""
    for body in ({"events": {}}, [], None):
        with pytest.raises(BadBody):
            WIRE.events(request(), body)


def test_the_reply_says_how_many_and_what_was_refused() -> None:
    refused = Dropped(DropReason.NOT_AN_EVENT, "It is none.")
    told = msgspec.json.decode(WIRE.reply(request(b"{}"), Receipt(2, {1: refused})).body)
    assert (told["code"], told["events_ingested"], told["payload_size_bytes"]) == (200, 2, 2)
    assert told["refused"] == [{"index": 1, "reason": "not_an_event", "detail": "It is none."}]


def test_a_failure_is_in_the_words_of_the_client() -> None:
    assert WIRE.failure is not None
    unknown = msgspec.json.decode(WIRE.failure(request(), NotRecognised("Unknown")).body)
    assert unknown == {"code": 401, "error": "Invalid API key: Unknown."}
    full = WIRE.failure(request(), Unavailable("Full"))
    assert msgspec.json.decode(full.body) == {"code": 503, "error": "Full."}
    assert "Retry-After" in full.headers


NAMES = ("event_type", "user_id", "time", "event_properties", "user_properties", "groups", "$set")


@settings(deadline=None)
@given(json_with(*NAMES, "group_properties"))
def test_whatever_is_sent_is_an_event_or_refused(content: Any) -> None:
    parts = ("event_properties", "user_properties", "group_properties", "groups")
    inside = {"event_type": "x"} | dict.fromkeys(parts, content)
    for body in (content, {"events": [content]}, {"events": [inside]}):
        try:
            events = WIRE.events(request(), body)
        except BadBody:
            continue
        assert all(isinstance(event, Event | Dropped) for event in events)
