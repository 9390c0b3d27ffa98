"""Umami's export: the table `website_event` as CSV, alone or in the archive that Umami makes.

A row is a page view (`event_type` 1) or an event with a name (2), of a session, which is a device
as Umami tells it for a month, or of a `distinct_id`. The data of events stand in a table of their
own (`event_data`), which is passed over.

Source: https://github.com/umami-software/umami/blob/master/db/clickhouse/schema.sql
"""

from __future__ import annotations

from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import PAGE_VIEWED, Event, Signals
from sojourn.instant import instant_ms
from sojourn.origin import Origin, Reading, without_instant
from sojourn.wire import identifiers_of, page_of

PAGE = "1"
KEPT = ("browser", "os", "device", "screen", "language", "tag")
NONE = ("", "\\N", "NULL")
"""How tables say in text that there is nothing."""


def events(row: dict[str, Any], reading: Reading) -> list[Event | Dropped]:
    """The event of a row."""
    given = {name: str(value) for name, value in row.items() if value not in (None, *NONE)}
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
            properties=page_of(url, given.get("page_title", ""), referrer) | seen,
            message_id=given.get("event_id", ""),
            source="umami",
            signals=Signals(country=given.get("country", "")[:2].upper()),
        )
    ]


def _address(given: dict[str, str], host: str, of: str) -> str:
    """The address that its parts make; only a path where the host is not known."""
    site, path = given.get(host, ""), given.get(f"{of}_path", "")
    query = given.get(f"{of}_query", "").removeprefix("?")
    return (f"https://{site}" if site else "") + path + (f"?{query}" if query else "")


ORIGIN = Origin(title="Umami (website_event)", events=events, passed_over=("_data",))
