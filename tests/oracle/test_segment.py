"""Segments agree with the oracle, whatever they are made of."""

from __future__ import annotations

from operator import add
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from sojourn.filter import Condition, EventChoice
from sojourn.period import Period
from sojourn.scope import Scope
from sojourn.segment import Behind, Did, Segment, members
from sojourn.timeline import Timeline
from tests.oracle import segment as oracle
from tests.oracle.course import Lived, Step
from tests.oracle.history import Row, parts_of
from tests.oracle.strategies import (
    NEW_YEAR_MS,
    PROPERTIES,
    ZONES,
    choices,
    courses,
    few_courses,
    histories,
    several,
    wheres,
)

facts = st.lists(
    st.builds(
        Row,
        person=st.integers(0, 2),
        ts=st.integers(0, 8).map(lambda instant: NEW_YEAR_MS + instant * 500),
        name=st.just(""),
        purposes=st.sampled_from([1, 2, 3]),
        properties=st.sampled_from([*PROPERTIES, {"q": "y"}]),
    ),
    max_size=5,
)
conditions = st.one_of(
    wheres,
    st.sampled_from(
        [
            (Condition(property="p", matches="^[xy]$"),),
            (Condition(property="q", starts_with="y"),),
            (Condition(property="p", contains_not="x"),),
            (Condition(property="p", more_than=1.0),),
            (Condition(property="p", less_than=2.0),),
        ]
    ),
)
periods = st.sampled_from(
    [Period(), Period(from_="2026-01-01T00:00:01Z"), Period(to="2026-01-01T00:00:02Z")]
)
amounts = st.sampled_from([UNSET, 0, 1, 2, 3])


def _done(choice: EventChoice, **given: Any) -> Did:
    return Did(event=choice.event, where=choice.where, **given)


dids = st.one_of(
    st.builds(_done, choices, at_least=amounts, at_most=amounts, period=periods),
    st.builds(_done, choices, at_least=amounts, at_most=amounts, count=st.just("visits")),
    st.builds(_done, choices, at_least=amounts, at_most=amounts, sum=st.just("p")),
    st.builds(
        _done,
        choices,
        then=st.lists(choices, min_size=1, max_size=2).map(tuple),
        within=st.sampled_from([UNSET, "1 second", "2 seconds"]),
        period=periods,
    ),
)
leaves = st.one_of(
    st.builds(Segment, are=conditions),
    st.builds(Segment, did=dids),
    st.builds(Segment, people=st.lists(st.integers(0, 3), max_size=2).map(tuple)),
)
segments = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Segment, all=st.lists(inner, max_size=3).map(tuple)),
        st.builds(Segment, any=st.lists(inner, max_size=3).map(tuple)),
        st.builds(Segment, not_=inner),
    ),
    max_leaves=4,
)


def nobody(behind: Behind, part: Timeline) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """These segments refer to no cell."""
    raise AssertionError


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 14),
    told=facts,
    segment=segments,
    purpose=st.sampled_from([1, 2]),
    gap_ms=st.sampled_from([499, 500, 1000]),
)
def test_segments_agree(
    rows: list[Row], told: list[Row], segment: Segment, purpose: int, gap_ms: int
) -> None:
    scope = Scope(0, 1, purpose, ZONES[0], visit_gap_ms=gap_ms)
    for count in (1, 3):
        found = {
            int(person)
            for part in parts_of([*told, *rows], count)
            for person in part.people[members(segment, part, scope, nobody)]
        }
        assert found == oracle.members(segment, [*told, *rows], scope)


@few_courses
@given(
    course=courses(st.builds(add, facts, histories(NEW_YEAR_MS, 9, 500, 8))),
    segment=segments,
    purpose=st.sampled_from([1, 2]),
)
def test_segments_agree_whoever_is_erased(
    course: list[Step], segment: Segment, purpose: int
) -> None:
    """Of those who have events: a report counts nobody else, whatever the segment says of them."""
    scope = Scope(0, 1, purpose, ZONES[0], visit_gap_ms=500)
    for parts, rows in Lived().moments(course):
        found = {
            int(person)
            for part in parts
            for person in part.people[
                members(segment, part, scope, nobody) & (part.ends > part.starts)
            ]
        }
        active = {row.person for row in rows if row.name}
        assert found == oracle.members(segment, rows, scope) & active
