"""Fates: what became of one of the events of a kind, remembered for a moment.

Every request brings the same few kinds. What became of one holds for the next request too, as long
as all that it was judged by is the same; it is asked anew each minute all the same. Of a kind whose
events came with signals, or of which the policy reduces a value, nothing is remembered, for there
more decides than the kind; and never a value.
"""

from __future__ import annotations

from collections.abc import Hashable
from operator import is_
from typing import NamedTuple

import msgspec

from sojourn.event import Event, Identifier

REMEMBERED_MS = 60_000
KINDS_MAX = 2_000
"""More kinds than that are no kinds; then remembering starts anew."""


class Fate(NamedTuple):
    """What became of an event of a kind, without its values, and what was counted meanwhile: how
    many properties were withheld, by reason."""

    after: Event
    withheld: dict[str, int]


class Fates:
    """What is remembered of one project. What it was judged by is compared by identity."""

    def __init__(self) -> None:
        self._state: tuple[tuple[object, ...], int, dict[Hashable, Fate]] = (), 0, {}

    def now(self, judged_by: tuple[object, ...], now_ms: int) -> dict[Hashable, Fate]:
        """What became of kinds where it was decided by the same; to be added to."""
        known_by, since_ms, known = self._state
        same = len(known_by) == len(judged_by) and all(map(is_, known_by, judged_by))
        if not same or not 0 <= now_ms - since_ms < REMEMBERED_MS or len(known) >= KINDS_MAX:
            # At once, for other threads look there meanwhile: they go on with what they found.
            known = {}
            self._state = judged_by, now_ms, known
        return known


def bare(event: Event) -> Event:
    """An event without its values."""
    return msgspec.structs.replace(
        event,
        ts=0,
        message_id="",
        identifiers=tuple(Identifier(one.type, "") for one in event.identifiers),
        properties=dict.fromkeys(event.properties, ""),
        sealed=dict.fromkeys(event.sealed, ""),
    )
