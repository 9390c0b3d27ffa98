"""Plausible's events become ours: the pure mapping, without a server."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import Event, Signals
from sojourn.wire import Receipt, Request
from sojourn.wires.plausible import WIRE
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
URL = "https://x.test/a?utm_source=mail#part"
PAGE = {"url": URL, "path": "/a", "search": "?utm_source=mail", "campaign.source": "mail"}


def request() -> Request:
    headers = {"user-agent": "Quokkaphone 7", "origin": "https://x.test"}
    return Request("POST", "/api/event", {}, headers, b"", NOW_MS, "192.0.2.1")


def one(body: Any) -> Event:
    (event,) = WIRE.events(request(), body)
    assert isinstance(event, Event), event
    return event


@pytest.mark.parametrize(
    ("body", "name", "properties"),
    [
        ({"n": "pageview"}, "Page Viewed", {}),
        ({"n": "pageview", "r": "https://y.test/"}, "Page Viewed", {"referrer": "https://y.test/"}),
        ({"n": "pageview", "r": None, "v": 36, "i": False}, "Page Viewed", {}),
        ({"n": "pageview", "w": 390, "h": 0}, "Page Viewed", {"screen_width": 390}),
        ({"n": "pageview", "h": 1}, "Page Viewed", {"path": "/a#part"}),
        ({"n": "Signup", "p": '{"plan":"pro"}'}, "Signup", {"plan": "pro"}),
        ({"n": "Signup", "p": {"plan": "pro", "seats": 3}}, "Signup", {"plan": "pro", "seats": 3}),
        ({"n": "Signup", "p": "{plan"}, "Signup", {}),
        (
            {"name": "Buy", "revenue": {"currency": "EUR", "amount": "10.29"}, "props": {"a": "b"}},
            "Buy",
            {"revenue": 10.29, "currency": "EUR", "a": "b"},
        ),
        (
            {"n": "Buy", "$": {"currency": "EUR", "amount": 10}},
            "Buy",
            {"revenue": 10.0, "currency": "EUR"},
        ),
        ({"n": "Buy", "$": {"currency": "EUR", "amount": "much"}}, "Buy", {}),
        (
            {"n": "engagement", "e": 4_500, "sd": 75},
            "Page Left",
            {"duration": 4.5, "scroll_depth": 0.75},
        ),
    ],
)
def test_a_body_is_an_event(body: dict[str, Any], name: str, properties: dict[str, Any]) -> None:
    for address in ("u", "url"):
        event = one(body | {address: URL, "d": "x.test"})
        assert event.name == name
        assert event.properties == PAGE | properties
        assert event.ts == NOW_MS


@pytest.mark.clause("S1-21")
def test_nobody_is_named_and_people_are_told_apart_without_cookies() -> None:
    event = one({"n": "pageview", "u": URL, "d": "x.test"})
    assert event.identifiers == ()
    assert event.signals == Signals(ip="192.0.2.1", agent="Quokkaphone 7", cookieless=True)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"d": "x.test"}, "x.test"),
        ({"domain": "x.test"}, "x.test"),
        ({"d": "x.test, all.test"}, "x.test"),
        ({"d": None}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_the_domain_is_the_key(body: Any, key: str) -> None:
    assert WIRE.key(request(), body) == key


def test_an_event_without_a_name_is_none() -> None:
    for body in ({"u": URL}, {"n": ""}, [], None, 7):
        (refused,) = WIRE.events(request(), body)
        assert isinstance(refused, Dropped)
        assert refused.reason is DropReason.NO_EVENT_NAME


def test_the_reply_is_always_the_same_but_for_a_header() -> None:
    kept = WIRE.reply(request(), Receipt(1, {}))
    assert (kept.status, kept.body, kept.headers) == (202, b"ok", {})
    refused = WIRE.reply(request(), Receipt(0, {0: Dropped(DropReason.NO_EVENT_NAME)}))
    assert (refused.status, refused.body) == (202, b"ok")
    assert refused.headers == {"X-Plausible-Dropped": "1"}


@given(body=json_with("n", "u", "d", "p", "r", "w", "h", "$", "e", "sd"))
def test_nothing_that_is_sent_breaks_it(body: Any) -> None:
    WIRE.key(request(), body)
    (event,) = WIRE.events(request(), body)
    assert isinstance(event, Event | Dropped)
