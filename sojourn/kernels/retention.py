"""What people do in each interval after their entry into a cohort.

`retention` answers any question, entry by entry; `plain` the most frequent one in a single pass,
twice as fast, because what it reads of a person it reads at once. Both count positions unsigned,
which spares a look whether they count from the end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, NUMBERS, SCOPE, TIMELINE

START, RETURN = 1, 2
"""The bits of the event that opens a cohort, and of the one that is counted."""

ON, ON_OR_AFTER, ON_OR_BEFORE = 0, 1, 2
"""What of an entry's events belongs to column j: those in j; in j and later; in j and earlier."""


class Rules(NamedTuple):
    """When an entry counts in a column.

    mode     which events belong to a column
    first    the first column that the rules are for; with 1 column 0 is everybody's
    minimum  how many events it takes
    streak   0 or 1: only those count who count in every column before
    once     0 or 1: one event is as good as many, and amounts mean nothing
    asked    the column of which to tell for each entry whether it counts, or -1
    """

    mode: int = ON
    first: int = 0
    minimum: int = 1
    streak: int = 0
    once: int = 0
    asked: int = -1


RULES = types.NamedUniTuple(types.int64, len(Rules._fields), Rules)  # type: ignore[no-untyped-call]
COUNTS = (types.int64[::1], types.float64[::1])
COLUMNS = (INSTANTS, INSTANTS, INSTANTS)


@compiled(types.int64(INSTANTS, types.int64))
def _edge(edges: NDArray[np.int64], place: int) -> int:
    """The instant at a place of the edges, all beyond the last being that; without edges a place
    is an instant."""
    return edges[min(place, len(edges) - 1)] if len(edges) > 0 else place


@compiled((*COUNTS, *COUNTS, types.int64, RULES))
def _settle(
    often: NDArray[np.int64],
    amount: NDArray[np.float64],
    people: NDArray[np.int64],
    amounts: NDArray[np.float64],
    column: int,
    rules: Rules,
) -> bool:
    """Add what a run brought, in no column later than `column`, to its group, and forget it.

    Returns whether it counts in the column asked.
    """
    columns = len(people)
    last = columns - 1 if rules.mode == ON_OR_BEFORE else min(column, columns - 1)
    if rules.mode == ON_OR_AFTER:
        for one in range(last, rules.first - 1, -1):
            often[one] += often[one + 1]
            amount[one] += amount[one + 1]
    if rules.mode == ON_OR_BEFORE:
        for one in range(rules.first + 1, columns):
            often[one] += often[one - 1]
            amount[one] += amount[one - 1]
    behind = False
    for one in range(last + 1):
        if often[one] >= rules.minimum or one < rules.first:
            people[one] += 1
            amounts[one] += amount[one]
            behind |= one == rules.asked
        elif rules.streak:
            break
    often[: max(column, last) + 1] = 0
    amount[: max(column, last) + 1] = 0.0
    return behind


@compiled(
    (*TIMELINE, *MARKS, NUMBERS, INSTANTS, *COLUMNS, INSTANTS, types.int64, RULES, *SCOPE),
)
def retention(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    values: NDArray[np.float64],
    visit: NDArray[np.int64],
    edges: NDArray[np.int64],
    offsets: NDArray[np.int64],
    origin: NDArray[np.int64],
    group: NDArray[np.int64],
    groups: int,
    rules: Rules,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """people and amounts by group and column, [groups, columns] each · bool[n] of column `asked`.

    Each run is an entry, from its event to the person's last; those of a person overlap. Its column
    j is from `edges[origin + offsets[j]]` to that of the next offset; without edges the sums
    themselves are instants. It adds to row `group` of the tables: its amount is the sum of `values`
    (float64[m]), or, when there are none (float64[0]), how many events it has. Of those of one
    visit only the first is seen, if `visit` (int64[m], not [0]) says which is which. With `once`
    the rest of a column is passed over by its instants alone.
    """
    columns = len(offsets) - 1
    furthest = columns if rules.mode == ON_OR_AFTER else columns - 1
    people = np.zeros((groups, columns), dtype=np.int64)
    amounts = np.zeros((groups, columns))
    behind = np.zeros(len(starts), dtype=np.bool_)
    often = np.zeros(columns + 1, dtype=np.int64)
    amount = np.zeros(columns + 1)
    anything = len(held) == 0 and np.all(table & RETURN != 0)
    for run in range(len(starts)):
        i = np.uint64(starts[run]) - np.uint64(1)
        last = np.uint64(ends[run]) - np.uint64(1)
        column = 0
        bound = _edge(edges, origin[run] + offsets[1])
        skip = bound if rules.once and rules.first else start_ms
        seen = -1
        while i != last:
            i += np.uint64(1)
            while i != last and ts[i] < skip:
                i += np.uint64(1)
            if not anything and table[event[i]] & RETURN == 0:
                continue
            if ts[i] < skip or purposes[i] & purpose == 0:
                continue
            if len(held) > 0 and held[i] & RETURN == 0:
                continue
            while column < columns and ts[i] >= bound:
                column += 1
                bound = _edge(edges, origin[run] + offsets[min(column + 1, columns)])
            if ts[i] > end_ms or column > furthest:
                break
            if len(visit) > 0 and visit[i] == seen:
                continue
            seen = visit[i] if len(visit) > 0 else seen
            often[column] += 1
            amount[column] += values[i] if len(values) > 0 else 1.0
            skip = bound if rules.once else skip
            if rules.once and column == furthest:
                break
        row = group[run]
        behind[run] = _settle(often, amount, people[row], amounts[row], column, rules)
    return people, amounts, behind


@compiled((*TIMELINE, *MARKS, INSTANTS, types.int64, types.boolean, *SCOPE))
def plain(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    edges: NDArray[np.int64],
    periods: int,
    ever: bool,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """People by cohort and column: int64[len(edges) - 1, periods], a column an interval.

    A person enters with the first start event, of the whole history (`ever`) or of the scope. Once
    found in a column, all up to its end is passed over by its instants alone. The interval of an
    entry is found by assuming that all are equally long, and stepping to the right one.
    """
    intervals = len(edges) - 1
    result = np.zeros((intervals, periods), dtype=np.int64)
    per_ms = intervals / max(1, edges[intervals] - edges[0])
    for person in range(len(starts) if intervals else 0):
        i = np.uint64(starts[person])
        end = np.uint64(ends[person])
        while i < end:
            met = table[event[i]] & START and (len(held) == 0 or held[i] & START)
            if met and purposes[i] & purpose and (ever or ts[i] >= start_ms):
                break
            i += np.uint64(1)
        if i == end or ts[i] < start_ms or ts[i] > end_ms:
            continue
        cohort = min(int((ts[i] - edges[0]) * per_ms), intervals - 1)
        while edges[cohort] > ts[i]:
            cohort -= 1
        while edges[cohort + 1] <= ts[i]:
            cohort += 1
        result[cohort, 0] += 1
        interval = cohort + 1
        beyond = min(cohort + periods, intervals)
        while interval < beyond:
            while i < end and ts[i] < edges[interval]:
                i += np.uint64(1)
            if i == end or ts[i] > end_ms:
                break
            met = table[event[i]] & RETURN and (len(held) == 0 or held[i] & RETURN)
            if met and purposes[i] & purpose:
                while edges[interval + 1] <= ts[i]:
                    interval += 1
                if interval < beyond:
                    result[cohort, interval - cohort] += 1
                interval += 1
            i += np.uint64(1)
    return result
