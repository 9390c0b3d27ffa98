"""Woopra's calls become events: the pure mapping, without a server."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import OPEN_MS_MAX, PAGE_VIEWED, Event, Identifier, Kind
from sojourn.wire import Receipt, Request
from sojourn.wires.woopra import TIMEOUT_MS, WIRE
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
BROWSER = {"referer": "https://x.test/", "user-agent": "Firefox"}


def asked(path: str = "/track/ce", headers: Any = None, **query: Any) -> Request:
    return Request("GET", path, query, headers or {}, b"", NOW_MS, "203.0.113.7")


def posted(path: str, body: bytes, kind: str = "") -> Request:
    return Request("POST", path, {}, {"content-type": kind}, body, NOW_MS, "203.0.113.7")


def every(request: Request) -> list[Event | Dropped]:
    return WIRE.events(request, WIRE.content(request))


def one(request: Request) -> Event:
    (event,) = every(request)
    assert isinstance(event, Event), event
    return event


def key(request: Request) -> str:
    return WIRE.key(request, WIRE.content(request))


@pytest.mark.parametrize("name", ["project", "host", "website"])
def test_the_name_of_the_project_is_the_key(name: str) -> None:
    assert key(asked(**{name: "x.test"})) == "x.test"
    assert key(asked(event="play")) == ""
    assert key(asked("/track/tp/x.test/ce/")) == "x.test"


def test_an_event_has_its_properties_by_prefix() -> None:
    event = one(
        asked(
            event="play",
            cookie="c1",
            ce_artist="Brubeck",
            ce_songs="3",
            ce_code="007",
            ce_live="True",
            ce_none="None",
            ce_name="an ordinary property",
            cs_source="radio",
            cv_id="u1",
            cv_email="Ann@X.test",
            cv_plan="pro",
            co_seats="5",
            org="g1",
            app="node",
            instance="woopra",
            screen="1920x1080",
            referer="https://y.test/",
        )
    )
    assert (event.kind, event.name, event.source, event.ts) == (Kind.EVENT, "play", "node", NOW_MS)
    assert event.identifiers == (
        Identifier("user_id", "u1"),
        Identifier("email", "ann@x.test"),
        Identifier("anonymous_id", "c1"),
    )
    assert event.properties == {
        "artist": "Brubeck",
        "songs": 3.0,
        "code": "007",
        "live": True,
        "name": "an ordinary property",
        "visit.source": "radio",
        "screen": "1920x1080",
        "referrer": "https://y.test/",
    }
    assert event.traits["plan"] == "pro"
    assert event.traits["group"] == {"id": "g1", "seats": 5.0}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"event": "pv"}, PAGE_VIEWED),
        ({"ce_name": "None"}, PAGE_VIEWED),
        ({"ce_url": "/a"}, PAGE_VIEWED),
        ({}, PAGE_VIEWED),
        ({"ce_name": "play"}, "play"),
        ({"event": "play", "ce_name": "x"}, "play"),
    ],
)
def test_what_names_the_event(said: dict[str, str], name: str) -> None:
    assert one(asked(cookie="c1", **said)).name == name


def test_a_page_has_its_whole_address_and_its_campaign() -> None:
    page = {"ce_url": "/a?woo_source=mail&utm_medium=post", "ce_domain": "x.test", "ce_title": "A"}
    shown = one(asked(event="pv", cookie="c1", ce_campaign_name="spring", **page)).properties
    assert shown == {
        "url": "https://x.test/a?woo_source=mail&utm_medium=post",
        "path": "/a",
        "search": "?woo_source=mail&utm_medium=post",
        "title": "A",
        "domain": "x.test",
        "campaign.source": "mail",
        "campaign.medium": "post",
        "campaign.name": "spring",
    }


def test_an_event_with_an_id_may_change_for_its_timeout() -> None:
    named = {"event": "play", "cookie": "c1", "idptnc": "abc"}
    assert one(asked(**named)).open_ms == TIMEOUT_MS
    assert one(asked(**named, timeout="300000")).open_ms == 300_000
    assert one(asked(**named, timeout="9" * 12)).open_ms == OPEN_MS_MAX
    assert one(asked(event="play", cookie="c1", timeout="300000")).open_ms == 0


def test_an_update_changes_the_event_of_its_id() -> None:
    said = {"idptnc": "abc", "cookie": "c1", "duration": "1500", "ce_scroll depth": "0.5"}
    event = one(asked("/track/update/", **said))
    assert (event.kind, event.message_id, event.open_ms) == (Kind.CHANGE, "abc", 0)
    assert event.properties == {"duration": 1.5, "scroll_depth": 0.5}
    (nameless,) = every(asked("/track/update/", cookie="c1"))
    assert isinstance(nameless, Dropped)


def test_identify_leaves_no_event_and_a_ping_nothing_at_all() -> None:
    assert one(asked("/track/identify/", cookie="c1", cv_plan="pro")).kind is Kind.PROFILE
    assert every(asked("/track/ping", cookie="c1")) == []


@pytest.mark.parametrize(
    "cookie", [hashlib.md5(b"ann").hexdigest().upper()[:12], "-1861353340", "3610a686"]
)
def test_a_cookie_that_a_library_made_of_a_name_ties_nobody_to_it(cookie: str) -> None:
    named = one(asked(event="play", cookie=cookie, cv_email="bob@x.test"))
    assert named.identifiers == (Identifier("email", "bob@x.test"),)
    alone = one(asked(event="play", cookie=cookie))
    assert alone.identifiers == (Identifier("anonymous_id", cookie),)


@pytest.mark.parametrize("unset", ["", "null", "undefined", "None"])
def test_words_that_mean_none_are_none(unset: str) -> None:
    event = one(asked(event="play", cookie=unset, cv_id=unset, cv_email=unset, ce_x=unset))
    assert (event.identifiers, event.properties, event.traits) == ((), {}, {})


def test_the_address_is_the_connection_s_where_the_library_is_on_the_device() -> None:
    said = {"event": "play", "cookie": "c1"}
    assert one(asked(headers=BROWSER, **said)).signals.ip == "203.0.113.7"
    assert one(asked(**said, app="android")).signals.ip == "203.0.113.7"
    assert one(asked(**said, app="node", ip="0.0.0.0")).signals.ip == ""
    assert one(asked(**said, app="node", ip="198.51.100.9")).signals.ip == "198.51.100.9"


def test_a_browser_without_a_cookie_is_counted_without_one() -> None:
    assert one(asked(headers=BROWSER, event="pv")).signals.cookieless
    assert not one(asked(headers=BROWSER, event="pv", cookie="c1")).signals.cookieless
    assert not one(asked(event="pv")).signals.cookieless


def test_the_time_is_the_client_s_where_it_says_one() -> None:
    assert one(asked(event="a", timestamp="1600000000000")).ts == 1_600_000_000_000
    (bad,) = every(asked(event="a", timestamp="soon"))
    assert isinstance(bad, Dropped)
    assert bad.reason is DropReason.BAD_TIMESTAMP


def test_each_line_of_a_push_is_a_call_of_its_own() -> None:
    lines = [
        {"endpoint": "ce", "params": {"project": "x.test", "event": "a"}},
        {"endpoint": "update", "params": {"idptnc": "m1", "ce_n": 3}},
        {"endpoint": "else", "params": {}},
        7,
    ]
    body = b"\n".join(msgspec.json.encode(line) for line in lines)
    request = posted("/track/push/", body)
    assert key(request) == "x.test"
    first, second, *rest = every(request)
    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert (first.name, second.properties) == ("a", {"n": 3})
    assert [type(one) for one in rest] == [Dropped, Dropped]


RECEIPT = Receipt(1, {})


def test_what_is_answered() -> None:
    script = WIRE.reply(asked(event="a"), RECEIPT)
    assert (script.body, script.status, script.media_type) == (b"", 200, "text/javascript")
    assert WIRE.reply(asked(response="json"), RECEIPT).media_type == "application/json"
    phone = posted("/track/ce", b'{"response": "xml"}', "application/json")
    assert WIRE.reply(phone, RECEIPT).media_type == "application/xml"
    led = WIRE.reply(asked(redirect="https://y.test/"), RECEIPT)
    assert (led.status, led.headers["Location"]) == (302, "https://y.test/")


NAMES = ("project", "event", "cookie", "timestamp", "timeout", "idptnc", "duration", "cv_id", "ip")
MORE = ("cv_email", "ce_name", "ce_url", "ce_uri", "co_x", "org", "endpoint", "params", "redirect")


@settings(max_examples=150, deadline=None)
@given(
    given=json_with(*NAMES, *MORE),
    endpoint=st.sampled_from(["ce", "identify", "update", "ping", "push", "tp/x/ce"]),
)
def test_whatever_comes_is_an_event_a_refusal_or_a_bad_body(given: Any, endpoint: str) -> None:
    line = {"endpoint": endpoint, "params": given}
    for told in (given, line):
        request = posted(f"/track/{endpoint}", msgspec.json.encode(told), "application/json")
        try:
            content = WIRE.content(request)
        except BadBody:
            continue
        assert isinstance(WIRE.key(request, content), str)
        for event in WIRE.events(request, content):
            assert isinstance(event, Event | Dropped)
            if isinstance(event, Event):
                msgspec.json.encode(event)
        WIRE.reply(request, RECEIPT)
