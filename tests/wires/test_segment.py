"""Segment's messages become events: the pure mapping, without a server."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody, NotRecognised
from sojourn.event import NO_SIGNALS, OPEN_MS_MAX, Event, Identifier, Kind, Signals
from sojourn.ingest import pipeline
from sojourn.ingest.arrival import Arrival
from sojourn.wire import BATCH_MAX, SKEW_MS_MIN, Receipt, Request
from sojourn.wires.jitsu import WIRE as JITSU
from sojourn.wires.segment import TYPES, WIRE
from tests.ruled import rules

NOW_MS = 1_790_000_000_000
HOUR_MS = 3_600_000


def request(path: str = "/v1/batch", headers: dict[str, str] | None = None) -> Request:
    return Request("POST", path, {}, headers or {}, b"", NOW_MS)


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


def one(message: Any, **body: Any) -> Event:
    """The event of one message of a batch."""
    (event,) = WIRE.events(request(), {"batch": [message], **body})
    assert isinstance(event, Event), event
    return event


def dropped(message: Any) -> Dropped:
    (event,) = WIRE.events(request(), {"batch": [message]})
    assert isinstance(event, Dropped), event
    return event


def track(**fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Seen", "userId": "u1", **fields}


# Whose it is


@pytest.mark.parametrize("name", ["NA", "null", "None", "undefined", "NaN", "0", " ", "false"])
def test_a_user_who_is_called_like_nothing_is_a_user(name: str) -> None:
    assert one(track(userId=name)).identifiers == (Identifier("user_id", name),)


@pytest.mark.parametrize("unset", [None, "", "null", "undefined", "None"])
def test_an_anonymous_id_that_means_none_is_none(unset: object) -> None:
    assert one(track(anonymousId=unset)).identifiers == (Identifier("user_id", "u1"),)


@pytest.mark.parametrize("unset", [None, ""])
def test_a_user_id_of_null_or_nothing_is_none(unset: object) -> None:
    event = one(track(userId=unset, anonymousId="a1"))
    assert event.identifiers == (Identifier("anonymous_id", "a1"),)


@pytest.mark.parametrize(
    ("given", "text"), [(42, "42"), (42.0, "42"), (0, "0"), (-7, "-7"), (1.5, "1.5"), (2**70, None)]
)
def test_a_number_is_an_id_like_its_digits(given: float, text: str | None) -> None:
    event = one(track(userId=given, anonymousId=given))
    expected = str(given) if text is None else text
    assert [name.value for name in event.identifiers] == [expected, expected]


def test_an_identify_s_email_is_an_identifier_in_lower_case_and_a_track_s_is_not() -> None:
    traits = {"email": " Ann@X.test "}
    known = one({"type": "identify", "userId": "u1", "anonymousId": "a1", "traits": traits})
    assert known.identifiers == (
        Identifier("user_id", "u1"),
        Identifier("email", "ann@x.test"),
        Identifier("anonymous_id", "a1"),
    )
    assert one(track(traits=traits)).identifiers == (Identifier("user_id", "u1"),)


@pytest.mark.parametrize("email", ["ann", "", None, 7, ["a@b.test"]])
def test_what_is_no_address_is_no_identifier(email: object) -> None:
    event = one({"type": "identify", "userId": "u1", "traits": {"email": email}})
    assert event.identifiers == (Identifier("user_id", "u1"),)


def test_an_alias_names_the_former_id() -> None:
    event = one({"type": "alias", "userId": "u1", "previousId": 7})
    assert (event.kind, event.previous) == (Kind.ALIAS, Identifier("user_id", "7"))


# What may still change


def test_an_event_opens_for_as_long_as_it_says_and_no_longer_than_an_hour() -> None:
    assert one(track(openFor=300_000)).open_ms == 300_000
    assert one(track(openFor=1e12)).open_ms == OPEN_MS_MAX
    for none in (0, -5, True, "300000", None, float("nan")):
        assert one(track(openFor=none)).open_ms == 0
    assert one({"type": "identify", "userId": "u1", "openFor": 5}).open_ms == 0


def test_an_update_changes_the_event_of_its_id_and_may_close_it() -> None:
    update = {"type": "update", "messageId": "m1", "userId": "u1", "properties": {"n": 1}}
    change = one(update)
    assert (change.kind, change.message_id, change.properties) == (Kind.CHANGE, "m1", {"n": 1})
    assert (change.closes, one({**update, "close": True}).closes) == (False, True)
    assert (change.open_ms, one({**update, "openFor": 7}).open_ms) == (0, 7)
    assert not one(track(close=True)).closes


# When it was


def test_a_message_without_a_timestamp_happened_when_it_arrived() -> None:
    assert one(track()).ts == NOW_MS
    assert one(track(timestamp=None), sentAt=iso(NOW_MS - HOUR_MS)).ts == NOW_MS


def test_a_clock_that_is_behind_is_put_right_by_the_time_of_sending() -> None:
    event = one(track(timestamp=iso(NOW_MS - 3 * HOUR_MS)), sentAt=iso(NOW_MS - 2 * HOUR_MS))
    assert event.ts == NOW_MS - HOUR_MS


def test_a_clock_that_is_ahead_is_put_right_by_the_time_of_sending() -> None:
    event = one(track(timestamp=iso(NOW_MS + HOUR_MS)), sentAt=iso(NOW_MS + 2 * HOUR_MS))
    assert event.ts == NOW_MS - HOUR_MS


def test_the_time_that_a_request_took_moves_no_event() -> None:
    for took_ms in (1, 250, SKEW_MS_MIN - 1):
        event = one(track(timestamp=iso(NOW_MS - HOUR_MS)), sentAt=iso(NOW_MS - took_ms))
        assert event.ts == NOW_MS - HOUR_MS


def test_without_a_time_of_sending_the_timestamp_is_taken_as_it_is() -> None:
    for sent_at in (None, "soon", [], True):
        assert one(track(timestamp=iso(NOW_MS - HOUR_MS)), sentAt=sent_at).ts == NOW_MS - HOUR_MS


def test_a_single_message_carries_its_own_time_of_sending() -> None:
    message = track(timestamp=iso(NOW_MS - 3 * HOUR_MS), sentAt=iso(NOW_MS - 2 * HOUR_MS))
    (event,) = WIRE.events(request("/v1/track"), message)
    assert isinstance(event, Event)
    assert event.ts == NOW_MS - HOUR_MS


@pytest.mark.parametrize(
    "stamp", ["2026-09-21T14:53:20.000+02:00", "2026-09-21T12:53:20Z", 1_789_995_200]
)
def test_timestamps_come_in_any_offset_and_as_epochs(stamp: object) -> None:
    assert one(track(timestamp=stamp)).ts == 1_789_995_200_000


def test_a_timestamp_that_is_none_is_told_to_the_pipeline_which_refuses_it() -> None:
    given = one(track(timestamp="the day before", sentAt="2026-01-01T00:00:00Z"))
    assert (given.stamp, given.ts) == ("the day before", 0)
    refused = pipeline.plausible_time(given, Arrival(NOW_MS, rules()))
    assert isinstance(refused, Dropped)
    assert refused.reason is DropReason.BAD_TIMESTAMP
    assert "the day before" in refused.detail
    assert one(track(timestamp="2026-01-01")).stamp == ""


# What it was


def test_a_track_is_an_event_with_its_properties() -> None:
    event = one(track(properties={"price": 1.5, "tags": ["a"]}, messageId="m1"))
    assert (event.kind, event.name) == (Kind.EVENT, "Seen")
    assert event.properties == {"price": 1.5, "tags": ["a"]}
    assert event.message_id == "m1"


@pytest.mark.parametrize(("kind", "name"), [("page", "Page Viewed"), ("screen", "Screen Viewed")])
def test_a_page_or_screen_is_a_view_that_keeps_its_name(kind: str, name: str) -> None:
    message = {"type": kind, "userId": "u1", "name": "Home", "category": "Docs", "event": "odd"}
    event = one(message | {"properties": {"url": "https://x.test"}})
    assert (event.kind, event.name) == (Kind.EVENT, name)
    assert event.properties == {"name": "Home", "category": "Docs", "url": "https://x.test"}


def test_identify_and_group_change_the_profile_and_are_no_events() -> None:
    known = one({"type": "identify", "userId": "u1", "traits": {"plan": "pro"}})
    assert (known.kind, known.traits) == (Kind.PROFILE, {"plan": "pro"})
    group = one({"type": "group", "userId": "u1", "groupId": 7, "traits": {"seats": 5}})
    assert (group.kind, group.traits) == (Kind.PROFILE, {"group": {"seats": 5, "id": "7"}})


@pytest.mark.parametrize("message", [{"type": "dance"}, {}, "track", None, 7, [], {"type": []}])
def test_a_message_of_an_unknown_type_is_dropped_and_told_the_known_ones(message: Any) -> None:
    refused = dropped(message)
    assert refused.reason is DropReason.NOT_AN_EVENT
    assert all(kind in refused.detail for kind in TYPES)


def test_one_bad_message_takes_no_other_with_it() -> None:
    batch = [track(messageId="m1"), None, track(type="x"), track(messageId="m2")]
    events = WIRE.events(request(), {"batch": batch})
    assert [isinstance(event, Event) for event in events] == [True, False, False, True]


@pytest.mark.parametrize("kind", TYPES)
def test_the_address_says_of_which_type_a_single_message_is(kind: str) -> None:
    message = {"type": "track", "userId": "u1", "previousId": "u0", "event": "Seen"}
    (event,) = WIRE.events(request(f"/v1/{kind}"), message)
    assert event == one({**message, "type": kind})


# What is kept of the context


def test_page_and_campaign_are_properties_and_the_message_s_own_come_first() -> None:
    context = {
        "page": {"url": "https://x.test/a", "path": "/a", "referrer": "", "title": "A", "odd": 1},
        "campaign": {"name": "spring", "source": "mail", "odd": 1},
    }
    event = one(track(context=context, properties={"path": "/mine"}))
    assert event.properties == {
        "url": "https://x.test/a",
        "path": "/mine",
        "title": "A",
        "campaign.name": "spring",
        "campaign.source": "mail",
    }


@pytest.mark.clause("S1-11", "S1-12")
@pytest.mark.parametrize("kind", TYPES)
def test_neither_the_address_nor_the_user_agent_is_ever_kept(kind: str) -> None:
    context = {
        "ip": "203.0.113.7",
        "userAgent": "Quokkaphone 7",
        "userAgentData": {"brands": ["Quokkaphone"]},
        "device": {"id": "203.0.113.7", "advertisingId": "203.0.113.7"},
        "network": {"carrier": "203.0.113.7"},
        "library": {"name": "some-library", "version": "203.0.113.7"},
    }
    message = {"type": kind, "userId": "u1", "previousId": "u0", "event": "Seen"}
    event = one(message | {"context": context})
    # For the country, the browser and the visit; gone once the policy's gate has judged the event.
    assert event.signals == Signals(ip="203.0.113.7", agent="Quokkaphone 7")
    text = msgspec.json.encode(msgspec.structs.replace(event, signals=NO_SIGNALS))
    assert b"203.0.113.7" not in text
    assert b"Quokkaphone" not in text
    assert event.source == "some-library"


def test_what_a_context_tells_of_the_persons_will_goes_to_the_gate() -> None:
    context = {
        "consent": {"categoryPreferences": {"analytics": True, "ads": False, "odd": "yes"}},
        "location": {"country": "FR"},
    }
    assert one(track(context=context)).signals == Signals(
        country="FR", consent={"analytics": True, "ads": False}
    )
    identify = {"type": "identify", "userId": "u1", "traits": {"age": 12}}
    assert one(identify).signals == Signals(age=12)


@pytest.mark.parametrize(
    ("said", "country"),
    [
        ("FR", "FR"),
        ("fr", "FR"),
        ("UK", "GB"),
        ("el", "GR"),
        *((none, "") for none in ("EU", "XX", "ZZ", "AP", "France", "ß", "ﬁ", "", 7, None)),
    ],
)
def test_a_country_is_one_of_iso_s_and_anything_else_is_not_known(
    said: object, country: str
) -> None:
    expected = Signals(country=country) if country else NO_SIGNALS
    assert one(track(context={"location": {"country": said}})).signals == expected


@pytest.mark.parametrize(
    ("context", "traits", "age"),
    [
        ({"traits": {"age": 12}}, {}, 12),
        ({"traits": {"age": "12"}}, {}, 12),
        ({"traits": {"age": 40}}, {"age": 12}, 12),
        ({"traits": {"age": 12}}, {"age": "old enough"}, 12),
        ({}, {"age": " 12.5 "}, 12.5),
        ({"traits": {"age": "nan"}}, {"age": True}, None),
        ({"traits": "12"}, {"age": 1990}, None),
    ],
)
def test_an_age_is_read_wherever_it_is_told(
    context: dict[str, Any], traits: dict[str, Any], age: float | None
) -> None:
    told = {"context": context, "traits": traits}
    for message in (track(**told), {"type": "identify", "userId": "u1", **told}):
        assert one(message).signals == Signals(age=age)


def sent_from(context: dict[str, Any], **headers: str) -> Signals:
    """The signals of a message that came from an address with these headers."""
    own = {"user-agent": "Quokka/7", **headers}
    asked = Request("POST", "/v1/batch", {}, own, b"", NOW_MS, address="198.51.100.4")
    (event,) = WIRE.events(asked, {"batch": [track(context=context)]})
    assert isinstance(event, Event)
    return event.signals


def test_a_browsers_connection_is_the_persons_own_and_a_servers_is_not() -> None:
    browser = {"origin": "https://shop.example"}
    assert sent_from({}, **browser) == Signals(ip="198.51.100.4", agent="Quokka/7")
    assert sent_from({}) == NO_SIGNALS
    told = {"ip": "203.0.113.7", "userAgent": "Other/1"}
    own = Signals(ip="203.0.113.7", agent="Other/1")
    assert sent_from(told, **browser) == sent_from(told) == own
    half = sent_from({"userAgent": "Other/1"}, **browser)
    assert half == Signals(ip="198.51.100.4", agent="Other/1")


@pytest.mark.clause("S1-21")
@pytest.mark.parametrize(("said", "asks"), [(True, True), (False, False), ("true", False)])
def test_a_message_asks_to_be_counted_without_a_cookie(said: object, asks: bool) -> None:
    assert sent_from({"cookieless": said}).cookieless is asks


def test_by_how_much_a_clock_was_put_right_goes_along() -> None:
    stamp, sent = iso(NOW_MS - 3 * HOUR_MS), iso(NOW_MS - 2 * HOUR_MS)
    assert one(track(timestamp=stamp), sentAt=sent).signals == Signals(skew_ms=2 * HOUR_MS)
    assert one(track(), sentAt=sent).signals == NO_SIGNALS, "its own clock was not asked"


@pytest.mark.parametrize(
    "context",
    [None, [], "x", 7, {"consent": 7, "location": [], "page": 7, "campaign": [], "library": "x"}],
)
def test_a_context_of_another_shape_is_passed_over(context: Any) -> None:
    event = one(track(context=context))
    assert (event.properties, event.source) == ({}, "segment")


# Bodies and keys


@pytest.mark.parametrize(
    "body", [None, [], 7, "x", {}, {"batch": None}, {"batch": {}}, {"batch": [1] * (BATCH_MAX + 1)}]
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(body: Any) -> None:
    with pytest.raises(BadBody) as failure:
        WIRE.events(request(), body)
    assert failure.value.mend


def basic(text: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize(
    ("headers", "body", "key"),
    [
        (basic("wk_1:"), {}, "wk_1"),
        (basic("wk_1:password"), {}, "wk_1"),
        (basic("wk_1"), {}, "wk_1"),
        (basic("wk_1:"), {"writeKey": "wk_2"}, "wk_1"),
        ({}, {"writeKey": "wk_2"}, "wk_2"),
        ({"authorization": "Bearer wk_1"}, {"writeKey": "wk_2"}, "wk_2"),
        ({"authorization": "Basic %%%"}, {}, ""),
        ({}, {"writeKey": 7}, ""),
        ({}, [], ""),
        ({}, None, ""),
    ],
)
def test_the_write_key_is_the_name_of_basic_or_stands_in_the_body(
    headers: dict[str, str], body: Any, key: str
) -> None:
    assert WIRE.key(request(headers=headers), body) == key


# RudderStack's words, and images


def test_what_rudderstack_says_in_words_of_its_own() -> None:
    event = one(track(originalTimestamp=iso(NOW_MS - 3 * HOUR_MS), sentAt=iso(NOW_MS - HOUR_MS)))
    assert event.ts == NOW_MS - 2 * HOUR_MS, "each message says when it was sent"
    given = iso(NOW_MS - HOUR_MS)
    assert one(track(timestamp=given, originalTimestamp=iso(0))).ts == NOW_MS - HOUR_MS
    traits = {"email": "Ann@x.test", "plan": "free"}
    told = {"type": "identify", "userId": "u1", "context": {"traits": traits}}
    known = one(told | {"traits": {"plan": "pro"}})
    assert known.traits == {"email": "Ann@x.test", "plan": "pro"}
    assert Identifier("email", "ann@x.test") in known.identifiers
    assert one(track(context={"traits": traits})).traits == {}


def asked_by_image(path: str, **query: str) -> list[Event | Dropped]:
    asked = Request("GET", path, query, {}, b"", NOW_MS)
    return WIRE.events(asked, WIRE.content(asked))


def test_an_image_of_rudderstack_has_its_fields_in_its_address() -> None:
    fields = {
        "writeKey": "wk",
        "anonymousId": "a1",
        "event": "Opened",
        "properties.mail": "spring",
        "properties.list.size": "4",
        "context.page.url": "https://x.test/",
        "context.page": "cannot be both",
    }
    (event,) = asked_by_image("/pixel/v1/track", **fields)
    assert isinstance(event, Event)
    assert (event.name, event.ts) == ("Opened", NOW_MS)
    assert event.identifiers == (Identifier("anonymous_id", "a1"),)
    expected = {"mail": "spring", "list": {"size": "4"}, "url": "https://x.test/"}
    assert event.properties == expected
    (view,) = asked_by_image("/pixel/v1/page", anonymousId="a1", name="Home")
    assert isinstance(view, Event)
    assert (view.name, view.properties) == ("Page Viewed", {"name": "Home"})


def test_an_image_of_segment_has_a_message_in_its_address() -> None:
    message = msgspec.json.encode({"event": "Opened", "userId": "u1", "writeKey": "wk"})
    (event,) = asked_by_image("/v1/pixel/track", data=base64.b64encode(message).decode())
    assert isinstance(event, Event)
    assert (event.name, event.identifiers) == ("Opened", (Identifier("user_id", "u1"),))
    asked = Request("GET", "/v1/pixel/track", {}, {}, b"", NOW_MS)
    assert WIRE.reply(asked, Receipt(1, {})).media_type == "image/gif"
    assert WIRE.reply(request(), Receipt(1, {})).media_type == "application/json"


@pytest.mark.parametrize("letter", "tipsga")
def test_a_letter_stands_for_a_type(letter: str) -> None:
    message = track(previousId="u0", groupId="g1")
    whole = {kind[0]: kind for kind in TYPES if kind != "update"}[letter]
    for path in (f"/v1/{letter}", f"/{letter}"):
        assert path in WIRE.paths
        assert WIRE.events(request(path), message) == WIRE.events(request(f"/v1/{whole}"), message)
    (batched,) = WIRE.events(request("/b"), {"batch": [track()]})
    assert batched == one(track())


def test_the_key_may_stand_in_the_address() -> None:
    asked = Request("POST", "/beacon/v1/batch", {"writeKey": "wk"}, {}, b"", NOW_MS)
    assert WIRE.key(asked, {"batch": []}) == "wk"
    assert WIRE.key(asked, {"batch": [], "writeKey": "other"}) == "other"


def test_a_refusal_has_what_clients_for_python_look_for() -> None:
    assert WIRE.failure is not None
    reply = WIRE.failure(request(), NotRecognised("The key is unknown", mend="Make one."))
    told = msgspec.json.decode(reply.body)
    assert (reply.status, reply.media_type) == (401, "application/problem+json")
    assert (told["title"], told["code"]) == ("The key is unknown", "NotRecognised")
    assert told["message"] == "The key is unknown. Make one."


# Jitsu


def test_an_address_of_no_type_is_of_no_event() -> None:
    (event,) = JITSU.events(request("/api/s/dance"), track())
    assert isinstance(event, Dropped)
    assert event.reason is DropReason.NOT_AN_EVENT


def test_jitsu_s_key_has_its_secret_behind_a_colon() -> None:
    asked = Request("POST", "/api/s/track", {}, {"x-write-key": "wk:open:sesame"}, b"", NOW_MS)
    assert (JITSU.key(asked, {}), JITSU.secret(asked)) == ("wk", "open:sesame")


@pytest.mark.parametrize(("policy", "ip"), [("remove", ""), ("stripLastOctet", "198.51.100.4")])
def test_jitsu_s_client_may_ask_that_the_address_is_not_looked_at(policy: str, ip: str) -> None:
    headers = {"x-ip-policy": policy, "origin": "https://x.test", "user-agent": "Quokka/7"}
    asked = Request("POST", "/api/s/track", {}, headers, b"", NOW_MS, address="198.51.100.4")
    (event,) = JITSU.events(asked, track())
    assert isinstance(event, Event)
    assert event.signals.ip == ip
