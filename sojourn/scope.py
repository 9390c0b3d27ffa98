"""A scope: what one question may see, and by which calendar it counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sojourn import period
from sojourn.period import Every, WeekStart

VISIT_GAP_MS = 30 * 60_000
"""A visit ends when the gap to the next event is longer than this, unless a setting says so."""
FAR_MS = 2**61
"""Later than every instant."""

Label = tuple[str, ...]
"""One value of a breakdown: how the value of each of its properties is written."""


@dataclass(frozen=True, slots=True)
class Values:
    """The values that a breakdown shows, the most frequent first; `pooled` more are shown as one.

    Slot k of a breakdown is `labels[k]`; slot `len(labels)` is every other value together.
    """

    labels: tuple[Label, ...] = ((),)
    pooled: int = 0

    @property
    def slots(self) -> int:
        """How many slots there are: one more than labels when some values are pooled."""
        return len(self.labels) + (self.pooled > 0)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question may see: instants in [start_ms, end_ms], events lawful for `purpose`.

    The two instants are always set: where the definition leaves an end open, it is the project's
    first or last event. `purpose` is a bit mask: an event is seen if it is lawful for one of them.
    Calendar words (day, week, month) are meant in `zone`. What ends after `now_ms` is not over yet.
    `values` are those of the question's breakdown, if it has one; without one there is a single
    slot. `watch_ms` is how long an attempt is watched, where the question leaves that to what the
    parts tell. No event at all is before `first_ms` or after `last_ms`.
    """

    start_ms: int
    end_ms: int
    purpose: int
    zone: ZoneInfo
    week_start: WeekStart = "monday"
    visit_gap_ms: int = VISIT_GAP_MS
    now_ms: int = FAR_MS
    values: Values = field(default_factory=Values)
    watch_ms: int = 0
    first_ms: int = -FAR_MS
    last_ms: int = FAR_MS

    @property
    def bounds(self) -> tuple[int, int, int]:
        """start_ms · end_ms · purpose: how every kernel takes a scope. Where nothing lies beyond an
        end it is far away, which spares kernels a look at instants: to read those of each person's
        first and last event took two thirds of the time where nothing else is wanted of them."""
        start_ms = -FAR_MS if self.start_ms <= self.first_ms else self.start_ms
        end_ms = FAR_MS if self.end_ms >= self.last_ms else self.end_ms
        return start_ms, end_ms, self.purpose

    def edges(self, every: Every) -> NDArray[np.int64]:
        """The edges of the calendar intervals that cover the scope, see `period.edges`."""
        return period.edges(self.start_ms, self.end_ms, every, self.zone, self.week_start)

    def label(self, edge_ms: int, every: Every) -> str:
        """How an answer names the interval that begins at `edge_ms`."""
        return period.label(edge_ms, every, self.zone)
