"""Countly's SDKs: `/i` takes one request, which may tell of several things at once, by GET or form;
`/i/bulk` takes many.

The app key is the key. An event keeps its name; a view is a page or, in an app, a screen, and its
end another event, which says how long it lasted; a session that begins or ends says so, and those
in between that it goes on, which needs no event. Details of the user change the profile, and an
`old_device_id` names who it was before. SDKs ask again for ever, and send nothing else, until they
hear a `result`.

Source: https://support.countly.com/hc/en-us/articles/360037753291-SDK-development-guide and the
published SDKs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError, Unavailable
from sojourn.event import (
    NO_SIGNALS,
    PAGE_VIEWED,
    SCREEN_VIEWED,
    Event,
    Identifier,
    Kind,
    Signals,
)
from sojourn.instant import instant_ms
from sojourn.message_id import message_ids
from sojourn.wire import (
    Receipt,
    Reply,
    Request,
    Wire,
    age_of,
    changes_of,
    country_of,
    email_of,
    form_of,
    id_of,
    identifiers_of,
    json_in,
    json_reply,
    number_of,
    require_batch,
    signals_of,
    texts_of,
)

DEVELOPERS = "0"
"""The type (`t`) of a device id that the developer gave: it is the user's."""
MADE_BY_SDK = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-fA-F]{16}")
"""What SDKs make up for a device: a UUID or, on Android, 16 hexadecimal digits."""
TEMPORARY = "[CLY]_temp_id"
VIEW, RATING, CRASHED = "[CLY]_view", "[CLY]_star_rating", "Application Crashed"
OWN = "[CLY]_"
"""How the names of the SDKs' own events begin: where was clicked, how the device was turned."""
ENDED = {PAGE_VIEWED: "Page Left", SCREEN_VIEWED: "Screen Left"}
VISIT_STARTED, VISIT_ENDED = "Visit Started", "Visit Ended"
METRICS = {
    "_os": "os",
    "_os_version": "os_version",
    "_device": "device",
    "_resolution": "screen",
    "_app_version": "app_version",
    "_locale": "language",
    "_browser": "browser",
    "_browser_version": "browser_version",
}
DETAILS = ("name", "username", "email", "organization", "phone", "picture", "gender")
CHANGES = {
    "": "",
    "$setOnce": "once",
    "$inc": "add",
    "$push": "append",
    "$addToSet": "union",
    "$pull": "remove",
    "$unset": "unset",
}
"""What SDKs call a change of a property, and what it is here."""
VIEW_PLUMBING = ("name", "view", "visit", "start", "exit", "bounce", "uvc", "domain", "referrer")
UNDERSTOOD = (
    "session_duration",
    "consent",
    "hc",
    "apm",
    "campaign_id",
    "token_session",
    "location",
)
"""What SDKs send by themselves and what leaves no trace here: a sign of life, what they may send,
how they fare."""
STAMP = "timestamp"
OF_THE_SENDING = ("rr", "checksum", "checksum256")
"""What may differ each time that one request is sent: how many wait behind it, and its sums."""


def content(request: Request) -> list[dict[str, str]]:
    """The parameters of each request that a request holds."""
    given = dict(request.query)
    if request.method == "POST":
        given |= form_of(request)
    if "requests" not in given:
        return [given]
    shared = {name: value for name, value in given.items() if name in ("app_key", "device_id")}
    batch = require_batch(json_in(given["requests"]), "requests")
    return [shared | texts_of(one) for one in batch]


def key(request: Request, given: list[dict[str, str]]) -> str:
    """The app key of the first request that has one."""
    return next((one["app_key"] for one in given if one.get("app_key")), "")


def events(request: Request, given: list[dict[str, str]]) -> list[Event | Dropped]:
    """All that the requests tell of, in order."""
    app = key(request, given)
    ids = message_ids(map(_own_words, given))
    return [
        _named(event, own, place)
        for one, own in zip(given, ids, strict=True)
        for place, event in enumerate(_events(one, app, request))
    ]


def _own_words(given: dict[str, str]) -> dict[str, str] | None:
    """What a request is recognised by when it is sent again: an SDK gives no two requests of a
    device the same instant. None where it says none."""
    if not given.get(STAMP):
        return None
    return {name: value for name, value in given.items() if name not in OF_THE_SENDING}


def _named(event: Event | Dropped, own: str, place: int) -> Event | Dropped:
    """What happened under its own id or, where it has none, that of its place in the request."""
    if isinstance(event, Dropped) or event.message_id or not own:
        return event
    return msgspec.structs.replace(event, message_id=f"{own}-{place}")


def _events(given: dict[str, str], app: str, request: Request) -> Iterator[Event | Dropped]:
    if given.get("app_key", app) != app:
        detail = "It is of another app (app_key) than the first."
        yield Dropped(DropReason.NOT_AN_EVENT, detail)
        return
    stamp = given.get(STAMP)
    ts = instant_ms(stamp) if stamp else request.received_ms
    if ts is None:
        yield Dropped(DropReason.BAD_TIMESTAMP, f"“{str(stamp)[:60]}” is no instant.")
        return
    shared = Event(
        ts=ts,
        identifiers=_identifiers(given),
        message_id="",
        source=f"countly-{_sdk(given)}"[:100] if _sdk(given) else "countly",
        signals=_signals(given, request),
    )
    told = list(_told(given, shared, request))
    if not told and not any(name in given for name in UNDERSTOOD):
        yield Dropped(DropReason.NOT_AN_EVENT, "It tells of nothing that is understood here.")
    yield from told


def _told(given: dict[str, str], shared: Event, request: Request) -> Iterator[Event | Dropped]:
    """What one request tells of, one after the other."""
    if given.get("old_device_id"):
        yield from _alias(given["old_device_id"], shared)
    if given.get("begin_session") == "1":
        yield _with(shared, VISIT_STARTED, _metrics(given))
    if "user_details" in given:
        yield _profile(json_in(given["user_details"]), shared, request.received_ms)
    if "events" in given:
        messages = json_in(given["events"])
        for one in messages if isinstance(messages, list) else ():
            event = _event(one, shared, is_page="web" in _sdk(given))
            if event is not None:
                yield event
    if "crash" in given:
        yield _crash(json_in(given["crash"]), shared)
    if given.get("end_session") == "1":
        yield _with(shared, VISIT_ENDED, {})


def _with(shared: Event, name: str, properties: dict[str, Any]) -> Event:
    return msgspec.structs.replace(shared, name=name, properties=properties)


def _alias(old: str, shared: Event) -> Iterator[Event]:
    """Who a device id named before is who it names now. Ids that SDKs make up are recognised by
    their form, for a request tells the type of the new id only."""
    if id_of(old) in ("", TEMPORARY) or not shared.identifiers:
        return
    kind = "anonymous_id" if MADE_BY_SDK.fullmatch(old) else "user_id"
    yield msgspec.structs.replace(shared, kind=Kind.ALIAS, previous=Identifier(kind, old))


def _event(given: Any, shared: Event, *, is_page: bool) -> Event | Dropped | None:
    """One event of a list; None where it says nothing of the person."""
    if not isinstance(given, dict) or not isinstance(given.get("key"), str):
        return Dropped(DropReason.NOT_AN_EVENT, "An event without a key.")
    stamp = given.get(STAMP)
    ts = shared.ts if stamp is None else instant_ms(stamp)
    if ts is None:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{str(stamp)[:60]}” is no instant.")
    name = given["key"]
    told = given.get("segmentation")
    properties = dict(told) if isinstance(told, dict) else {}
    if name == VIEW:
        name, properties = _view(properties, is_page=is_page)
    elif name == RATING:
        properties.pop("email", None)
        name = "Rated"
    elif name.startswith(OWN):
        return None
    numbers = (("count", given.get("count")), ("sum", given.get("sum")))
    properties |= {word: value for word, value in numbers if value not in (None, 1)}
    if given.get("dur"):
        properties["duration"] = given["dur"]
    # A view that ends comes under the id of its beginning.
    own = "" if name in ENDED.values() else id_of(given.get("id"))
    return msgspec.structs.replace(shared, name=name, ts=ts, properties=properties, message_id=own)


def _view(given: dict[str, Any], *, is_page: bool) -> tuple[str, dict[str, Any]]:
    """A page or screen that was seen or, where it is no visit to it, left."""
    seen = PAGE_VIEWED if is_page else SCREEN_VIEWED
    named = {"name": given.get("name"), "path": given.get("view")}
    found = {word: value for word, value in named.items() if value}
    if "visit" not in given:
        return ENDED[seen], found
    for word, value in given.items():
        if word.startswith("utm_"):
            campaign = word.removeprefix("utm_").replace("campaign", "name")
            found[f"campaign.{campaign}"] = value
        elif word not in VIEW_PLUMBING and not (word == "segment" and not is_page):
            found[word] = value
    return seen, found | ({"referrer": given["referrer"]} if given.get("referrer") else {})


def _metrics(given: dict[str, str]) -> dict[str, Any]:
    metrics = json_in(given.get("metrics", ""))
    told = metrics if isinstance(metrics, dict) else {}
    return {ours: told[theirs] for theirs, ours in METRICS.items() if told.get(theirs)}


def _crash(given: Any, shared: Event) -> Event:
    """That the app crashed, and on what; the trace may hold anything, and stays out."""
    told = given if isinstance(given, dict) else {}
    found = {ours: told[theirs] for theirs, ours in METRICS.items() if told.get(theirs)}
    if isinstance(told.get("_nonfatal"), bool | int):
        found["fatal"] = not told["_nonfatal"]
    return _with(shared, CRASHED, found)


def _profile(given: Any, shared: Event, received_ms: int) -> Event:
    """What is told of the user: details, and what becomes of properties of the app's own."""
    told = given if isinstance(given, dict) else {}
    details = {name: told[name] for name in DETAILS if told.get(name)}
    custom = told.get("custom")
    by_operator: dict[str, dict[str, Any]] = {}
    for name, value in custom.items() if isinstance(custom, dict) else ():
        simply = (("$unset" if value == "" else "", value),)
        operations = value.items() if isinstance(value, dict) else simply
        for operator, operand in operations:
            # SDKs gather what is added to a list in a list; one alone is meant as itself.
            alone = isinstance(operand, list) and len(operand) == 1
            by_operator.setdefault(operator, {})[name] = operand[0] if alone else operand
    traits, how = changes_of(by_operator, CHANGES)
    email, age = email_of(told.get("email")), _age(told.get("byear"), received_ms)
    return msgspec.structs.replace(
        shared,
        kind=Kind.PROFILE,
        identifiers=(*shared.identifiers, *([Identifier("email", email)] if email else [])),
        traits=traits | details,
        how={name: change for name, change in how.items() if name not in details},
        signals=msgspec.structs.replace(shared.signals, age=age),
    )


def _age(birth_year: Any, received_ms: int) -> float | None:
    """The age of somebody born in a year, as long as their birthday is to come."""
    born = number_of(birth_year) if isinstance(birth_year, str) else birth_year
    if not isinstance(born, int | float):
        return None
    return age_of(datetime.fromtimestamp(received_ms / 1000, UTC).year - born - 1)


def _identifiers(given: dict[str, str]) -> tuple[Identifier, ...]:
    """The device's id, which is the user's where the developer gave it."""
    device = given.get("device_id")
    if device == TEMPORARY:
        return ()
    is_users = given.get("t", "") == DEVELOPERS
    return identifiers_of(user_id=device) if is_users else identifiers_of(anonymous_id=device)


def _sdk(given: dict[str, str]) -> str:
    return given.get("sdk_name", "")


def _signals(given: dict[str, str], request: Request) -> Signals:
    """Where the person is, as far as they let it be known (an empty location says: not at all)."""
    own = signals_of(request) if request.is_browsers else NO_SIGNALS
    if given.get("location") == "":
        return msgspec.structs.replace(own, ip="")
    return Signals(
        country=country_of(given.get("country_code")),
        ip=given.get("ip_address") or own.ip,
        agent=own.agent,
    )


def reply(request: Request, receipt: Receipt) -> Reply:
    """What tells an SDK that it need not send this again."""
    return json_reply({"result": "Success"})


def failure(request: Request, error: SojournError) -> Reply:
    """A result also where something failed; by the status the SDK knows that it did."""
    wait = {"Retry-After": str(error.retry_after_s)} if isinstance(error, Unavailable) else {}
    return Reply(
        msgspec.json.encode({"result": f"{error.title}. {error.mend}".strip()}),
        status=error.status,
        headers=wait,
    )


WIRE = Wire(
    name="countly",
    title="Countly",
    paths=("/i", "/i/bulk"),
    methods=("GET", "POST"),
    content=content,
    key=key,
    events=events,
    reply=reply,
    failure=failure,
    # What SDKs ask besides: settings, remote configuration, surveys, content. There are none.
    asides={
        path: lambda request: json_reply({})
        for path in ("/o/sdk", "/o/sdk/content", "/o/surveys/feedback/widget")
    },
)
