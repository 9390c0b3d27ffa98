"""Segment's HTTP tracking API: `/v1/batch` and one path for each type of message.

A `page` or `screen` becomes the event “Page Viewed” or “Screen Viewed”; `identify` and `group`
change the profile and leave no event; `alias` joins two people. Of `context` only what describes
the visit is kept, never the address or the user agent; what it tells of the person's will (consent,
country, age) is for the policy's gate, and goes no further.
"""

from __future__ import annotations

import re
from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
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
from sojourn.wire import Request, Wire, basic_of, skew_ms, text_of

TYPES = ("track", "identify", "page", "screen", "group", "alias")
VIEWS = {"page": PAGE_VIEWED, "screen": SCREEN_VIEWED}
UNSET_IDS = ("", "null", "undefined", "None")
"""What clients send as an anonymous id when they have none; a user may really be called so."""
BATCH_MAX = 10_000
"""Messages in one body: far more than the size limit leaves room for in practice."""
PAGE_FIELDS = ("url", "path", "title", "referrer", "search")
COUNTRY = re.compile("[A-Z]{2}")
CAMPAIGN_FIELDS = ("name", "source", "medium", "term", "content")


def key(request: Request, body: Any) -> str:
    """The write key: the name of HTTP Basic, or `writeKey` in the body."""
    name, _ = basic_of(request)
    given = body.get("writeKey") if isinstance(body, dict) else None
    return name or (given if isinstance(given, str) else "")


def events(request: Request, body: Any) -> list[Event | Dropped]:
    """The events of a body: one message, or a batch of them."""
    received_ms = request.received_ms
    if not isinstance(body, dict):
        raise BadBody("The body is not a JSON object", mend="Send one message, or a batch of them.")
    kind = request.path.rsplit("/", 1)[-1]
    if kind != "batch":
        return [
            _event(
                {**body, "type": kind},
                _skew_ms(body, received_ms),
                received_ms,
            )
        ]
    batch = body.get("batch")
    if not isinstance(batch, list):
        raise BadBody("The body has no batch", where="batch", mend="Send {“batch”: [message, …]}.")
    if len(batch) > BATCH_MAX:
        raise BadBody(
            "The batch has too many messages",
            detail=f"It has {len(batch):,}; {BATCH_MAX:,} are allowed.",
            where="batch",
            mend="Send several smaller ones.",
        )
    skew = _skew_ms(body, received_ms)
    return [_event(message, skew, received_ms) for message in batch]


def _skew_ms(body: dict[str, Any], received_ms: int) -> int:
    return skew_ms(instant_ms(body.get("sentAt")), received_ms)


def _event(message: Any, skew: int, received_ms: int) -> Event | Dropped:
    if not isinstance(message, dict) or message.get("type") not in TYPES:
        return Dropped(DropReason.NOT_AN_EVENT, f"Its type is none of {', '.join(TYPES)}.")
    kind = message["type"]
    stamp = message.get("timestamp")
    ts = received_ms if stamp is None else instant_ms(stamp)
    if ts is None:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{str(stamp)[:60]}” is no instant.")
    traits = _traits(message, kind)
    identifiers = _identifiers(message, traits)
    previous = message.get("previousId")
    return Event(
        kind=_kinds.get(kind, Kind.EVENT),
        name=_name(message, kind),
        ts=ts + (skew if stamp is not None else 0),
        identifiers=identifiers,
        properties=_properties(message, kind),
        traits=traits,
        previous=Identifier("user_id", str(previous)) if previous else None,
        message_id=_message_id(message),
        source=_source(message),
        signals=_signals(message, traits),
    )


_kinds = {"identify": Kind.PROFILE, "group": Kind.PROFILE, "alias": Kind.ALIAS}


def _message_id(message: dict[str, Any]) -> str:
    """The client's own id; a client that gives none cannot be recognised when it tries again."""
    given = message.get("messageId")
    return str(given) if given else ""


def _identifiers(message: dict[str, Any], traits: dict[str, Any]) -> tuple[Identifier, ...]:
    found = []
    user = message.get("userId")
    if user is not None and str(user) != "":
        found.append(Identifier("user_id", text_of(user)))
    email = traits.get("email")
    if isinstance(email, str) and "@" in email and message["type"] == "identify":
        found.append(Identifier("email", email.strip().lower()))
    anonymous = message.get("anonymousId")
    if anonymous is not None and str(anonymous) not in UNSET_IDS:
        found.append(Identifier("anonymous_id", text_of(anonymous)))
    return tuple(found)


def _traits(message: dict[str, Any], kind: str) -> dict[str, Any]:
    traits = message.get("traits")
    given = dict(traits) if isinstance(traits, dict) else {}
    if kind != "group":
        return given
    group = message.get("groupId")
    return {"group": given | ({"id": str(group)} if group is not None else {})}


def _name(message: dict[str, Any], kind: str) -> str:
    if kind in VIEWS:
        return VIEWS[kind]
    name = message.get("event")
    return name if kind == "track" and isinstance(name, str) else ""


def _properties(message: dict[str, Any], kind: str) -> dict[str, Any]:
    given = message.get("properties")
    properties = dict(given) if isinstance(given, dict) else {}
    if kind in VIEWS:
        named = {field: message[field] for field in ("name", "category") if message.get(field)}
        properties = named | properties
    context = message.get("context")
    if not isinstance(context, dict):
        return properties
    page, campaign = context.get("page"), context.get("campaign")
    found: dict[str, Any] = {}
    if isinstance(page, dict):
        found |= {field: page[field] for field in PAGE_FIELDS if page.get(field)}
    if isinstance(campaign, dict):
        fields = ((field, campaign.get(field)) for field in CAMPAIGN_FIELDS)
        found |= {f"campaign.{field}": value for field, value in fields if value}
    return found | properties


def _signals(message: dict[str, Any], traits: dict[str, Any]) -> Signals:
    """Consent by purpose (`context.consent.categoryPreferences`), the address only to find the
    country where `context.location.country` does not give its two letters, and a declared age."""
    context = message.get("context")
    context = context if isinstance(context, dict) else {}
    country = _of(context.get("location"), "country")
    preferences = _of(context.get("consent"), "categoryPreferences")
    ip, age = context.get("ip"), traits.get("age")
    found = Signals(
        country=country if isinstance(country, str) and COUNTRY.fullmatch(country) else "",
        ip=ip if isinstance(ip, str) else "",
        consent={name: given for name, given in preferences.items() if isinstance(given, bool)}
        if isinstance(preferences, dict)
        else {},
        age=float(age) if isinstance(age, int | float) and not isinstance(age, bool) else None,
    )
    return NO_SIGNALS if found == NO_SIGNALS else found


def _of(given: Any, name: str) -> Any:
    return given.get(name) if isinstance(given, dict) else None


def _source(message: dict[str, Any]) -> str:
    """Which client sent it, a phone's or another (clause S1-12)."""
    context = message.get("context")
    library = context.get("library") if isinstance(context, dict) else None
    name = library.get("name") if isinstance(library, dict) else None
    return name[:100] if isinstance(name, str) else "segment"


WIRE = Wire(
    name="segment",
    title="Segment",
    paths=("/v1/batch", *(f"/v1/{kind}" for kind in TYPES)),
    key=key,
    events=events,
)
