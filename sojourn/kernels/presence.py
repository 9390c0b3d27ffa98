"""How many different people were there in each interval: the plainest question, and the fastest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.grid import GRID
from sojourn.kernels.layout import SCOPE, TIMELINE


@compiled((*TIMELINE, *GRID, *SCOPE))
def presence(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    edges: NDArray[np.int64],
    shift: int,
    cells: NDArray[np.int32],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Runs with any event in each interval, and runs whose first event lies in it: int64[k] both.

    What `counts` says of one series of any event, at a quarter of the cost. Of the events of an
    interval only the first one counts, and all others of the person are passed over by one
    comparison each, until the interval is over. Indices are unsigned wherever a negative one would
    otherwise be looked for.
    """
    intervals = len(edges) - 1
    people = np.zeros(intervals, dtype=np.int64)
    newcomers = np.zeros(intervals, dtype=np.int64)
    if intervals == 0:
        return people, newcomers
    origin = edges[0]
    for person in range(len(starts)):
        begin = starts[person]
        end = ends[person]
        if begin < end and ts[begin] < start_ms:
            begin += np.searchsorted(ts[begin:end], start_ms)
        if begin < end and ts[end - 1] > end_ms:
            end = begin + np.searchsorted(ts[begin:end], end_ms, side="right")
        is_first = True
        over = origin
        for i in range(begin, end):
            row = np.uint64(i)
            instant = ts[row]
            if instant < over or purposes[row] & purpose == 0:
                continue
            interval = np.int64(cells[np.uint64((instant - origin) >> shift)])
            interval += instant >= edges[np.uint64(interval + 1)]
            people[np.uint64(interval)] += 1
            newcomers[np.uint64(interval)] += is_first
            is_first = False
            over = edges[np.uint64(interval + 1)]
    return people, newcomers
