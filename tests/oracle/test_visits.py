"""Visits agree with the oracle, and every number opens to as many people as it counts."""

from __future__ import annotations

from dataclasses import replace
from operator import add

from hypothesis import given
from hypothesis import strategies as st

from sojourn.reports import visits
from sojourn.reports.visits import VisitsCell, VisitsDefinition
from sojourn.scope import Scope
from tests.oracle import visits as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row
from tests.oracle.strategies import (
    agree,
    breakdowns,
    choices,
    courses,
    few_courses,
    people_behind,
    several,
    spring_days,
    spring_facts,
    spring_scopes,
)

definitions = st.builds(
    VisitsDefinition,
    having=choices,
    every=st.sampled_from([None, "hour", "day", "week", "month"]),
    breakdown=breakdowns,
    named_by=st.sampled_from([None, "p", "unknown"]),
    limit=st.sampled_from([1, 2, 20]),
)


@several
@given(
    rows=spring_days,
    facts=spring_facts,
    scope=spring_scopes(),
    gap_ms=st.sampled_from([1_800_000, 3_599_999, 86_400_000]),
    definition=definitions,
)
def test_visits_agree(
    rows: list[Row], facts: list[Row], scope: Scope, gap_ms: int, definition: VisitsDefinition
) -> None:
    scope = replace(scope, visit_gap_ms=gap_ms, week_start="monday")
    rows = facts + rows
    agree(visits, definition, rows, scope, oracle.visits(definition, rows, scope))


@few_courses
@given(
    course=courses(st.builds(add, spring_facts, spring_days)),
    scope=spring_scopes(),
    definition=definitions,
)
def test_visits_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: VisitsDefinition
) -> None:
    scope = replace(scope, week_start="monday")
    agree_throughout(visits, definition, course, scope, oracle.visits)


@several
@given(rows=spring_days, facts=spring_facts, scope=spring_scopes(), definition=definitions)
def test_every_number_of_visits_opens(
    rows: list[Row], facts: list[Row], scope: Scope, definition: VisitsDefinition
) -> None:
    scope = replace(scope, week_start="monday")
    rows = facts + rows
    answer = oracle.visits(definition, rows, scope)
    counted = [
        (VisitsCell(), answer.total.people),
        *((VisitsCell(interval=one.interval), one.people) for one in answer.points if one.people),
        *((VisitsCell(value=one.value), one.people) for one in answer.groups),
        *((VisitsCell(landing=one.value), one.people) for one in answer.landing.values),
        *((VisitsCell(exit=one.value), one.people) for one in answer.exit.values),
    ]
    for cell, people in counted[:12]:
        assert len(people_behind(visits, definition, cell, rows, scope)) == people
    for cell in (
        VisitsCell(bounced=True),
        *(
            VisitsCell(group.value, point.interval, landing.value, answer.exit.values[0].value)
            for group in answer.groups[:1]
            for point in [one for one in answer.points if one.visits][:1]
            for landing in answer.landing.values[:1]
        ),
    ):
        expected = oracle.people(definition, cell, rows, scope)
        assert people_behind(visits, definition, cell, rows, scope) == expected
