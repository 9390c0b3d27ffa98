"""The values of a property, one for each row of a timeline, whosever property it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.filter import Of
from sojourn.kernels.sequences import ranked
from sojourn.kernels.spread import first_in_visit, newest_fact, over_runs
from sojourn.kernels.standing import standing_fact
from sojourn.scope import Scope
from sojourn.timeline import NONE, Column, Timeline


def columns_of(timeline: Timeline, property: str, of: Of, scope: Scope) -> tuple[Column, ...]:
    """A property's columns, one for each type it has arrived with, of `m` rows each.

    The value of an event is its own; that of a visit the first within it; that of a person the one
    last told of them. Rows that are no events have no such value.
    """
    columns = timeline.columns(property)
    if of == "event" or not columns:
        return columns
    return tuple(_at(column, _source(timeline, columns, of, scope)) for column in columns)


def numbers_of(timeline: Timeline, property: str, of: Of, scope: Scope) -> NDArray[np.float64]:
    """A property's numbers: float64[m], NaN where an event has none."""
    for column in columns_of(timeline, property, of, scope):
        if column.type == "number":
            return column.values.astype(np.float64, copy=False)
    return np.full(len(timeline.ts), np.nan)


def of_people(timeline: Timeline, property: str, scope: Scope) -> tuple[Column, ...]:
    """What was last told of each person: columns of `n` values."""
    columns = timeline.columns(property)
    if not columns:
        return ()
    source = _facts(timeline, columns, scope)
    return tuple(_at(column, source) for column in columns)


def then(timeline: Timeline, property: str, scope: Scope) -> tuple[Column, ...]:
    """What had been told last of its person when each event happened: columns of `m` rows."""
    columns = timeline.columns(property)
    if not columns:
        return ()
    source = standing_fact(
        timeline.facts,
        timeline.starts,
        timeline.ends,
        timeline.ts,
        timeline.purposes,
        _any_present(columns),
        scope.purpose,
    )
    return tuple(_at(column, source) for column in columns)


def different(keys: list[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of rows that several arrays tell apart (int64[m] each): where each different one stands first
    (int64[k]), and which one each is (int64[m])."""
    firsts, ranks = ranked(np.zeros(0, dtype=np.int64), keys[0])
    for further in keys[1:]:
        firsts, ranks = ranked(ranks, further)
    return firsts, ranks


def present(column: Column) -> NDArray[np.bool_]:
    """Which rows have a value: bool[m]."""
    if column.type == "number":
        numbers: NDArray[np.float64] = column.values.astype(np.float64, copy=False)
        return ~np.isnan(numbers)
    codes: NDArray[np.int32] = column.values.astype(np.int32, copy=False)
    return np.greater_equal(codes, 0)


def _source(
    timeline: Timeline, columns: tuple[Column, ...], of: Of, scope: Scope
) -> NDArray[np.int64]:
    """The row from which each row takes its value: int64[m], -1 for none."""
    if of == "person":
        source = _facts(timeline, columns, scope)
        return over_runs(timeline.starts, timeline.ends, source, len(timeline.ts))
    return first_in_visit(
        *timeline.arrays, _any_present(columns), scope.visit_gap_ms, *scope.bounds
    )


def _facts(timeline: Timeline, columns: tuple[Column, ...], scope: Scope) -> NDArray[np.int64]:
    return newest_fact(
        timeline.facts, timeline.starts, timeline.purposes, _any_present(columns), scope.purpose
    )


def _any_present(columns: tuple[Column, ...]) -> NDArray[np.bool_]:
    result = present(columns[0])
    for column in columns[1:]:
        result = result | present(column)
    return result


def _at(column: Column, source: NDArray[np.int64]) -> Column:
    if not len(column.values):
        none = np.full(len(source), NONE[column.type], dtype=column.values.dtype)
        return Column(column.type, none, column.words)
    values = column.values[source]
    values[source < 0] = NONE[column.type]
    return Column(column.type, values, column.words)
