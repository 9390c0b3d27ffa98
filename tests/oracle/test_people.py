"""Lists of people agree with the oracle, and pages of any order make up the whole list."""

from __future__ import annotations

from operator import add
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sojourn.counting.metrics import Metric
from sojourn.period import Period
from sojourn.reports import people
from sojourn.reports.people import After, PeopleCell, PeopleDefinition, PeopleOrder
from sojourn.scope import Scope
from tests.oracle import people as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row, ask, parts_of
from tests.oracle.strategies import (
    NAMES,
    NEW_YEAR_MS,
    PROPERTIES,
    ZONES,
    agree,
    courses,
    crowded,
    few_courses,
    histories,
    people_behind,
    scopes,
    several,
    wheres,
)

OF_PROPERTY = ["sum", "mean", "min", "max", "distinct", "first", "last", "top"]
events: dict[str, Any] = {"event": st.sampled_from([None, *NAMES]), "where": wheres}
periods = st.sampled_from(
    [
        None,
        None,
        Period(from_="2026-01-01T00:00:01Z"),
        Period(to="2026-01-01T00:00:02Z"),
    ]
)
measured = st.one_of(
    st.builds(
        Metric,
        name=st.just("m"),
        measure=st.sampled_from(OF_PROPERTY),
        property=st.sampled_from(["p", "p", "unknown"]),
        period=periods,
        **events,
    ),
    st.builds(
        Metric,
        name=st.just("m"),
        measure=st.sampled_from(["count", "first", "last"]),
        period=periods,
        **events,
    ),
)
FORMULAS = ["n / events", "events - 2 * n", "n / (n - 1)", "1 + 1"]


@st.composite
def definitions(draw: st.DrawFn) -> PeopleDefinition:
    """A metric of any kind, one that counts, and a formula; in any order."""
    metrics = (
        draw(measured),
        Metric(name="n", event="a"),
        Metric(name="f", formula=draw(st.sampled_from(FORMULAS))),
    )
    by = draw(st.sampled_from(["m", "n", "f", "p", "events", "first_seen", "last_seen"]))
    order = PeopleOrder(by, draw(st.booleans()))
    return PeopleDefinition(
        metrics=metrics, fields=("p",), order=order, limit=draw(st.sampled_from([1, 2, 100]))
    )


facts = st.lists(
    st.builds(
        Row,
        person=st.integers(0, 3),
        ts=st.integers(0, 1).map(lambda second: NEW_YEAR_MS + second * 1000),
        name=st.just(""),
        purposes=st.sampled_from([1, 3]),
        properties=st.sampled_from([*PROPERTIES, {"p": "y"}, {"p": False}]),
    ),
    max_size=4,
)


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 16),
    facts=facts,
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions(),
)
def test_lists_of_people_agree_page_by_page(
    rows: list[Row], facts: list[Row], scope: Scope, definition: PeopleDefinition
) -> None:
    rows = facts + rows
    read = 0
    while True:
        expected = oracle.people(definition, rows, scope)
        agree(people, definition, rows, scope, expected)
        read += len(expected.rows)
        if expected.next is None:
            break
        definition = msgspec.structs.replace(definition, after=expected.next)
    assert read == expected.people
    assert len(people_behind(people, definition, PeopleCell(), rows, scope)) == expected.people
    for row in expected.rows[:1]:
        cell = PeopleCell(row.person)
        assert people_behind(people, definition, cell, rows, scope) == [row.person]


@few_courses
@given(
    course=courses(st.builds(add, facts, histories(NEW_YEAR_MS, 9, 500, 10))),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions(),
)
def test_lists_of_people_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: PeopleDefinition
) -> None:
    agree_throughout(people, definition, course, scope, oracle.people)


@several
@given(
    rows=crowded,
    measure=st.sampled_from(["top", "first", "last", "distinct", "mean"]),
    where=wheres,
)
def test_metrics_of_many_events_agree(rows: list[Row], measure: Any, where: Any) -> None:
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS + 4000, 3, ZONES[0])
    metric = Metric(name="m", measure=measure, property="p", where=where)
    definition = PeopleDefinition(metrics=(metric,), order=PeopleOrder("m"))
    agree(people, definition, rows, scope, oracle.people(definition, rows, scope))


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 16),
    facts=facts,
    definition=definitions(),
    value=st.sampled_from([None, 0.0, 1.5, "w", "xx", "", True, False]),
)
def test_page_may_begin_after_somebody_who_is_gone(
    rows: list[Row], facts: list[Row], definition: PeopleDefinition, value: Any
) -> None:
    """Everybody is on one side of the place or on the other, wherever it is."""
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS + 4000, 1, ZONES[0])
    definition = msgspec.structs.replace(definition, limit=100)
    parts = parts_of(facts + rows, 2)
    whole = ask(people.REPORT, definition, parts, scope).rows
    after = After(value, 1)
    rest = ask(people.REPORT, msgspec.structs.replace(definition, after=after), parts, scope).rows
    assert rest == whole[len(whole) - len(rest) :]
