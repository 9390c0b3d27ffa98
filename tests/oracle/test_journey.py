"""Journeys agree with the oracle, with every option, and so do the people behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.breakdown import Dimension
from sojourn.counting.itinerary import Compared, JourneyBranch, JourneyDefinition, JourneyStep
from sojourn.errors import BadQuestion
from sojourn.reports import journey
from sojourn.reports.journey import JourneyAnswer, JourneyCell
from sojourn.scope import Scope
from sojourn.segment import Did, Segment
from tests.oracle import journey as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row, parts_of
from tests.oracle.strategies import (
    NAMES,
    NEW_YEAR_MS,
    P_IS_1,
    P_IS_SET,
    ZONES,
    agree,
    courses,
    few_courses,
    histories,
    scopes,
)

few_wheres = st.sampled_from([(), (), (), (), P_IS_1, P_IS_SET])
windows = st.sampled_from(["1 second", "1 second", "2 seconds", "1 day"])


def steps(names: int, first: bool) -> st.SearchStrategy[JourneyStep]:
    """Fixed and dynamic steps; the first is always required and shown."""
    branches = st.lists(
        st.builds(
            JourneyBranch, event=st.sampled_from(NAMES[:names]), where=few_wheres, name=st.just("x")
        ),
        max_size=1,
    )
    more: dict[str, Any] = {
        "where": few_wheres,
        "or_": branches.map(tuple),
        "at_least": st.sampled_from([1, 1, 1, 1, 2, 3]),
    }
    if not first:
        more |= {
            "optional": st.booleans(),
            "hidden": st.sampled_from([False, False, True]),
            "within": st.one_of(st.none(), windows),
        }
    fixed = st.builds(JourneyStep, event=st.sampled_from(NAMES[:names]), **more)
    dynamic = st.builds(
        JourneyStep,
        event=st.sampled_from([None, None, *NAMES[:names]]),
        by=st.sampled_from(["event", Dimension("p"), Dimension("p", "person")]),
        top=st.sampled_from([1, 2, 3]),
        **more,
    )
    return st.one_of(fixed, dynamic) if first else st.one_of(fixed, fixed, dynamic)


segments = st.builds(
    lambda event, is_in: (
        Segment(did=Did(event)) if is_in else Segment(not_=Segment(did=Did(event)))
    ),
    st.sampled_from(NAMES),
    st.booleans(),
)


def journeys(names: int) -> st.SearchStrategy[JourneyDefinition]:
    """Journeys of up to five steps, sometimes of two segments."""
    return st.builds(
        JourneyDefinition,
        steps=st.builds(
            lambda first, rest: (first, *rest),
            steps(names, True),
            st.lists(steps(names, False), max_size=4),
        ),
        within=windows,
        compare=st.one_of(
            st.just(()),
            st.tuples(
                st.builds(Compared, st.just("one"), segments),
                st.builds(Compared, st.just("other"), segments),
            ),
        ),
    )


def cells(answer: JourneyAnswer) -> Iterator[tuple[JourneyCell, int]]:
    """Every cell of an answer, with how many people it shows."""
    for one in answer.journeys:
        for step in one.steps:
            place: dict[str, Any] = {"step": step.step, "segment": one.segment}
            yield JourneyCell(**place), step.people
            yield JourneyCell(**place, dropped=True), step.dropped
            values = tuple(branch.value for branch in step.branches)
            for branch in step.branches:
                named: dict[str, Any] = {"branch": branch.value}
                if branch.value == "(other)":
                    named = {"besides": values[:-1]}
                yield JourneyCell(**place, **named), branch.people
                yield JourneyCell(**place, **named, dropped=True), branch.dropped


def compare(definition: JourneyDefinition, rows: list[Row], scope: Scope) -> None:
    expected = oracle.journey(definition, rows, scope)
    agree(journey, definition, rows, scope, expected)
    for cell, shown in cells(expected):
        ids = [
            part.people[journey.people(definition, cell, part, scope)] for part in parts_of(rows, 2)
        ]
        behind = set(np.concatenate(ids).tolist())
        assert len(behind) == shown, cell
        assert behind == oracle.people_behind(definition, cell, rows, scope)


def told(rows: list[Row]) -> list[Row]:
    """The same history, in which every fourth row is something told of the person instead."""
    return [
        Row(row.person, row.ts, "" if at % 4 == 3 else row.name, row.purposes, row.properties)
        for at, row in enumerate(rows)
    ]


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(histories(NEW_YEAR_MS, 9, 500, 7, alone=True), min_size=2, max_size=2).map(
        lambda halves: [*halves[0], *halves[1]]
    ),
    definition=journeys(2),
)
def test_journeys_of_long_attempts_agree(rows: list[Row], definition: JourneyDefinition) -> None:
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS + 4000, 1, ZONES[0])
    agree(journey, definition, rows, scope, oracle.journey(definition, rows, scope))


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(histories(NEW_YEAR_MS, 9, 500, 12), min_size=2, max_size=2).map(
        lambda halves: told([*halves[0], *halves[1]])
    ),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=journeys(2),
)
def test_journeys_agree(rows: list[Row], scope: Scope, definition: JourneyDefinition) -> None:
    compare(definition, rows, scope)


@few_courses
@given(
    course=courses(histories(NEW_YEAR_MS, 9, 500, 16).map(told)),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=journeys(2),
)
def test_journeys_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: JourneyDefinition
) -> None:
    agree_throughout(journey, definition, course, scope, oracle.journey)


A_BY_P = JourneyStep(event="a", by=Dimension("p"))


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(histories(NEW_YEAR_MS, 9, 500, 6, alone=True), min_size=2, max_size=2).map(
        lambda halves: [*halves[0], *halves[1]]
    ),
    rest=st.sampled_from(["1 second", "2 seconds"]).map(
        lambda soon: (JourneyStep(event="b", within=soon), JourneyStep(event="b", within=soon))
    ),
)
def test_of_attempts_that_get_equally_far_the_earliest_counts(
    rows: list[Row], rest: tuple[JourneyStep, ...]
) -> None:
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS + 4000, 1, ZONES[0])
    compare(JourneyDefinition(steps=(A_BY_P, *rest)), rows, scope)


@pytest.mark.parametrize(
    "cell",
    [
        JourneyCell(step=0),
        JourneyCell(step=2),
        JourneyCell(step=4),
        JourneyCell(step=1, segment="nobody"),
        JourneyCell(step=3, branch="(other)"),
    ],
)
def test_cell_that_no_answer_has_is_refused(cell: JourneyCell) -> None:
    steps = (JourneyStep(event="a"), JourneyStep(event="b", hidden=True), JourneyStep(by="event"))
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS, 1, ZONES[0])
    part = parts_of([Row(1, NEW_YEAR_MS, "a")], 1)[0]
    with pytest.raises(BadQuestion) as refusal:
        journey.people(JourneyDefinition(steps=steps), cell, part, scope)
    assert refusal.value.mend
