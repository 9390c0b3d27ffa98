"""Metrics: what a list says of each person, one value each.

    count             of events
    sum mean min max  of the numbers of a property
    distinct top      how many values a property has, and the most frequent one
    first last        value of a property, or instant of an event
    formula           worked out of the others

A column of a list is a column of a timeline with a value a person instead of a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import isnan
from typing import Any, Literal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn import formula
from sojourn.filter import Condition, EventChoice, Scalar
from sojourn.kernels.metrics import favourites, first_and_last, least_and_most
from sojourn.kernels.tally import tally
from sojourn.matching import marks
from sojourn.period import Period, from_ms, instants
from sojourn.scope import FAR_MS, Scope
from sojourn.timeline import NONE, Column, Timeline
from sojourn.values import columns_of, numbers_of, present

Measure = Literal["count", "sum", "mean", "min", "max", "distinct", "first", "last", "top"]
WITHOUT_PROPERTY = ("count", "first", "last")
NUMERIC = ("count", "sum", "mean", "min", "max", "distinct")

DECIMALS = 6
"""To which sums and what is made of them are written: what lies beyond is noise of the adding."""

ANY_VALUE = np.zeros(0, dtype=np.bool_)
NO_NUMBERS = np.zeros(0)

Numbers = NDArray[np.float64]


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing about what somebody did: a measure of events, or a formula between such metrics.

    `first` and `last` are the instant of the event, or with a property the first and last value of
    it; `top` is its most frequent value. With a period of its own, that takes the place of the
    question's.
    """

    name: str
    measure: Measure = "count"
    event: str | None = None
    where: tuple[Condition, ...] = ()
    property: str | None = None
    period: Period | None = None
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of the list: a value a person (columns of `n`), and how it is written."""

    columns: tuple[Column, ...]
    written: Callable[[Any], Scalar] = lambda value: value

    def of(self, place: int) -> Scalar | None:
        """The value of one person as the answer has it."""
        value = value_of(self.columns, place)
        return None if value is None else self.written(value)


def choice_of(metric: Metric) -> EventChoice:
    """The events that a metric measures."""
    return EventChoice(metric.event, metric.where)


def value_of(columns: tuple[Column, ...], place: int) -> Scalar | None:
    """The value at one place of a property's columns, None if there is none."""
    for column in columns:
        value: Any = column.values[place].item() if len(column.values) else NONE[column.type]
        if column.type == "number" and not isnan(value):
            return float(value)
        if column.type != "number" and value >= 0:
            return column.words[value] if column.type == "text" else bool(value)
    return None


def presence(timeline: Timeline, scope: Scope) -> dict[str, Shown]:
    """How many events each person has, when the first and when the last; none, if there is none."""
    marked = marks((EventChoice(),), timeline, scope)
    events = tally(*timeline.arrays, *marked, NO_NUMBERS, *scope.bounds)
    first, last = first_and_last(*timeline.arrays, *marked, ANY_VALUE, *scope.bounds)
    return {
        "events": _numbers(np.where(events > 0, events, np.nan), int),
        "first_seen": _instants(first, timeline, scope),
        "last_seen": _instants(last, timeline, scope),
    }


def metrics_of(
    metrics: Sequence[Metric], events: Shown, timeline: Timeline, scope: Scope
) -> dict[str, Shown]:
    """Each metric of the people of a part, by name. Formulas may name the others, and `events`."""
    measured = {
        metric.name: _measured(metric, timeline, _own_scope(metric, number, scope))
        for number, metric in enumerate(metrics)
        if metric.formula is None
    }
    lines = {"events": _line(events), **{name: _line(measured[name]) for name in numeric(metrics)}}
    return {
        metric.name: measured[metric.name]
        if metric.formula is None
        else _numbers(formula.evaluate(metric.formula, lines), _rounded)
        for metric in metrics
    }


def numeric(metrics: Sequence[Metric]) -> list[str]:
    """The metrics that are numbers, which formulas may name."""
    return [one.name for one in metrics if one.formula is None and one.measure in NUMERIC]


def _measured(metric: Metric, timeline: Timeline, scope: Scope) -> Shown:
    """A metric of events."""
    marked = marks((choice_of(metric),), timeline, scope)
    about = *timeline.arrays, *marked
    if metric.measure == "count":
        return _numbers(tally(*about, NO_NUMBERS, *scope.bounds), int)
    if metric.property is None:
        rows = first_and_last(*about, ANY_VALUE, *scope.bounds)
        return _instants(rows[int(metric.measure == "last")], timeline, scope)
    if metric.measure in ("sum", "mean", "min", "max"):
        values = numbers_of(timeline, metric.property, "event", scope)
        if metric.measure in ("min", "max"):
            ends = least_and_most(*about, values, *scope.bounds)
            return _numbers(ends[int(metric.measure == "max")], float)
        total = tally(*about, values, *scope.bounds)
        if metric.measure == "sum":
            return _numbers(total, _rounded)
        many = tally(*about, np.where(np.isnan(values), np.nan, 1.0), *scope.bounds)
        with np.errstate(invalid="ignore"):
            return _numbers(total / many, _rounded)
    columns = columns_of(timeline, metric.property, "event", scope)
    if metric.measure in ("first", "last"):
        has = reduce(np.logical_or, map(present, columns), np.zeros(len(timeline.ts), np.bool_))
        rows = first_and_last(*about, has, *scope.bounds)
        return _taken(columns, rows[int(metric.measure == "last")])
    rows, different = favourites(*about, *_coded(columns, len(timeline.ts)), *scope.bounds)
    if metric.measure == "top":
        return _taken(columns, rows)
    return _numbers(different.astype(np.float64), int)


def _own_scope(metric: Metric, number: int, scope: Scope) -> Scope:
    """The scope of a metric that has a period of its own."""
    if metric.period is None:
        return scope
    where = f"metrics[{number}].period"
    start, end = instants(metric.period, scope.zone, scope.now_ms, where)
    return replace(
        scope,
        start_ms=-FAR_MS if start is None else start,
        end_ms=FAR_MS if end is None else end,
    )


def _line(shown: Shown) -> Numbers:
    return shown.columns[0].values.astype(np.float64)


def _numbers(values: Numbers, written: Callable[[Any], Scalar]) -> Shown:
    return Shown((Column("number", values),), written)


def _rounded(value: float) -> float:
    return round(value, DECIMALS)


def _instants(rows: NDArray[np.int64], timeline: Timeline, scope: Scope) -> Shown:
    """When the events in these rows happened, -1 meaning none; told in the project's zone."""
    values = np.full(len(rows), np.nan)
    values[rows >= 0] = timeline.ts[rows[rows >= 0]]
    return _numbers(values, lambda ms: from_ms(int(ms), scope.zone).isoformat())


def _taken(columns: tuple[Column, ...], rows: NDArray[np.int64]) -> Shown:
    """The values that stand in these rows, -1 meaning none."""
    taken = []
    for column in columns:
        values = np.full(len(rows), NONE[column.type], dtype=column.values.dtype)
        if len(column.values):
            values[rows >= 0] = column.values[rows[rows >= 0]]
        taken.append(Column(column.type, values, column.words))
    return Shown(tuple(taken))


def _coded(columns: tuple[Column, ...], rows: int) -> tuple[NDArray[np.int64], int]:
    """A code for the value in each row, -1 for none, and how many codes there are.

    Values of different types are different values.
    """
    codes = np.full(rows, -1, dtype=np.int64)
    size = 0
    for column in columns:
        has = present(column)
        own: Any = column.values
        many = max(2, len(column.words))
        if column.type == "number":
            # Adding nothing turns -0.0 into 0.0, which are one number.
            coded = pa.array(own + 0.0, from_pandas=True).dictionary_encode()
            own = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
            many = len(coded.dictionary)
        codes[has] = own[has].astype(np.int64) + size
        size += many
    return codes, size
