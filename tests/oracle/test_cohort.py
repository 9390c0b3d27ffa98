"""Cohorts agree with the oracle."""

from __future__ import annotations

from operator import add
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sojourn.reports import cohort
from sojourn.reports.cohort import CohortCell, CohortDefinition
from sojourn.scope import Scope
from tests.oracle import cohort as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row, ask, parts_of
from tests.oracle.strategies import (
    SPRING_MS,
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

measures = st.sampled_from([("people", None), ("visits", None), ("events", None), ("sum", "p")])


@st.composite
def questions(draw: st.DrawFn, /, **given: Any) -> CohortDefinition:
    """Cohorts of every option."""
    measure, property = draw(measures)
    return draw(
        st.builds(
            CohortDefinition,
            **{**cohort_questions, **given},
            brings=often_chosen,
            measure=st.just(measure),
            property=st.just(property),
        )
    )


@several
@given(rows=spring_returns, told=spring_facts, scope=spring_scopes(), definition=questions())
def test_cohorts_agree(
    rows: list[Row], told: list[Row], scope: Scope, definition: CohortDefinition
) -> None:
    rows = told + rows
    agree(cohort, definition, rows, scope, oracle.cohort(definition, rows, scope))


@few_courses
@given(
    course=courses(st.builds(add, spring_facts, spring_returns)),
    scope=spring_scopes(),
    definition=questions(),
)
def test_cohorts_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: CohortDefinition
) -> None:
    agree_throughout(cohort, definition, course, scope, oracle.cohort)


@several
@given(
    rows=histories(SPRING_MS - 5 * HOUR_MS, 40, HOUR_MS // 4, 30, least=10),
    scope=scopes(SPRING_MS - 5 * HOUR_MS, 10 * HOUR_MS),
    definition=questions(every=st.just("hour"), brackets=st.none()),
)
def test_cohorts_by_the_hour_agree(
    rows: list[Row], scope: Scope, definition: CohortDefinition
) -> None:
    agree(cohort, definition, rows, scope, oracle.cohort(definition, rows, scope))


@few
@given(
    rows=spring_returns,
    told=spring_facts,
    scope=spring_scopes(),
    definition=questions(),
    pick=st.integers(0, 100),
)
def test_every_cell_opens_to_the_people_who_brought_it(
    rows: list[Row], told: list[Row], scope: Scope, definition: CohortDefinition, pick: int
) -> None:
    rows = told + rows
    answer = ask(cohort.REPORT, definition, parts_of(rows, 2), scope)
    assume(answer.cohorts)

    def behind(**cell: Any) -> int:
        found = people_behind(cohort, definition, CohortCell(**cell), rows, scope)
        assert len(found) == len(set(found))
        return len(found)

    one = answer.cohorts[pick % len(answer.cohorts)]
    place = {"cohort": one.start, "value": one.value}
    assert behind(**place) == one.size
    for period in {0, pick % len(one.values), len(one.values) - 1}:
        each, so_far = one.values[period], one.cumulative[period]
        now = behind(**place, period=period)
        until_now = behind(**place, period=period, cumulative=True)
        if definition.measure == "people":
            assert (now, until_now) == (each, so_far)
        elif definition.measure != "sum":
            assert now <= each
            assert until_now <= so_far
            assert (now > 0) == (each > 0)
