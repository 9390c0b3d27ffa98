"""Stickiness agrees with the oracle."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.reports import stickiness
from sojourn.reports.stickiness import StickinessCell, StickinessDefinition
from sojourn.scope import Scope
from tests.oracle import stickiness as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row
from tests.oracle.strategies import (
    NAMES,
    agree,
    courses,
    few_courses,
    people_behind,
    wheres,
)
from tests.oracle.test_trend import breakdowns, histories, periods

some = settings(max_examples=60, deadline=None)

SPANS: list[Any] = [
    *((every, None) for every in ("hour", "day", "week", "month")),
    *(("hour", "week"), ("day", "week"), ("day", "month"), ("week", "month")),
]

definitions = st.builds(
    lambda span, **options: StickinessDefinition(every=span[0], of=span[1], **options),
    span=st.sampled_from(SPANS),
    event=st.sampled_from([None, *NAMES]),
    where=wheres,
    breakdown=st.one_of(st.none(), breakdowns),
)


@some
@given(rows=histories, scope=periods, definition=definitions)
def test_stickiness_agrees(rows: list[Row], scope: Scope, definition: StickinessDefinition) -> None:
    agree(stickiness, definition, rows, scope, oracle.stickiness(definition, rows, scope))


@few_courses
@given(course=courses(histories), scope=periods, definition=definitions)
def test_stickiness_agrees_whoever_is_erased(
    course: list[Step], scope: Scope, definition: StickinessDefinition
) -> None:
    agree_throughout(stickiness, definition, course, scope, oracle.stickiness)


@some
@given(rows=histories, scope=periods, definition=definitions)
def test_every_cell_opens_to_as_many_people_as_it_shows(
    rows: list[Row], scope: Scope, definition: StickinessDefinition
) -> None:
    answer = oracle.stickiness(definition, rows, scope)
    for group in answer.groups:
        value = group.value or None
        for point in (*group.points[:3], *(one for one in group.points if one.at_least)):
            for at_least, people in ((False, point.people), (True, point.at_least)):
                cell = StickinessCell(point.intervals, at_least, value)
                assert len(people_behind(stickiness, definition, cell, rows, scope)) == people
