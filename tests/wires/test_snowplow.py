"""Snowplow's parameters become events: the pure mapping, without a server."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import NO_SIGNALS, PAGE_VIEWED, SCREEN_VIEWED, Event, Identifier, Signals
from sojourn.wire import BATCH_MAX, PIXEL, Receipt, Request
from sojourn.wires.snowplow import WIRE
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
HOUR_MS = 3_600_000
TP2 = "/com.snowplowanalytics.snowplow/tp2"
OWN = "iglu:com.snowplowanalytics.snowplow"
BROWSER = {"origin": "https://x.test", "user-agent": "Quokka"}


def posted(*payloads: Any, **headers: str) -> Request:
    body = msgspec.json.encode({"schema": f"{OWN}/payload_data/jsonschema/1-0-4", "data": payloads})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", TP2, {}, named, body, NOW_MS, "192.0.2.1")


def events(request: Request) -> list[Event | Dropped]:
    return WIRE.events(request, WIRE.content(request))


def one(payload: dict[str, Any], **headers: str) -> Event:
    (event,) = events(posted({"aid": "shop", "duid": "d1", **payload}, **headers))
    assert isinstance(event, Event), event
    return event


def wrapped(kind: str, data: Any) -> str:
    return json.dumps({"schema": f"{OWN}/{kind}/jsonschema/1-0-0", "data": data})


def itself(schema: str, data: Any) -> dict[str, str]:
    return {"e": "ue", "ue_pr": wrapped("unstruct_event", {"schema": schema, "data": data})}


def context(schema: str, data: Any) -> dict[str, str]:
    return {"co": wrapped("contexts", [{"schema": schema, "data": data}])}


PLAY = "iglu:com.acme/play/jsonschema/1-0-2"


@pytest.mark.parametrize(
    ("payload", "name", "properties"),
    [
        (
            {"e": "pv", "url": "https://x.test/a?utm_medium=m", "page": "A", "refr": "https://y.t"},
            PAGE_VIEWED,
            {
                "url": "https://x.test/a?utm_medium=m",
                "path": "/a",
                "search": "?utm_medium=m",
                "title": "A",
                "referrer": "https://y.t",
                "campaign.medium": "m",
            },
        ),
        (
            {"e": "se", "se_ca": "shop", "se_ac": "add", "se_la": "l", "se_pr": "p", "se_va": "2"},
            "add",
            {"category": "shop", "label": "l", "property": "p", "value": 2.0},
        ),
        (itself(PLAY, {"length": 3, "tags": ["a"]}), "play", {"length": 3, "tags": ["a"]}),
        (itself(PLAY, None), "play", {}),
        (
            itself("iglu:com.snowplowanalytics.mobile/screen_view/jsonschema/1-0-0",
                   {"id": "7", "name": "Home", "previousName": "Start"}),
            SCREEN_VIEWED,
            {"name": "Home", "previousName": "Start"},
        ),
        (
            itself(f"{OWN}/change_form/jsonschema/1-0-0", {"formId": "f", "value": "my secret"}),
            "change_form",
            {"formId": "f"},
        ),
        (
            {"e": "tr", "tr_id": "o1", "tr_tt": "9.5", "tr_tx": "x", "tr_cu": "EUR", "tr_ci": "L"},
            "Order Completed",
            {"order_id": "o1", "revenue": 9.5, "currency": "EUR"},
        ),
        (
            {"e": "ti", "ti_id": "o1", "ti_sk": "s", "ti_nm": "n", "ti_pr": "2", "ti_qu": "3"},
            "Product Purchased",
            {"order_id": "o1", "sku": "s", "product": "n", "price": 2.0, "quantity": 3.0},
        ),
    ],
)  # fmt: skip
def test_what_a_payload_tells_of_is_the_event(
    payload: dict[str, Any], name: str, properties: dict[str, Any]
) -> None:
    event = one({"tv": "js-4.10.1", "vp": "1x1", "tz": "Asia/X", "cookie": "1", **payload})
    assert (event.name, event.properties, event.source) == (name, properties, "snowplow-js")


@pytest.mark.parametrize("padding", [True, False])
def test_base64_is_read_url_safe_or_not_with_padding_or_without(padding: bool) -> None:
    text = wrapped("unstruct_event", {"schema": PLAY, "data": {"title": "é?>é>?ÿÿ"}})
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        code = encode(text.encode()).decode()
        event = one({"e": "ue", "ue_px": code if padding else code.rstrip("=")})
        assert event.properties == {"title": "é?>é>?ÿÿ"}


def test_contexts_of_the_site_are_kept_and_the_trackers_own_only_describe_the_device() -> None:
    own = "iglu:com.snowplowanalytics.snowplow"
    data = [
        {"schema": "iglu:com.acme/basket/jsonschema/1-0-0", "data": {"items": 2}},
        {"schema": f"{own}/web_page/jsonschema/1-0-0", "data": {"id": "a page view"}},
        {"schema": f"{own}/geolocation_context/jsonschema/1-0-0", "data": {"latitude": 51.5}},
        {
            "schema": f"{own}/mobile_context/jsonschema/1-0-2",
            "data": {"osType": "ios", "deviceModel": "iPhone", "appleIdfa": "tracks me"},
        },
        {"schema": "no schema", "data": {"lost": 1}},
        7,
    ]
    event = one({"e": "se", "se_ac": "a", "co": wrapped("contexts", data)})
    assert event.properties == {"basket.items": 2, "os": "ios", "device": "iPhone"}


SESSION = context(
    "iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2", {"userId": "phone"}
)


@pytest.mark.parametrize(
    ("payload", "identifiers"),
    [
        ({"uid": "u1"}, (Identifier("user_id", "u1"), Identifier("anonymous_id", "d1"))),
        ({"uid": "null"}, (Identifier("anonymous_id", "d1"),)),
        ({"duid": "", **SESSION}, (Identifier("anonymous_id", "phone"),)),
        ({"duid": "", "tnuid": "n1"}, (Identifier("anonymous_id", "n1"),)),
        ({"duid": ""}, ()),
    ],
)
def test_whose_it_is(payload: dict[str, Any], identifiers: tuple[Identifier, ...]) -> None:
    assert one({"e": "pv", **payload}).identifiers == identifiers


@pytest.mark.clause("S1-21")
def test_who_asks_to_be_anonymous_is_known_by_nothing_that_lasts() -> None:
    event = one({"e": "pv", "uid": "u1", "tnuid": "n"}, **BROWSER, sp_anonymous="*")
    assert event.identifiers == ()
    assert event.signals == Signals(ip="192.0.2.1", agent="Quokka", cookieless=True)
    assert one({"e": "pv", "duid": ""}, **BROWSER).signals.cookieless


def test_the_address_of_a_server_is_nobodys_but_what_it_tells_is() -> None:
    assert one({"e": "pv"}, user_agent="python-requests").signals == NO_SIGNALS
    told = one({"e": "pv", "ip": "203.0.113.7", "ua": "Q"})
    assert told.signals == Signals(ip="203.0.113.7", agent="Q")


@pytest.mark.parametrize(
    ("payload", "ts", "skew"),
    [
        ({}, NOW_MS, 0),
        ({"dtm": str(NOW_MS - HOUR_MS), "stm": str(NOW_MS - 300)}, NOW_MS - HOUR_MS, 0),
        (
            {"dtm": str(NOW_MS - 3 * HOUR_MS), "stm": str(NOW_MS - 2 * HOUR_MS)},
            NOW_MS - HOUR_MS,
            2 * HOUR_MS,
        ),
        ({"dtm": "1", "stm": "2", "ttm": str(NOW_MS - HOUR_MS)}, NOW_MS - HOUR_MS, 0),
    ],
)
def test_when_it_was(payload: dict[str, str], ts: int, skew: int) -> None:
    event = one({"e": "pv", **payload})
    assert (event.ts, event.signals.skew_ms) == (ts, skew)


DOCUMENT = context(f"{OWN}/consent_document/jsonschema/1-0-0", {"id": "ads", "name": "Adverts"})


@pytest.mark.parametrize(
    ("payload", "consent"),
    [
        (
            itself(f"{OWN}/consent_granted/jsonschema/1-0-0", {}) | DOCUMENT,
            {"ads": True, "Adverts": True},
        ),
        (
            itself(f"{OWN}/consent_withdrawn/jsonschema/1-0-0", {"all": False}) | DOCUMENT,
            {"ads": False, "Adverts": False},
        ),
        (
            itself(
                f"{OWN}/consent_preferences/jsonschema/1-0-0",
                {"event_type": "allow_selected", "consent_scopes": ["ads", 7]},
            ),
            {"ads": True},
        ),
        (
            itself(
                f"{OWN}/consent_preferences/jsonschema/1-0-0",
                {"event_type": "deny_all", "consent_scopes": ["ads"]},
            ),
            {"ads": False},
        ),
        (itself(PLAY, {}) | DOCUMENT, {}),
    ],
)
def test_consent_goes_to_the_gate_by_the_name_of_the_purpose(
    payload: dict[str, str], consent: dict[str, bool]
) -> None:
    assert one(payload).signals.consent == consent


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"e": "zz"}, DropReason.NOT_AN_EVENT),
        ({"e": "ue"}, DropReason.NOT_AN_EVENT),
        ({"e": "ue", "ue_pr": "{"}, DropReason.NOT_AN_EVENT),
        ({"e": "ue", "ue_px": "%%%"}, DropReason.NOT_AN_EVENT),
        (itself("play", {}), DropReason.NOT_AN_EVENT),
        ({"e": "pv", "dtm": "soon"}, DropReason.BAD_TIMESTAMP),
        ({"e": "pv", "aid": "other"}, DropReason.NOT_AN_EVENT),
    ],
)
def test_what_is_none_is_dropped_and_takes_no_other_with_it(
    payload: dict[str, str], reason: DropReason
) -> None:
    first = {"e": "pv", "aid": "shop", "duid": "d", "eid": "m1"}
    kept, refused, last = events(posted(first, {"aid": "shop", **payload}, first | {"eid": "m2"}))
    assert isinstance(kept, Event)
    assert isinstance(last, Event)
    assert (kept.message_id, last.message_id) == ("m1", "m2")
    assert isinstance(refused, Dropped)
    assert refused.reason is reason
    assert refused.detail


def test_a_ping_says_only_that_a_page_is_open() -> None:
    assert events(posted({"e": "pp", "aid": "shop", "duid": "d"})) == []


def test_one_event_by_get_is_answered_with_an_image() -> None:
    query = {"e": "pv", "tna": "sp", "duid": "d"}
    asked = Request("GET", "/i", query, {}, b"", NOW_MS)
    (event,) = events(asked)
    assert isinstance(event, Event)
    assert WIRE.key(asked, WIRE.content(asked)) == "sp"
    assert WIRE.reply(asked, Receipt(1, {})).body == PIXEL
    assert WIRE.reply(posted(), Receipt(1, {})).body == b"ok"


def test_what_another_vendor_asks_of_the_same_path_has_no_key_here() -> None:
    query = {"app_key": "k", "device_id": "d", "aid": "?"}
    assert WIRE.key(Request("GET", "/i", query, {}, b"", NOW_MS), [query]) == ""


@pytest.mark.parametrize("body", [[], 7, {}, {"data": 7}, {"data": [{}] * (BATCH_MAX + 1)}])
def test_a_body_that_is_no_batch_is_refused_as_a_whole(body: Any) -> None:
    with pytest.raises(BadBody) as failure:
        WIRE.content(replace(posted(), body=msgspec.json.encode(body)))
    assert failure.value.mend


NAMES = ("e", "aid", "eid", "dtm", "ttm", "ue_pr", "ue_px", "co", "cx", "tv", "uid")


@given(payload=json_with(*NAMES), data=json_with("schema", "data"))
def test_nothing_that_is_sent_breaks_it(payload: Any, data: Any) -> None:
    text = json.dumps({"schema": PLAY, "data": data})
    more = {
        "e": "ue",
        "ue_pr": text,
        "co": json.dumps({"data": [data, {"schema": PLAY, **more_of(data)}]}),
    }
    events(posted(payload, more))
    for name in ("consent_granted", "consent_preferences", "screen_view", "submit_form"):
        fields = {"consent_scopes": data, "event_type": data}
        events(posted(itself(f"{OWN}/{name}/jsonschema/1-0-0", fields) | {"co": more["co"]}))


def more_of(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {"data": data}
