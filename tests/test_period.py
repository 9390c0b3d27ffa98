"""Periods, durations and intervals mean what docs/reference/reports.md says."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.errors import BadQuestion
from sojourn.period import (
    EPOCH,
    Every,
    Period,
    WeekStart,
    duration_ms,
    edges,
    from_ms,
    instants,
    label,
    to_ms,
)

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR_MS = 3_600_000

# Zones whose clocks do what is easily got wrong: no midnight on a day, half an hour, a day skipped.
ODD_ZONES = ["America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "UTC"]


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1 second", 1_000),
        ("10 minutes", 600_000),
        (" 2 hours ", 7_200_000),
        ("14 days", 1_209_600_000),
        ("1 week", 604_800_000),
    ],
)
def test_duration_is_a_number_and_a_unit(text: str, ms: int) -> None:
    assert duration_ms(text, "within") == ms


@pytest.mark.parametrize(
    "text", ["", "10", "ten days", "1.5 days", "-1 days", "0 days", "21 years"]
)
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        duration_ms(text, "within")
    assert refusal.value.where == "within"


def test_days_of_a_period_are_whole_days_of_the_zone() -> None:
    start, end = instants(Period("2026-03-29", "2026-03-29"), BERLIN, 0)
    assert start is not None
    assert end is not None
    assert end - start == 23 * HOUR_MS - 1


def test_instant_of_a_period_is_itself() -> None:
    noon = to_ms(datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert instants(Period("2026-01-01T12:00:00Z", None), BERLIN, 0) == (noon, None)
    assert instants(Period(None, "2026-01-01T13:00:00"), BERLIN, 0) == (None, noon)


def test_last_days_are_whole_ones_of_the_zone_and_last_hours_run_up_to_now() -> None:
    now = to_ms(datetime(2026, 3, 29, 15, tzinfo=BERLIN))
    start, end = instants(Period(last="2 days"), BERLIN, now)
    assert from_ms(start or 0, BERLIN).isoformat() == "2026-03-28T00:00:00+01:00"
    assert from_ms((end or 0) + 1, BERLIN).isoformat() == "2026-03-30T00:00:00+02:00"
    assert instants(Period(last="3 hours"), BERLIN, now) == (now - 3 * HOUR_MS + 1, now)


@pytest.mark.parametrize(
    ("every", "week_start", "expected"),
    [
        ("week", "monday", ["2026-05-11", "2026-05-18"]),
        ("week", "sunday", ["2026-05-10", "2026-05-17"]),
        ("quarter", "monday", ["2026-04-01", "2026-07-01"]),
        ("year", "monday", ["2026-01-01", "2027-01-01"]),
    ],
)
def test_intervals_begin_where_the_calendar_says(
    every: Every, week_start: WeekStart, expected: list[str]
) -> None:
    noon = to_ms(datetime(2026, 5, 16, 12, tzinfo=BERLIN))
    found = edges(noon, noon, every, BERLIN, week_start)
    assert [label(int(edge), every, BERLIN) for edge in found] == expected


@pytest.mark.parametrize(
    ("period", "where"),
    [
        (Period("yesterday"), "period.from"),
        (Period(None, "2026-02-30"), "period.to"),
        (Period(None, "9999-12-31"), "period.to"),
        (Period("2026-02-01", "2026-01-31"), "period"),
        (Period(last="soon"), "period.last"),
        (Period("2026-02-01", last="7 days"), "period"),
    ],
)
def test_bad_period_is_refused(period: Period, where: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        instants(period, UTC, 0)
    assert refusal.value.where == where


@settings(deadline=None)
@given(
    start=st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1)),
    hours=st.integers(0, 3000),
    every=st.sampled_from(get_args(Every)),
    zone=st.sampled_from(ODD_ZONES).map(ZoneInfo),
)
def test_intervals_cover_the_period_without_gaps(
    start: datetime, hours: int, every: Every, zone: ZoneInfo
) -> None:
    start_ms = to_ms(start.replace(tzinfo=UTC))
    end_ms = start_ms + hours * HOUR_MS
    marks = edges(start_ms, end_ms, every, zone).tolist()
    assert marks[0] <= start_ms < marks[1]
    assert marks[-2] <= end_ms < marks[-1]
    names = [label(mark, every, zone) for mark in marks]
    assert len(set(names)) == len(names)
    for one, next_one in pairwise(marks):
        assert one < next_one
        inside = [from_ms(ms, zone).date() for ms in (one, next_one - 1)]
        if every == "day":
            assert inside[0] == inside[1]
        if every == "week":
            assert inside[1] - inside[0] < timedelta(days=7)
            assert inside[1].weekday() == 6
        if every == "month":
            assert (inside[0].year, inside[0].month) == (inside[1].year, inside[1].month)


def test_period_with_too_many_intervals_is_refused() -> None:
    with pytest.raises(BadQuestion) as refusal:
        edges(0, 20_001 * HOUR_MS, "hour", UTC)
    assert refusal.value.where == "every"


def test_period_beyond_the_calendar_is_refused() -> None:
    last_ms = to_ms(datetime(9999, 12, 31, 12, tzinfo=UTC))
    for every in get_args(Every):
        if every != "hour":
            with pytest.raises(BadQuestion):
                edges(last_ms, last_ms, every, UTC)
            with pytest.raises(BadQuestion):
                edges(last_ms * 10, last_ms * 10, every, UTC)


def test_period_without_an_instant_has_no_interval() -> None:
    assert edges(10, 9, "day", UTC).tolist() == [10]


@settings(deadline=None)
@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))
def test_instants_are_exact_to_the_millisecond(instant: datetime) -> None:
    known = instant.replace(tzinfo=UTC, microsecond=instant.microsecond // 1000 * 1000)
    assert from_ms(to_ms(known), UTC) == known
    assert to_ms(EPOCH) == 0
