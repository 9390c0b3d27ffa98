"""Mixpanel's ingestion API: `/track` and `/import` for events, `/engage` for profiles.

Every message bears the project's token; the first one's is the key, and messages of other projects
are refused. A device's id begins with `$device:` or stands in `$device_id`, and an event that bears
`$user_id` as well joins the two, as in Mixpanel's simplified merging; the events of the original
one, `$identify`, `$create_alias` and `$merge`, are understood too. A charge is told as a change of
the profile and becomes an event, for it happened. A group is told of without a person, so there is
nobody it would belong to.

Source: https://developer.mixpanel.com/reference/ingestion-api, and the clients' sources.
"""

from __future__ import annotations

from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError
from sojourn.event import NO_SIGNALS, PAGE_VIEWED, Event, Identifier, Kind, Signals
from sojourn.instant import instant_ms
from sojourn.wire import (
    UTM,
    Receipt,
    Reply,
    Request,
    Wire,
    age_of,
    basic_of,
    changes_of,
    country_of,
    data_of,
    decode_json,
    email_of,
    failure_reply,
    form_of,
    id_of,
    identifiers_of,
    image_reply,
    json_reply,
    page_of,
    require_batch,
    signals_of,
    skew_ms,
)

PAGE = "$mp_web_page_view"
IDENTIFY, ALIAS, MERGE = "$identify", "$create_alias", "$merge"
OF_THE_CLIENT = ("$mp_page_leave", "$mp_session_record", "$mp_web_vitals", "$mp_frustration")
"""Events in which a client tells of itself, or of a page rather than of the person."""
DEVICE = "$device:"
"""How the id of somebody begins who is not identified."""
CHARGES = "$transactions"
OPERATORS = {
    "$set": "",
    "$set_once": "once",
    "$add": "add",
    "$append": "append",
    "$union": "union",
    "$remove": "remove",
    "$unset": "unset",
}
NAMES = {
    "$app_version": "app_version",
    "$app_version_string": "app_version",
    "$browser": "browser",
    "$device": "device",
    "$duration": "duration",
    "$el_text": "text",
    "$model": "device_model",
    "$os": "os",
    "$screen_name": "name",
    "$search_engine": "search_engine",
} | {f"utm_{theirs}": f"campaign.{ours}" for theirs, ours in UTM.items()}
"""Properties that Mixpanel names, and what they are called here."""
TRAITS = {
    f"${name}": name
    for name in (
        *("email", "phone", "name", "first_name", "last_name", "avatar", "created"),
        *("city", "region", "country_code", "timezone"),
    )
}
"""Traits that Mixpanel names, and what they are called here."""
PLUMBING = (
    *("distinct_id", "token", "time", "ip", "current_page_title", "current_domain"),
    *("current_url_path", "current_url_protocol", "current_url_search"),
)
NOWHERE = "$direct"
"""The referrer of a page that was opened directly."""
PHONES = ("android", "flutter", "iphone", "react-native", "swift", "unity")
"""Libraries that run on the person's own device, and are no browser."""


def content(request: Request) -> list[Any]:
    """The messages of a request, which may also come one a line."""
    if "ndjson" in request.headers.get("content-type", ""):
        lines = request.body.splitlines()
        return require_batch([decode_json(line) for line in lines if line.strip()], "")
    given = data_of(request)
    return require_batch(given if isinstance(given, list) else [given], "data")


def key(request: Request, messages: list[Any]) -> str:
    """The token of the first message that has one, or the number of a service account's project."""
    return next(filter(None, map(_token, messages)), "") or request.query.get("project_id", "")


def _token(message: Any) -> str:
    if not isinstance(message, dict):
        return ""
    token = message.get("$token") or _object(message, "properties").get("token")
    return token if isinstance(token, str) else ""


def secret(request: Request) -> str:
    """The project's secret: the password of Basic, its name where it stands alone, or `api_key`."""
    name, password = basic_of(request)
    return password or name or request.query.get("api_key", "") or _field(request, "api_key")


def _field(request: Request, name: str) -> str:
    """A field of a form; "" where the body is none."""
    return form_of(request).get(name, "") if request.body.startswith(b"data=") else ""


def events(request: Request, messages: list[Any]) -> list[Event | Dropped]:
    """The events of a request, one for each message that tells of a person."""
    token = key(request, messages)
    skew = skew_ms(instant_ms(request.query.get("_")), request.received_ms)
    understand = _change if _kind_of(request) in ("engage", "groups") else _event
    return [
        _foreign(message, token) or understand(message, skew, request)
        for message in messages
        if not (isinstance(message, dict) and message.get("event") in OF_THE_CLIENT)
    ]


def _kind_of(request: Request) -> str:
    return request.path.strip("/").rpartition("/")[2]


def _foreign(message: Any, token: str) -> Dropped | None:
    if _token(message) in ("", token):
        return None
    return Dropped(DropReason.NOT_AN_EVENT, "Its token is not that of the first message.")


def _event(message: Any, skew: int, request: Request) -> Event | Dropped:
    name = message.get("event") if isinstance(message, dict) else None
    if not isinstance(name, str):
        return Dropped(DropReason.NOT_AN_EVENT, "It is no object with an “event”.")
    properties = _object(message, "properties")
    stamp = properties.get("time")
    ts = _instant(stamp, skew, request.received_ms)
    if isinstance(ts, Dropped):
        return ts
    kind = {IDENTIFY: Kind.PROFILE, ALIAS: Kind.ALIAS, MERGE: Kind.ALIAS}.get(name, Kind.EVENT)
    identifiers, previous = _joined(name, properties)
    return Event(
        kind=kind,
        name={PAGE: PAGE_VIEWED}.get(name, name) if kind is Kind.EVENT else "",
        ts=ts,
        identifiers=identifiers,
        properties=_properties(properties) if kind is Kind.EVENT else {},
        previous=previous,
        message_id=id_of(properties.get("$insert_id")),
        source=_source(properties.get("mp_lib")),
        signals=_signals(message, properties, {}, 0 if stamp is None else skew, request),
    )


def _change(message: Any, skew: int, request: Request) -> Event | Dropped:
    """What is told of a person; a charge is the one change that happened to them."""
    if not isinstance(message, dict):
        return Dropped(DropReason.NOT_AN_EVENT, "It is no object.")
    if "$group_key" in message:
        detail = "It tells of a group without saying of a person who belongs to it."
        return Dropped(DropReason.NOT_AN_EVENT, detail)
    if "$delete" in message:
        detail = "Nobody is erased over a wire; erase the person in Sojourn."
        return Dropped(DropReason.NOT_AN_EVENT, detail)
    charge = _object(_object(message, "$append"), CHARGES)
    stamp = charge.get("$time") or message.get("$time")
    ts = _instant(stamp, skew, request.received_ms)
    if isinstance(ts, Dropped):
        return ts
    given, how = changes_of(message, OPERATORS)
    traits = _named(given, TRAITS)
    identifiers = _identifiers(message, "$distinct_id", email_of(traits.get("email")))
    return Event(
        kind=Kind.EVENT if charge else Kind.PROFILE,
        name="Charged" if charge else "",
        ts=ts,
        identifiers=identifiers,
        properties=_named(charge, {"$amount": "amount"}),
        traits=traits,
        how=_named(how, TRAITS),
        message_id="",
        source=_source(None),
        signals=_signals(message, message, traits, 0 if stamp is None else skew, request),
    )


def _instant(stamp: Any, skew: int, received_ms: int) -> int | Dropped:
    if stamp is None:
        return received_ms
    ts = instant_ms(stamp)
    if ts is None:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{str(stamp)[:60]}” is no instant.")
    return ts + skew


def _joined(
    name: str, properties: dict[str, Any]
) -> tuple[tuple[Identifier, ...], Identifier | None]:
    """Who it is, and what else they were called."""
    if name == MERGE:
        pair = properties.get("$distinct_ids")
        first, other = pair if isinstance(pair, list) and len(pair) == 2 else (None, None)
        return _someone(first), _other(other)
    if name == ALIAS:
        return _identifiers(properties, "distinct_id"), _other(properties.get("alias"))
    if name == IDENTIFY:
        named = properties.get("$identified_id") or properties.get("distinct_id")
        before = properties.get("$anon_id") or properties.get("$anon_distinct_id")
        unknown = id_of(before).removeprefix(DEVICE)
        return identifiers_of(user_id=named, anonymous_id=unknown), None
    return _identifiers(properties, "distinct_id"), None


def _identifiers(given: dict[str, Any], name: str, email: str = "") -> tuple[Identifier, ...]:
    """The user's id where one is said, and the device's; else the one id that there is."""
    user, device = id_of(given.get("$user_id")), id_of(given.get("$device_id"))
    someone = id_of(given.get(name))
    if not user and not someone.startswith(DEVICE) and someone != device:
        user = someone
    if not device and someone.startswith(DEVICE):
        device = someone.removeprefix(DEVICE)
    return identifiers_of(user_id=user, email=email, anonymous_id=device)


def _someone(given: Any) -> tuple[Identifier, ...]:
    return _identifiers({"": given}, "")


def _other(given: Any) -> Identifier | None:
    found = id_of(given).removeprefix(DEVICE)
    return Identifier("user_id", found) if found else None


def _properties(given: dict[str, Any]) -> dict[str, Any]:
    """The page, what Mixpanel names under our names, and the client's own properties."""
    url, title, referrer = (
        value if isinstance(value, str) and value != NOWHERE else ""
        for value in map(given.get, ("$current_url", "current_page_title", "$referrer"))
    )
    own = {name: value for name, value in given.items() if name not in PLUMBING}
    sides = [given.get(f"$screen_{side}") for side in ("width", "height")]
    screen = {"screen": "x".join(map(str, sides))} if all(map(_is_pixels, sides)) else {}
    return page_of(url, title, referrer) | screen | _named(own, NAMES)


def _is_pixels(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 < given < 100_000


def _named(given: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """What Mixpanel names under our names, what is the client's own, and nothing else."""
    known = {names.get(name, name): value for name, value in given.items()}
    return {name: value for name, value in known.items() if not name.startswith(("$", "mp_"))}


def _source(library: Any) -> str:
    """The library: “web”, “python”, “node” …, as Mixpanel calls them."""
    return f"mixpanel-{library[:90]}" if isinstance(library, str) and library else "mixpanel"


def _signals(
    message: dict[str, Any],
    properties: dict[str, Any],
    traits: dict[str, Any],
    skew: int,
    request: Request,
) -> Signals:
    """The device's address and agent, where the client runs on it or tells them on purpose."""
    on_device = signals_of(request) if request.is_browsers else NO_SIGNALS
    on_phone = request.address if properties.get("mp_lib") in PHONES else ""
    told = (message.get("ip"), properties.get("ip"), properties.get("$ip"))
    ip = next((address for address in told if isinstance(address, str) and "." in address), "")
    found = Signals(
        country=country_of(properties.get("mp_country_code")),
        ip=ip or on_device.ip or on_phone,
        agent=on_device.agent,
        age=age_of(traits.get("age")),
        skew_ms=skew,
    )
    return NO_SIGNALS if found == NO_SIGNALS else found


def _object(given: dict[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name)
    return found if isinstance(found, dict) else {}


def reply(request: Request, receipt: Receipt) -> Reply:
    """A bare “1”, an image, or an object where it is asked for."""
    if request.query.get("img") == "1":
        return image_reply()
    verbose = request.query.get("verbose") or _field(request, "verbose")
    if verbose == "0" or (not verbose and _kind_of(request) != "import"):
        return Reply(b"1", media_type="text/plain")
    counted = {"code": 200, "num_records_imported": receipt.accepted}
    return json_reply({"status": 1, "error": None} | counted)


def failure(request: Request, failed: SojournError) -> Reply:
    """What the clients read: that it is not “1”, and what the error is."""
    return failure_reply(failed, {"code": failed.status, "status": 0, "error": str(failed)})


WIRE = Wire(
    name="mixpanel",
    title="Mixpanel",
    paths=("/track", "/engage", "/groups", "/import"),
    methods=("GET", "POST"),
    content=content,
    key=key,
    secret=secret,
    events=events,
    reply=reply,
    failure=failure,
    credentials=True,
)
