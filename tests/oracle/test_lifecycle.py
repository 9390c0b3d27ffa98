"""Lifecycles agree with the oracle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.reports import lifecycle
from sojourn.reports.lifecycle import LifecycleCell, LifecycleDefinition
from sojourn.scope import FAR_MS, Scope
from tests.oracle import lifecycle as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row
from tests.oracle.strategies import (
    NAMES,
    SPRING_MS,
    agree,
    courses,
    few_courses,
    people_behind,
    wheres,
)
from tests.oracle.test_trend import breakdowns, histories, periods

some = settings(max_examples=60, deadline=None)

DAY_MS = 86_400_000
STATES = get_args(get_type_hints(LifecycleCell)["state"])

definitions = st.builds(
    LifecycleDefinition,
    event=st.sampled_from([None, *NAMES]),
    where=wheres,
    every=st.sampled_from(["day", "day", "week", "month"]),
    breakdown=st.one_of(st.none(), breakdowns),
)
clocks = st.sampled_from([FAR_MS, FAR_MS, SPRING_MS, SPRING_MS + 5 * DAY_MS])


@some
@given(rows=histories, scope=periods, definition=definitions, now_ms=clocks)
def test_lifecycles_agree(
    rows: list[Row], scope: Scope, definition: LifecycleDefinition, now_ms: int
) -> None:
    scope = replace(scope, now_ms=now_ms)
    agree(lifecycle, definition, rows, scope, oracle.lifecycle(definition, rows, scope))


@few_courses
@given(course=courses(histories), scope=periods, definition=definitions, now_ms=clocks)
def test_lifecycles_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: LifecycleDefinition, now_ms: int
) -> None:
    scope = replace(scope, now_ms=now_ms)
    agree_throughout(lifecycle, definition, course, scope, oracle.lifecycle)


@some
@given(rows=histories, scope=periods, definition=definitions, now_ms=clocks)
def test_every_cell_opens_to_as_many_people_as_it_shows(
    rows: list[Row], scope: Scope, definition: LifecycleDefinition, now_ms: int
) -> None:
    scope = replace(scope, now_ms=now_ms)
    answer = oracle.lifecycle(definition, rows, scope)
    for group in answer.groups:
        shown: list[tuple[str, Any, int]] = [
            (point.interval, state, getattr(point, state))
            for point in group.points
            for state in STATES
        ]
        for interval, state, people in (*shown[:5], *(one for one in shown if one[2])):
            cell = LifecycleCell(interval, state, group.value or None)
            assert len(people_behind(lifecycle, definition, cell, rows, scope)) == people
