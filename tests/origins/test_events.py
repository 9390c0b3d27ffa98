"""The rows of other programs' exports become events. The rows are written after the vendors'
documentation, which the files in `sojourn/origins/` name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from sojourn.application import ORIGINS
from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError
from sojourn.event import PAGE_VIEWED, Event, Identifier, Kind
from sojourn.origin import Reading
from tests.wires.driving import json_with

NOW_MS = 1_790_000_000_000
T = 1_770_091_506_000
"""2026-02-03T04:05:06Z."""
SALT = b"of this import"


def reading(user: str = "", salt: bytes = SALT) -> Reading:
    return Reading(NOW_MS, salt, user)


def events(origin: str, row: dict[str, Any]) -> list[Event]:
    found = ORIGINS[origin].events(row, reading())
    kept = [event for event in found if isinstance(event, Event)]
    assert len(kept) == len(found), found
    return kept


def one(origin: str, row: dict[str, Any]) -> Event:
    (event,) = events(origin, row)
    return event


def dropped(origin: str, row: dict[str, Any]) -> Dropped:
    (event,) = ORIGINS[origin].events(row, reading())
    assert isinstance(event, Dropped), event
    return event


def named(*identifiers: str) -> tuple[Identifier, ...]:
    """Identifiers written as `u:42` and `a:d1`."""
    kinds = {"u": "user_id", "a": "anonymous_id"}
    return tuple(Identifier(kinds[text[0]], text[2:]) for text in identifiers)


def test_mixpanel() -> None:
    properties = {
        "time": T // 1000,
        "distinct_id": "u1",
        "$device_id": "d1",
        "$user_id": "u1",
        "$insert_id": "m1",
        "$browser": "Firefox",
        "mp_lib": "web",
        "plan": "pro",
        "token": "of the vendor",
    }
    event = one("mixpanel", {"event": "Signed Up", "properties": properties})
    assert (event.name, event.ts, event.message_id) == ("Signed Up", T, "m1")
    assert event.identifiers == named("u:u1", "a:d1")
    assert event.properties == {"browser": "Firefox", "plan": "pro"}
    view = {"event": "$mp_web_page_view", "properties": {"time": T // 1000, "distinct_id": "u1"}}
    assert one("mixpanel", view).name == PAGE_VIEWED


def test_amplitude() -> None:
    row = {
        "event_type": "Signed Up",
        "event_time": "2026-02-03 04:05:06.250000",
        "client_upload_time": "2026-02-03 04:05:09.000000",
        "user_id": "u1",
        "device_id": "d1",
        "$insert_id": "m1",
        "uuid": "4c1c-1",
        "ip_address": "203.0.113.7",
        "os_name": "iOS",
        "country": "Germany",
        "event_properties": {"plan": "pro"},
        "user_properties": {"team": "blue"},
        "groups": {},
    }
    event = one("amplitude", row)
    assert (event.name, event.ts, event.message_id) == ("Signed Up", T + 250, "m1")
    assert event.identifiers == named("u:u1", "a:d1")
    assert (event.properties, event.traits) == ({"os": "iOS", "plan": "pro"}, {"team": "blue"})
    assert event.signals.ip == "203.0.113.7", "it says the country, and goes no further"
    assert one("amplitude", row | {"$insert_id": None}).message_id == "4c1c-1"


@pytest.mark.parametrize("as_text", [False, True])
def test_posthog(as_text: bool) -> None:
    properties: Any = {
        "$current_url": "https://x.test/pricing?utm_source=mail",
        "$is_identified": False,
        "token": "phc_of_the_vendor",
        "plan": "pro",
    }
    text = '{"$current_url": "https://x.test/pricing?utm_source=mail", "plan": "pro",'
    row = {
        "uuid": "0190-1",
        "event": "$pageview",
        "distinct_id": "d1",
        "person_id": "not needed",
        "timestamp": "2026-02-03T04:05:06+00:00",
        "properties": text + '"$is_identified": false, "token": "t"}' if as_text else properties,
    }
    event = one("posthog", row)
    assert (event.name, event.ts, event.message_id) == (PAGE_VIEWED, T, "0190-1")
    assert event.identifiers == named("a:d1")
    assert event.properties == {
        "url": "https://x.test/pricing?utm_source=mail",
        "path": "/pricing",
        "search": "?utm_source=mail",
        "campaign.source": "mail",
        "plan": "pro",
    }


def ga4_row(**more: Any) -> dict[str, Any]:
    def parameter(name: str, **value: object) -> dict[str, object]:
        return {"key": name, "value": value}

    return {
        "event_timestamp": str(T * 1000),
        "event_name": "page_view",
        "event_params": [
            parameter("page_location", string_value="https://x.test/pricing"),
            parameter("ga_session_id", int_value="1770091500"),
            parameter("size", int_value="4"),
            parameter("ratio", double_value=0.5),
        ],
        "user_pseudo_id": "1234.5678",
        "user_id": "u1",
        "user_properties": [parameter("plan", string_value="pro")],
        "device": {"category": "mobile", "operating_system": "iOS", "web_info": {"browser": "Saf"}},
        "collected_traffic_source": {"manual_source": "mail", "gclid": "left out"},
        **more,
    }


def test_ga4() -> None:
    profile, view = events("ga4", ga4_row())
    assert (profile.kind, profile.traits) == (Kind.PROFILE, {"plan": "pro"})
    assert (view.name, view.ts) == (PAGE_VIEWED, T)
    assert view.identifiers == named("u:u1", "a:1234.5678")
    assert view.properties == {
        "url": "https://x.test/pricing",
        "path": "/pricing",
        "size": 4.0,
        "ratio": 0.5,
        "device": "mobile",
        "os": "iOS",
        "browser": "Saf",
        "campaign.source": "mail",
    }
    assert events("ga4", ga4_row(event_name="session_start", user_properties=[])) == []


UMAMI = {
    "event_id": "e1",
    "session_id": "s1",
    "distinct_id": "",
    "created_at": "2026-02-03 04:05:06",
    "event_type": "1",
    "event_name": "",
    "hostname": "x.test",
    "url_path": "/pricing",
    "url_query": "utm_source=mail",
    "referrer_domain": "y.test",
    "referrer_path": "/list",
    "referrer_query": "\\N",
    "page_title": "Pricing",
    "browser": "firefox",
    "country": "DE",
    "city": "Jena",
}


def test_umami() -> None:
    view = one("umami", UMAMI)
    assert (view.name, view.ts, view.message_id) == (PAGE_VIEWED, T, "e1")
    assert (view.identifiers, view.signals.country) == (named("a:s1"), "DE")
    assert view.properties == {
        "url": "https://x.test/pricing?utm_source=mail",
        "path": "/pricing",
        "search": "?utm_source=mail",
        "title": "Pricing",
        "referrer": "https://y.test/list",
        "campaign.source": "mail",
        "browser": "firefox",
    }
    known = one("umami", UMAMI | {"event_type": "2", "event_name": "Paid", "distinct_id": "u1"})
    assert (known.name, known.identifiers) == ("Paid", named("u:u1", "a:s1"))
    assert dropped("umami", UMAMI | {"event_type": "2"}).reason is DropReason.NO_EVENT_NAME


def test_umami_s_data_of_events_wait_for_them() -> None:
    nothing = {"string_value": "", "number_value": "", "date_value": "\\N", "data_type": "1"}
    rows: list[dict[str, Any]] = [
        {"event_id": "e1", "data_key": "plan", "string_value": "pro"},
        {"event_id": "e1", "data_key": "price", "number_value": "9.5", "data_type": "2"},
        {"event_id": "e1", "data_key": "old", "string_value": "7.0000", "data_type": "2"},
        {"event_id": "e1", "data_key": "paid", "string_value": "true", "data_type": "3"},
        {"event_id": "e1", "data_key": "due", "date_value": "2026-02-03", "data_type": "4"},
        {"event_id": "e1", "data_key": "none"},
        {"event_id": "x", "website_event_id": "e2", "data_key": "plan", "string_value": "free"},
    ]
    reading = Reading(T, b"salt")
    for row in rows:
        assert ORIGINS["umami"].events(nothing | row, reading) == []
    for name, data in (
        ("e1", {"plan": "pro", "price": 9.5, "old": 7.0, "paid": True, "due": "2026-02-03"}),
        ("e2", {"plan": "free"}),
        ("e3", {}),
    ):
        (event,) = ORIGINS["umami"].events(UMAMI | {"event_id": name}, reading)
        assert isinstance(event, Event)
        (plain,) = ORIGINS["umami"].events(UMAMI, reading)
        assert isinstance(plain, Event)
        assert event.properties == plain.properties | data
    assert not reading.beside


def test_umami_s_data_of_events_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.origins.umami.WAITING_MAX", 1)
    reading = Reading(T, b"salt")
    row = {"event_id": "e1", "data_key": "plan", "string_value": "pro"}
    for key in ("plan", "team"):
        ORIGINS["umami"].events(row | {"data_key": key}, reading)
    with pytest.raises(SojournError, match="shorter periods"):
        ORIGINS["umami"].events(row | {"event_id": "e2"}, reading)


def test_matomo() -> None:
    def action(**fields: object) -> dict[str, object]:
        return {"timestamp": T // 1000, "url": "https://x.test/pricing", **fields}

    item = {"itemSKU": "p1", "itemName": "Pen", "price": 3, "quantity": 2}
    visit = {
        "idSite": "1",
        "visitorId": "a3b2c1d4e5f60718",
        "userId": "u1",
        "visitIp": "203.0.0.0",
        "countryCode": "de",
        "browserName": "Firefox",
        "referrerUrl": "https://y.test/",
        "actionDetails": [
            action(type="action", pageTitle="Pricing"),
            action(type="event", eventCategory="Video", eventAction="Played", eventValue=3),
            action(type="search", siteSearchKeyword="pen", siteSearchCount="2"),
            action(type="ecommerceOrder", orderId="o1", revenue="6", itemDetails=[item]),
        ],
    }
    view, played, search, order = events("matomo", visit)
    names = [event.name for event in (view, played, search, order)]
    assert names == [PAGE_VIEWED, "Played", "Searched", "Order Completed"]
    assert {event.ts for event in (view, played, search, order)} == {T}
    assert view.identifiers == named("u:u1", "a:a3b2c1d4e5f60718")
    assert (view.signals.country, view.signals.ip) == ("DE", "")
    (nowhere, *_) = events("matomo", visit | {"countryCode": "xx"})
    assert nowhere.signals.country == "", "as Matomo writes a country that it does not know"
    assert (view.properties["title"], view.properties["browser"]) == ("Pricing", "Firefox")
    assert (view.properties["referrer"], "referrer" in played.properties) == ("https://y.test/", 0)
    assert (played.properties["category"], played.properties["value"]) == ("Video", 3)
    assert (search.properties["query"], search.properties["results"]) == ("pen", 2)
    assert order.properties["order_id"] == "o1"
    assert order.properties["products"][0]["name"] == "Pen"
    odd = visit | {"actionDetails": [action(type="form"), 7]}
    reasons = [one.reason for one in ORIGINS["matomo"].events(odd, reading()) if one]  # type: ignore[union-attr]
    assert reasons == [DropReason.NOT_AN_EVENT] * 2


LINE = {
    "address": "203.0.113.7",
    "identity": "-",
    "user": "-",
    "time": "03/Feb/2026:05:05:06 +0100",
    "request": "GET /pricing?utm_source=mail HTTP/1.1",
    "status": "200",
    "size": "512",
    "referrer": "https://y.test/",
    "agent": "Quokka/7",
}


def test_accesslog() -> None:
    view = one("accesslog", LINE)
    assert (view.name, view.ts) == (PAGE_VIEWED, T)
    assert view.properties == {
        "path": "/pricing",
        "search": "?utm_source=mail",
        "referrer": "https://y.test/",
        "campaign.source": "mail",
    }
    (person,) = view.identifiers
    assert person.type == "anonymous_id"
    assert "203.0.113" not in person.value + view.message_id


def test_a_person_of_a_log_is_a_device_for_one_day_and_in_one_import() -> None:
    def person(salt: bytes = SALT, **fields: str) -> Identifier:
        (event,) = ORIGINS["accesslog"].events(LINE | fields, reading(salt=salt))
        assert isinstance(event, Event)
        return event.identifiers[0]

    assert person(request="GET / HTTP/1.1", time="03/Feb/2026:23:00:00 +0000") == person()
    others = [
        person(salt=b"of another import"),
        person(time="04/Feb/2026:04:05:06 +0000"),
        person(address="203.0.113.8"),
        person(agent="Quokka/8"),
    ]
    assert len({person(), *others}) == 5


def test_the_id_of_a_line_is_the_same_in_every_import_and_says_nothing_of_the_address() -> None:
    def ids(salt: bytes, *addresses: str) -> list[str]:
        now = reading(salt=salt)
        found = [ORIGINS["accesslog"].events(LINE | {"address": one}, now) for one in addresses]
        return [event.message_id for (event,) in found if isinstance(event, Event)]

    first = ids(b"one", "203.0.113.7", "203.0.113.8")
    assert ids(b"other", "198.51.100.1", "198.51.100.2") == first
    assert len(set(first)) == 2


def test_whoever_imports_a_log_says_whether_its_user_is_one() -> None:
    known = LINE | {"user": "ann"}
    assert one("accesslog", known).identifiers[0].type == "anonymous_id"
    (event,) = ORIGINS["accesslog"].events(known, reading("user"))
    assert isinstance(event, Event)
    assert event.identifiers == named("u:ann")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"request": "POST /order HTTP/1.1"}, "POST looks at no page."),
        ({"request": "GET /style.css?v=3 HTTP/1.1"}, "It is a file that pages load."),
        ({"status": "301"}, "It leads on to another page."),
        ({"request": "\\x16\\x03"}, "It is no request that a browser makes."),
        ({"time": "yesterday"}, "“yesterday” is no instant."),
        ({"status": "404"}, "Request Failed"),
        ({"status": "304"}, PAGE_VIEWED),
    ],
)
def test_what_a_line_tells(fields: dict[str, str], expected: str) -> None:
    (event,) = ORIGINS["accesslog"].events(LINE | fields, reading())
    assert (event.detail if isinstance(event, Dropped) else event.name) == expected


@pytest.mark.parametrize("origin", sorted(ORIGINS.keys() - {"accesslog", "matomo"}))
def test_a_row_without_an_instant_is_refused(origin: str) -> None:
    row = {"event": "x", "event_type": "2", "event_name": "x", "distinct_id": "u1"}
    assert dropped(origin, row).reason is DropReason.BAD_TIMESTAMP


COLUMNS = (
    *("event", "properties", "event_type", "event_time", "user_id", "$insert_id", "timestamp"),
    *("distinct_id", "event_timestamp", "event_params", "device", "user_properties", "created_at"),
    *("actionDetails", "collected_traffic_source", "url_path", "country", "groups"),
)


@given(row=json_with(*COLUMNS))
def test_no_row_is_more_than_an_origin_can_take(row: Any) -> None:
    for name, origin in ORIGINS.items():
        if isinstance(row, dict) and name != "accesslog":
            for event in origin.events(row, reading()):
                assert isinstance(event, Event | Dropped)
