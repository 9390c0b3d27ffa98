"""How long a message that is sent again is known: for as many days of running as are asked for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from sojourn import tables
from sojourn.application import Sojourn
from sojourn.ingest import message_days
from sojourn.settings import Settings, from_environment
from tests.opened import NOON_MS, Clock, event, open_shop, send, timelines

DAYS = 30


def pass_days(sojourn: Sojourn, clock: Clock, days: int) -> None:
    for _ in range(days):
        clock.now_ms += message_days.DAY_MS
        for _ in range(2):
            message_days.mark_day(sojourn.engine, clock(), sojourn.applier.applied)
            forget(sojourn)


def forget(sojourn: Sojourn) -> None:
    every = [project.message_ids for project in sojourn.projects()]
    message_days.forget(sojourn.engine, every, DAYS)


def test_an_id_is_known_for_its_days_and_its_row_goes_afterwards(tmp_path: Path) -> None:
    clock = Clock()
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        one, two = (event(name, 1, user="ann", message_id=name) for name in ("one", "two"))
        send(sojourn, project, [one])
        pass_days(sojourn, clock, DAYS)
        send(sojourn, project, [two])
        send(sojourn, project, [one])
        assert list(timelines(project).values()) == [[(1, "one"), (1, "two")]]
        pass_days(sojourn, clock, 2)
        assert known(sojourn) == 1
        send(sojourn, project, [two])
        assert len(timelines(project).popitem()[1]) == 2
        pass_days(sojourn, clock, DAYS)
        assert known(sojourn) == 0


def test_a_wrong_clock_makes_nothing_forgotten_too_soon(tmp_path: Path) -> None:
    clock = Clock()
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        one = event("one", 1, user="ann", message_id="one")
        send(sojourn, project, [one])
        pass_days(sojourn, clock, 2)
        for wrong_ms in (400 * message_days.DAY_MS, -400 * message_days.DAY_MS):
            clock.now_ms = NOON_MS + wrong_ms
            message_days.mark_day(sojourn.engine, clock(), sojourn.applier.applied)
            forget(sojourn)
        assert known(sojourn) == 1


def test_fewer_than_thirty_days_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        from_environment({"SOJOURN_MESSAGE_DAYS": "29"})
    assert Settings().message_days >= DAYS


def known(sojourn: Sojourn) -> int:
    """How many message ids are known."""
    with sojourn.engine.begin() as connection:
        return int(
            connection.execute(sa.select(sa.func.count()).select_from(tables.messages)).scalar_one()
        )
