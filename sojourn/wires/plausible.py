"""Plausible's events API: `/api/event`, one event at a time, with the site's domain as the key.

Its clients send no id of anybody and keep nothing in the browser, so people are told apart for a
day by where an event comes from, without cookies. How long a page was read and how far down
(“engagement”) comes as an event of its own, for there is no id of the page view that it belongs to.

Source: https://plausible.io/docs/events-api
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import PAGE_VIEWED, Event
from sojourn.wire import (
    Receipt,
    Reply,
    Request,
    Wire,
    json_in,
    number_of,
    page_of,
    signals_of,
    text_of,
)

PAGE_LEFT = "Page Left"
"""What an engagement tells: `duration` in seconds, `scroll_depth` from 0 to 1."""


def key(request: Request, body: Any) -> str:
    """The domain; of several, for a roll-up, the first."""
    return _text(body, "d", "domain").partition(",")[0].strip()


def events(request: Request, body: Any) -> list[Event | Dropped]:
    """The one event of a body."""
    name = _text(body, "n", "name")
    if not name:
        return [Dropped(DropReason.NO_EVENT_NAME, "The event has no name (n, name).")]
    page = _page(body)
    if name == "engagement":
        return [_event(request, PAGE_LEFT, page | _engagement(body))]
    name = PAGE_VIEWED if name == "pageview" else name
    return [_event(request, name, page | _properties(body) | _revenue(body))]


def _event(request: Request, name: str, properties: dict[str, Any]) -> Event:
    return Event(
        name=name,
        ts=request.received_ms,
        properties=properties,
        message_id="",
        source="plausible",
        signals=msgspec.structs.replace(signals_of(request), cookieless=True),
    )


def _page(body: dict[str, Any]) -> dict[str, Any]:
    url = _text(body, "u", "url")
    page = page_of(url, referrer=_text(body, "r", "referrer"))
    if body.get("h") == 1 and "path" in page:
        # The site's pages differ in what stands behind the “#”.
        fragment = urlsplit(url).fragment
        page["path"] += f"#{fragment}" if fragment else ""
    width = body.get("w", body.get("screen_width"))
    return page | ({"screen_width": width} if isinstance(width, int) and width > 0 else {})


def _properties(body: dict[str, Any]) -> dict[str, Any]:
    """The custom properties: an object, or one written as text."""
    given: Any = next((body[name] for name in ("p", "props", "m", "meta") if body.get(name)), {})
    if isinstance(given, str):
        given = json_in(given)
    return dict(given) if isinstance(given, dict) else {}


def _revenue(body: dict[str, Any]) -> dict[str, Any]:
    """What an event earned: `revenue`, and in which `currency`."""
    given = body.get("$", body.get("revenue"))
    if not isinstance(given, dict):
        return {}
    # Amounts come as numbers, and as decimals in text, which keep their digits.
    amount, currency = number_of(_text(given, "amount")), given.get("currency")
    if amount is None or not isinstance(currency, str):
        return {}
    return {"revenue": amount, "currency": currency}


def _engagement(body: dict[str, Any]) -> dict[str, Any]:
    ms, percent = number_of(_text(body, "e")), number_of(_text(body, "sd"))
    found: dict[str, Any] = {} if ms is None else {"duration": ms / 1000}
    return found if percent is None else found | {"scroll_depth": percent / 100}


def _text(given: Any, *names: str) -> str:
    """The first of some fields that says something, as text."""
    values = (given.get(name) for name in names) if isinstance(given, dict) else ()
    told = (value for value in values if isinstance(value, str | int | float) and value != "")
    return text_of(next(told, ""))


def reply(request: Request, receipt: Receipt) -> Reply:
    """“ok”, as Plausible says whatever becomes of an event; a header tells when it was not kept."""
    told = {"X-Plausible-Dropped": str(len(receipt.refused))} if receipt.refused else {}
    return Reply(b"ok", status=202, media_type="text/plain", headers=told)


WIRE = Wire(
    name="plausible",
    title="Plausible",
    paths=("/api/event",),
    key=key,
    events=events,
    reply=reply,
)
