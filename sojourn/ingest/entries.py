"""Entries: what the quarantine shows of itself."""

from __future__ import annotations

import msgspec

from sojourn.event import Event


class Entry(msgspec.Struct, frozen=True):
    """One event that waits: why, by which wire and when it came, when it goes, its size sealed."""

    id: str
    reason: str
    wire: str
    received_ms: int
    until_ms: int
    bytes: int


class Reason(msgspec.Struct, frozen=True):
    """How many events wait for one reason, and when the first and the last of them came."""

    reason: str
    events: int
    first_ms: int
    last_ms: int


class Held(msgspec.Struct, frozen=True):
    """What an entry holds: the event, without what may not wait, what was wrong with it, and, once
    it is read, when it came."""

    event: Event
    detail: str
    received_ms: int = 0
