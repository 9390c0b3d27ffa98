"""PostHog's export of events: JSON lines, Parquet or CSV, with the properties as an object or as
the text of one.

Source: https://posthog.com/docs/cdp/batch-exports/s3
"""

from __future__ import annotations

from typing import Any

from sojourn.drop_reason import Dropped
from sojourn.event import Event
from sojourn.origin import Origin, Reading, as_sent, without_instant
from sojourn.wire import json_in
from sojourn.wires.posthog import WIRE

COLUMNS = ("event", "distinct_id", "timestamp", "uuid")


def events(row: dict[str, Any], reading: Reading) -> list[Event | Dropped]:
    """The event of a row."""
    given = row.get("properties")
    properties = json_in(given) if isinstance(given, str) else given
    told = properties if isinstance(properties, dict) else {}
    # The project's token stands among the properties of what browsers sent.
    own = {name: told[name] for name in told if name not in ("token", "api_key")}
    message = {name: row.get(name) for name in COLUMNS} | {"properties": own}
    refused = without_instant(row.get("timestamp"))
    return refused or as_sent(WIRE, "/batch", {"batch": [message]}, reading)


ORIGIN = Origin(title="PostHog (batch export)", events=events)
