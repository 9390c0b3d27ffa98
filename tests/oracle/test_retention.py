"""Retention agrees with the oracle."""

from __future__ import annotations

from operator import add
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sojourn.filter import Condition, EventChoice
from sojourn.reports import retention
from sojourn.reports.retention import RetentionCell, RetentionDefinition
from sojourn.scope import Scope
from tests.oracle import retention as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row, ask, parts_of
from tests.oracle.strategies import (
    SPRING_FIRST_MS,
    SPRING_MS,
    ZONES,
    agree,
    cohort_questions,
    courses,
    few_courses,
    histories,
    often_chosen,
    people_behind,
    scopes,
    several,
    spring_facts,
    spring_returns,
    spring_scopes,
)

HOUR_MS = 3_600_000
few = settings(max_examples=100, deadline=None)
"""Each of these opens several cells."""

measures = st.sampled_from([("people", None), ("events", None), ("sum", "p")])


@st.composite
def retentions(draw: st.DrawFn, /, **given: Any) -> RetentionDefinition:
    """Retentions of every option; a streak only where it can be asked for."""
    mode = draw(st.sampled_from(["on", "on", "on_or_after", "on_or_before"]))
    measure, property = draw(measures)
    return draw(
        st.builds(
            RetentionDefinition,
            **{**cohort_questions, **given},
            return_=often_chosen,
            mode=st.just(mode),
            minimum=st.sampled_from([1, 1, 1, 2]),
            streak=st.just(False) if mode != "on" else st.booleans(),
            measure=st.just(measure),
            property=st.just(property),
        )
    )


def plain(every: list[str]) -> st.SearchStrategy[RetentionDefinition]:
    """Retentions that the fastest loop answers."""
    return st.builds(
        RetentionDefinition,
        start=often_chosen,
        return_=often_chosen,
        every=st.sampled_from(every),
        periods=st.sampled_from([1, 3, 5, 8, 20]),
        cohorts=st.sampled_from(["ever", "first"]),
    )


@several
@given(
    rows=spring_returns,
    scope=spring_scopes(),
    definition=plain(["day", "day", "day", "week", "month", "quarter"]),
)
def test_plain_retentions_agree(rows: list[Row], scope: Scope, definition: Any) -> None:
    agree(retention, definition, rows, scope, oracle.retention(definition, rows, scope))


@several
@given(rows=spring_returns, told=spring_facts, scope=spring_scopes(), definition=retentions())
def test_retentions_agree(
    rows: list[Row], told: list[Row], scope: Scope, definition: RetentionDefinition
) -> None:
    rows = told + rows
    agree(retention, definition, rows, scope, oracle.retention(definition, rows, scope))


@few_courses
@given(
    course=courses(st.builds(add, spring_facts, spring_returns)),
    scope=spring_scopes(),
    definition=retentions() | plain(["day", "week"]),
)
def test_retentions_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: RetentionDefinition
) -> None:
    agree_throughout(retention, definition, course, scope, oracle.retention)


@several
@given(
    rows=histories(SPRING_MS - 5 * HOUR_MS, 40, HOUR_MS // 4, 30, least=10),
    scope=scopes(SPRING_MS - 5 * HOUR_MS, 10 * HOUR_MS),
    definition=plain(["hour"]) | retentions(every=st.just("hour"), brackets=st.none()),
)
def test_retentions_by_the_hour_agree(
    rows: list[Row], scope: Scope, definition: RetentionDefinition
) -> None:
    agree(retention, definition, rows, scope, oracle.retention(definition, rows, scope))


@several
@given(
    rows=histories(SPRING_MS, 30, 58 * 24 * HOUR_MS, 30, least=10),
    scope=scopes(SPRING_MS, 60 * 29 * 24 * HOUR_MS),
    definition=retentions(
        every=st.sampled_from(["quarter", "year"]), clock=st.just("calendar"), brackets=st.none()
    ),
)
def test_retentions_by_quarter_and_year_agree(
    rows: list[Row], scope: Scope, definition: RetentionDefinition
) -> None:
    agree(retention, definition, rows, scope, oracle.retention(definition, rows, scope))


@few
@given(
    rows=spring_returns,
    told=spring_facts,
    scope=spring_scopes(),
    definition=retentions() | plain(["day", "week"]),
    pick=st.integers(0, 100),
)
def test_every_cell_opens_to_as_many_people_as_it_shows(
    rows: list[Row], told: list[Row], scope: Scope, definition: RetentionDefinition, pick: int
) -> None:
    rows = told + rows
    answer = ask(retention.REPORT, definition, parts_of(rows, 2), scope)
    assume(answer.cohorts)
    cohort = answer.cohorts[pick % len(answer.cohorts)]
    for period in {0, pick % len(cohort.people), len(cohort.people) - 1}:
        people = cohort.people[period]
        for returned, count in ((True, people), (False, cohort.size - people)):
            cell = RetentionCell(cohort.start, period, cohort.value, returned)
            found = people_behind(retention, definition, cell, rows, scope)
            assert len(found) == len(set(found)) == count


def test_first_start_ever_may_be_known_by_its_visit() -> None:
    scope = Scope(SPRING_MS, SPRING_MS + HOUR_MS, 1, ZONES[0])
    rows = [
        Row(1, SPRING_FIRST_MS, "a", properties={"p": "x"}),
        Row(1, SPRING_FIRST_MS, "b"),
        Row(1, SPRING_MS, "b", properties={"p": "x"}),
        Row(2, SPRING_MS, "b", properties={"p": "x"}),
    ]
    where = (Condition(property="p", of="visit", is_="x"),)
    sizes = {
        cohorts: sum(
            cohort.size
            for cohort in ask(
                retention.REPORT,
                RetentionDefinition(start=EventChoice("b", where), cohorts=cohorts),
                parts_of(rows, 1),
                scope,
            ).cohorts
        )
        for cohorts in ("ever", "first")
    }
    assert sizes == {"ever": 1, "first": 2}
