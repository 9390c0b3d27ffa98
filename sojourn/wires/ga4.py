"""Google Analytics 4's Measurement Protocol: `/mp/collect`, up to 25 events of one device.

The measurement id, or an app's Firebase id, is the key, and `api_secret` its secret. Page and
screen views are called as everywhere here, other events as they are; what describes user and device
comes with the message and goes to the profile and to each event. `/debug/mp/collect` says what is
wrong with a message, and keeps nothing.

Source: https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import NO_SIGNALS, PAGE_VIEWED, SCREEN_VIEWED, Event, Identifier, Kind, Signals
from sojourn.instant import instant_ms
from sojourn.message_id import message_ids
from sojourn.wire import (
    Receipt,
    Reply,
    Request,
    Wire,
    country_of,
    identifiers_of,
    json_of,
    json_reply,
    page_of,
)

EVENTS_MAX = 25
"""Events in one message; those who send more split them."""
PARAMETERS_MAX = 25
NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,39}")
RESERVED = ("firebase_", "google_", "ga_")
VIEWS = {"page_view": PAGE_VIEWED, "screen_view": SCREEN_VIEWED}
OF_THE_CLIENT = ("session_start", "user_engagement", "first_visit", "first_open")
"""What clients send by themselves: here visits and first events are seen in the timeline."""
PURCHASE, ORDER = "purchase", "transaction_id"
"""An order is bought once: Google, too, counts the purchases of one transaction as one."""
STAMP = "timestamp_micros"
PLUMBING = (
    "session_id",
    "session_number",
    "engagement_time_msec",
    "debug_mode",
    "ga_session_id",
    "ga_session_number",
    "firebase_screen_id",
    "firebase_screen_class",
    "screen_class",
)
PAGE = ("page_location", "page_title", "page_referrer")
CAMPAIGN = {
    "campaign": "campaign.name",
    "campaign_id": "campaign.id",
    "source": "campaign.source",
    "medium": "campaign.medium",
    "term": "campaign.term",
    "content": "campaign.content",
}
CAMPAIGN_EVENT = "campaign_details"
"""The event whose parameters are those of a campaign; elsewhere they are the event's own."""
NAMED = {
    "screen_resolution": "screen",
    "screen_name": "name",
    "firebase_screen": "name",
    "page_path": "path",
}
DEVICE = {
    "category": "device",
    "language": "language",
    "screen_resolution": "screen",
    "operating_system": "os",
    "operating_system_version": "os_version",
    "browser": "browser",
    "browser_version": "browser_version",
}
GRANTED, DENIED = "GRANTED", "DENIED"


def key(request: Request, body: Any) -> str:
    """The stream that an event is of: a web site's, or an app's."""
    return request.query.get("measurement_id") or request.query.get("firebase_app_id", "")


def secret(request: Request) -> str:
    """The secret of the stream, which every client sends."""
    return request.query.get("api_secret", "")


def events(request: Request, body: Any) -> list[Event | Dropped]:
    """The events of a message, after what it tells of the user."""
    if not isinstance(body, dict):
        raise BadBody("The body is not a JSON object", mend="Send {“client_id”: …, “events”: […]}.")
    given = body.get("events")
    # A client that puts off sending puts one event where the list should be.
    messages = [given] if isinstance(given, dict) else given
    if not isinstance(messages, list) or len(messages) > EVENTS_MAX:
        raise BadBody(
            f"The message has no list of up to {EVENTS_MAX} events",
            where="events",
            mend="Send a list; split a longer one.",
        )
    shared = Event(
        ts=_instant(body.get(STAMP), request.received_ms),
        identifiers=_identifiers(body),
        properties=_device(body),
        message_id="",
        source="ga4",
        signals=_signals(body),
    )
    traits = _traits(body)
    told = [one for one in messages if not _is_the_clients(one)]
    own, *ids = message_ids([_own_words({}, body), *(_own_words(one, body) for one in told)])
    profile = msgspec.structs.replace(
        shared, kind=Kind.PROFILE, properties={}, traits=traits, message_id=own
    )
    found = [_event(one, shared, own) for one, own in zip(told, ids, strict=True)]
    return [profile, *found] if traits else found


def _own_words(given: Any, body: dict[str, Any]) -> list[Any] | None:
    """What an event is recognised by when it is sent again, None where nothing tells it from the
    next of its kind: not even how long somebody was engaged, which many clients make up."""
    event = given if isinstance(given, dict) else {}
    is_order = event.get("name") == PURCHASE and bool(_object(event, "params").get(ORDER))
    if not (event.get(STAMP) or body.get(STAMP) or is_order):
        return None
    return [given, {name: value for name, value in body.items() if name != "events"}]


def _is_the_clients(given: Any) -> bool:
    return isinstance(given, dict) and given.get("name") in OF_THE_CLIENT


def _event(given: Any, shared: Event, own: str) -> Event | Dropped:
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        return Dropped(DropReason.NOT_AN_EVENT, "An event without a name.")
    told = dict(_object(given, "params"))
    name = given["name"]
    location, title, referrer = (told.pop(one, "") for one in PAGE)
    page = page_of(_text(location), _text(title), _text(referrer))
    words = NAMED | CAMPAIGN if name == CAMPAIGN_EVENT else NAMED
    said = {words.get(word, word): value for word, value in told.items() if word not in PLUMBING}
    return msgspec.structs.replace(
        shared,
        name=VIEWS.get(name, name),
        ts=_instant(given.get(STAMP), shared.ts),
        properties=shared.properties | page | said,
        message_id=own,
    )


def _object(given: dict[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name)
    return found if isinstance(found, dict) else {}


def _text(given: Any) -> str:
    return given if isinstance(given, str) else ""


def _instant(micros: Any, otherwise_ms: int) -> int:
    """The instant that some microseconds are, which come as a number or as its digits."""
    told = instant_ms(micros) if micros not in (None, "") else None
    return otherwise_ms if told is None else told


def _identifiers(body: dict[str, Any]) -> tuple[Identifier, ...]:
    device = body.get("client_id") or body.get("app_instance_id")
    return identifiers_of(user_id=body.get("user_id"), anonymous_id=device)


def _traits(body: dict[str, Any]) -> dict[str, Any]:
    given = body.get("user_properties")
    wrapped = given.items() if isinstance(given, dict) else ()
    return {
        name: own["value"]
        for name, own in wrapped
        if isinstance(own, dict) and own.get("value") is not None
    }


def _device(body: dict[str, Any]) -> dict[str, Any]:
    given = body.get("device")
    told = given if isinstance(given, dict) else {}
    return {ours: told[theirs] for theirs, ours in DEVICE.items() if _text(told.get(theirs))}


def _signals(body: dict[str, Any]) -> Signals:
    """Consent to advertising under Google's names for it, and where the person is, where told."""
    given, place = body.get("consent"), body.get("user_location")
    told = given if isinstance(given, dict) else {}
    consent = {name: state == GRANTED for name, state in told.items() if state in (GRANTED, DENIED)}
    if body.get("non_personalized_ads") is True:
        consent["ad_personalization"] = False
    found = Signals(
        country=country_of(place.get("country_id")) if isinstance(place, dict) else "",
        ip=_text(body.get("ip_override")),
        agent=_text(body.get("user_agent")),
        consent=consent,
    )
    return NO_SIGNALS if found == NO_SIGNALS else found


def reply(request: Request, receipt: Receipt) -> Reply:
    """Nothing: the protocol has no answer but that it came."""
    return Reply(b"", status=204)


def validation(request: Request) -> Reply:
    """What is wrong with a message; it is not kept, whoever sends it."""
    try:
        body = json_of(request)
    except BadBody as failure:
        return _wrong(("", failure.detail, "VALUE_INVALID"))
    if not isinstance(body, dict):
        return _wrong(("", "The body is not a JSON object.", "VALUE_INVALID"))
    messages: list[tuple[str, str, str]] = []
    if not _identifiers(body):
        found = "Give a client_id, an app_instance_id or a user_id."
        messages.append(("client_id", found, "VALUE_REQUIRED"))
    listed = body.get("events")
    if not isinstance(listed, list):
        return _wrong(*messages, ("events", "Events are a list.", "VALUE_REQUIRED"))
    if len(listed) > EVENTS_MAX:
        found = f"A message may have {EVENTS_MAX} events."
        messages.append(("events", found, "EXCEEDED_MAX_ENTITIES"))
    for index, one in enumerate(listed[:EVENTS_MAX]):
        messages += _faults(one, f"events[{index}]")
    return _wrong(*messages)


def _faults(given: Any, path: str) -> list[tuple[str, str, str]]:
    """What is wrong with one event: path, description, code."""
    name = given.get("name") if isinstance(given, dict) else None
    if not isinstance(name, str):
        return [(f"{path}.name", "An event has a name.", "VALUE_REQUIRED")]
    faults = []
    if not NAME.fullmatch(name):
        found = "A name begins with a letter and has up to 40 letters, digits and underscores."
        faults.append((f"{path}.name", found, "NAME_INVALID"))
    if name.startswith(RESERVED) or name in OF_THE_CLIENT:
        faults.append((f"{path}.name", f"“{name}” is a reserved name.", "NAME_RESERVED"))
    parameters = given.get("params", {})
    if not isinstance(parameters, dict):
        faults.append((f"{path}.params", "Parameters are an object.", "VALUE_INVALID"))
    elif len(parameters) > PARAMETERS_MAX:
        found = f"An event may have {PARAMETERS_MAX} parameters."
        faults.append((f"{path}.params", found, "EXCEEDED_MAX_ENTITIES"))
    return faults


def _wrong(*messages: tuple[str, str, str]) -> Reply:
    fields = ("fieldPath", "description", "validationCode")
    told = [dict(zip(fields, message, strict=True)) for message in messages]
    return json_reply({"validationMessages": told})


WIRE = Wire(
    name="ga4",
    title="Google Analytics 4 (Measurement Protocol)",
    paths=("/mp/collect",),
    content=json_of,
    key=key,
    secret=secret,
    events=events,
    reply=reply,
    asides={"/debug/mp/collect": validation},
)
