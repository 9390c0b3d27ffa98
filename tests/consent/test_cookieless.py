"""Daily ids: one for a visit, another for every other device, day and project, and no way back."""

from __future__ import annotations

import re
from random import Random
from zoneinfo import ZoneInfo

import pytest

from sojourn.consent import cookieless
from sojourn.consent.cookieless import OVERLAP_MS, VISIT_GAP_MS, DailyIds
from sojourn.event import DAILY_ID
from tests.opened import NOON_MS

UTC = ZoneInfo("UTC")
MINUTE_MS = 60_000
MIDNIGHT_MS = NOON_MS + 12 * 60 * MINUTE_MS
"""The end of the first day."""
ANN, BEN = ("203.0.113.7", "Quokka/7"), ("203.0.113.8", "Quokka/7")


class Salts:
    """Random bytes, and the salts that were made of them."""

    def __init__(self) -> None:
        self.made: list[bytes] = []

    def __call__(self, length: int) -> bytes:
        self.made.append(Random(len(self.made)).randbytes(length))
        return self.made[-1]


def ids(zone: ZoneInfo = UTC) -> tuple[DailyIds, Salts]:
    salts = Salts()
    return DailyIds(zone, salts), salts


@pytest.mark.clause("S1-21")
def test_a_device_has_one_id_a_day_and_no_other_has_it() -> None:
    daily, _ = ids()
    ann = daily.id_of(*ANN, NOON_MS)
    assert daily.id_of(*ANN, MIDNIGHT_MS - 1) == ann
    others = [BEN, ("203.0.113.7", "Quokka/8"), ("203.0.113.7Q", "uokka/7")]
    assert len({ann, *(daily.id_of(*one, NOON_MS) for one in others)}) == 4
    assert DailyIds(UTC).id_of(*ANN, NOON_MS) != ann, "projects and processes share nothing"
    assert ann.type == DAILY_ID
    assert re.fullmatch("[a-p]{32}", ann.value)


@pytest.mark.clause("S1-21")
def test_the_next_day_knows_nobody() -> None:
    daily, salts = ids()
    before = daily.id_of(*ANN, NOON_MS)
    after = daily.id_of(*ANN, MIDNIGHT_MS)
    assert after != before
    assert daily.id_of(*ANN, MIDNIGHT_MS + 1) == after
    assert len(set(salts.made)) == 2


def test_a_day_is_that_of_the_project() -> None:
    daily, _ = ids(ZoneInfo("Pacific/Auckland"))  # 13 hours ahead: its midnight is 11:00 here.
    first = daily.id_of(*ANN, NOON_MS)
    assert daily.id_of(*ANN, NOON_MS + 22 * 60 * MINUTE_MS) == first
    assert daily.id_of(*ANN, NOON_MS + 23 * 60 * MINUTE_MS) != first


@pytest.mark.clause("S1-21")
def test_a_visit_that_goes_on_over_midnight_is_one_visit() -> None:
    daily, _ = ids()
    now = MIDNIGHT_MS - MINUTE_MS
    first = daily.id_of(*ANN, now)
    ended = daily.id_of(*BEN, now - VISIT_GAP_MS)
    for _ in range(2):
        now += VISIT_GAP_MS
        assert daily.id_of(*ANN, now) == first
    assert daily.id_of(*BEN, MIDNIGHT_MS + MINUTE_MS) != ended
    new = daily.id_of(*ANN, now + VISIT_GAP_MS + 1)
    assert new != first


def test_no_visit_keeps_yesterdays_salt_for_longer_than_the_overlap() -> None:
    daily, salts = ids()
    first = daily.id_of(*ANN, MIDNIGHT_MS - 1)
    now = MIDNIGHT_MS
    while now < MIDNIGHT_MS + OVERLAP_MS:
        assert daily.id_of(*ANN, now) == first
        now += 10 * MINUTE_MS
    assert daily.id_of(*ANN, now) != first
    assert salts_held(daily) == [salts.made[1]]


def salts_held(daily: DailyIds) -> list[bytes]:
    return [bytes(day.salt) for day in (daily._yesterday, daily._today) if day is not None]


@pytest.mark.clause("S1-21")
@pytest.mark.parametrize("late", [VISIT_GAP_MS + 1, 40 * 24 * 60 * MINUTE_MS])
def test_a_salt_is_overwritten_once_its_day_is_over_and_nobody_comes(late: int) -> None:
    daily, salts = ids()
    daily.id_of(*ANN, MIDNIGHT_MS - 1)
    day = daily._today
    assert day is not None
    daily.forget(MIDNIGHT_MS)
    assert salts_held(daily) == salts.made, "the visit may go on"
    daily.forget(MIDNIGHT_MS + late)
    assert salts_held(daily) == []
    assert bytes(day.salt) == bytes(len(day.salt))
    assert not day.last_ms


def test_a_clock_that_goes_back_stays_in_the_day_it_had_reached() -> None:
    daily, salts = ids()
    first = daily.id_of(*ANN, MIDNIGHT_MS + MINUTE_MS)
    assert daily.id_of(*ANN, MIDNIGHT_MS - MINUTE_MS) == first
    assert len(salts.made) == 1


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cookieless, "VISITS_MAX", 3)
    daily, _ = ids()
    known = [daily.id_of(f"10.0.0.{n}", "Q", MIDNIGHT_MS - 10 + n) for n in range(5)]
    after = [daily.id_of(f"10.0.0.{n}", "Q", MIDNIGHT_MS + 1) for n in range(5)]
    assert [one == other for one, other in zip(known, after, strict=True)] == [
        False, False, True, True, True,
    ]  # fmt: skip


# Joining, for those who consented to it


@pytest.mark.clause("S1-09", "S1-21")
def test_a_visit_under_way_is_joined_once_and_its_id_given_to_nobody_again() -> None:
    daily, _ = ids()
    assert daily.join(*ANN, NOON_MS) is None, "nobody came before"
    visit = daily.id_of(*ANN, NOON_MS)
    assert daily.join(*ANN, NOON_MS + MINUTE_MS) == visit
    # Somebody else behind the same address has the same browser.
    other = daily.id_of(*ANN, NOON_MS + 2 * MINUTE_MS)
    assert other != visit
    assert daily.join(*ANN, NOON_MS + 3 * MINUTE_MS) is None
    assert daily.id_of(*ANN, NOON_MS + 4 * MINUTE_MS) == other


def test_a_visit_that_has_ended_is_joined_to_nobody() -> None:
    daily, _ = ids()
    daily.id_of(*ANN, NOON_MS)
    assert daily.join(*ANN, NOON_MS + VISIT_GAP_MS + 1) is None


def test_a_visit_over_midnight_can_be_joined() -> None:
    daily, _ = ids()
    visit = daily.id_of(*ANN, MIDNIGHT_MS - 1)
    assert daily.join(*ANN, MIDNIGHT_MS + MINUTE_MS) == visit


def test_nothing_is_joined_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cookieless, "JOINED_MAX", 1)
    daily, _ = ids()
    for one in (ANN, BEN):
        daily.id_of(*one, NOON_MS)
    assert daily.join(*ANN, NOON_MS) is not None
    assert daily.join(*BEN, NOON_MS) is None
