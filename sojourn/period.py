"""Periods, durations and calendar intervals, as a question says them and as kernels take them.

A question says `"2026-01-31"`, `"10 minutes"`, `"week"`; a kernel wants milliseconds in UTC and an
ascending array of edges. Calendar words depend on the project's time zone, durations never do.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.errors import BadQuestion

Every = Literal["hour", "day", "week", "month", "quarter", "year"]
WeekStart = Literal["monday", "sunday"]

INTERVALS_MAX = 20_000
"""Two years of hours; more points than that no picture shows and no reader reads."""

MS = {"second": 1_000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000, "week": 604_800_000}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
WINDOW_DAYS_MAX = 366 * 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Period(msgspec.Struct, frozen=True, rename={"from_": "from"}, forbid_unknown_fields=True):
    """From one day or instant to another, both included; an open end is the log's own.

    Or the `last` so many days or weeks, today included, or hours and less, up to now.
    """

    from_: str | None = None
    to: str | None = None
    last: str | None = None


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970 in UTC; exact, unlike a float of seconds."""
    gap = instant - EPOCH
    # To divide it by a millisecond would say the same and take three times as long.
    return (gap.days * 86_400 + gap.seconds) * 1_000 + gap.microseconds // 1_000


def from_ms(ms: int, zone: ZoneInfo) -> datetime:
    """The instant `ms` as the clocks of `zone` show it."""
    return (EPOCH + timedelta(milliseconds=ms)).astimezone(zone)


def duration_ms(text: str, where: str) -> int:
    """The length of a duration such as “10 minutes”, in milliseconds."""
    match = re.fullmatch(r"\s*(\d{1,9})\s*(second|minute|hour|day|week)s?\s*", text)
    if match is None:
        raise BadQuestion(
            "This is not a duration",
            detail=f"“{text[:60]}” cannot be read.",
            where=where,
            mend="Write a number and a unit, such as “10 minutes”, “14 days” or “2 weeks”.",
        )
    length = int(match[1]) * MS[match[2]]
    if not 0 < length <= WINDOW_DAYS_MAX * MS["day"]:
        raise BadQuestion(
            "This duration cannot be used",
            detail=f"“{text}” is not between 1 second and 20 years.",
            where=where,
            mend="Choose a duration in that range.",
        )
    return length


def instants(
    period: Period, zone: ZoneInfo, now_ms: int, where: str = "period"
) -> tuple[int | None, int | None]:
    """The first and the last millisecond of a period, None for an open end.

    A date means its whole day in `zone`, an instant means itself.
    """
    if period.last is not None:
        return _last(period, zone, now_ms, where)
    start = _instant(period.from_, zone, f"{where}.from", last=False)
    end = _instant(period.to, zone, f"{where}.to", last=True)
    if start is not None and end is not None and end < start:
        raise BadQuestion(
            "The period ends before it begins",
            detail=f"It runs from {period.from_} to {period.to}.",
            where=where,
            mend="Exchange the two.",
        )
    return start, end


def _last(period: Period, zone: ZoneInfo, now_ms: int, where: str) -> tuple[int, int]:
    assert period.last is not None
    length = duration_ms(period.last, f"{where}.last")
    if period.from_ is not None or period.to is not None:
        raise BadQuestion(
            "A period is “last” or “from” and “to”",
            where=where,
            mend="Leave out one or the other.",
        )
    if length % MS["day"]:
        return now_ms - length + 1, now_ms
    today = from_ms(now_ms, zone).date()
    first = today - timedelta(days=length // MS["day"] - 1)
    midnight = datetime.combine(today + timedelta(days=1), time(), zone)
    return to_ms(datetime.combine(first, time(), zone)), to_ms(midnight) - 1


def _instant(text: str | None, zone: ZoneInfo, where: str, *, last: bool) -> int | None:
    if text is None:
        return None
    try:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=1 if last else 0)
            return to_ms(datetime.combine(day, time(), zone)) - (1 if last else 0)
        instant = datetime.fromisoformat(text)
        return to_ms(instant if instant.tzinfo else instant.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        raise BadQuestion(
            "This is neither a day nor an instant",
            detail=f"“{text[:60]}” cannot be read.",
            where=where,
            mend="Write “2026-01-31” or “2026-01-31T12:00:00Z”.",
        ) from None


# Every part of a question asks for the same ones.
@lru_cache(maxsize=64)
def edges(
    start_ms: int, end_ms: int, every: Every, zone: ZoneInfo, week_start: WeekStart = "monday"
) -> NDArray[np.int64]:
    """The edges of the calendar intervals that cover [start_ms, end_ms]: int64[k+1], ms UTC.

    Interval `i` is [edges[i], edges[i+1]). Days and what is made of days follow the clocks of
    `zone`, so one may be an hour shorter or longer; hours are counted in UTC. When nothing lies
    between the two there is no interval, and one edge.
    """
    if start_ms > end_ms:
        return np.array([start_ms], dtype=np.int64)
    try:
        marks = [_floor(start_ms, every, zone, week_start)]
        while marks[-1] <= end_ms:
            if len(marks) > INTERVALS_MAX:
                raise BadQuestion(
                    "The period has too many intervals",
                    detail=f"By {every} it has more than {INTERVALS_MAX:,}.",
                    where="every",
                    mend="Ask for a shorter period or longer intervals.",
                )
            marks.append(_next(marks[-1], every, zone))
    except (OverflowError, ValueError):
        raise BadQuestion(
            "The period leaves the calendar",
            detail="Years go from 1 to 9999, and every interval has to end within them.",
            where="period",
            mend="Ask for a shorter period.",
        ) from None
    result = np.array(marks, dtype=np.int64)
    result.flags.writeable = False
    return result


def label(edge_ms: int, every: Every, zone: ZoneInfo) -> str:
    """How an answer names the interval that begins at `edge_ms`."""
    begin = from_ms(edge_ms, zone)
    return begin.isoformat(timespec="minutes") if every == "hour" else begin.date().isoformat()


def _floor(ms: int, every: Every, zone: ZoneInfo, week_start: WeekStart) -> int:
    if every == "hour":
        return ms - ms % MS["hour"]
    day = from_ms(ms, zone).date()
    if every == "week":
        day -= timedelta(days=(day.weekday() + (week_start == "sunday")) % 7)
    elif every in MONTHS:
        months = MONTHS[every]
        day = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return to_ms(datetime.combine(day, time(), zone))


def _next(edge_ms: int, every: Every, zone: ZoneInfo) -> int:
    if every == "hour":
        return edge_ms + MS["hour"]
    day = from_ms(edge_ms, zone).date()
    if every in MONTHS:
        month = day.month - 1 + MONTHS[every]
        day = day.replace(year=day.year + month // 12, month=month % 12 + 1)
    else:
        day += timedelta(days=7 if every == "week" else 1)
    return to_ms(datetime.combine(day, time(), zone))
