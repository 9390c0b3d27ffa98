"""Amplitude's export: an archive of packed JSON lines, one event a line.

The names differ from those that clients send: the instant is text in UTC, `$insert_id` has its
dollar, the address is `ip_address`.

Source: https://amplitude.com/docs/apis/analytics/export
"""

from __future__ import annotations

from typing import Any

from sojourn.drop_reason import Dropped
from sojourn.event import Event
from sojourn.instant import instant_ms
from sojourn.origin import Origin, Reading, as_sent, without_instant
from sojourn.wires.amplitude import WIRE


def events(row: dict[str, Any], reading: Reading) -> list[Event | Dropped]:
    """The event of a row."""
    message = row | {
        "time": instant_ms(row.get("event_time")),
        "insert_id": row.get("$insert_id") or row.get("uuid"),
        "ip": row.get("ip_address"),
    }
    refused = without_instant(row.get("event_time"))
    return refused or as_sent(WIRE, "/batch", {"events": [message]}, reading)


ORIGIN = Origin(title="Amplitude (export)", events=events)
