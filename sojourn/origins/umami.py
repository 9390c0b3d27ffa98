"""Umami's export: the table `website_event` as CSV, alone or in the archive that Umami makes.

A row is a page view (`event_type` 1) or an event with a name (2), of a session, which is a device
as Umami tells it for a month, or of a `distinct_id`. The data of events stand in a table of their
own (`event_data`), a row for each property, which is read ahead and waits in memory for its events.

Source: https://github.com/umami-software/umami/blob/master/db/clickhouse/schema.sql and
db/postgresql/schema.prisma
"""

from __future__ import annotations

from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError
from sojourn.event import PAGE_VIEWED, Event, Signals
from sojourn.instant import instant_ms
from sojourn.origin import Origin, Reading, without_instant
from sojourn.wire import country_of, identifiers_of, number_of, page_of

PAGE = "1"
KEPT = ("browser", "os", "device", "screen", "language", "tag")
NONE = ("", "\\N", "NULL")
"""How tables say in text that there is nothing."""
NUMBER, FLAG, INSTANT = "2", "3", "4"
"""The `data_type` of what is no text."""
WAITING_MAX = 1_000_000
"""Events whose data may wait for them: some hundred megabytes."""


def events(row: dict[str, Any], reading: Reading) -> list[Event | Dropped]:
    """The event of a row."""
    given = {name: str(value) for name, value in row.items() if value not in (None, *NONE)}
    if "data_key" in row:
        _keep(given, reading.beside)
        return []
    ts = instant_ms(given.get("created_at"))
    if ts is None:
        return without_instant(given.get("created_at"))
    name = PAGE_VIEWED if given.get("event_type", PAGE) == PAGE else given.get("event_name", "")
    if not name:
        return [Dropped(DropReason.NO_EVENT_NAME, "Neither a page view nor an event with a name.")]
    url, referrer = (
        _address(given, "hostname", "url"),
        _address(given, "referrer_domain", "referrer"),
    )
    seen = {field: given[field] for field in KEPT if field in given}
    return [
        Event(
            name=name,
            ts=ts,
            identifiers=identifiers_of(
                user_id=given.get("distinct_id"), anonymous_id=given.get("session_id")
            ),
            properties=page_of(url, given.get("page_title", ""), referrer)
            | seen
            | reading.beside.pop(given.get("event_id", ""), {}),
            message_id=given.get("event_id", ""),
            source="umami",
            signals=Signals(country=country_of(given.get("country"))),
        )
    ]


def _keep(given: dict[str, str], beside: dict[str, dict[str, Any]]) -> None:
    """Keep one property of an event until the event comes."""
    event, value = given.get("website_event_id") or given.get("event_id", ""), _value(given)
    if event not in beside and len(beside) >= WAITING_MAX:
        raise SojournError(
            "The data of too many events are in one export",
            detail=f"{WAITING_MAX:,} may be.",
            where="event_data",
            mend="Import shorter periods one after the other, or leave this file out.",
        )
    if event and "data_key" in given and value is not None:
        beside.setdefault(event, {})[given["data_key"]] = value


def _value(given: dict[str, str]) -> str | float | bool | None:
    kind, text = given.get("data_type"), given.get("string_value")
    if kind == NUMBER:
        return number_of(given.get("number_value") or text or "")
    if kind == FLAG:
        return text == "true"
    return given.get("date_value", text) if kind == INSTANT else text


def _address(given: dict[str, str], host: str, of: str) -> str:
    """The address that its parts make; only a path where the host is not known."""
    site, path = given.get(host, ""), given.get(f"{of}_path", "")
    query = given.get(f"{of}_query", "").removeprefix("?")
    return (f"https://{site}" if site else "") + path + (f"?{query}" if query else "")


ORIGIN = Origin(
    title="Umami (website_event)",
    events=events,
    passed_over=("session_data",),
    ahead=("event_data",),
)
