"""Which events a question means: choices of events turned into bits that kernels read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import UNSET
from numpy.typing import NDArray

from sojourn.filter import Condition, EventChoice, Scalar
from sojourn.kernels.conditions import meet_flag, meet_number, meet_text, withdraw
from sojourn.scope import Scope
from sojourn.timeline import Column, Timeline, codes_of
from sojourn.values import columns_of, of_people, present

NOTHING_HELD = np.zeros(0, dtype=np.int64)


def marks(
    choices: Sequence[EventChoice], timeline: Timeline, scope: Scope
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which choices each event belongs to, as bits (choice k is bit k), in two arrays to be ANDed.

    table  int64[names]          the choices that each event code may belong to; read-only, for all
                                 parts share it
    held   int64[m], or int64[0] the choices whose conditions each row satisfies, if there are any
    """
    table = _table(tuple(choice.event for choice in choices), timeline.names)
    if not any(choice.where for choice in choices):
        return table, NOTHING_HELD
    # Passes over memory are what this costs, so the bits are as narrow as they can be meanwhile.
    every = (1 << len(choices)) - 1
    held = np.full(len(timeline.ts), every, dtype=np.min_scalar_type(every))
    for number, choice in enumerate(choices):
        for condition in choice.where:
            columns = columns_of(timeline, condition.property, condition.of, scope)
            met, unless = _met(condition, columns, len(held))
            withdraw(met, unless, 1 << number, held)
    return table, held.astype(np.int64)


# Every part of a question asks for the same.
@lru_cache(maxsize=1_000)
def _table(events: tuple[str | None, ...], names: tuple[str, ...]) -> NDArray[np.int64]:
    table = np.zeros(len(names), dtype=np.int64)
    for number, event in enumerate(events):
        table[codes_of(event, names)] |= 1 << number
    table.flags.writeable = False
    return table


def people_who_are(
    conditions: Sequence[Condition], timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Of which people all conditions hold, whatever they say whose property is meant: bool[n]."""
    result = np.ones(len(timeline.people), dtype=np.bool_)
    for condition in conditions:
        columns = of_people(timeline, condition.property, scope)
        met, unless = _met(condition, columns, len(result))
        result &= met == unless
    return result


def _met(
    condition: Condition, columns: tuple[Column, ...], rows: int
) -> tuple[NDArray[np.bool_], bool]:
    """bool[rows], and which of its values means that the condition holds.

    A condition that denies holds where what it denies is not met, so also where there is no value.
    """
    met = np.zeros(rows, dtype=np.bool_)
    for column in columns:
        if condition.is_set is not UNSET:
            met |= present(column)
        elif column.type == "text":
            codes: NDArray[np.int32] = column.values.astype(np.int32, copy=False)
            meet_text(codes, _wanted(_words(condition, column.words)), met)
        elif column.type == "number":
            numbers: NDArray[np.float64] = column.values.astype(np.float64, copy=False)
            for lowest, highest in _ranges(condition):
                meet_number(numbers, lowest, highest, met)
        else:
            flags: NDArray[np.int8] = column.values.astype(np.int8, copy=False)
            listed = [value for value in _listed(condition) if isinstance(value, bool)]
            meet_flag(flags, _wanted([False in listed, True in listed]), met)
    denied = condition.is_not is not UNSET or condition.contains_not is not UNSET
    return met, not (denied or condition.is_set is False)


def _listed(condition: Condition) -> tuple[Scalar, ...]:
    """The values that a condition names; none if it is of another kind."""
    value = condition.is_ if condition.is_ is not UNSET else condition.is_not
    if value is UNSET:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _words(condition: Condition, words: tuple[str, ...]) -> list[bool]:
    """Which words meet a condition on text."""
    if condition.matches is not UNSET:
        found = pc.match_substring_regex(pa.array(words, pa.string()), condition.matches)
        return [bool(one) for one in found.to_pylist()]
    part = condition.contains if condition.contains is not UNSET else condition.contains_not
    if part is not UNSET:
        return [part in word for word in words]
    if condition.starts_with is not UNSET:
        return [word.startswith(condition.starts_with) for word in words]
    wanted = {value for value in _listed(condition) if isinstance(value, str)}
    return [word in wanted for word in words]


def _ranges(condition: Condition) -> list[tuple[float, float]]:
    """The numbers that meet a condition, as ranges with their ends."""
    if condition.at_least is not UNSET:
        return [(condition.at_least, math.inf)]
    if condition.at_most is not UNSET:
        return [(-math.inf, condition.at_most)]
    if condition.more_than is not UNSET:
        return [(math.nextafter(condition.more_than, math.inf), math.inf)]
    if condition.less_than is not UNSET:
        return [(-math.inf, math.nextafter(condition.less_than, -math.inf))]
    numbers = [value for value in _listed(condition) if not isinstance(value, str | bool)]
    return [(float(number), float(number)) for number in numbers]


def _wanted(of_codes: list[bool]) -> NDArray[np.bool_]:
    """As kernels take it: entry 0 stands for no value."""
    return np.array([False, *of_codes], dtype=np.bool_)
