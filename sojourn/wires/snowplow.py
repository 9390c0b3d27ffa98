"""Snowplow's tracker protocol: POST of many events to `/com.snowplowanalytics.snowplow/tp2`, GET of
one to `/i`.

The application (`aid`), or the tracker's namespace (`tna`), is the key. A structured event goes by
its action; a self-describing one by the name in its schema, with the data as properties; what
contexts tell of a page, a screen or a device becomes properties of the event that they come with.
Who asks for it (`SP-Anonymous`), or sends no id from a browser, is counted without cookies.

Source: https://docs.snowplow.io/docs/fundamentals/events/going-deeper/http-headers/ and the
published trackers.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import NO_SIGNALS, PAGE_VIEWED, SCREEN_VIEWED, Event, Identifier, Signals
from sojourn.instant import instant_ms
from sojourn.wire import (
    Receipt,
    Reply,
    Request,
    Wire,
    identifiers_of,
    image_reply,
    json_of,
    numbers_of,
    page_of,
    require_batch,
    said_of,
    signals_of,
    skew_ms,
    texts_of,
)

SCHEMA = re.compile(r"iglu:(?P<vendor>[\w.\-]+)/(?P<name>[\w.\-]+)/[\w.\-]+/[\d\-]+")
VERSION = re.compile(r"-\d.*")
"""What follows a tracker's name in `tv`: `py-1.1.0`."""
GRANTED, WITHDRAWN, PREFERENCES = "consent_granted", "consent_withdrawn", "consent_preferences"
CONSENTS = (GRANTED, WITHDRAWN, PREFERENCES)
FORM_EVENTS = ("change_form", "focus_form", "submit_form")
"""They bring what people typed, which is nobody's business."""
TYPED = ("value", "elements")
DESCRIBING = {
    "mobile_context": {
        "os": "osType",
        "os_version": "osVersion",
        "device": "deviceModel",
        "device_manufacturer": "deviceManufacturer",
    },
    "application": {"app_version": "version"},
    "screen": {"screen_name": "name"},
    "mobile_screen": {"screen_name": "name"},
}
"""Of the trackers' own contexts those that describe the device, and what we call their fields."""
VENDORS = ("com.snowplowanalytics", "com.google.", "org.w3", "com.android", "com.apple")
"""Whose contexts are the trackers' own (ids, timings, advertising, places), which are left out."""
SESSION = "client_session"


def content(request: Request) -> list[dict[str, str]]:
    """The parameters of each event of a request, all text."""
    if request.method == "GET":
        return [dict(request.query)]
    body = json_of(request)
    if not isinstance(body, dict):
        raise BadBody("The body is not a JSON object", mend="Send {“schema”: …, “data”: [ … ]}.")
    return [texts_of(one) for one in require_batch(body.get("data"), "data")]


def key(request: Request, given: list[dict[str, str]]) -> str:
    """The application of the first event, or the namespace of its tracker."""
    return next((name for one in given if (name := _sender(one))), "")


def _sender(given: dict[str, str]) -> str:
    # Only events have a type: another vendor also asks for /i.
    return (given.get("aid") or given.get("tna") or "") if given.get("e") else ""


def events(request: Request, given: list[dict[str, str]]) -> list[Event | Dropped]:
    """The events, but for those that only say that a page is still open."""
    sender = key(request, given)
    return [_event(one, sender, request) for one in given if one.get("e") != "pp"]


def _event(given: dict[str, str], sender: str, request: Request) -> Event | Dropped:
    if _sender(given) != sender:
        detail = "It is of another application (aid) than the first, or has no type (e)."
        return Dropped(DropReason.NOT_AN_EVENT, detail)
    skew = 0 if given.get("ttm") else skew_ms(instant_ms(given.get("stm")), request.received_ms)
    ts = _instant(given, skew, request.received_ms)
    if ts is None:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{given.get('dtm', '')[:60]}” is no instant.")
    contexts = list(_contexts(given))
    happened = _happened(given)
    if isinstance(happened, Dropped):
        return happened
    name, told = happened
    identifiers = () if _is_anonymous(request) else _identifiers(given, contexts)
    consent = _consent(name, told, contexts) if name in CONSENTS else {}
    return Event(
        name=name,
        ts=ts,
        identifiers=identifiers,
        properties=_page(given, name) | _described(contexts) | told,
        message_id=given.get("eid", ""),
        source=f"snowplow-{VERSION.sub('', given['tv'])}"[:100] if given.get("tv") else "snowplow",
        signals=replace(
            _signals(given, request, is_nameless=not identifiers), consent=consent, skew_ms=skew
        ),
    )


def _instant(given: dict[str, str], skew: int, received_ms: int) -> int | None:
    """The true time where it is told, else the device's, put right by when it was sent."""
    if given.get("ttm"):
        return instant_ms(given["ttm"])
    if not given.get("dtm"):
        return received_ms
    created_ms = instant_ms(given["dtm"])
    return None if created_ms is None else created_ms + skew


def _happened(given: dict[str, str]) -> tuple[str, dict[str, Any]] | Dropped:
    """The name of the event, and what is told of it alone."""
    kind = given.get("e", "")
    if kind == "pv":
        return PAGE_VIEWED, {}
    if kind == "se":
        said = said_of(given, category="se_ca", label="se_la", property="se_pr")
        return given.get("se_ac", ""), said | numbers_of(given, value="se_va")
    if kind == "ue":
        return _described_by_itself(given)
    if kind == "tr":
        amounts = numbers_of(given, revenue="tr_tt", tax="tr_tx", shipping="tr_sh")
        said = said_of(given, order_id="tr_id", affiliation="tr_af", currency="tr_cu")
        return "Order Completed", said | amounts
    if kind == "ti":
        said = said_of(
            given,
            order_id="ti_id",
            sku="ti_sk",
            product="ti_nm",
            category="ti_ca",
            currency="ti_cu",
        )
        return "Product Purchased", said | numbers_of(given, price="ti_pr", quantity="ti_qu")
    return Dropped(DropReason.NOT_AN_EVENT, f"“{kind[:60]}” is no type of event (e).")


def _described_by_itself(given: dict[str, str]) -> tuple[str, dict[str, Any]] | Dropped:
    wrapped = _decoded(given, "ue_pr", "ue_px")
    inner = wrapped.get("data") if isinstance(wrapped, dict) else None
    name, data = _described_as(inner)
    if not name:
        return Dropped(DropReason.NOT_AN_EVENT, "It does not describe itself by a schema (iglu:…).")
    if name in FORM_EVENTS:
        data = {field: value for field, value in data.items() if field not in TYPED}
    if name == "screen_view":
        plumbing = ("id", "previousId")
        return SCREEN_VIEWED, {field: v for field, v in data.items() if field not in plumbing}
    return name, data


def _described_as(given: Any) -> tuple[str, dict[str, Any]]:
    """The name in the schema of something that describes itself, "" where it does not; its data."""
    if not isinstance(given, dict):
        return "", {}
    found = SCHEMA.fullmatch(given["schema"]) if isinstance(given.get("schema"), str) else None
    data = given.get("data")
    return (found["name"] if found else ""), (data if isinstance(data, dict) else {})


def _contexts(given: dict[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Vendor, name and data of each context of an event."""
    wrapped = _decoded(given, "co", "cx")
    data = wrapped.get("data") if isinstance(wrapped, dict) else None
    for one in data if isinstance(data, list) else ():
        name, own = _described_as(one)
        found = SCHEMA.fullmatch(one["schema"]) if name else None
        if found:
            yield found["vendor"], name, own


def _described(contexts: list[tuple[str, str, dict[str, Any]]]) -> dict[str, Any]:
    """What contexts tell of the device, and, under their names, all that the site's own tell."""
    found: dict[str, Any] = {}
    for vendor, name, data in contexts:
        if vendor.startswith(VENDORS):
            fields = DESCRIBING.get(name, {}).items()
            found |= {ours: data[theirs] for ours, theirs in fields if data.get(theirs)}
        else:
            found |= {f"{name}.{field}": value for field, value in data.items()}
    return found


def _decoded(given: dict[str, str], plain: str, packed: str) -> Any:
    """JSON that a parameter has as it is, or in URL-safe base64, with or without padding."""
    text: str | bytes = given.get(plain, "")
    if not text and given.get(packed):
        code = given[packed].rstrip("=").replace("+", "-").replace("/", "_")
        try:
            text = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        except (binascii.Error, ValueError):
            return None
    try:
        return msgspec.json.decode(text) if text else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _page(given: dict[str, str], name: str) -> dict[str, Any]:
    # A screen of an app has no address, and a title would be that of the app.
    told = given if name != SCREEN_VIEWED else {}
    page = page_of(told.get("url", ""), told.get("page", ""), told.get("refr", ""))
    return page | said_of(given, screen="res", language="lang")


def _identifiers(
    given: dict[str, str], contexts: list[tuple[str, str, dict[str, Any]]]
) -> tuple[Identifier, ...]:
    """The user, and the device: its own cookie or, in an app, its installation; where there is
    neither, the collector's cookie."""
    app = next((data.get("userId") for _, name, data in contexts if name == SESSION), None)
    device = given.get("duid") or app or given.get("tnuid") or given.get("nuid")
    return identifiers_of(user_id=given.get("uid"), anonymous_id=device)


def _consent(
    name: str, told: dict[str, Any], contexts: list[tuple[str, str, dict[str, Any]]]
) -> dict[str, bool]:
    """What a consent event says, by purpose: a document that was agreed to, or no longer is, stands
    for the purpose that has its id or its name."""
    if name == PREFERENCES:
        scopes = told.get("consent_scopes")
        agrees = not str(told.get("event_type")).startswith(("deny", "pending"))
        named = scopes if isinstance(scopes, list) else ()
        return {one: agrees for one in named if isinstance(one, str)}
    documents = (data for _, context, data in contexts if context == "consent_document")
    ids = (data.get(field) for data in documents for field in ("id", "name"))
    return {one: name == GRANTED for one in ids if isinstance(one, str)}


def _is_anonymous(request: Request) -> bool:
    return bool(request.headers.get("sp-anonymous"))


def _signals(given: dict[str, str], request: Request, *, is_nameless: bool) -> Signals:
    """Address and agent, where they are the person's: those of a browser, or those told."""
    own = signals_of(request) if request.is_browsers else NO_SIGNALS
    ip, agent = given.get("ip") or own.ip, given.get("ua") or own.agent
    cookieless = _is_anonymous(request) or (is_nameless and bool(ip))
    return Signals(ip=ip, agent=agent, cookieless=cookieless)


def reply(request: Request, receipt: Receipt) -> Reply:
    """An image for who asked for one, “ok” for the rest."""
    return image_reply() if request.method == "GET" else Reply(b"ok", media_type="text/plain")


WIRE = Wire(
    name="snowplow",
    title="Snowplow",
    paths=("/com.snowplowanalytics.snowplow/tp2", "/i"),
    methods=("GET", "POST"),
    content=content,
    key=key,
    events=events,
    reply=reply,
    credentials=True,
)
