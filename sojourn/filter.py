"""Choices of events, by name and by conditions on their properties, and the events they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from sojourn.errors import BadQuestion
from sojourn.timeline import Column, Timeline

Scalar = str | float | bool

CONDITIONS_MAX = 20
"""More conditions than a sentence can hold are a mistake, and each costs a pass over a column."""


class Condition(msgspec.Struct, frozen=True, rename={"is_": "is"}, forbid_unknown_fields=True):
    """One condition on one property: exactly one of the tests is set."""

    property: str
    is_: Scalar | tuple[Scalar, ...] | UnsetType = UNSET
    is_not: Scalar | tuple[Scalar, ...] | UnsetType = UNSET
    contains: str | UnsetType = UNSET
    at_least: float | UnsetType = UNSET
    at_most: float | UnsetType = UNSET
    is_set: bool | UnsetType = UNSET


class EventChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which events are meant: those of a name (of any, when None) that satisfy all conditions."""

    event: str | None = None
    where: tuple[Condition, ...] = ()


def check(conditions: tuple[Condition, ...], where: str) -> None:
    """Refuse a list of conditions that cannot be evaluated."""
    if len(conditions) > CONDITIONS_MAX:
        raise BadQuestion(
            "Too many conditions",
            detail=f"There are {len(conditions)}; {CONDITIONS_MAX} are allowed.",
            where=where,
            mend="Leave some out.",
        )
    for number, condition in enumerate(conditions):
        tests = [getattr(condition, name) for name in condition.__struct_fields__[1:]]
        if sum(test is not UNSET for test in tests) != 1:
            raise BadQuestion(
                "A condition needs exactly one test",
                detail=f"The condition on “{condition.property}” has another number of them.",
                where=f"{where}[{number}]",
                mend="Give one of is, is_not, contains, at_least, at_most, is_set.",
            )


def marks(
    choices: Sequence[EventChoice], timeline: Timeline
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which choices each event belongs to, as bits (choice k is bit k), in two arrays to be ANDed.

    table  int64[names]          the choices that each event code may belong to
    held   int64[m], or int64[0] the choices whose conditions each event satisfies, if there are any

    Conditions are looked up only for the events whose name is chosen; of the others `held` says
    nothing.
    """
    table = np.zeros(len(timeline.names), dtype=np.int64)
    conditioned = 0
    for number, choice in enumerate(choices):
        table[timeline.codes(choice.event)] |= 1 << number
        if choice.where:
            conditioned |= 1 << number
    if not conditioned:
        return table, np.zeros(0, dtype=np.int64)
    free = (1 << len(choices)) - 1 - conditioned
    at = np.flatnonzero((table & conditioned != 0)[timeline.event])
    codes = timeline.event[at]
    bits = np.full(len(at), free, dtype=np.int64)
    for number, choice in enumerate(choices):
        if choice.where:
            named = np.flatnonzero(timeline.codes(choice.event)[codes])
            bits[named[matching(choice.where, timeline, at[named])]] |= 1 << number
    held = np.full(len(timeline.ts), free, dtype=np.int64)
    held[at] = bits
    return table, held


def matching(
    conditions: Iterable[Condition], timeline: Timeline, at: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which of the events at the positions `at` satisfy all conditions: bool[len(at)]."""
    result = np.ones(len(at), dtype=np.bool_)
    for condition in conditions:
        columns = [
            Column(column.type, column.values[at], column.words)
            for column in timeline.property(condition.property)
        ]
        result &= _holds(condition, columns, len(at))
    return result


def _holds(condition: Condition, columns: list[Column], length: int) -> NDArray[np.bool_]:
    """Which events satisfy one condition; a property of two types holds if either column does."""
    if condition.is_not is not UNSET:
        return ~_any(columns, _listed(condition.is_not), length)
    if condition.is_ is not UNSET:
        return _any(columns, _listed(condition.is_), length)
    result = np.zeros(length, dtype=np.bool_)
    if condition.is_set is not UNSET:
        for column in columns:
            result |= _present(column)
        return result if condition.is_set else ~result
    for column in columns:
        if column.type == "text" and condition.contains is not UNSET:
            part = condition.contains
            result |= _coded(column, [part in word for word in column.words])
        elif column.type == "number" and condition.at_least is not UNSET:
            result |= np.greater_equal(column.values, condition.at_least)
        elif column.type == "number" and condition.at_most is not UNSET:
            result |= np.less_equal(column.values, condition.at_most)
    return result


def _listed(value: Scalar | tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else (value,)


def _any(columns: list[Column], wanted: tuple[Scalar, ...], length: int) -> NDArray[np.bool_]:
    """Which events have one of the wanted values; a value matches columns of its own type only."""
    result = np.zeros(length, dtype=np.bool_)
    for column in columns:
        if column.type == "text":
            words = {value for value in wanted if isinstance(value, str)}
            result |= _coded(column, [word in words for word in column.words])
        elif column.type == "flag":
            flags = [int(value) for value in wanted if isinstance(value, bool)]
            result |= np.isin(column.values, flags)
        else:
            numbers = [
                float(value)
                for value in wanted
                if isinstance(value, int | float) and not isinstance(value, bool)
            ]
            result |= np.isin(column.values, numbers)
    return result


def _coded(column: Column, wanted: list[bool]) -> NDArray[np.bool_]:
    """Which events carry a wanted word. Code -1 (none) falls on the extra last entry, False."""
    table = np.array([*wanted, False], dtype=np.bool_)
    codes: NDArray[np.int32] = column.values.astype(np.int32, copy=False)
    return table[codes]


def _present(column: Column) -> NDArray[np.bool_]:
    if column.type == "number":
        numbers: NDArray[np.float64] = column.values.astype(np.float64, copy=False)
        return ~np.isnan(numbers)
    flags_or_codes: NDArray[np.int32] = column.values.astype(np.int32, copy=False)
    return flags_or_codes >= 0
