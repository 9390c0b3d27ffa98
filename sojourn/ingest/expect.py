"""Expect: where the tracking plan says what type a property has, nothing else is taken for it."""

from __future__ import annotations

from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import Event
from sojourn.ingest.arrival import Arrival
from sojourn.tracking_plan import EXPECTED


def expect(event: Event, arrival: Arrival) -> Event | Dropped:
    """No value of another type than the one that is planned. It is judged as it would be kept:
    what the policy reduces, reduced."""
    if not arrival.expected:
        return event
    expected = arrival.expected
    for given in (event.properties, event.sealed, event.traits):
        for name, value in given.items():
            if name in expected and type(value) not in expected[name]:
                return Dropped(DropReason.TYPE_CONFLICT, _conflict(name, expected[name], value))
    return event


def _conflict(name: str, planned: frozenset[type], value: Any) -> str:
    """Names the types alone: the value may be about somebody."""
    said = next(word for word, types in EXPECTED.items() if types == planned)
    came = next(word for word, types in EXPECTED.items() if type(value) in types)
    return f"“{name}” is planned as a {said}, and came as a {came}."
