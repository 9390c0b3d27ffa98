"""Segment's HTTP tracking API: `/v1/batch` and one path for each type of message, which may be
called by its first letter; and RudderStack's, which is the same with some words of its own.

A `page` or `screen` becomes the event “Page Viewed” or “Screen Viewed”; `identify` and `group`
change the profile and leave no event; `alias` joins two people. Of `context` only what describes
the visit is kept, never the address or the user agent; what it tells of the person's situation and
will (address, agent, consent, country, age, `context.cookieless`) goes no further than the
pipeline.

RudderStack's `originalTimestamp` is when it happened, each of its messages may say when it was
sent, and what it identifies people by stands in `context.traits`
(https://www.rudderstack.com/docs/api/http-api). Images call with GET: Segment's with a message in
base64 (`data`), RudderStack's with the fields of one, nested by dots
(https://www.rudderstack.com/docs/api/pixel-api).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody, SojournError
from sojourn.event import (
    NO_SIGNALS,
    OPEN_MS_MAX,
    PAGE_VIEWED,
    SCREEN_VIEWED,
    Event,
    Identifier,
    Kind,
    Signals,
)
from sojourn.instant import instant_ms
from sojourn.wire import (
    Receipt,
    Reply,
    Request,
    Wire,
    age_of,
    basic_of,
    country_of,
    data_of,
    email_of,
    failure_reply,
    image_reply,
    json_of,
    json_reply,
    receipt_reply,
    require_batch,
    signals_of,
    skew_ms,
    text_of,
)

TYPES = ("track", "identify", "page", "screen", "group", "alias", "update")
LETTERS = {
    kind[0]: kind for kind in ("track", "identify", "page", "screen", "group", "alias", "batch")
}
"""The browser's client has no time for whole words."""
VIEWS = {"page": PAGE_VIEWED, "screen": SCREEN_VIEWED}
UNSET_IDS = ("", "null", "undefined", "None")
"""What clients send as an anonymous id when they have none; a user may really be called so."""
PAGE_FIELDS = ("url", "path", "title", "referrer", "search")
TELLING = frozenset(("location", "consent", "ip", "userAgent", "cookieless"))
"""What of `context` tells of the person's situation and will."""
STAMP_CHARS = 60
"""How much of what is no instant is told."""
CAMPAIGN_FIELDS = ("name", "source", "medium", "term", "content")


def content(request: Request) -> Any:
    """What a request holds: JSON, or in the address of an image the fields of a message."""
    if request.method != "GET":
        return json_of(request)
    return data_of(request) if "data" in request.query else nested(request.query)


def nested(fields: Mapping[str, str]) -> dict[str, Any]:
    """Fields with dots in their names as the objects that they stand for; where two cannot both be
    (`page` and `page.url`), the first is."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        *path, last = name.split(".")
        inner = found
        for step in path:
            inner = inner.setdefault(step, {}) if isinstance(inner, dict) else inner
        if isinstance(inner, dict):
            inner.setdefault(last, value)
    return found


def key(request: Request, body: Any) -> str:
    """The write key: the name of HTTP Basic, or `writeKey` in the body or the address."""
    name, _ = basic_of(request)
    given = body.get("writeKey") if isinstance(body, dict) else None
    return name or (given if isinstance(given, str) else "") or request.query.get("writeKey", "")


def events(request: Request, body: Any) -> list[Event | Dropped]:
    """The events of a body: one message, or a batch of them."""
    received_ms = request.received_ms
    if not isinstance(body, dict):
        raise BadBody("The body is not a JSON object", mend="Send one message, or a batch of them.")
    device = signals_of(request) if request.is_browsers else NO_SIGNALS
    said = request.path.rsplit("/", 1)[-1]
    kind = LETTERS.get(said, said)
    skew = _skew_ms(body, received_ms)
    if kind != "batch":
        return [_event({**body, "type": kind}, skew, received_ms, device)]
    batch = require_batch(body.get("batch"), "batch")
    return [_event(message, skew, received_ms, device) for message in batch]


def _skew_ms(body: dict[str, Any], received_ms: int) -> int:
    return skew_ms(instant_ms(body.get("sentAt")), received_ms)


def _event(message: Any, skew: int, received_ms: int, device: Signals) -> Event | Dropped:
    if not isinstance(message, dict) or message.get("type") not in TYPES:
        return Dropped(DropReason.NOT_AN_EVENT, f"Its type is none of {', '.join(TYPES)}.")
    kind, context = message["type"], message.get("context")
    if not isinstance(context, dict):
        context = {}
    stamp = message.get("timestamp")
    stamp = message.get("originalTimestamp") if stamp is None else stamp
    ts = received_ms if stamp is None else instant_ms(stamp)
    if stamp is None or ts is None:
        skew = 0
    elif "sentAt" in message:
        skew = _skew_ms(message, received_ms)
    traits = _traits(message, kind, context)
    previous = message.get("previousId")
    return Event(
        kind=_kinds[kind],
        name=_name(message, kind),
        ts=0 if ts is None else ts + skew,
        stamp=str(stamp)[:STAMP_CHARS] if ts is None else "",
        identifiers=_identifiers(message, traits),
        properties=_properties(message, kind, context),
        traits=traits,
        previous=Identifier("user_id", str(previous)) if previous else None,
        message_id=_message_id(message),
        open_ms=_open_ms(message, kind),
        closes=kind == "update" and message.get("close") is True,
        source=_source(context),
        signals=_signals(context, traits, device, skew),
    )


_kinds = {
    **dict.fromkeys(("track", "page", "screen"), Kind.EVENT),
    "identify": Kind.PROFILE,
    "group": Kind.PROFILE,
    "alias": Kind.ALIAS,
    "update": Kind.CHANGE,
}


def _open_ms(message: dict[str, Any], kind: str) -> int:
    """For how long what happened may still change (`openFor`, ours, as are updates); an update
    may say so anew."""
    given = message.get("openFor")
    if given is None or kind not in ("track", "page", "screen", "update"):
        return 0
    if isinstance(given, bool) or not isinstance(given, int | float) or not given > 0:
        return 0
    return int(min(given, OPEN_MS_MAX))


def _message_id(message: dict[str, Any]) -> str:
    """The client's own id; a client that gives none cannot be recognised when it tries again."""
    given = message.get("messageId")
    return str(given) if given else ""


def _identifiers(message: dict[str, Any], traits: dict[str, Any]) -> tuple[Identifier, ...]:
    found = []
    user = message.get("userId")
    if user is not None and user != "":
        found.append(Identifier("user_id", text_of(user)))
    if traits and message["type"] == "identify":
        email = email_of(traits.get("email"))
        if email:
            found.append(Identifier("email", email))
    anonymous = message.get("anonymousId")
    if anonymous is not None and str(anonymous) not in UNSET_IDS:
        found.append(Identifier("anonymous_id", text_of(anonymous)))
    return tuple(found)


def _traits(message: dict[str, Any], kind: str, context: dict[str, Any]) -> dict[str, Any]:
    traits = message.get("traits")
    given = traits if isinstance(traits, dict) else {}
    if kind == "identify":
        told = context.get("traits")
        given = told | given if isinstance(told, dict) else given
    if kind != "group":
        return given
    group = message.get("groupId")
    return {"group": given | ({"id": str(group)} if group is not None else {})}


def _name(message: dict[str, Any], kind: str) -> str:
    if kind in VIEWS:
        return VIEWS[kind]
    name = message.get("event")
    return name if kind == "track" and isinstance(name, str) else ""


def _properties(message: dict[str, Any], kind: str, context: dict[str, Any]) -> dict[str, Any]:
    given = message.get("properties")
    properties = given if isinstance(given, dict) else {}
    if kind in VIEWS:
        named = {field: message[field] for field in ("name", "category") if message.get(field)}
        properties = named | properties
    found: dict[str, Any] = {}
    if isinstance(page := context.get("page"), dict):
        for field in PAGE_FIELDS:
            if value := page.get(field):
                found[field] = value
    if isinstance(campaign := context.get("campaign"), dict):
        for field in CAMPAIGN_FIELDS:
            if value := campaign.get(field):
                found[f"campaign.{field}"] = value
    return found | properties if found else properties


def _signals(
    context: dict[str, Any], traits: dict[str, Any], device: Signals, skew: int
) -> Signals:
    """Consent by purpose (`context.consent.categoryPreferences`), a declared age (a trait, which
    RudderStack sends beside every message in `context.traits`), the country
    (`context.location.country` with two letters), the address to find it where that is not said,
    and the agent: those of the person's device, which `device` knows where it sent this itself."""
    age = age_of(traits["age"]) if "age" in traits else None
    if age is None and "traits" in context:
        age = age_of(_of(context["traits"], "age"))
    if age is None and not skew and TELLING.isdisjoint(context):
        return device
    preferences = _of(context.get("consent"), "categoryPreferences")
    ip, agent = context.get("ip"), context.get("userAgent")
    found = Signals(
        country=country_of(_of(context.get("location"), "country")),
        ip=ip if isinstance(ip, str) and ip else device.ip,
        agent=agent if isinstance(agent, str) and agent else device.agent,
        consent={name: given for name, given in preferences.items() if isinstance(given, bool)}
        if isinstance(preferences, dict)
        else {},
        age=age,
        cookieless=context.get("cookieless") is True,
        skew_ms=skew,
    )
    return NO_SIGNALS if found == NO_SIGNALS else found


def _of(given: Any, name: str) -> Any:
    return given.get(name) if isinstance(given, dict) else None


def _source(context: dict[str, Any]) -> str:
    """Which client sent it, a phone's or another (clause S1-12)."""
    name = _of(context.get("library"), "name")
    return name[:100] if isinstance(name, str) else "segment"


def reply(request: Request, receipt: Receipt) -> Reply:
    """An image to who asked for one, the number of messages to the others."""
    return image_reply() if request.method == "GET" else receipt_reply(request, receipt)


def failure(request: Request, failure: SojournError) -> Reply:
    """A problem document that also has what Python's clients look for, which otherwise take a
    refusal for a fault of the network and send it ten times more."""
    problem = {
        "title": failure.title,
        "status": failure.status,
        "detail": failure.detail,
        "where": failure.where,
        "mend": failure.mend,
        "code": type(failure).__name__,
        "message": str(failure),
    }
    return replace(failure_reply(failure, problem), media_type="application/problem+json")


def settings(request: Request) -> Reply:
    """What the browser's client asks for at its start: where to send to, which is here, and that
    nothing else is to be loaded."""
    key = request.path.split("/")[3]
    here = {"apiKey": key, "apiHost": f"{request.headers.get('host', '')}/v1"}
    return json_reply({"integrations": {"Segment.io": here}})


def source_config(request: Request) -> Reply:
    """What RudderStack's browser client asks for at its start: that it may send, loads nothing
    else, and reports its own failures to nobody."""
    silent = {kind: {"enabled": False} for kind in ("errors", "metrics")}
    source = {
        "id": "sojourn",
        "name": "Sojourn",
        "enabled": True,
        "config": {"statsCollection": silent},
        "destinations": [],
    }
    return json_reply({"source": source})


WIRE = Wire(
    name="segment",
    title="Segment, RudderStack",
    paths=(
        *(f"/v1/{kind}" for kind in ("batch", *TYPES, *LETTERS)),
        *(f"/{letter}" for letter in LETTERS),
        "/v1/pixel/{kind:str}",
        "/beacon/v1/batch",
        "/pixel/v1/track",
        "/pixel/v1/page",
    ),
    key=key,
    events=events,
    methods=("GET", "POST"),
    content=content,
    reply=reply,
    failure=failure,
    asides={"/v1/projects/{key:str}/settings": settings, "/sourceConfig": source_config},
)
