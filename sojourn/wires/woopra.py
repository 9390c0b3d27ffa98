"""Woopra's tracking API: `/track/{ce,identify,update,ping,push}`, by query, form or JSON.

The project's name (`project`, or `host` or `website`) is the key; who has a secret sends it by HTTP
Basic. What is said of the person has the prefix `cv_`, of the event `ce_`, of the visit `cs_`, of
the organisation `co_`. An event with an id (`idptnc`) may still change for as long as its `timeout`
says; nothing could change one without. A ping names no event, so it is understood and does nothing.

Several libraries make a cookie from the e-mail or the id of the first person they see and keep it
for those who follow: such a cookie names nobody beside an id or an e-mail.

Source: https://docs.woopra.com/reference/track-ce and the libraries themselves
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import NO_SIGNALS, OPEN_MS_MAX, PAGE_VIEWED, Event, Identifier, Kind, Signals
from sojourn.instant import instant_ms
from sojourn.wire import (
    FORM_FIELDS_MAX,
    UTM,
    Receipt,
    Reply,
    Request,
    Wire,
    decode_json,
    email_of,
    form_of,
    id_of,
    identifiers_of,
    json_of,
    page_of,
    receipt_reply,
    require_batch,
    signals_of,
)

TIMEOUT_MS = 30_000
"""How long an event may change that does not say it."""
PERSON, EVENT, VISIT, ORGANISATION = "cv_", "ce_", "cs_", "co_"
PAGE = "pv"
KEYS = ("project", "host", "website")
UNSET = ("", "null", "undefined", "None", "0.0.0.0")
"""What libraries send for a value that they do not have."""
FLAGS = {"true": True, "True": True, "false": False, "False": False}
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,10})?")
"""A number as programs write it: with a zero or a plus in front it is a code or a telephone's."""
MADE_COOKIE = re.compile(r"[0-9A-F]{12}|-?[0-9]{1,10}|[0-9a-f]{8}")
"""A cookie that a library made by MD5, CRC or Java's hash; by chance a browser's is like one in ten
million."""
ON_DEVICE = ("android", "ios")
"""Libraries that run on the person's device, besides those in a browser."""
SEEN = ("browser", "os", "device", "screen", "language", "domain")
"""What is told of the device or the site without a prefix, and kept under the same name."""
SCRIPT = "text/javascript"


class Beacon(NamedTuple):
    """One call of a library: the endpoint (`ce`, `identify`, `update`, `ping`), what it says."""

    endpoint: str
    given: Mapping[str, Any]


def content(request: Request) -> list[Beacon]:
    """The calls of a request: one, or the lines of a `push`."""
    endpoint = request.path.rstrip("/").rsplit("/", 1)[-1]
    given: dict[str, Any] = dict(request.query)
    is_json = request.body.lstrip()[:1] in (b"{", b"[")
    if endpoint == "push" and is_json:
        return _lines(request.body.decode(errors="replace"))
    if request.method == "POST":
        body = json_of(request) if is_json else form_of(request)
        given |= body if isinstance(body, dict) else {}
    if endpoint == "push":
        return _lines(str(given.get("payload", "")))
    return [Beacon(endpoint, given)]


def _lines(payload: str) -> list[Beacon]:
    lines = require_batch([line for line in payload.splitlines() if line.strip()], "payload")
    return [_beacon(decode_json(line.encode(errors="replace"))) for line in lines]


def _beacon(given: Any) -> Beacon:
    line = given if isinstance(given, dict) else {}
    params = line.get("params")
    return Beacon(str(line.get("endpoint", "")), params if isinstance(params, dict) else {})


def key(request: Request, beacons: list[Beacon]) -> str:
    """The project's name, of the first call that says it, or in the path of a third party."""
    named = (id_of(one.given.get(name)) for one in beacons for name in KEYS)
    _, third_party, rest = request.path.partition("/track/tp/")
    return next(filter(None, named), rest.split("/")[0] if third_party else "")


def events(request: Request, beacons: list[Beacon]) -> list[Event | Dropped]:
    """What the calls tell; a ping tells nothing."""
    return [_event(request, one) for one in beacons if one.endpoint != "ping"]


def _event(request: Request, beacon: Beacon) -> Event | Dropped:
    given = beacon.given
    if beacon.endpoint not in ("ce", "identify", "update"):
        return Dropped(DropReason.NOT_AN_EVENT, "It goes to none of ce, identify, update, ping.")
    stamp = _said(given, "timestamp")
    ts = request.received_ms if stamp is None else instant_ms(stamp)
    if ts is None:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{str(stamp)[:60]}” is no instant.")
    message_id = id_of(given.get("idptnc"))
    source = str(_said(given, "app") or _said(given, "ce_app") or "woopra")[:100]
    identifiers = _identifiers(given)
    event = Event(
        ts=ts,
        identifiers=identifiers,
        message_id=message_id,
        source=source,
        signals=_signals(request, given, source, named=bool(identifiers)),
    )
    if beacon.endpoint == "update":
        if not message_id:
            return Dropped(DropReason.NOT_AN_EVENT, "An update says by idptnc what it changes.")
        return msgspec.structs.replace(
            event, kind=Kind.CHANGE, properties=_properties(given), open_ms=_open_ms(given)
        )
    told = msgspec.structs.replace(event, traits=_traits(given))
    if beacon.endpoint == "identify":
        return msgspec.structs.replace(told, kind=Kind.PROFILE)
    name, properties = _happened(given)
    open_ms = (_open_ms(given) or TIMEOUT_MS) if message_id else 0
    return msgspec.structs.replace(told, name=name, properties=properties, open_ms=open_ms)


def _said(given: Mapping[str, Any], name: str) -> Any:
    """What a parameter says, None where it says nothing or a word that means nothing."""
    value = given.get(name)
    return None if value is None or (isinstance(value, str) and value in UNSET) else value


def _identifiers(given: Mapping[str, Any]) -> tuple[Identifier, ...]:
    user, email = id_of(given.get("cv_id")), email_of(_said(given, "cv_email"))
    cookie = id_of(given.get("cookie"))
    if (user or email) and MADE_COOKIE.fullmatch(cookie):
        cookie = ""
    return identifiers_of(user_id=user, email=email, anonymous_id=cookie)


def _open_ms(given: Mapping[str, Any]) -> int:
    """For how long the event may change from now on, 0 where that is not said."""
    timeout = _value(given.get("timeout"))
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout > 0:
        return 0
    return int(min(timeout, OPEN_MS_MAX))


def _traits(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of the person, and of their organisation."""
    traits = _prefixed(given, PERSON)
    organisation, group = _prefixed(given, ORGANISATION), id_of(given.get("org"))
    if organisation or group:
        traits["group"] = organisation | ({"id": group} if group else {})
    return traits


def _happened(given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name of what happened, and its properties. One library says the name as `ce_name`; who
    says none, nor anything by which to tell, has seen a page."""
    properties = _properties(given)
    name = _said(given, "event")
    if name is None:
        name = properties.pop("name", None)
    if name is None or name == PAGE:
        return PAGE_VIEWED, _page(properties)
    return str(name), properties


def _properties(given: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of the event, and of the visit it is in; the duration in seconds."""
    properties = {name: _value(given[name]) for name in SEEN if _said(given, name) is not None}
    properties |= _prefixed(given, EVENT)
    properties |= {f"visit.{name}": value for name, value in _prefixed(given, VISIT).items()}
    properties.pop("app", None)
    if "scroll depth" in properties:
        properties["scroll_depth"] = properties.pop("scroll depth")
    for name in UTM.values():
        if f"campaign_{name}" in properties:
            properties[f"campaign.{name}"] = properties.pop(f"campaign_{name}")
    duration = _value(given.get("duration"))
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        properties["duration"] = duration / 1000
    if _said(given, "referer") is not None:
        properties.setdefault("referrer", str(given["referer"]))
    if _value(given.get("passive")) in (1, True):
        properties["passive"] = True
    return properties


def _page(properties: dict[str, Any]) -> dict[str, Any]:
    """The properties of a page view. `url` is the path and query, `uri` the whole address."""
    path, whole = (str(properties.pop(name, "")) for name in ("url", "uri"))
    domain = properties.get("domain")
    if not whole.startswith(("http://", "https://")):
        whole = f"https://{domain}{path}" if domain and path.startswith("/") else path or whole
    title, referrer = (str(properties.pop(name, "")) for name in ("title", "referrer"))
    return _campaign(whole) | page_of(whole, title, referrer) | properties


def _campaign(url: str) -> dict[str, Any]:
    """The campaign as Woopra's own parameters of an address tell it."""
    try:
        query = dict(parse_qsl(urlsplit(url).query, max_num_fields=FORM_FIELDS_MAX))
    except ValueError:
        return {}
    named = ((f"campaign.{ours}", query.get(f"woo_{theirs}")) for theirs, ours in UTM.items())
    return {name: value for name, value in named if value}


def _prefixed(given: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The parameters with a prefix, without it; what says nothing is left out."""
    return {
        name.removeprefix(prefix): _value(value)
        for name, value in given.items()
        if name.startswith(prefix) and len(name) > len(prefix) and _said(given, name) is not None
    }


def _value(value: Any) -> Any:
    """A parameter's value: an address has nothing but text, so flags and numbers are read in it."""
    if not isinstance(value, str):
        return value
    if value in FLAGS:
        return FLAGS[value]
    return float(value) if NUMBER.fullmatch(value) else value


def _signals(request: Request, given: Mapping[str, Any], source: str, *, named: bool) -> Signals:
    """The address and agent of the person's device: the connection's where the library runs on it,
    or the ones that a server gives on the person's behalf. A browser that names nobody, as it has
    no cookie, asks to be counted without."""
    on_device = request.is_browsers or source.lower().startswith(ON_DEVICE)
    own = signals_of(request) if on_device else NO_SIGNALS
    address, agent = _said(given, "ip"), _said(given, "user-agent")
    ip = address if isinstance(address, str) else own.ip
    told = Signals(
        ip=ip,
        agent=agent if isinstance(agent, str) else own.agent,
        cookieless=request.is_browsers and not named,
    )
    return NO_SIGNALS if told == NO_SIGNALS else told


def reply(request: Request, receipt: Receipt) -> Reply:
    """A script that does nothing, for browsers run the answer; JSON or XML where that is asked for;
    or the way on, where the call stood in a link."""
    given: Mapping[str, Any] = request.query
    if request.method == "POST":
        beacons = content(request)
        given = beacons[0].given if len(beacons) == 1 else {}
    target, form = _said(given, "redirect"), given.get("response")
    if isinstance(target, str):
        return Reply(b"", 302, SCRIPT, {"Location": target, "Cache-Control": "no-store"})
    if form == "json":
        return receipt_reply(request, receipt)
    if form == "xml":
        return Reply(b'<?xml version="1.0"?><response success="true"/>', 200, "application/xml")
    return Reply(b"", 200, SCRIPT, {"Cache-Control": "no-store"})


ENDPOINTS = ("ce", "identify", "update", "ping", "push")

WIRE = Wire(
    name="woopra",
    title="Woopra",
    paths=(*(f"/track/{one}" for one in ENDPOINTS), "/track/tp/{domain:str}/{endpoint:str}"),
    methods=("GET", "POST"),
    content=content,
    key=key,
    events=events,
    reply=reply,
)
