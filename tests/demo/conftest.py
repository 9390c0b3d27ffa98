"""One simulation of 3,000 people, told once for all tests that only look at it."""

from __future__ import annotations

from datetime import date

import pytest

from sojourn.demo import simulate
from sojourn.event import Event

from .by_hand import Answers

PEOPLE = 3_000


@pytest.fixture(scope="session")
def events() -> list[Event]:
    return list(simulate(seed=7, until=date(2026, 6, 30), people=PEOPLE))


@pytest.fixture(scope="session")
def answers(events: list[Event]) -> Answers:
    return Answers(events)
