"""How many people of each cohort come back in each later interval."""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE

START = 1
RETURN = 2


@njit((*TIMELINE, *MARKS, INSTANTS, types.int64, *SCOPE), cache=True, nogil=True)
def retention(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    edges: NDArray[np.int64],
    periods: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """People by cohort and column: int64[len(edges) - 1, periods].

    `table` and `held` carry START and RETURN. A person's first start event opens the cohort of its
    interval (column 0); column j counts those with a return event in the j-th interval after it.
    Events ascend, so a person is new to a column exactly when it lies past the last one counted.
    Intervals are found as in `counts.py`.
    """
    intervals = len(edges) - 1
    result = np.zeros((intervals, periods), dtype=np.int64)
    if intervals == 0:
        return result
    origin = edges[0]
    per_ms = intervals / (edges[intervals] - origin)
    for person in range(len(starts)):
        wanted = START
        cohort = 0
        last = -1
        end = ends[person]
        i = starts[person] - 1
        while i + 1 < end:
            i += 1
            if table[event[i]] & wanted == 0 or purposes[i] & purpose == 0:
                continue
            if len(held) > 0 and held[i] & wanted == 0:
                continue
            instant = ts[i]
            if instant < start_ms:
                i += np.searchsorted(ts[i:end], start_ms) - 1
                continue
            if instant > end_ms:
                break
            interval = min(int((instant - origin) * per_ms), intervals - 1)
            while edges[interval] > instant:
                interval -= 1
            while edges[interval + 1] <= instant:
                interval += 1
            if wanted == START:
                wanted = RETURN
                cohort = interval
            column = interval - cohort
            if column >= periods:
                break
            result[cohort, column] += column > last
            last = column
    return result
