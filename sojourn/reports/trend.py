"""Trend: what is counted of some events in each hour, day, week, month, quarter or year.

Every series of the definition, and every formula between them, is a line for each value of the
breakdown. What can be counted is in `measure.py`; here lines are compared with the period before,
run up, smoothed and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import zip_longest
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown, formula
from sojourn.breakdown import Breakdown
from sojourn.counting.measure import (
    WHOLE,
    WITHOUT_PROPERTY,
    Amount,
    Lines,
    Measure,
    Wanted,
    check_size,
    measured,
    rolled,
)
from sojourn.counting.opening import interval_of, marks_of, slot_of, with_event
from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice
from sojourn.period import Every, from_ms, to_ms
from sojourn.report import Answer, Question, Report
from sojourn.scope import Label, Scope
from sojourn.timeline import Timeline

SERIES_MAX = 60
"""A bit each in an int64; more lines than that no picture shows."""
FORMULAS_MAX = 20
ROLLING_MAX = 1_000


class TrendSeries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: which events (any, when `event` is None), and what of them is counted.

    `property` is what the measures past events are about, `percentile` is from 0 to 100. The `name`
    is for formulas and for who reads the answer.
    """

    event: str | None = None
    measure: Measure = "people"
    where: tuple[Condition, ...] = ()
    property: str | None = None
    percentile: float | None = None
    name: str = ""


class TrendFormula(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One more line, worked out from those of the series; see `formula.py`."""

    formula: str
    name: str = ""


class TrendDefinition(Question, frozen=True, tag="trend"):
    """Several lines over the same intervals.

    compare     adds the same of the period before, which is as long
    cumulative  each point is about everything from the beginning of the period
    rolling     each point is the average of so many intervals up to it
    """

    series: tuple[TrendSeries, ...]
    every: Every = "day"
    formulas: tuple[TrendFormula, ...] = ()
    breakdown: Breakdown | None = None
    compare: bool = False
    cumulative: bool = False
    rolling: int | None = None


Number = int | float | None
Points = tuple[tuple[str, Number], ...]


class TrendSeriesAnswer(msgspec.Struct, frozen=True):
    """A line: (name of the interval, value) for every interval; no value where there is none.

    series  the number of its series, from 0; formulas have none
    value   whose line it is, [] without a breakdown
    total   the same of the whole period at once: different people in all of it, not their sum
    before, total_before, change    what was in the period before, and how the total has changed
    """

    event: str | None
    measure: Literal[Measure, "formula"]
    points: Points
    name: str = ""
    series: int | None = None
    value: Label = ()
    total: Number = None
    before: Points | None = None
    total_before: Number = None
    change: float | None = None


class TrendAnswer(Answer, frozen=True, tag="trend"):
    """One line for each series and value, in the order of the definition, then the formulas.

    `pooled` values of the breakdown are shown together as (other).
    """

    series: tuple[TrendSeriesAnswer, ...]
    pooled: int = 0


class TrendCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who has an event of a series (0 is the first) in one interval, or in the whole period; with
    one value of the breakdown, or any; in the period, or the one before."""

    series: int
    interval: str | None = None
    value: Label | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """The amount of each series in the period and, if it is compared, in the one before."""

    now: list[Amount]
    before: list[Amount]


@dataclass(frozen=True, slots=True)
class Shown:
    """The intervals, and of each series, then each formula, what it shows: points (float64[slots,
    intervals]) and totals (float64[slots])."""

    intervals: list[str]
    points: list[Lines]
    totals: list[Lines]


def check(definition: TrendDefinition) -> None:
    """Refuse a trend that cannot be answered."""
    if not 1 <= len(definition.series) <= SERIES_MAX:
        raise BadQuestion(
            "A trend has 1 to 60 series",
            detail=f"This one has {len(definition.series)}.",
            where="series",
            mend="Leave some series out." if definition.series else "Add a series.",
        )
    for number, series in enumerate(definition.series):
        _check_measure(series, f"series[{number}]")
    given = [series.name for series in definition.series if series.name]
    if len(set(given)) < len(given):
        raise BadQuestion(
            "Two series have the same name", where="series", mend="Give each a name of its own."
        )
    if len(definition.formulas) > FORMULAS_MAX:
        raise BadQuestion(
            f"A trend has up to {FORMULAS_MAX} formulas",
            detail=f"This one has {len(definition.formulas)}.",
            where="formulas",
            mend="Leave some formulas out.",
        )
    for number, one in enumerate(definition.formulas):
        formula.check(one.formula, _names(definition), f"formulas[{number}].formula")
    if definition.rolling is not None and not 1 <= definition.rolling <= ROLLING_MAX:
        raise BadQuestion(
            f"A rolling average goes over 1 to {ROLLING_MAX:,} intervals",
            detail=f"{definition.rolling} were asked for.",
            where="rolling",
            mend="Choose a number in that range.",
        )


def _check_measure(series: TrendSeries, where: str) -> None:
    if (series.property is None) is not (series.measure in WITHOUT_PROPERTY):
        needs = series.property is None
        raise BadQuestion(
            f"The measure {series.measure} needs {'a' if needs else 'no'} property",
            where=f"{where}.property",
            mend="Name the property it is taken of." if needs else "Leave it out.",
        )
    if (series.percentile is None) is not (series.measure != "percentile"):
        raise BadQuestion(
            "A percentile goes with the measure of that name",
            where=f"{where}.percentile",
            mend="Give the measure percentile a number from 0 to 100, and others none.",
        )
    if series.percentile is not None and not 0 <= series.percentile <= 100:
        raise BadQuestion(
            "A percentile is a number from 0 to 100",
            detail=f"{series.percentile:g} was asked for.",
            where=f"{where}.percentile",
            mend="Choose a number in that range.",
        )


def choices(definition: TrendDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The events of each series."""
    for number, series in enumerate(definition.series):
        yield f"series[{number}]", EventChoice(series.event, series.where)


def partial(definition: TrendDefinition, timeline: Timeline, scope: Scope) -> Counted:
    """What each series comes to in a part."""
    wanted = [
        Wanted(choice, series.measure, series.property, series.percentile)
        for series, (_, choice) in zip(definition.series, choices(definition), strict=True)
    ]

    def amounts(own: Scope) -> list[Amount]:
        edges = own.edges(definition.every)
        check_size(len(wanted) * scope.values.slots * (len(edges) - 1))
        slots = breakdown.slots(definition.breakdown, timeline, own)
        return measured(wanted, slots, edges, timeline, own)

    return Counted(amounts(scope), amounts(period_before(scope)) if definition.compare else [])


def add(one: Counted, other: Counted) -> Counted:
    """The people of two parts are different people, so all amounts add up."""

    def both(some: list[Amount], others: list[Amount]) -> list[Amount]:
        return [a + b for a, b in zip(some, others, strict=True)]

    return Counted(both(one.now, other.now), both(one.before, other.before))


def answer(definition: TrendDefinition, counted: Counted, scope: Scope) -> TrendAnswer:
    """The lines of each series and formula."""
    now = _shown(definition, counted.now, scope)
    before = _shown(definition, counted.before, period_before(scope)) if counted.before else None
    told: list[dict[str, Any]] = [
        {"event": series.event, "measure": series.measure, "name": series.name, "series": number}
        for number, series in enumerate(definition.series)
    ]
    told += [{"event": None, "measure": "formula", "name": one.name} for one in definition.formulas]
    lines = []
    for number, one in enumerate(told):
        whole = one["measure"] in WHOLE
        smooth = definition.rolling is not None
        for slot in range(scope.values.slots):
            line = TrendSeriesAnswer(
                points=_points(now, number, slot, whole and not smooth),
                value=breakdown.label_of(slot, scope.values),
                total=_number(now.totals[number][slot], whole),
                **one,
            )
            if before is not None:
                line = msgspec.structs.replace(
                    line,
                    before=_points(before, number, slot, whole and not smooth),
                    total_before=_number(before.totals[number][slot], whole),
                    change=_change(now.totals[number][slot], before.totals[number][slot]),
                )
            lines.append(line)
    return TrendAnswer(series=tuple(lines), pooled=scope.values.pooled)


def _shown(definition: TrendDefinition, amounts: Sequence[Amount], scope: Scope) -> Shown:
    """The lines as the definition wants them; formulas are worked out from what is shown."""
    edges = scope.edges(definition.every)[:-1].tolist()
    points = [
        rolled(one.so_far() if definition.cumulative else one.points(), definition.rolling or 1)
        for one in amounts
    ]
    totals = [one.totals() for one in amounts]
    for lines in (points, totals):
        known = {name: lines[number] for name, number in _names(definition).items()}
        lines += [formula.evaluate(one.formula, known) for one in definition.formulas]
    return Shown([scope.label(edge, definition.every) for edge in edges], points, totals)


def _names(definition: TrendDefinition) -> dict[str, int]:
    """What formulas may call each series: its letter, and its name, which comes before letters."""
    letters = {formula.letter(number): number for number in range(len(definition.series))}
    given = {one.name: number for number, one in enumerate(definition.series) if one.name}
    return letters | given


def _points(shown: Shown, number: int, slot: int, whole: bool) -> Points:
    values = (_number(value, whole) for value in shown.points[number][slot].tolist())
    return tuple(zip(shown.intervals, values, strict=True))


def _number(value: float, whole: bool) -> Number:
    if not np.isfinite(value):
        return None
    return int(value) if whole else round(float(value), 6)


def _change(now: float, before: float) -> float | None:
    """By which share of it the total has changed."""
    with np.errstate(all="ignore"):
        share = np.float64(now - before) / np.float64(before)
    return round(float(share), 4) if np.isfinite(share) else None


def period_before(scope: Scope) -> Scope:
    """The scope of the period before, which ends right before the scope begins.

    Before whole calendar days lie as many calendar days, before anything else as many milliseconds.
    """
    start_ms, after_ms = scope.start_ms, max(scope.start_ms, scope.end_ms + 1)
    try:
        first, after = from_ms(start_ms, scope.zone).date(), from_ms(after_ms, scope.zone).date()
        days = [to_ms(datetime.combine(day, time(), scope.zone)) for day in (first, after)]
        if days == [start_ms, after_ms]:
            begin = datetime.combine(first - (after - first), time(), scope.zone)
            return replace(scope, start_ms=to_ms(begin), end_ms=start_ms - 1)
    except OverflowError:
        raise BadQuestion(
            "The period before leaves the calendar",
            where="compare",
            mend="Ask for a shorter period, or do not compare.",
        ) from None
    return replace(scope, start_ms=2 * start_ms - after_ms, end_ms=start_ms - 1)


def people(
    definition: TrendDefinition, cell: TrendCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part stands behind one cell: bool[n].

    A point that is about several intervals, as it runs up or is an average, opens to those of all.
    """
    if not 0 <= cell.series < len(definition.series):
        raise BadQuestion(
            "This trend has no such series",
            detail=f"Series {cell.series} was asked for; it has {len(definition.series)}.",
            where="cell.series",
            mend="Count series from 0; formulas have no people of their own.",
        )
    slot = slot_of(cell.value, scope)
    own = period_before(scope) if cell.before else scope
    first_ms, last_ms = own.start_ms, own.end_ms
    if cell.interval is not None:
        number = interval_of(cell.interval, definition.every, own)
        begin = 0 if definition.cumulative else max(0, number + 1 - (definition.rolling or 1))
        edges = own.edges(definition.every).tolist()
        first_ms, last_ms = max(first_ms, edges[begin]), min(last_ms, edges[number + 1] - 1)
    series = definition.series[cell.series]
    slots = breakdown.slots(definition.breakdown, timeline, own)
    marked = marks_of(EventChoice(series.event, series.where), slot, slots, timeline, own)
    return with_event(marked, timeline, first_ms, last_ms, scope)


def rows(answer: TrendAnswer) -> list[dict[str, Any]]:
    """One row a point."""
    return [
        {
            "event": one.event,
            "measure": one.measure,
            "name": one.name,
            "value": ", ".join(one.value),
            "interval": interval,
            "count": count,
            "before": earlier,
        }
        for one in answer.series
        for (interval, count), (_, earlier) in zip_longest(
            one.points, (one.before or ())[: len(one.points)], fillvalue=(None, None)
        )
    ]


def own_breakdown(definition: TrendDefinition) -> Breakdown | None:
    """By what a trend is broken down."""
    return definition.breakdown


REPORT = Report(
    kind="trend",
    definition=TrendDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=TrendCell,
    people=people,
    breakdown=own_breakdown,
)
