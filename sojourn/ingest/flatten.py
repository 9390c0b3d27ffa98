"""Flatten: properties of any JSON become flat, and each of their values is looked at.

Nested objects become dotted names (`address.city`), lists become JSON text, null nothing. Clients
send few shapes, again and again: events with the same names and types of plain values are taken
together, a column at a time, before the steps of the pipeline; what is not plain is left to the
step, which takes one event.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import Event, PropertyValue
from sojourn.ingest.arrival import Arrival
from sojourn.policy.looks import Looks

PROPERTIES_MAX = 256
"""Twice what Woopra's libraries send; each becomes a column."""
DEPTH_MAX = 6
"""Deeper objects are documents, not properties; the names they flatten to could not be read."""
WHOLE_MAX = 2**53
"""A whole number beyond this would lose digits as a float, and such a number is an id."""
PLAIN = frozenset((str, bool, int, float))

Names = tuple[str, ...]
Kinds = tuple[type, ...]


def flatten(event: Event, arrival: Arrival) -> Event | Dropped:
    """The event with flat properties and traits, whose values have been looked at."""
    if event.looks is not None:
        return event  # It was taken with others.
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


def flattened_alike(events: Sequence[Event | Dropped], looks: Looks) -> list[Event | Dropped]:
    """The events in their order: those of plain properties, and without traits, flat and looked
    at; the others as they are."""
    alike: dict[tuple[Names, Kinds], list[int]] = {}
    for place, event in enumerate(events):
        if isinstance(event, Event) and not event.traits:
            given = event.properties
            shape = tuple(given), tuple(map(type, given.values()))
            alike.setdefault(shape, []).append(place)
    flat = list(events)
    for (names, kinds), places in alike.items():
        if PLAIN.issuperset(kinds) and len(names) <= PROPERTIES_MAX:
            _flatten_together(flat, places, names, kinds, looks)
    return flat


def _flatten_together(
    events: list[Any], places: Sequence[int], names: Names, kinds: Kinds, looks: Looks
) -> None:
    """Flatten events of one shape where they stand; none of them where a number needs more."""
    rows = [events[place].properties for place in places]
    columns: list[tuple[Any, ...]] = [*zip(*(row.values() for row in rows), strict=True)]
    for at, kind in enumerate(kinds):
        if kind is int:
            if max(columns[at]) > WHOLE_MAX or min(columns[at]) < -WHOLE_MAX:
                return
            columns[at] = tuple(map(float, columns[at]))
        elif kind is float and not isfinite(sum(columns[at])):
            return
    if int in kinds:
        rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    found: list[dict[str, int]] = [{} for _ in places]
    for at, masks in looks.of(columns):
        for one, mask in zip(found, masks, strict=True):
            if mask:
                one[names[at]] = mask
    for place, properties, seen in zip(places, rows, found, strict=True):
        events[place] = msgspec.structs.replace(events[place], properties=properties, looks=seen)


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
