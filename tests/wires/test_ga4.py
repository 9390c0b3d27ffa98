"""Measurement Protocol messages become events: the pure mapping, without a server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import (
    NO_SIGNALS,
    PAGE_VIEWED,
    SCREEN_VIEWED,
    Event,
    Identifier,
    Kind,
    Signals,
)
from sojourn.wire import Receipt, Request
from sojourn.wires.ga4 import EVENTS_MAX, WIRE
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
QUERY = {"measurement_id": "G-1", "api_secret": "s"}


def request(body: Any = None, query: dict[str, str] = QUERY) -> Request:
    text = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Request("POST", "/mp/collect", query, {}, text, NOW_MS, "192.0.2.1")


def message(*events: Any, **more: Any) -> dict[str, Any]:
    return {"client_id": "c1", "events": list(events), **more}


def one(body: dict[str, Any]) -> Event:
    (event,) = WIRE.events(request(), body)
    assert isinstance(event, Event), event
    return event


@pytest.mark.parametrize(
    ("event", "name", "properties"),
    [
        ({"name": "buy", "params": {"price": 2, "session_id": 1}}, "buy", {"price": 2}),
        ({"name": "buy"}, "buy", {}),
        ({"name": "buy", "params": {"source": "shelf"}}, "buy", {"source": "shelf"}),
        (
            {
                "name": "page_view",
                "params": {
                    "page_location": "https://x.test/a",
                    "page_title": "A",
                    "page_referrer": "https://y.test",
                    "engagement_time_msec": 100,
                },
            },
            PAGE_VIEWED,
            {
                "url": "https://x.test/a",
                "path": "/a",
                "title": "A",
                "referrer": "https://y.test",
            },
        ),
        (
            {"name": "screen_view", "params": {"firebase_screen": "Home"}},
            SCREEN_VIEWED,
            {"name": "Home"},
        ),
        (
            {"name": "campaign_details", "params": {"campaign": "spring", "source": "mail"}},
            "campaign_details",
            {"campaign.name": "spring", "campaign.source": "mail"},
        ),
    ],
)
def test_what_an_event_tells(event: Any, name: str, properties: dict[str, Any]) -> None:
    found = one(message(event))
    assert (found.name, found.properties, found.ts) == (name, properties, NOW_MS)


def test_one_event_where_the_list_should_be_is_that_event() -> None:
    quirk = {"client_id": "c1", "events": {"name": "buy", "params": {"price": 2}}}
    assert one(quirk) == one(message({"name": "buy", "params": {"price": 2}}))


def test_what_describes_the_user_is_told_once_before_the_events() -> None:
    told = {"plan": {"value": "pro"}, "odd": 7, "none": {"value": None}}
    body = message({"name": "a"}, {"name": "b"}, user_properties=told, user_id="u1")
    profile, *events = WIRE.events(request(), body)
    assert isinstance(profile, Event)
    assert (profile.kind, profile.traits) == (Kind.PROFILE, {"plan": "pro"})
    expected = (Identifier("user_id", "u1"), Identifier("anonymous_id", "c1"))
    assert [event.identifiers for event in (profile, *events)] == [expected] * 3  # type: ignore[union-attr]


def test_the_device_of_an_app_is_its_installation() -> None:
    body = {"app_instance_id": "i1", "events": [{"name": "a"}], "device": {"browser": "Firefox"}}
    event = one(body)
    assert event.identifiers == (Identifier("anonymous_id", "i1"),)
    assert event.properties == {"browser": "Firefox"}


@pytest.mark.parametrize(
    ("more", "signals"),
    [
        ({}, NO_SIGNALS),
        (
            {"consent": {"ad_user_data": "GRANTED", "ad_personalization": "DENIED", "x": 1}},
            Signals(consent={"ad_user_data": True, "ad_personalization": False}),
        ),
        ({"non_personalized_ads": True}, Signals(consent={"ad_personalization": False})),
        (
            {"user_location": {"country_id": "FR"}, "ip_override": "203.0.113.7"},
            Signals(country="FR", ip="203.0.113.7"),
        ),
        ({"user_location": {"country_id": "UK"}}, Signals(country="GB")),
        ({"user_location": {"country_id": "France"}}, NO_SIGNALS),
    ],
)
def test_what_is_told_of_the_person_goes_to_the_gate(
    more: dict[str, Any], signals: Signals
) -> None:
    assert one(message({"name": "a"}, **more)).signals == signals


def test_when_it_was() -> None:
    earlier, later = WIRE.events(
        request(),
        message(
            {"name": "a"},
            {"name": "b", "timestamp_micros": str((NOW_MS - 5) * 1000)},
            timestamp_micros=(NOW_MS - 9) * 1000,
        ),
    )
    assert isinstance(earlier, Event)
    assert isinstance(later, Event)
    assert (earlier.ts, later.ts) == (NOW_MS - 9, NOW_MS - 5)


def test_what_clients_send_by_themselves_leaves_nothing() -> None:
    body = message({"name": "user_engagement"}, {"name": "session_start"})
    assert WIRE.events(request(), body) == []


def test_what_is_no_event_is_dropped_alone() -> None:
    events = WIRE.events(request(), message({"name": 7}, "buy", {"name": "buy"}))
    *refused, kept = events
    assert isinstance(kept, Event)
    reasons = {one.reason for one in refused if isinstance(one, Dropped)}
    assert reasons == {DropReason.NOT_AN_EVENT}


STAMP = 1_790_000_000_000_001
ORDER = {"name": "purchase", "params": {"transaction_id": "o-1", "value": 9}}


def ids(body: dict[str, Any], received_ms: int = NOW_MS) -> list[str]:
    found = WIRE.events(replace(request(), received_ms=received_ms), body)
    return [event.message_id for event in found if isinstance(event, Event)]


@pytest.mark.parametrize(
    "body",
    [
        message({"name": "buy"}, {"name": "buy"}, timestamp_micros=STAMP),
        message({"name": "buy", "timestamp_micros": str(STAMP)}),
        message(ORDER),
        message({"name": "a"}, timestamp_micros=STAMP, user_properties={"plan": {"value": "pro"}}),
    ],
)
def test_what_is_sent_again_has_the_same_ids(body: dict[str, Any]) -> None:
    first = ids(body)
    assert all(first)
    assert len(set(first)) == len(first)
    assert ids(body, NOW_MS + 60_000) == first


@pytest.mark.parametrize(
    ("some", "others"),
    [
        (message(ORDER), message(ORDER | {"params": {"transaction_id": "o-2", "value": 9}})),
        (message(ORDER), message(ORDER, client_id="c2")),
        (
            message({"name": "buy"}, timestamp_micros=STAMP),
            message({"name": "buy"}, timestamp_micros=STAMP + 1),
        ),
    ],
)
def test_what_happened_again_has_other_ids(some: dict[str, Any], others: dict[str, Any]) -> None:
    assert not set(ids(some)) & set(ids(others))


def test_an_event_that_nothing_tells_from_the_next_has_no_id() -> None:
    parameters = {"session_id": 1_790_000_000, "engagement_time_msec": 100}
    assert ids(message({"name": "buy", "params": parameters})) == [""]
    assert ids(message({"name": "refund", "params": ORDER["params"]})) == [""]


@pytest.mark.parametrize("body", [[], 7, {}, {"events": 7}, message(*[{"name": "a"}] * 26)])
def test_a_body_that_is_no_message_is_refused_as_a_whole(body: Any) -> None:
    with pytest.raises(BadBody) as failure:
        WIRE.events(request(), body)
    assert failure.value.mend


def test_the_stream_is_the_key() -> None:
    assert WIRE.key(request(), {}) == "G-1"
    assert WIRE.secret(request()) == "s"
    assert WIRE.key(request(query={"firebase_app_id": "1:2:ios:3"}), {}) == "1:2:ios:3"
    assert WIRE.key(request(query={}), {}) == ""
    assert WIRE.reply(request(), Receipt(1, {})).status == 204


def validated(body: Any) -> set[tuple[str, str]]:
    reply = WIRE.asides["/debug/mp/collect"](request(body))
    messages = msgspec.json.decode(reply.body)["validationMessages"]
    assert all(one["description"] for one in messages)
    return {(one["fieldPath"], one["validationCode"]) for one in messages}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (message({"name": "buy", "params": {"a": 1}}), set()),
        (b"{", {("", "VALUE_INVALID")}),
        ([], {("", "VALUE_INVALID")}),
        ({"events": []}, {("client_id", "VALUE_REQUIRED")}),
        ({"client_id": "c1"}, {("events", "VALUE_REQUIRED")}),
        (message({}), {("events[0].name", "VALUE_REQUIRED")}),
        (message({"name": "1 buy"}), {("events[0].name", "NAME_INVALID")}),
        (message({"name": "ga_buy"}), {("events[0].name", "NAME_RESERVED")}),
        (message({"name": "buy", "params": 7}), {("events[0].params", "VALUE_INVALID")}),
        (
            message({"name": "buy", "params": dict.fromkeys(map(str, range(26)))}),
            {("events[0].params", "EXCEEDED_MAX_ENTITIES")},
        ),
        (
            message(*[{"name": "buy"}] * (EVENTS_MAX + 1)),
            {("events", "EXCEEDED_MAX_ENTITIES")},
        ),
    ],
)
def test_a_message_can_be_checked_beforehand(body: Any, told: set[tuple[str, str]]) -> None:
    assert validated(body) == told


NAMES = ("client_id", "user_id", "events", "user_properties", "device", "consent", "user_location")


@given(
    body=json_with(*NAMES, "timestamp_micros"),
    event=json_with("name", "params", "timestamp_micros"),
    parameters=json_with("page_location", "page_title", "source"),
)
def test_nothing_that_is_sent_breaks_it(body: Any, event: Any, parameters: Any) -> None:
    more = body if isinstance(body, dict) else {"user_properties": body}
    built = {**more, "events": [event, {"name": "page_view", "params": parameters}]}
    found = WIRE.events(request(), built)
    assert all(isinstance(one, Event | Dropped) for one in found)
    validated(built)
    WIRE.key(request(), body)
