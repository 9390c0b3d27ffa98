"""How many events, and how many different people, fall into each interval of time."""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE


@njit((*TIMELINE, *MARKS, types.int64, INSTANTS, *SCOPE), cache=True, nogil=True)
def counts(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    series: int,
    edges: NDArray[np.int64],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """Events and people in each interval [edges[j], edges[j+1]): int64[2, series, len(edges) - 1].

    `table` and `held` carry a bit for each series an event belongs to. A person's events ascend, so
    a person is new to an interval exactly when the interval differs from the last one counted. An
    interval is found by assuming that all are equally long, and stepping to the right one: months
    and days with a change of clocks are off by one at most. The counting itself adds zeros and ones
    instead of branching, as no processor could guess whether a person is new to a day.
    """
    intervals = len(edges) - 1
    result = np.zeros((2, series, intervals), dtype=np.int64)
    if intervals == 0:
        return result
    last = np.zeros(series, dtype=np.int64)
    per_ms = intervals / (edges[intervals] - edges[0])
    for person in range(len(starts)):
        end = ends[person]
        last[:] = -1
        i = starts[person] - 1
        while i + 1 < end:
            i += 1
            bits = table[event[i]]
            if bits == 0:
                continue
            if len(held) > 0:
                bits &= held[i]
            instant = ts[i]
            if instant < start_ms:
                i += np.searchsorted(ts[i:end], start_ms) - 1
                continue
            if instant > end_ms:
                break
            if purposes[i] & purpose == 0:
                continue
            interval = min(int((instant - edges[0]) * per_ms), intervals - 1)
            while edges[interval] > instant:
                interval -= 1
            while edges[interval + 1] <= instant:
                interval += 1
            one = 0
            while bits:
                if bits & 1:
                    result[0, one, interval] += 1
                    result[1, one, interval] += last[one] != interval
                    last[one] = interval
                bits >>= 1
                one += 1
    return result
