"""Google Analytics 4's export to BigQuery, saved as JSON lines: one event a row.

Parameters are lists of names and typed values, and whole numbers stand as text. The place is a name
without a code, and the ids of sessions say nothing that the timeline does not: both are left out.

Source: https://support.google.com/analytics/answer/7029846
"""

from __future__ import annotations

from typing import Any

import msgspec

from sojourn.drop_reason import Dropped
from sojourn.event import Event, Kind
from sojourn.origin import Origin, Reading, as_sent, without_instant
from sojourn.wire import number_of
from sojourn.wires.ga4 import WIRE

NUMBERS = ("int_value", "float_value", "double_value")
CAMPAIGN = {
    "manual_campaign_name": "campaign.name",
    "manual_campaign_id": "campaign.id",
    "manual_source": "campaign.source",
    "manual_medium": "campaign.medium",
    "manual_term": "campaign.term",
    "manual_content": "campaign.content",
}


def events(row: dict[str, Any], reading: Reading) -> list[Event | Dropped]:
    """The event of a row, after what it tells of the user."""
    stamp = row.get("event_timestamp")
    device = _object(row.get("device"))
    body = {
        "client_id": row.get("user_pseudo_id"),
        "user_id": row.get("user_id"),
        "timestamp_micros": stamp,
        "user_properties": {
            name: {"value": value} for name, value in _values(row.get("user_properties")).items()
        },
        "device": device | _object(device.get("web_info")),
        "events": [{"name": row.get("event_name"), "params": _values(row.get("event_params"))}],
    }
    refused = without_instant(stamp)
    brought = _object(row.get("collected_traffic_source"))
    campaign = {ours: brought[theirs] for theirs, ours in CAMPAIGN.items() if brought.get(theirs)}
    sent = as_sent(WIRE, "/mp/collect", body, reading, has_ids=False)
    return refused or [_with(one, campaign) for one in sent]


def _with(event: Event | Dropped, campaign: dict[str, Any]) -> Event | Dropped:
    if isinstance(event, Dropped) or event.kind is not Kind.EVENT or not campaign:
        return event
    return msgspec.structs.replace(event, properties=campaign | event.properties)


def _values(given: Any) -> dict[str, Any]:
    """Parameters by name: `[{key, value: {string_value | int_value | …}}]`."""
    found: dict[str, Any] = {}
    for parameter in given if isinstance(given, list) else ():
        name, value = (_object(parameter).get(field) for field in ("key", "value"))
        if isinstance(name, str):
            found[name] = _value(_object(value))
    return {name: value for name, value in found.items() if value is not None}


def _value(typed: dict[str, Any]) -> Any:
    for kind in NUMBERS:
        if typed.get(kind) is not None:
            return number_of(str(typed[kind]))
    return typed.get("string_value")


def _object(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


ORIGIN = Origin(title="Google Analytics 4 (BigQuery export)", events=events)
