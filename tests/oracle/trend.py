"""Trends by their definition: every point looks at every event again."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sojourn.filter import EventChoice
from sojourn.reports.trend import TrendAnswer, TrendDefinition, TrendSeries, TrendSeriesAnswer
from sojourn.scope import Label, Scope
from tests.oracle.definitions import fits, interval, intervals
from tests.oracle.grouping import Filed, belongs, filed, headings, shown
from tests.oracle.history import Row

Value = float | None
Line = tuple[list[Value], Value]
"""Points, and the total."""

FORMULAS: dict[str, Callable[..., float]] = {
    "A / B * 100": lambda a, b: a / b * 100,
    "(A + 2) / (B - 1) + -A": lambda a, b: (a + 2) / (b - 1) - a,
    "min(A, B, 3) - max(B) * 0.5": lambda a, b: min(a, b, 3) - b * 0.5,
    "sqrt(A - B) + abs(B - 4)": lambda a, b: math.sqrt(a - b) + abs(b - 4),
    '"the first" - second': lambda a, b: a - b,
}
"""Formulas, and what they mean."""


def trend(definition: TrendDefinition, rows: list[Row], scope: Scope) -> TrendAnswer:
    """A line for each series and value, then for each formula and value."""
    events = filed(definition.breakdown, rows, scope)
    choices = [EventChoice(series.event, series.where) for series in definition.series]
    labels, pooled = shown(definition.breakdown, choices, events)
    titles = headings(labels, pooled)
    now = lines(definition, events, labels, titles, scope)
    names = intervals(definition.every, scope)
    if definition.compare:
        earlier = before(scope)
        were = filed(definition.breakdown, rows, earlier)
        compared = lines(definition, were, labels, titles, earlier)
        earlier_names = intervals(definition.every, earlier)
    answers = []
    for key, (points, total) in now.items():
        number, label = key
        series = definition.series[number] if number < len(definition.series) else None
        counts = ("people", "visits", "events", "distinct", "organisations")
        whole = series is not None and series.measure in counts
        answer = TrendSeriesAnswer(
            event=series.event if series else None,
            measure=series.measure if series else "formula",
            points=written(names, points, whole and not definition.rolling),
            name=(series or definition.formulas[number - len(definition.series)]).name,
            series=number if series else None,
            value=label,
            total=number_of(total, whole),
        )
        if definition.compare:
            was, was_total = compared[key]
            answer = TrendSeriesAnswer(
                **{
                    **{name: getattr(answer, name) for name in answer.__struct_fields__},
                    "before": written(earlier_names, was, whole and not definition.rolling),
                    "total_before": number_of(was_total, whole),
                    "change": change(total, was_total),
                }
            )
        answers.append(answer)
    return TrendAnswer(series=tuple(answers), pooled=pooled)


def lines(
    definition: TrendDefinition,
    events: list[Filed],
    labels: list[Label],
    titles: list[Label],
    scope: Scope,
) -> dict[tuple[int, Label], Line]:
    """The lines of one period, by the number of the series or formula, and the value."""
    names = intervals(definition.every, scope)
    found: dict[tuple[int, Label], Line] = {}
    for number, series in enumerate(definition.series):
        for title in titles:
            own = [
                (names.index(interval(one.row.ts, definition.every, scope)), one)
                for one in events
                if fits(series.event, series.where, one.row) and belongs(one, title, labels)
            ]
            points = [
                measured(
                    series,
                    [e for at, e in own if at == k or (definition.cumulative and at < k)],
                )
                for k in range(len(names))
            ]
            points = [
                mean(points[max(0, k + 1 - (definition.rolling or 1)) : k + 1])
                for k in range(len(names))
            ]
            found[number, title] = points, measured(series, [e for _, e in own])
    for number, formula in enumerate(definition.formulas, len(definition.series)):
        for title in titles:
            ones, twos = found[0, title], found[1, title]
            points = [
                worked_out(formula.formula, *pair) for pair in zip(ones[0], twos[0], strict=True)
            ]
            found[number, title] = points, worked_out(formula.formula, ones[1], twos[1])
    return found


def measured(series: TrendSeries, events: list[Filed]) -> Value:
    """What some events come to."""
    if series.measure == "events":
        return len(events)
    if series.measure == "people":
        return len({one.row.person for one in events})
    if series.measure == "visits":
        return len({one.visit for one in events})
    if series.measure == "organisations":
        told = [one.organisation for one in events]
        return len({(type(value) is bool, value) for value in told if value is not None})
    assert series.property is not None
    values = [one.row.properties.get(series.property) for one in events]
    if series.measure == "distinct":
        return len({(type(value) is bool, value) for value in values if value is not None})
    numbers = sorted(
        value for value in values if isinstance(value, int | float) and not isinstance(value, bool)
    )
    if series.measure == "sum":
        return math.fsum(numbers)
    if not numbers:
        return None
    if series.measure == "mean":
        return math.fsum(numbers) / len(numbers)
    share = {"min": 0.0, "median": 50.0, "max": 100.0}.get(series.measure, series.percentile)
    assert share is not None
    place = share / 100 * (len(numbers) - 1)
    low, high = numbers[math.floor(place)], numbers[math.ceil(place)]
    return low * (1 - place % 1) + high * (place % 1)


def change(now: Value, was: Value) -> Value:
    """By which share of what was."""
    return None if now is None or not was else round((now - was) / was, 4)


def mean(values: list[Value]) -> Value:
    """The average of what there is."""
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None


def worked_out(formula: str, *values: Value) -> Value:
    """The value of a formula, if it has one."""
    if None in values:
        return None
    try:
        return FORMULAS[formula](*values)
    except (ZeroDivisionError, ValueError):
        return None


def before(scope: Scope) -> Scope:
    """As many whole days, or else as many milliseconds, right before."""

    def local(ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, scope.zone)

    first, after = local(scope.start_ms), local(max(scope.start_ms, scope.end_ms + 1))
    length_ms = max(0, scope.end_ms + 1 - scope.start_ms)
    start_ms = scope.start_ms - length_ms
    if first.time() == after.time() == datetime.min.time():
        days = (after.date() - first.date()).days
        start = datetime.combine(first.date() - timedelta(days=days), first.time(), scope.zone)
        start_ms = round(start.timestamp() * 1000)
    return replace(scope, start_ms=start_ms, end_ms=scope.start_ms - 1)


def written(
    names: tuple[str, ...], points: list[Value], whole: bool
) -> tuple[tuple[str, Value], ...]:
    """Points as an answer has them."""
    return tuple((name, number_of(one, whole)) for name, one in zip(names, points, strict=True))


def number_of(value: Value, whole: bool) -> Value:
    """Counts as they are, other numbers to six decimals."""
    return value if value is None or whole else round(float(value), 6)
