"""Mixpanel's raw export: one event a line, as its clients send it.

Source: https://docs.mixpanel.com/reference/raw-event-export
"""

from __future__ import annotations

from typing import Any

from sojourn.drop_reason import Dropped
from sojourn.event import Event
from sojourn.origin import Origin, Reading, as_sent, without_instant
from sojourn.wires.mixpanel import WIRE


def events(row: dict[str, Any], reading: Reading) -> list[Event | Dropped]:
    """The event of a row, `{event, properties: {time, distinct_id, $insert_id, …}}`."""
    properties = row.get("properties")
    told = properties if isinstance(properties, dict) else {}
    # Not the number of an export's project, but the file says whose it is.
    message = row | {"properties": {name: told[name] for name in told if name != "token"}}
    return without_instant(told.get("time")) or as_sent(WIRE, "/import", [message], reading)


ORIGIN = Origin(title="Mixpanel (raw export)", events=events)
