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
    An event before the end of the interval last counted adds nothing; one past the last column ends
    the person.
    """
    intervals = len(edges) - 1
    result = np.zeros((intervals, periods), dtype=np.int64)
    for person in range(len(starts)):
        end = ends[person]
        wanted = START
        cohort = 0
        column = 0
        upper = edges[0]
        i = starts[person] - 1
        while i + 1 < end:
            i += 1
            if table[event[i]] & wanted == 0:
                continue
            instant = ts[i]
            if instant < start_ms:
                i += np.searchsorted(ts[i:end], start_ms) - 1
                continue
            if instant > end_ms:
                break
            if instant < upper or purposes[i] & purpose == 0:
                continue
            if len(held) > 0 and held[i] & wanted == 0:
                continue
            if wanted == START:
                cohort = np.searchsorted(edges, instant, side="right") - 1
                wanted = RETURN
            else:
                while column < periods and edges[cohort + column + 1] <= instant:
                    column += 1
                if column == periods:
                    break
            result[cohort, column] += 1
            upper = edges[cohort + column + 1]
    return result
