"""Flatten: properties of any JSON become flat, and each of their values is looked at.

Nested objects become dotted names (`address.city`), lists become JSON text, null nothing.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import Event, PropertyValue
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.limits import PROPERTIES_MAX

DEPTH_MAX = 6
"""Deeper objects are documents, not properties; the names they flatten to could not be read."""
WHOLE_MAX = 2**53
"""A whole number beyond this would lose digits as a float, and such a number is an id."""


def flatten(event: Event, arrival: Arrival) -> Event | Dropped:
    """The event with flat properties and traits, whose values have been looked at."""
    if event.looks is not None:
        return event  # It was looked at with others.
    try:
        properties = _flat(event.properties)
        traits = _flat(event.traits) if event.traits else event.traits
    except RecursionError:
        return Dropped(DropReason.TOO_DEEP, f"Properties may nest {DEPTH_MAX} deep.")
    except UnicodeEncodeError:
        return Dropped(DropReason.BAD_TEXT, "A property has half a surrogate pair.")
    if len(properties) > PROPERTIES_MAX or len(traits) > PROPERTIES_MAX:
        return Dropped(DropReason.TOO_MANY_PROPERTIES, f"{PROPERTIES_MAX} are allowed.")
    looks = arrival.names.looks.at(properties)
    if traits:
        looks |= _both(looks, arrival.names.looks.at(traits))
    return msgspec.structs.replace(event, properties=properties, traits=traits, looks=looks)


def _both(some: dict[str, int], others: dict[str, int]) -> dict[str, int]:
    """What was found in the properties or in the traits of these names."""
    return {name: found | some.get(name, 0) for name, found in others.items()}


def _flat(given: dict[str, Any]) -> dict[str, PropertyValue]:
    flat: dict[str, PropertyValue] = {}
    for name, value in given.items():
        _flatten_into(flat, name, value, 1)
    return flat


def _flatten_into(flat: dict[str, PropertyValue], name: str, value: Any, depth: int) -> None:
    if isinstance(value, str | bool):
        flat[name] = value
    elif isinstance(value, int):
        flat[name] = float(value) if abs(value) <= WHOLE_MAX else str(value)
    elif isinstance(value, float):
        if isfinite(value):
            flat[name] = value
    elif isinstance(value, dict):
        if depth >= DEPTH_MAX:
            raise RecursionError
        for inner, item in value.items():
            _flatten_into(flat, f"{name}.{inner}", item, depth + 1)
    elif isinstance(value, list):
        if _depth(value) + depth > DEPTH_MAX:
            raise RecursionError
        flat[name] = msgspec.json.encode(value).decode()


def _depth(value: Any) -> int:
    """How deep a list or object nests; the decoder has bounded it well below Python's own limit."""
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 0
