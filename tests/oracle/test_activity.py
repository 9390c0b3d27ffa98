"""Activity agrees with the oracle, page after page, and opens to the people it counts."""

from __future__ import annotations

from dataclasses import replace
from operator import add

from hypothesis import given
from hypothesis import strategies as st

from sojourn.reports import activity
from sojourn.reports.activity import ActivityCell, ActivityColumn, ActivityDefinition, Place
from sojourn.scope import Scope
from tests.oracle import activity as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row, ask, parts_of
from tests.oracle.strategies import (
    NAMES,
    NEW_YEAR_MS,
    ZONES,
    agree,
    choices,
    courses,
    few_courses,
    histories,
    people_behind,
    scopes,
    several,
    spring_facts,
)

columns = st.lists(
    st.builds(
        ActivityColumn,
        property=st.sampled_from(["p", "unknown"]),
        of=st.sampled_from(["event", "visit", "person"]),
    ),
    max_size=2,
    unique_by=lambda column: column.property,
).map(tuple)
places = st.none() | st.builds(
    Place,
    ms=st.integers(-1, 9).map(lambda number: NEW_YEAR_MS + number * 500),
    person=st.integers(-1, 4),
    nth=st.integers(0, 3),
)
definitions = st.builds(
    ActivityDefinition,
    events=choices,
    columns=columns,
    limit=st.sampled_from([1, 2, 3, 100]),
    before=places,
)


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 16),
    facts=spring_facts,
    scope=scopes(NEW_YEAR_MS, 4000),
    gap_ms=st.sampled_from([500, 1000, 1_800_000]),
    definition=definitions,
)
def test_activities_agree(
    rows: list[Row],
    facts: list[Row],
    scope: Scope,
    gap_ms: int,
    definition: ActivityDefinition,
) -> None:
    rows = [replace(row) for row in facts + rows]
    scope = replace(scope, visit_gap_ms=gap_ms)
    agree(activity, definition, rows, scope, oracle.activity(definition, rows, scope))
    for event in (None, *NAMES):
        cell = ActivityCell(event)
        found = people_behind(activity, definition, cell, rows, scope)
        assert found == oracle.people(definition, cell, rows, scope)


@few_courses
@given(
    course=courses(st.builds(add, spring_facts, histories(NEW_YEAR_MS, 9, 500, 8))),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions,
)
def test_activities_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: ActivityDefinition
) -> None:
    agree_throughout(activity, definition, course, scope, oracle.activity)


@several
@given(rows=histories(NEW_YEAR_MS, 3, 500, 16), limit=st.integers(1, 4))
def test_pages_of_an_activity_make_up_the_log(rows: list[Row], limit: int) -> None:
    rows = [replace(row) for row in rows]
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS + 4000, 1, ZONES[0])
    parts = parts_of(rows, 2)
    whole = ask(activity.REPORT, ActivityDefinition(), parts, scope)
    page = ask(activity.REPORT, ActivityDefinition(limit=limit), parts, scope)
    read = list(page.rows)
    while page.next is not None:
        definition = ActivityDefinition(limit=limit, before=page.next)
        page = ask(activity.REPORT, definition, parts, scope)
        assert page.rows
        read += page.rows
    assert tuple(read) == whole.rows
