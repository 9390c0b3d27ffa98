"""The clock of the simulation: its days, their weeks, and office hours where a person lives.

start_ms                                            end_ms
|---- day 0 ----|---- day 1 ----| … |-- `until` ----|         midnights in UTC
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from sojourn.demo.region import Region

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS

WINDOW_DAYS = 182
"""Twenty-six whole weeks, so that every day of the week occurs equally often."""

OFFICE_OPENS_HOUR = 9.0
OFFICE_HOURS = 8.0
"""To five o'clock: in California that is midnight in UTC, so Friday's work stays on Friday."""


@dataclass(frozen=True, slots=True)
class Window:
    """The instants that are simulated: [start_ms, end_ms)."""

    start_ms: int
    end_ms: int

    def mondays(self, begin_ms: int, end_ms: int) -> range:
        """The midnight of each Monday whose week touches [begin_ms, end_ms) and the window."""
        begin_ms = max(begin_ms, self.start_ms)
        midnight_ms = begin_ms - begin_ms % DAY_MS
        return range(midnight_ms - weekday(begin_ms) * DAY_MS, min(end_ms, self.end_ms), WEEK_MS)


def window_ending(until: date) -> Window:
    """The six months whose last day is `until`."""
    midnight = datetime(until.year, until.month, until.day, tzinfo=UTC)
    end = midnight + timedelta(days=1)
    end_ms = int(end.timestamp()) * SECOND_MS
    return Window(end_ms - WINDOW_DAYS * DAY_MS, end_ms)


def weekday(ts: int) -> int:
    """The day of the week of an instant in UTC; 0 is Monday."""
    return (ts // DAY_MS + 3) % 7  # 1970 began on a Thursday


def is_weekend(ts: int) -> bool:
    """Whether an instant is on a Saturday or Sunday in UTC."""
    return weekday(ts) >= 5


def in_office(rng: Random, day_ms: int, region: Region) -> int:
    """An instant within office hours of a region, on the day that begins at `day_ms`."""
    hour = OFFICE_OPENS_HOUR + rng.random() * OFFICE_HOURS - region.ahead_hours
    return day_ms + int(hour * HOUR_MS)


def next_office_day(rng: Random, ts: int, region: Region) -> int:
    """An instant within office hours on the first working day after `ts`."""
    day_ms = ts - ts % DAY_MS + DAY_MS
    while is_weekend(day_ms):
        day_ms += DAY_MS
    return in_office(rng, day_ms, region)
