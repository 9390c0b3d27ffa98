"""Which events belong to each point of a line: for measures that need their values."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.grid import GRID
from sojourn.kernels.layout import INSTANTS, MARKS, NUMBERS, SCOPE, TIMELINE, WORDS


@compiled((*TIMELINE, *MARKS, WORDS, types.int64, *GRID, *SCOPE))
def gather(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    slots: NDArray[np.int32],
    values: int,
    edges: NDArray[np.int64],
    shift: int,
    cells: NDArray[np.int32],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of marked events, and the point of each, slot · intervals + interval: int64[f] both.

    `slots` is the value of each row (int32[m], or int32[0] when there is one value); rows of a slot
    past `values` are left out.
    """
    intervals = len(edges) - 1
    possible = 0
    for person in range(len(starts)):
        for row in range(starts[person], ends[person]):
            possible += table[event[row]] != 0
    rows = np.empty(possible, dtype=np.int64)
    points = np.empty(possible, dtype=np.int64)
    found = 0
    for person in range(len(starts)):
        for row in range(starts[person], ends[person]):
            bits = table[event[row]]
            if bits == 0:
                continue
            if len(held) > 0:
                bits &= held[row]
            instant = ts[row]
            if bits == 0 or instant < start_ms or purposes[row] & purpose == 0:
                continue
            if instant > end_ms:
                break
            slot = 0
            if len(slots) > 0:
                slot = slots[row]
                if slot >= values:
                    continue
            interval = np.int64(cells[(instant - edges[0]) >> shift])
            interval += instant >= edges[interval + 1]
            rows[found] = row
            points[found] = slot * intervals + interval
            found += 1
    return rows[:found], points[:found]


@compiled((INSTANTS, NUMBERS, types.int64))
def moments(
    points: NDArray[np.int64], numbers: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    """How many numbers at each point, sum, what the sum lost, least, most: float64[5, size].

    NaN is no number. A sum of floats depends on their order; what each addition loses is added up
    beside it, so that the two together do not (this is Neumaier's way).
    """
    result = np.zeros((5, size))
    result[3] = np.inf
    result[4] = -np.inf
    for i in range(len(points)):
        number = numbers[i]
        if np.isnan(number):
            continue
        point = points[i]
        before = result[1, point]
        after = before + number
        rest = (
            (before - after) + number if abs(before) >= abs(number) else (number - after) + before
        )
        result[0, point] += 1
        result[1, point] = after
        result[2, point] += rest
        result[3, point] = min(result[3, point], number)
        result[4, point] = max(result[4, point], number)
    return result
