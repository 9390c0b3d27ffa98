"""Trends agree with the oracle."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.breakdown import Breakdown, Dimension
from sojourn.period import to_ms
from sojourn.reports import trend
from sojourn.reports.trend import (
    TrendCell,
    TrendDefinition,
    TrendFormula,
    TrendSeries,
)
from sojourn.scope import Scope
from tests.oracle import trend as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row, Value
from tests.oracle.strategies import (
    NAMES,
    PROPERTIES,
    SPRING_MS,
    ZONES,
    agree,
    courses,
    few_courses,
    people_behind,
    scopes,
    spring_days,
    wheres,
)

few = settings(max_examples=25, deadline=None)
some = settings(max_examples=60, deadline=None)
more = settings(max_examples=100, deadline=None)

AMOUNTS: list[Value] = ["none", 0.1, 0.2, 0.7, -5.5, 1000]
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def valued(rows: list[Row]) -> list[Row]:
    """The same events, each with one of a few amounts."""
    return [
        replace(row, properties={**row.properties, "amount": AMOUNTS[_number(row) % 6]})
        for row in rows
    ]


def _number(row: Row) -> int:
    """Another for each half hour, day and person."""
    return row.ts // 1_800_000 + 5 * (row.ts // DAY_MS) + row.person


facts = st.lists(
    st.builds(
        Row,
        person=st.integers(0, 2),
        ts=st.integers(0, 3),
        name=st.just(""),
        purposes=st.sampled_from([1, 2, 3]),
        properties=st.sampled_from(PROPERTIES),
    ),
    max_size=4,
)
histories = st.builds(lambda rows, told: valued(rows) + told, spring_days, facts)


def whole_days(first: int, days: int, zone: Any) -> Scope:
    """Whole days around the change of clocks."""
    begin = datetime(2026, 3, 26).date() + timedelta(days=first)
    start, after = (
        to_ms(datetime.combine(day, time(), zone)) for day in (begin, begin + timedelta(days=days))
    )
    return Scope(start, after - 1, 1, zone)


periods = st.one_of(
    scopes(SPRING_MS - DAY_MS, 46 * DAY_MS),
    st.builds(whole_days, st.integers(0, 6), st.integers(1, 9), st.sampled_from(ZONES)),
)


@st.composite
def series(draw: st.DrawFn, names: tuple[str, ...] = ("",)) -> TrendSeries:
    """A series of any measure."""
    measure = draw(st.sampled_from(measures))
    return TrendSeries(
        event=draw(st.sampled_from([None, *NAMES])),
        measure=measure,
        where=draw(wheres),
        property=None
        if measure in ("people", "visits", "events", "organisations")
        else draw(st.sampled_from(["amount", "amount", "p", "unheard of"])),
        percentile=draw(st.sampled_from([0, 12.5, 50, 99, 100]))
        if measure == "percentile"
        else None,
        name=draw(st.sampled_from(names)),
    )


measures: Any = (
    *("people", "people", "visits", "events", "sum", "mean"),
    *("min", "max", "median", "percentile", "distinct", "organisations"),
)

breakdowns = st.builds(
    Breakdown,
    by=st.lists(
        st.builds(
            Dimension,
            property=st.sampled_from(["p", "amount"]),
            of=st.sampled_from(["event", "visit", "person"]),
            buckets=st.sampled_from([(), (), (0.15, 2.0)]),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    limit=st.sampled_from([1, 2, 20]),
)


@st.composite
def definitions(draw: st.DrawFn) -> TrendDefinition:
    """Trends with any options."""
    with_formulas = draw(st.booleans())
    formulas = draw(st.lists(st.sampled_from(list(oracle.FORMULAS)), min_size=1, max_size=2))
    several = st.lists(series(), min_size=1, max_size=3)
    two = st.tuples(series(("the first",)), series(("second",)))
    return TrendDefinition(
        series=tuple(draw(two if with_formulas else several)),
        every=draw(st.sampled_from(["hour", "day", "week", "month", "quarter", "year"])),
        formulas=tuple(TrendFormula(one, name=one) for one in formulas) if with_formulas else (),
        breakdown=draw(st.one_of(st.none(), breakdowns)),
        compare=draw(st.booleans()),
        cumulative=draw(st.booleans()),
        rolling=draw(st.sampled_from([None, None, 1, 2, 5])),
    )


@some
@given(rows=histories, scope=periods, definition=definitions())
def test_trends_agree(rows: list[Row], scope: Scope, definition: TrendDefinition) -> None:
    agree(trend, definition, rows, scope, oracle.trend(definition, rows, scope))


@few_courses
@given(course=courses(histories), scope=periods, definition=definitions())
def test_trends_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: TrendDefinition
) -> None:
    agree_throughout(trend, definition, course, scope, oracle.trend)


def test_different_values_are_counted_where_a_part_has_none_of_their_type() -> None:
    rows = [
        Row(person, SPRING_MS, "a", properties={"p": value})
        for person, values in enumerate([("x", "y"), (1, 2, 3), ("y", 1, True)])
        for value in values
    ]
    definition = TrendDefinition((TrendSeries("a", measure="distinct", property="p"),))
    scope = Scope(SPRING_MS, SPRING_MS, 1, ZONES[0])
    assert oracle.trend(definition, rows, scope).series[0].total == 6
    agree_throughout(trend, definition, [rows, "commit", "settle"], scope, oracle.trend)


@more
@given(
    rows=spring_days,
    scope=periods,
    every=st.sampled_from(["hour", "day", "week"]),
    measure=st.sampled_from(["people", "visits"]),
)
def test_plainest_trends_agree(rows: list[Row], scope: Scope, every: Any, measure: Any) -> None:
    definition = TrendDefinition((TrendSeries(measure=measure),), every=every)
    agree(trend, definition, rows, scope, oracle.trend(definition, rows, scope))


@more
@given(
    rows=spring_days.map(valued),
    measure=st.sampled_from(["sum", "mean", "min", "max", "median", "percentile", "distinct"]),
    percentile=st.sampled_from([0.0, 12.5, 90.0, 100.0]),
    cumulative=st.booleans(),
    every=st.sampled_from(["day", "week", "month"]),
    breakdown=st.sampled_from([None, Breakdown((Dimension("p"),), limit=2)]),
)
def test_measures_of_a_property_agree(
    rows: list[Row], measure: Any, percentile: float, **options: Any
) -> None:
    share = percentile if measure == "percentile" else None
    line = TrendSeries(measure=measure, property="amount", percentile=share)
    definition = TrendDefinition((line,), **options)
    scope = Scope(SPRING_MS - DAY_MS, SPRING_MS + 45 * DAY_MS, 1, ZONES[1])
    agree(trend, definition, rows, scope, oracle.trend(definition, rows, scope))


def belonging(rows: list[Row]) -> list[Row]:
    """The same histories, in which people are told to belong to what was told of them."""
    return [
        replace(row, properties={**row.properties, "group.id": row.properties["p"]})
        if not row.name and "p" in row.properties
        else row
        for row in rows
    ]


@more
@given(
    rows=histories.map(belonging),
    scope=periods,
    cumulative=st.booleans(),
    every=st.sampled_from(["day", "week", "month"]),
    breakdown=st.one_of(st.none(), breakdowns),
)
def test_organisations_agree(rows: list[Row], scope: Scope, **options: Any) -> None:
    definition = TrendDefinition((TrendSeries(measure="organisations"),), **options)
    agree(trend, definition, rows, scope, oracle.trend(definition, rows, scope))


@few
@given(
    rows=histories,
    scope=periods,
    event=st.sampled_from([None, *NAMES]),
    where=wheres,
    every=st.sampled_from(["day", "week"]),
    breakdown=st.one_of(st.none(), breakdowns),
    cumulative=st.booleans(),
)
def test_every_cell_opens_to_as_many_people_as_it_shows(
    rows: list[Row], scope: Scope, **options: Any
) -> None:
    line = TrendSeries(options.pop("event"), where=options.pop("where"))
    definition = TrendDefinition((TrendSeries(), line), compare=True, **options)
    answer = oracle.trend(definition, rows, scope)

    def count(cell: TrendCell) -> int:
        return len(people_behind(trend, definition, cell, rows, scope))

    for one in answer.series:
        assert one.series is not None
        value = one.value or None
        assert count(TrendCell(one.series, None, value)) == one.total
        assert count(TrendCell(one.series, None, value, before=True)) == one.total_before
        for points, before in ((one.points, False), (one.before or (), True)):
            for name, people in (*points[:2], *(point for point in points if point[1])):
                assert count(TrendCell(one.series, name, value, before)) == people
