"""Countly's requests become events: the pure mapping, without a server."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody, NotRecognised, SojournError, Unavailable
from sojourn.event import (
    NO_SIGNALS,
    PAGE_VIEWED,
    SCREEN_VIEWED,
    Event,
    Identifier,
    Kind,
    Signals,
)
from sojourn.wire import BATCH_MAX, Receipt, Request
from sojourn.wires.countly import WIRE
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
BASE = {"app_key": "k", "device_id": "u1", "t": "0"}
PHONE = {"sdk_name": "java-native-android"}
WEB = {"sdk_name": "javascript_native_web"}


def asked(parameters: dict[str, str], **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("GET", "/i", BASE | parameters, named, b"", NOW_MS, "192.0.2.1")


def posted(fields: dict[str, str], path: str = "/i") -> Request:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return Request("POST", path, {}, kind, urlencode(fields).encode(), NOW_MS)


def events(request: Request) -> list[Event | Dropped]:
    return WIRE.events(request, WIRE.content(request))


def one(parameters: dict[str, str], **headers: str) -> Event:
    (event,) = events(asked(parameters, **headers))
    assert isinstance(event, Event), event
    return event


def listed(*messages: Any) -> dict[str, str]:
    return {"events": json.dumps(messages)}


@pytest.mark.parametrize(
    ("message", "sdk", "name", "properties"),
    [
        ({"key": "Buy", "count": 1, "segmentation": {"a": "b"}}, PHONE, "Buy", {"a": "b"}),
        (
            {"key": "Buy", "count": 3, "sum": 9.5, "dur": 4, "segmentation": None},
            PHONE,
            "Buy",
            {"count": 3, "sum": 9.5, "duration": 4},
        ),
        (
            {
                "key": "[CLY]_view",
                "id": "e1",
                "segmentation": {"name": "Home", "visit": 1, "segment": "Android", "tab": 2},
            },
            PHONE,
            SCREEN_VIEWED,
            {"name": "Home", "tab": 2},
        ),
        (
            {"key": "[CLY]_view", "dur": 7, "segmentation": {"name": "Home", "segment": "Android"}},
            PHONE,
            "Screen Left",
            {"name": "Home", "duration": 7},
        ),
        (
            {
                "key": "[CLY]_view",
                "segmentation": {
                    "name": "Shop",
                    "view": "/shop",
                    "visit": 1,
                    "start": 1,
                    "domain": "x.test",
                    "utm_campaign": "spring",
                    "utm_source": "mail",
                    "referrer": "https://y.test",
                },
            },
            WEB,
            PAGE_VIEWED,
            {
                "name": "Shop",
                "path": "/shop",
                "campaign.name": "spring",
                "campaign.source": "mail",
                "referrer": "https://y.test",
            },
        ),
        ({"key": "[CLY]_view", "segmentation": {}}, WEB, "Page Left", {}),
        (
            {"key": "[CLY]_star_rating", "segmentation": {"rating": 4, "email": "a@x.test"}},
            WEB,
            "Rated",
            {"rating": 4},
        ),
    ],
)
def test_what_a_message_tells_of_is_the_event(
    message: Any, sdk: dict[str, str], name: str, properties: dict[str, Any]
) -> None:
    event = one(sdk | listed(message))
    assert (event.name, event.properties) == (name, properties)
    assert event.source == f"countly-{sdk['sdk_name']}"


def test_a_view_has_its_own_id_and_its_end_none_of_it() -> None:
    view = {"key": "[CLY]_view", "id": "e1", "segmentation": {"name": "Home", "visit": 1}}
    end = {"key": "[CLY]_view", "id": "e1", "dur": 1, "segmentation": {"name": "Home"}}
    began, ended = events(asked(listed(view, end)))
    assert isinstance(began, Event)
    assert isinstance(ended, Event)
    assert (began.message_id, ended.message_id) == ("e1", "")


def test_what_is_sent_again_from_elsewhere_has_the_same_ids() -> None:
    """A phone or a browser that tries again after a year, from another network."""
    sent = {"timestamp": str(NOW_MS), "begin_session": "1", "user_details": '{"byear": 1990}'}
    sent |= listed({"key": "Buy"}, {"key": "Buy"})
    first = asked(sent | {"rr": "3"}, origin="https://x.test")
    again = replace(
        asked(sent | {"rr": "1"}, origin="https://x.test"),
        address="198.51.100.9",
        received_ms=NOW_MS + 400 * 86_400_000,
    )
    assert ids(first) == ids(again)
    assert len(set(ids(first))) == 4, "two of a kind are two"
    assert not set(ids(first)) & set(ids(asked(sent | {"timestamp": str(NOW_MS + 1)})))
    assert ids(asked(listed({"key": "Buy"}))) == [""]


def ids(request: Request) -> list[str]:
    return [event.message_id for event in events(request) if isinstance(event, Event)]


def test_one_request_may_tell_of_several_things() -> None:
    metrics = {"_os": "iOS", "_app_version": "2.1", "_carrier": "X", "_density": "@2x"}
    told = {
        "begin_session": "1",
        "metrics": json.dumps(metrics),
        "user_details": '{"name": "Ann"}',
        "end_session": "1",
        "old_device_id": UUID,
        "crash": '{"_os": "iOS", "_error": "at secret()", "_nonfatal": true}',
        **listed({"key": "Buy"}, {"key": "[CLY]_orientation"}, {"key": "[CLY]_action"}),
    }
    found = events(asked(told))
    assert all(isinstance(event, Event) for event in found)
    assert [(event.kind, event.name, event.properties) for event in found] == [  # type: ignore[union-attr]
        (Kind.ALIAS, "", {}),
        (Kind.EVENT, "Visit Started", {"os": "iOS", "app_version": "2.1"}),
        (Kind.PROFILE, "", {}),
        (Kind.EVENT, "Buy", {}),
        (Kind.EVENT, "Application Crashed", {"os": "iOS", "fatal": False}),
        (Kind.EVENT, "Visit Ended", {}),
    ]


@pytest.mark.parametrize(
    "parameters",
    [{"session_duration": "60"}, {"consent": '{"events": true}'}, {"hc": "{}"}, {"apm": "{}"}],
)
def test_what_sdks_send_by_themselves_is_understood_and_leaves_nothing(
    parameters: dict[str, str],
) -> None:
    assert events(asked(parameters)) == []


@pytest.mark.parametrize(
    ("parameters", "identifiers"),
    [
        ({}, (Identifier("user_id", "u1"),)),
        ({"t": "1", "device_id": UUID}, (Identifier("anonymous_id", UUID),)),
        ({"t": "", "device_id": "d"}, (Identifier("anonymous_id", "d"),)),
        ({"device_id": "undefined"}, ()),
        ({"device_id": "[CLY]_temp_id"}, ()),
    ],
)
def test_whose_it_is(parameters: dict[str, str], identifiers: tuple[Identifier, ...]) -> None:
    assert one(parameters | listed({"key": "Buy"})).identifiers == identifiers


@pytest.mark.parametrize(
    ("old", "previous"),
    [
        (UUID, Identifier("anonymous_id", UUID)),
        ("0123456789abcdef", Identifier("anonymous_id", "0123456789abcdef")),
        ("old-1", Identifier("user_id", "old-1")),
    ],
)
def test_who_it_was_before_is_the_same_person(old: str, previous: Identifier) -> None:
    event = one({"old_device_id": old})
    assert (event.kind, event.previous) == (Kind.ALIAS, previous)


def test_details_and_properties_change_the_profile() -> None:
    custom = {
        "plan": "pro",
        "first": {"$setOnce": "mail"},
        "visits": {"$inc": 2},
        "seen": {"$push": ["a"]},
        "tags": {"$addToSet": ["a", "b"], "$odd": 1},
        "gone": "",
        "best": {"$max": 3},
    }
    details = {"email": " Ann@X.test", "name": "Ann", "byear": 1990, "phone": "", "custom": custom}
    event = one({"user_details": json.dumps(details)})
    assert event.kind is Kind.PROFILE
    assert event.identifiers[1:] == (Identifier("email", "ann@x.test"),)
    assert event.traits == {
        "plan": "pro",
        "first": "mail",
        "visits": 2,
        "seen": "a",
        "tags": ["a", "b"],
        "gone": "",
        "email": " Ann@X.test",
        "name": "Ann",
    }
    assert event.how == {
        "first": "once",
        "visits": "add",
        "seen": "append",
        "tags": "union",
        "gone": "unset",
    }
    assert event.signals == Signals(age=35)
    as_text = one({"user_details": json.dumps({"byear": "1990"})})
    assert as_text.signals == Signals(age=35)


def test_where_somebody_is_goes_to_the_gate_unless_they_do_not_say() -> None:
    browser = {"origin": "https://x.test", "user_agent": "Quokka"}
    buy = listed({"key": "Buy"})
    assert one(buy, user_agent="node").signals == NO_SIGNALS
    assert one(buy, **browser).signals == Signals(ip="192.0.2.1", agent="Quokka")
    assert one(buy | {"location": ""}, **browser).signals == Signals(agent="Quokka")
    told = {"country_code": "fr", "ip_address": "203.0.113.7", "location": "48.8,2.3"}
    event = one(buy | told)
    assert event.signals == Signals(country="FR", ip="203.0.113.7")
    assert event.properties == {}
    assert one(buy | {"country_code": "ZZ"}).signals == NO_SIGNALS


def test_when_it_was() -> None:
    stamp = NOW_MS - 60_000
    first, second = events(
        asked({"timestamp": str(stamp)} | listed({"key": "a"}, {"key": "b", "timestamp": NOW_MS}))
    )
    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert (first.ts, second.ts) == (stamp, NOW_MS)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({}, DropReason.NOT_AN_EVENT),
        ({"timestamp": "soon", "begin_session": "1"}, DropReason.BAD_TIMESTAMP),
        (listed({"key": 7}), DropReason.NOT_AN_EVENT),
        (listed("Buy"), DropReason.NOT_AN_EVENT),
        (listed({"key": "a", "timestamp": "soon"}), DropReason.BAD_TIMESTAMP),
    ],
)
def test_what_is_none_is_dropped(parameters: dict[str, str], reason: DropReason) -> None:
    (refused,) = events(asked(parameters))
    assert isinstance(refused, Dropped)
    assert refused.reason is reason
    assert refused.detail


# Bodies, keys and replies


def test_forms_and_bulk_say_the_same() -> None:
    buy = BASE | listed({"key": "Buy"})
    (plain,) = events(posted(buy))
    bulk = {"app_key": "k", "requests": json.dumps([buy, {"app_key": "other", **listed()}])}
    first, other = events(posted(bulk, "/i/bulk"))
    assert first == plain == one(listed({"key": "Buy"}))
    assert isinstance(other, Dropped)
    assert WIRE.key(posted(bulk), WIRE.content(posted(bulk))) == "k"
    for wrong in ("{", "7", json.dumps([{}] * (BATCH_MAX + 1))):
        with pytest.raises(BadBody):
            WIRE.content(posted({"app_key": "k", "requests": wrong}))


def test_what_another_vendor_asks_of_the_same_path_has_no_key_here() -> None:
    request = Request("GET", "/i", {"e": "pv", "aid": "shop"}, {}, b"", NOW_MS)
    assert WIRE.key(request, WIRE.content(request)) == ""


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotRecognised("Unknown", mend="Make one."), 401), (Unavailable("Full"), 503)],
)
def test_there_is_a_result_in_every_reply(error: SojournError, status: int) -> None:
    assert msgspec.json.decode(WIRE.reply(asked({}), Receipt(0, {})).body)["result"]
    assert WIRE.failure is not None
    told = WIRE.failure(asked({}), error)
    assert told.status == status
    assert msgspec.json.decode(told.body)["result"]
    assert ("Retry-After" in told.headers) == (status == 503)


NAMES = ("events", "user_details", "metrics", "crash", "timestamp", "old_device_id", "requests")


@given(
    parameters=json_with(*NAMES),
    message=json_with("key", "segmentation", "count", "dur", "timestamp", "id"),
    details=json_with("custom", "byear", "email", "name"),
)
def test_nothing_that_is_sent_breaks_it(parameters: Any, message: Any, details: Any) -> None:
    told = {**listed(message, {"key": "[CLY]_view", "segmentation": message})}
    told |= {"user_details": json.dumps(details), "crash": json.dumps(message)}
    one_more = {"app_key": "k", "metrics": json.dumps(details), "begin_session": "1"}
    # No JSON holds an infinite number.
    parameters = json.loads(json.dumps(parameters), parse_constant=lambda word: None)
    bulk = json.dumps([parameters, told, one_more])
    request = posted({"app_key": "k", "requests": bulk}, "/i/bulk")
    assert all(isinstance(event, Event | Dropped) for event in events(request))
