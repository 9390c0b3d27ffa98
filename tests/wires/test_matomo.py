"""Matomo's parameters become events: the pure mapping, without a server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import NO_SIGNALS, PAGE_VIEWED, Event, Identifier, Signals
from sojourn.wire import BATCH_MAX, PIXEL, Receipt, Request
from sojourn.wires.matomo import WIRE
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
DAY_MS = 24 * 3_600_000
VISITOR = "00112233aabbccdd"
PAGE = {"url": "https://x.test/a"}
PROVEN = {"is_proven": True}
BROWSER = {"headers": {"origin": "https://x.test", "user-agent": "Quokka"}, "address": "192.0.2.1"}


def request(query: dict[str, str], **more: Any) -> Request:
    given = {"idsite": "3", "rec": "1", **query}
    return replace(Request("GET", "/matomo.php", given, {}, b"", NOW_MS), **more)


def posted(body: Any) -> Request:
    text = msgspec.json.encode(body) if not isinstance(body, bytes) else body
    return Request("POST", "/matomo.php", {}, {}, text, NOW_MS)


def events(asked: Request) -> list[Event | Dropped]:
    return WIRE.events(asked, WIRE.content(asked))


def one(query: dict[str, str], **more: Any) -> Event:
    (event,) = events(request({"_id": VISITOR, **query}, **more))
    assert isinstance(event, Event), event
    return event


def dropped(query: dict[str, str], **more: Any) -> Dropped:
    (event,) = events(request({"_id": VISITOR, **query}, **more))
    assert isinstance(event, Dropped), event
    return event


@pytest.mark.parametrize(
    ("query", "name", "properties"),
    [
        ({}, PAGE_VIEWED, {}),
        (
            {"action_name": "A", "urlref": "https://y.test", "res": "800x600", "lang": "fr"},
            PAGE_VIEWED,
            {"title": "A", "referrer": "https://y.test", "screen": "800x600", "language": "fr"},
        ),
        (
            {"e_c": "Video", "e_a": "Play", "e_n": "Intro", "e_v": "2.5"},
            "Play",
            {"category": "Video", "label": "Intro", "value": 2.5},
        ),
        ({"search": "shoe", "search_count": "0"}, "Searched", {"query": "shoe", "results": 0.0}),
        ({"idgoal": "4", "revenue": "9"}, "Goal Completed", {"goal": "4", "revenue": 9.0}),
        ({"idgoal": "0", "revenue": "9"}, "Cart Updated", {"revenue": 9.0}),
        (
            {"idgoal": "0", "ec_id": "o1", "ec_tx": "1", "ec_items": '[["s","n","c",2,1],7]'},
            "Order Completed",
            {
                "order_id": "o1",
                "tax": 1.0,
                "products": [{"sku": "s", "name": "n", "category": "c", "price": 2, "quantity": 1}],
            },
        ),
        ({"c_n": "Ad", "c_p": "a.png"}, "Content Viewed", {"name": "Ad", "piece": "a.png"}),
        (
            {"c_n": "Ad", "c_i": "click"},
            "Content Clicked",
            {"name": "Ad", "interaction": "click"},
        ),
        ({"_pks": "s", "_pkp": "2"}, PAGE_VIEWED, {"product_id": "s", "price": 2.0}),
        (
            {"dimension2": "b", "cvar": '{"1":["Plan","pro"],"2":7}', "dimensionx": "no"},
            PAGE_VIEWED,
            {"dimension2": "b", "Plan": "pro"},
        ),
        (
            {"_rcn": "spring", "_rck": "shoe"},
            PAGE_VIEWED,
            {"campaign.name": "spring", "campaign.term": "shoe"},
        ),
        ({"pv_id": "x", "h": "1", "pdf": "1", "apiv": "1", "token_auth": "t"}, PAGE_VIEWED, {}),
    ],
)
def test_what_a_request_tells_of_is_the_event(
    query: dict[str, str], name: str, properties: dict[str, Any]
) -> None:
    event = one(PAGE | query)
    assert event.name == name
    assert event.properties == {"url": "https://x.test/a", "path": "/a"} | properties


@pytest.mark.parametrize(("parameter", "name"), [("download", "download"), ("link", "outgoing")])
def test_a_link_that_was_followed_is_named_as_our_own_script_does(
    parameter: str, name: str
) -> None:
    event = one(PAGE | {parameter: "https://z.test/f.pdf"})
    assert event.name == name
    assert event.properties["url"] == "https://z.test/f.pdf"
    assert event.properties["referrer"] == "https://x.test/a"


def test_matomos_own_campaign_parameters_are_read_before_the_older_ones() -> None:
    url = "https://x.test/?mtm_campaign=new&pk_campaign=old&pk_kwd=shoe&mtm_cid=7"
    found = one({"url": url}).properties
    named = {name: value for name, value in found.items() if name.startswith("campaign.")}
    assert named == {"campaign.name": "new", "campaign.term": "shoe", "campaign.id": "7"}


@pytest.mark.parametrize(
    ("query", "identifiers"),
    [
        ({"uid": "u1"}, (Identifier("user_id", "u1"), Identifier("anonymous_id", VISITOR))),
        ({"uid": "undefined"}, (Identifier("anonymous_id", VISITOR),)),
        ({"cid": "f" * 16}, (Identifier("anonymous_id", "f" * 16),)),
        ({"_id": "null"}, ()),
    ],
)
def test_whose_it_is(query: dict[str, str], identifiers: tuple[Identifier, ...]) -> None:
    assert one(PAGE | query).identifiers == identifiers


@pytest.mark.clause("S1-21")
def test_a_browser_without_an_id_is_counted_without_one() -> None:
    event = one(PAGE | {"_id": ""}, **BROWSER)
    assert event.signals == Signals(ip="192.0.2.1", agent="Quokka", cookieless=True)
    assert one(PAGE, **BROWSER).signals == Signals(ip="192.0.2.1", agent="Quokka")


def test_the_address_of_a_server_is_nobodys() -> None:
    server = {"headers": {"user-agent": "node"}, "address": "192.0.2.1"}
    assert one(PAGE | {"_id": ""}, **server).signals == NO_SIGNALS
    assert not one(PAGE | {"_id": "", "ua": "Quokka"}, **server).signals.cookieless
    told = one(PAGE | {"_id": "", "cip": "203.0.113.7", "ua": "Q"}, **server, **PROVEN)
    assert told.signals == Signals(ip="203.0.113.7", agent="Q", cookieless=True)


@pytest.mark.parametrize(
    ("query", "ts"),
    [
        ({}, NOW_MS),
        ({"cdt": "2026-09-21 14:12:00"}, 1_789_999_920_000),
        ({"cdt": "1789999920"}, 1_789_999_920_000),
        ({"cdo": "60"}, NOW_MS - 60_000),
        ({"cdo": "-60"}, NOW_MS),
    ],
)
def test_when_it_was(query: dict[str, str], ts: int) -> None:
    assert one(PAGE | query).ts == ts


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"rec": "0"}, DropReason.NOT_AN_EVENT),
        ({"cdt": "yesterday"}, DropReason.BAD_TIMESTAMP),
        ({"cdt": str((NOW_MS - DAY_MS) // 1000 - 1)}, DropReason.TIMESTAMP_OUT_OF_RANGE),
        ({"cip": "203.0.113.7"}, DropReason.NOT_AN_EVENT),
        ({"ca": "1"}, DropReason.NOT_AN_EVENT),
        ({"cra": "TypeError"}, DropReason.NOT_AN_EVENT),
    ],
)
def test_what_is_refused_is_told_why(query: dict[str, str], reason: DropReason) -> None:
    refused = dropped(PAGE | query)
    assert refused.reason is reason
    assert refused.detail


def test_who_shows_the_secret_may_tell_of_the_past_and_of_others() -> None:
    past = str(NOW_MS // 1000 - 10 * 86_400)
    assert one(PAGE | {"cdt": past, "cip": "203.0.113.7"}, **PROVEN).signals.ip == "203.0.113.7"


def test_an_action_that_is_an_event_is_one_though_it_says_that_it_is_no_page() -> None:
    assert one(PAGE | {"ca": "1", "e_c": "a", "e_a": "b"}).name == "b"


# What is sent again


RAND = {**PAGE, "rand": "495332", "pv_id": "Ab12Cd"}


def test_a_request_that_is_sent_again_has_the_same_id() -> None:
    first = one(RAND)
    later = {"received_ms": NOW_MS + DAY_MS, "address": "198.51.100.9"}
    again = one(RAND | {"cdo": "86400", "token_auth": "t"}, **later)
    assert (first.ts, first.message_id) == (again.ts, again.message_id)
    text = urlencode({"idsite": "3", "rec": "1", "_id": VISITOR, **RAND})
    twice = events(posted({"requests": [text, f"?{text}"]}))
    ids = [event.message_id for event in twice if isinstance(event, Event)]
    assert ids[0] == first.message_id, "alone or with others"
    assert len(set(ids)) == 2, "in one body two of a kind are two"


@pytest.mark.parametrize("other", [{"rand": "495333"}, {"url": "https://x.test/b"}, {"uid": "u"}])
def test_what_happened_again_has_another_id(other: dict[str, str]) -> None:
    assert one(RAND).message_id != one(RAND | other).message_id


def test_an_instant_tells_requests_apart_and_without_any_such_thing_none_has_an_id() -> None:
    assert one({"cdt": str(NOW_MS // 1000)}).message_id
    assert one({"pv_id": "Ab12Cd", "h": "4", "m": "5", "s": "6"}).message_id == ""


# Bodies, keys and replies


@pytest.mark.parametrize(
    "body",
    [
        urlencode({"idsite": "3", "rec": "1", "_id": VISITOR, **PAGE}).encode(),
        {"requests": ["?" + urlencode({"idsite": "3", "rec": "1", "_id": VISITOR, **PAGE})]},
        {"requests": [urlencode({"idsite": "3", "rec": "1", "_id": VISITOR, **PAGE})]},
        {"requests": [{"idsite": 3, "rec": 1, "_id": VISITOR, **PAGE}], "send_image": 0},
    ],
)
def test_every_way_to_post_says_the_same(body: Any) -> None:
    (event,) = events(posted(body))
    assert event == one(PAGE)
    assert WIRE.key(posted(body), WIRE.content(posted(body))) == "3"


def test_a_batch_is_of_one_site_and_tells_which_places_were_refused() -> None:
    body = {
        "token_auth": "t",
        "requests": ["?idsite=3&rec=1&ping=1", "?idsite=4&rec=1", "?idsite=3&rec=1&uid=u"],
    }
    asked = posted(body)
    other, own = events(asked)
    assert isinstance(other, Dropped)
    assert isinstance(own, Event)
    assert WIRE.secret(asked) == "t"
    reply = WIRE.reply(asked, Receipt(1, {0: other}))
    expected = {"status": "success", "tracked": 1, "invalid": 1, "invalid_indices": [1]}
    assert msgspec.json.decode(reply.body) == expected


def test_the_reply_is_an_image_unless_none_is_wanted() -> None:
    image = WIRE.reply(request({}), Receipt(1, {}))
    assert (image.body, image.media_type, image.status) == (PIXEL, "image/gif", 200)
    assert image.headers == {"Cache-Control": "no-store"}
    assert WIRE.reply(request({"send_image": "0"}), Receipt(1, {})).status == 204


@pytest.mark.parametrize("body", [{}, {"requests": 7}, {"requests": ["?"] * (BATCH_MAX + 1)}, b"{"])
def test_a_body_that_is_no_batch_is_refused_as_a_whole(body: Any) -> None:
    with pytest.raises(BadBody) as failure:
        WIRE.content(posted(body))
    assert failure.value.mend
    assert WIRE.secret(posted(body)) == ""


NAMES = ("idsite", "rec", "uid", "_id", "cdt", "cdo", "cip", "ec_items", "_cvar", "url", "idgoal")


@given(one=json_with(*NAMES))
def test_nothing_that_is_sent_breaks_it(one: Any) -> None:
    asked = posted({"requests": [one, {"idsite": "1", "rec": "1", "_id": VISITOR}]})
    *_, last = events(asked)
    assert isinstance(last, Event | Dropped)
    WIRE.key(asked, WIRE.content(asked))
