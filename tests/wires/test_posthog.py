"""PostHog's messages become events: the pure mapping, without a server."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import NO_SIGNALS, Event, Identifier, Kind, Signals
from sojourn.wire import Receipt, Request
from sojourn.wires.posthog import NEWER, OF_THE_CLIENT, WIRE
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
HOUR_MS = 3_600_000
BROWSER = {"origin": "https://x.test", "user-agent": "Firefox"}


def request(
    body: bytes = b"",
    *,
    path: str = "/batch/",
    method: str = "POST",
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Request:
    return Request(method, path, query or {}, headers or {}, body, NOW_MS, address="192.0.2.1")


def all_of(*messages: Any, headers: dict[str, str] | None = None, **body: Any) -> list[Any]:
    return WIRE.events(request(headers=headers), {"api_key": "k", "batch": list(messages), **body})


def one(headers: dict[str, str] | None = None, **message: Any) -> Event:
    """The event of one message."""
    (event,) = all_of({"event": "Seen", "distinct_id": "u1", **message}, headers=headers)
    assert isinstance(event, Event), event
    return event


def said(**properties: Any) -> Event:
    """The event of one message with these properties; “_x” stands for “$x”."""
    named = {f"${name[1:]}" if name[0] == "_" else name: properties[name] for name in properties}
    return one(properties=named)


def dropped(message: Any, **body: Any) -> Dropped:
    (event,) = all_of(message, **body)
    assert isinstance(event, Dropped), event
    return event


# Whose it is


@pytest.mark.parametrize(
    "properties",
    [
        {"_is_identified": False},
        {"_process_person_profile": False},
        {"_device_id": "u1"},
    ],
)
def test_an_id_that_nobody_was_identified_by_is_the_devices(properties: Any) -> None:
    assert said(**properties).identifiers == (Identifier("anonymous_id", "u1"),)


def test_otherwise_it_is_the_users() -> None:
    assert said(_is_identified=True, _device_id="d1").identifiers == (Identifier("user_id", "u1"),)
    assert one(distinct_id=42).identifiers == (Identifier("user_id", "42"),)


@pytest.mark.parametrize("nobody", ["", None, "anonymous", "Guest", "null", "0", True, {}, "None"])
def test_an_id_that_stands_for_strangers_stands_for_nobody(nobody: object) -> None:
    assert one(distinct_id=nobody).identifiers == ()


def test_the_id_may_stand_among_the_properties() -> None:
    assert one(distinct_id=None, properties={"distinct_id": "u2"}).identifiers == (
        Identifier("user_id", "u2"),
    )


def test_who_is_counted_without_cookies_has_no_id() -> None:
    event = one(BROWSER, distinct_id="$posthog_cookieless", properties={"$cookieless_mode": True})
    assert event.identifiers == ()
    assert event.signals == Signals(ip="192.0.2.1", agent="Firefox", cookieless=True)


def test_identify_joins_the_device_and_tells_the_email() -> None:
    event = one(
        event="$identify",
        properties={"$anon_distinct_id": "d1", "$is_identified": True},
        **{"$set": {"email": " Ann@X.test "}, "$set_once": {"source": "ad", "$initial_host": "x"}},
    )
    assert event.kind is Kind.PROFILE
    assert event.identifiers == (
        Identifier("user_id", "u1"),
        Identifier("email", "ann@x.test"),
        Identifier("anonymous_id", "d1"),
    )
    assert event.traits == {"email": " Ann@X.test ", "source": "ad"}
    assert event.how == {"source": "once"}


def test_an_alias_is_another_id_of_the_person() -> None:
    event = one(event="$create_alias", properties={"alias": "old-1"})
    assert (event.kind, event.previous) == (Kind.ALIAS, Identifier("user_id", "old-1"))
    nobody = one(event="$create_alias", properties={"alias": "undefined"})
    assert nobody.previous is None


def test_a_group_without_a_person_is_nobodys() -> None:
    group = {"$group_type": "company", "$group_key": "g1", "$group_set": {"seats": 5, "id": "x"}}
    alone = one(event="$groupidentify", distinct_id="$company_g1", properties=group)
    assert alone.identifiers == ()
    anns = one(event="$groupidentify", properties=group)
    assert anns.identifiers == (Identifier("user_id", "u1"),)
    assert anns.traits == {"group": {"type": "company", "seats": 5, "id": "g1"}}


# What it tells


@pytest.mark.parametrize(
    ("event", "name", "properties"),
    [
        ("$screen", "Screen Viewed", {"$screen_name": "Home"}),
        ("$pageview", "Page Viewed", {"$current_url": "https://x.test/a"}),
        ("Signed Up", "Signed Up", {}),
        ("$autocapture", "$autocapture", {"$event_type": "click"}),
    ],
)
def test_views_have_the_names_they_have_everywhere(
    event: str, name: str, properties: dict[str, Any]
) -> None:
    assert one(event=event, properties=properties).name == name


def test_pages_and_what_posthog_names_have_our_names_and_the_rest_is_gone() -> None:
    event = said(
        _current_url="https://x.test/a?utm_source=mail",
        _referrer="$direct",
        _screen_width=1280,
        _screen_height=720,
        _browser="Firefox",
        _lib="web",
        _lib_version="1",
        _session_id="s",
        _groups={"company": "g1"},
        token="k",
        title="A",
        plan="pro",
        **{"$feature/price": True},
    )
    assert event.properties == {
        "url": "https://x.test/a?utm_source=mail",
        "path": "/a",
        "search": "?utm_source=mail",
        "title": "A",
        "campaign.source": "mail",
        "screen": "1280x720",
        "browser": "Firefox",
        "groups": {"company": "g1"},
        "plan": "pro",
    }
    assert event.source == "web"
    assert event.traits == {"group": {"type": "company", "id": "g1"}}


def test_how_long_a_page_was_open_is_told_when_it_is_left() -> None:
    told = {"$prev_pageview_duration": 4.5, "$prev_pageview_max_scroll_percentage": 0.5}
    left = one(event="$pageleave", properties=told)
    assert (left.name, left.properties) == ("Page Left", {"duration": 4.5, "scroll_depth": 0.5})
    assert one(event="$pageview", properties=told).properties == {}


def test_a_server_does_not_tell_of_the_persons_machine() -> None:
    assert said(_is_server=True, _os="Linux").properties == {}
    assert said(_os="Linux").properties == {"os": "Linux"}


def test_of_a_failure_only_the_type_is_kept() -> None:
    causes = [{"type": "TypeError", "value": "Ann", "stacktrace": {}}]
    event = one(event="$exception", properties={"$exception_list": causes})
    assert event.properties == {"type": "TypeError"}


@pytest.mark.parametrize("name", OF_THE_CLIENT)
def test_what_a_client_tells_of_itself_is_passed_over(name: str) -> None:
    assert all_of({"event": name, "distinct_id": "u1"}) == []


@pytest.mark.parametrize("message", [None, 7, "x", [], {}, {"event": 7}, {"distinct_id": "u1"}])
def test_what_is_no_event_is_told(message: Any) -> None:
    assert dropped(message).reason is DropReason.NOT_AN_EVENT


def test_a_message_of_another_project_is_not_taken() -> None:
    message = {"event": "Seen", "distinct_id": "u1", "properties": {"token": "other"}}
    assert dropped(message).reason is DropReason.NOT_AN_EVENT
    assert isinstance(all_of(message | {"properties": {"token": "k"}})[0], Event)


def test_traits_of_an_event_change_as_they_say() -> None:
    told = {"$set": {"a": 1}, "$set_once": {"a": 2, "b": {"c": 3}}, "$unset": ["d", 7]}
    event = one(properties=told)
    assert event.traits == {"a": 1, "b.c": 3, "d": True}
    assert event.how == {"b.c": "once", "d": "unset"}


# When and where from


def test_a_clock_that_is_wrong_is_set_right() -> None:
    late = {"event": "Seen", "distinct_id": "u1", "timestamp": NOW_MS - HOUR_MS}
    given = all_of(late, {"event": "Seen", "offset": 0}, sent_at=NOW_MS - HOUR_MS)
    found = [event for event in given if isinstance(event, Event)]
    assert [event.ts for event in found] == [NOW_MS, NOW_MS]
    assert [event.signals.skew_ms for event in found] == [HOUR_MS, 0], "told if put right"
    assert one(timestamp=NOW_MS - HOUR_MS).ts == NOW_MS - HOUR_MS
    assert one(offset=2_000).ts == NOW_MS - 2_000
    assert one().ts == NOW_MS
    assert dropped(late | {"timestamp": "soon"}).reason is DropReason.BAD_TIMESTAMP


def test_the_address_is_only_of_the_persons_own_device() -> None:
    assert one().signals == NO_SIGNALS
    assert one(BROWSER).signals == Signals(ip="192.0.2.1", agent="Firefox")
    assert said(_lib="posthog-ios").signals == Signals(ip="192.0.2.1")
    told = said(_ip="198.51.100.7", _raw_user_agent="Safari")
    assert told.signals == Signals(ip="198.51.100.7", agent="Safari")
    assert told.properties == {}
    for age in (15, "15"):
        child: dict[str, Any] = {"$set": {"age": age}}
        assert one(event="$set", **child).signals == Signals(age=15)


def test_the_clients_id_makes_it_unique() -> None:
    assert one(uuid="m1").message_id == "m1"
    assert said(_insert_id="m2").message_id == "m2"
    assert one().message_id == ""


# Bodies


MESSAGE = {"event": "Seen", "distinct_id": "u1", "properties": {"token": "k", "text": "ü?>"}}
TEXT = msgspec.json.encode(MESSAGE)
CODE = base64.b64encode(TEXT).decode()


@pytest.mark.parametrize(
    "asked",
    [
        request(TEXT),
        request(msgspec.json.encode([MESSAGE])),
        request(msgspec.json.encode({"batch": [MESSAGE], "api_key": "k"})),
        request(urlencode({"data": CODE}).encode()),
        request(f"data={CODE}".encode()),
        request(urlencode({"data": TEXT.decode()}).encode()),
        request(method="GET", query={"data": CODE}),
    ],
)
def test_a_body_may_come_in_any_of_its_forms(asked: Request) -> None:
    content = WIRE.content(asked)
    assert WIRE.key(asked, content) == "k"
    (event,) = WIRE.events(asked, content)
    assert isinstance(event, Event)
    assert (event.name, event.properties) == ("Seen", {"text": "ü?>"})


@pytest.mark.parametrize(
    "body", [b"", b"data=", b"data=%7B", b"data=a", b"{", b"data=%FF", b"\xff"]
)
def test_a_body_that_cannot_be_read_is_told(body: bytes) -> None:
    with pytest.raises(BadBody):
        WIRE.content(request(body))


def test_a_body_of_another_wire_has_no_key() -> None:
    assert WIRE.key(request(), {"api_key": "k", "events": []}) == ""


def test_the_newer_form_has_its_key_in_the_header_and_answers_by_event() -> None:
    messages = [
        {"event": "$web_vitals", "uuid": "a"},
        {"event": "Seen", "uuid": "b", "distinct_id": "u1"},
        {"event": 7, "uuid": "c"},
    ]
    body = msgspec.json.encode({"batch": messages})
    headers = {"authorization": "Bearer k", "posthog-sdk-info": "posthog-go/1.2"}
    asked = request(body, path=NEWER, headers=headers)
    content = WIRE.content(asked)
    assert WIRE.key(asked, content) == "k"
    seen, refused = WIRE.events(asked, content)
    assert isinstance(seen, Event)
    assert seen.source == "posthog-go"
    assert isinstance(refused, Dropped)
    told = msgspec.json.decode(WIRE.reply(asked, Receipt(1, {1: refused})).body)
    assert told == {"results": {"c": {"result": "drop", "details": refused.detail}}}


def test_nothing_besides_events_is_switched_on() -> None:
    for path, answer in WIRE.asides.items():
        body = answer(request(path=path)).body
        told = msgspec.json.decode(body) if body else {}
        assert not any(told.get(name) for name in ("featureFlags", "sessionRecording", "surveys"))


@settings(deadline=None)
@given(json_with("api_key", "batch", "event", "properties", "distinct_id", "timestamp", "$set"))
def test_whatever_is_sent_is_an_event_or_refused(content: Any) -> None:
    for body in (content, {"batch": [content]}, {"event": "x", "properties": content}):
        try:
            events = WIRE.events(request(), body)
        except BadBody:
            continue
        assert all(isinstance(event, Event | Dropped) for event in events)


@pytest.mark.parametrize("number", [10**400, -(10**400), 1e308, 2**63])
def test_a_number_without_end_harms_nothing(number: float) -> None:
    (event,) = all_of(
        {
            "event": "Seen",
            "distinct_id": "u1",
            "timestamp": number,
            "offset": number,
            "properties": {"$screen_width": number, "$set": {"age": number}},
        }
    )
    assert isinstance(event, Event | Dropped)
