"""Amplitude's HTTP API: `/2/httpapi` and, for batches, `/batch`.

Every event has the user's id, the device's or both, and both join the two. `$identify` changes the
profile, `$groupidentify` tells of the organisation of whoever sends it. Of what clients send by
themselves page views are page views, the start and end of a session and what campaign brought
somebody are found from the events here, and other things keep their name without Amplitude's mark
on their properties. Ids may be short. Clients read what became of a request in the reply's `code`.

Source: https://amplitude.com/docs/apis/analytics/http-v2, and the clients' sources.
"""

from __future__ import annotations

import re
from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import NotRecognised, SojournError
from sojourn.event import NO_SIGNALS, PAGE_VIEWED, Event, Identifier, Kind, Signals
from sojourn.instant import instant_ms
from sojourn.wire import (
    UTM,
    Receipt,
    Reply,
    Request,
    Wire,
    age_of,
    changes_of,
    country_of,
    email_of,
    failure_reply,
    id_of,
    identifiers_of,
    json_reply,
    page_of,
    refusals_of,
    require_batch,
    signals_of,
    skew_ms,
)

MARK = "[Amplitude] "
"""How the names of events and properties begin that clients make by themselves."""
PAGE = f"{MARK}Page Viewed"
OF_THE_CLIENT = (
    *("session_start", "session_end", f"{MARK}Network Request", f"{MARK}Web Vitals"),
    f"{MARK}Viewport Content Updated",
)
"""Events in which a client tells of itself; where visits begin and end is found from the events."""
OPERATORS = {
    "$set": "",
    "$setOnce": "once",
    "$add": "add",
    "$append": "append",
    "$prepend": "append",
    "$preInsert": "union",
    "$postInsert": "union",
    "$remove": "remove",
    "$unset": "unset",
}
NAMES = {
    "$currency": "currency",
    "$price": "price",
    "$productId": "product_id",
    "$quantity": "quantity",
    "$revenue": "revenue",
    "$revenueType": "revenue_type",
} | {f"utm_{theirs}": f"campaign.{ours}" for theirs, ours in UTM.items()}
"""Properties that Amplitude names, and what they are called here."""
FIELDS = {
    "app_version": "app_version",
    "currency": "currency",
    "device_model": "device_model",
    "language": "language",
    "os_name": "os",
    "platform": "platform",
    "price": "price",
    "productId": "product_id",
    "product_id": "product_id",
    "quantity": "quantity",
    "revenue": "revenue",
    "revenueType": "revenue_type",
    "revenue_type": "revenue_type",
}
"""What of an event stands beside its properties, and what it is called here."""
OF_THE_PAGE = tuple(
    f"{MARK}{name}"
    for name in (
        *("Element Hierarchy", "Page Counter", "Page Domain", "Page Location", "Page Path"),
        *("Page Title", "Page URL", "Page View ID", "Previous Page Location"),
        *("Previous Page Type", "Session Replay ID"),
    )
)
"""What `page_of` says better, or what only numbers things."""
ATTRIBUTION = re.compile(
    "(initial_)?(utm_.*|referrer|referring_domain|[a-z]*clid|[gw]braid|.*click_id|.*_cid|.*_fat_id)"
)
"""Traits in which the browser's client notes what brought somebody."""
NOBODY = (
    *("anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "true", "false"),
    *("[]", "{}", "-1", "0", "lmy47d", "00000000-0000-0000-0000-000000000000"),
)
"""Ids that Amplitude takes for none, in lower case: they stand for whom nobody knows."""
CONNECTION = "$remote"
"""The address in an event whose sender wants that of the connection to be taken."""


def key(request: Request, body: Any) -> str:
    """The API key; "" for a body that has no events, and so is another wire's."""
    given = body.get("api_key") if isinstance(body, dict) and "events" in body else None
    return given if isinstance(given, str) else ""


def events(request: Request, body: Any) -> list[Event | Dropped]:
    """The events of a body, one for each message that tells of a person."""
    given = body.get("events") if isinstance(body, dict) else None
    messages = require_batch(given, "events")
    skew = skew_ms(instant_ms(body.get("client_upload_time")), request.received_ms)
    return [
        _event(message, skew, request)
        for message in messages
        if not (isinstance(message, dict) and message.get("event_type") in OF_THE_CLIENT)
    ]


def _event(message: Any, skew: int, request: Request) -> Event | Dropped:
    name = message.get("event_type") if isinstance(message, dict) else None
    if not isinstance(name, str):
        return Dropped(DropReason.NOT_AN_EVENT, "It is no object with an “event_type”.")
    stamp = message.get("time")
    ts = request.received_ms if stamp is None else instant_ms(stamp)
    if ts is None:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{str(stamp)[:60]}” is no instant.")
    skew = 0 if stamp is None else skew
    happened = name not in ("$identify", "$groupidentify")
    traits, how = _traits(message)
    return Event(
        kind=Kind.EVENT if happened else Kind.PROFILE,
        name={PAGE: PAGE_VIEWED}.get(name, name) if happened else "",
        ts=ts + skew,
        identifiers=_identifiers(message, "" if happened else email_of(traits.get("email"))),
        properties=_properties(message) if happened else {},
        traits=traits,
        how=how,
        message_id=id_of(message.get("insert_id")),
        source=_source(message.get("library")),
        signals=_signals(message, traits, skew, request),
    )


def _identifiers(message: dict[str, Any], email: str) -> tuple[Identifier, ...]:
    user, device = (_someone(message.get(name)) for name in ("user_id", "device_id"))
    return identifiers_of(user_id=user, email=email, anonymous_id=device)


def _someone(given: Any) -> str:
    text = id_of(given)
    return "" if text.lower() in NOBODY else text


def _traits(message: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What is told of the person and of the organisation they belong to, and how it changes."""
    given = _object(message, "user_properties")
    plain = {name: value for name, value in given.items() if not name.startswith("$")}
    traits, how = changes_of(given | {"$set": plain | _object(given, "$set")}, OPERATORS)
    traits = {name: value for name, value in traits.items() if not ATTRIBUTION.fullmatch(name)}
    group, group_how = changes_of(_object(message, "group_properties"), OPERATORS)
    groups = ((kind, _first(value)) for kind, value in _object(message, "groups").items())
    kind, group_id = next((one for one in groups if one[1]), ("", ""))
    if group_id:
        traits["group"] = {"type": kind} | group | {"id": group_id}
        how = how | {f"group.{name}": change for name, change in group_how.items()}
    return traits, {name: how[name] for name in how if name in traits or name[:6] == "group."}


def _first(given: Any) -> str:
    """The id of a group, of several the first."""
    return id_of(given[0] if isinstance(given, list) and given else given)


def _properties(message: dict[str, Any]) -> dict[str, Any]:
    """The page, the device and the money under our names, and the client's own properties."""
    given = _object(message, "event_properties")
    where = f"{MARK}Page Location", f"{MARK}Page Title", f"{MARK}Previous Page Location"
    url, title, referrer = (
        value if isinstance(value, str) else "" for value in map(given.get, where)
    )
    fields = {
        ours: message[theirs]
        for theirs, ours in FIELDS.items()
        if message.get(theirs) not in (None, "")
    }
    own = {
        NAMES.get(name, _unmarked(name)): value
        for name, value in given.items()
        if name not in OF_THE_PAGE
    }
    return page_of(url, title, referrer) | fields | own


def _unmarked(name: str) -> str:
    """“[Amplitude] Element Text” is `element_text`."""
    return name.removeprefix(MARK).lower().replace(" ", "_") if name.startswith(MARK) else name


def _source(library: Any) -> str:
    """The library without its version, such as “amplitude-python”."""
    return library.partition("/")[0][:100] if isinstance(library, str) and library else "amplitude"


def _signals(
    message: dict[str, Any], traits: dict[str, Any], skew: int, request: Request
) -> Signals:
    """The device's address and agent, where the client runs on it or tells them on purpose."""
    on_device = signals_of(request) if request.is_browsers else NO_SIGNALS
    ip, agent = message.get("ip"), message.get("user_agent")
    if ip == CONNECTION:
        ip = request.address
    found = Signals(
        country=country_of(message.get("country")),
        ip=ip if isinstance(ip, str) else on_device.ip,
        agent=agent if isinstance(agent, str) else on_device.agent,
        age=age_of(traits.get("age")),
        skew_ms=skew,
    )
    return NO_SIGNALS if found == NO_SIGNALS else found


def _object(given: dict[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name)
    return found if isinstance(found, dict) else {}


def reply(request: Request, receipt: Receipt) -> Reply:
    """That all is well, and what was refused; a client would send the others again otherwise."""
    return json_reply(
        {
            "code": 200,
            "events_ingested": receipt.accepted,
            "payload_size_bytes": len(request.body),
            "server_upload_time": request.received_ms,
            "refused": refusals_of(receipt),
        }
    )


def failure(request: Request, failed: SojournError) -> Reply:
    """What the clients read: a code, and by how its text begins that a key is unknown."""
    begin = "Invalid API key: " if isinstance(failed, NotRecognised) else ""
    return failure_reply(failed, {"code": failed.status, "error": f"{begin}{failed}"})


WIRE = Wire(
    name="amplitude",
    title="Amplitude",
    paths=("/2/httpapi", "/batch"),
    key=key,
    events=events,
    reply=reply,
    failure=failure,
)
