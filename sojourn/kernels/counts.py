"""How many events, and how many different people, fall into each interval of time."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.grid import GRID
from sojourn.kernels.layout import MARKS, SCOPE, TIMELINE, WORDS
from sojourn.scope import FAR_MS

BLOCK_EVENTS = 128
"""How many events are looked up before those found are gone through, see `funnel.BLOCK_EVENTS`."""


@compiled(
    (*TIMELINE, *MARKS, types.int64, WORDS, types.int64, *GRID, *SCOPE),
)
def counts(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    series: int,
    slots: NDArray[np.int32],
    values: int,
    edges: NDArray[np.int64],
    shift: int,
    cells: NDArray[np.int32],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """Events, runs with one, and runs whose first one it is: int64[3, series · values · intervals].

    A run is a person, or a visit where runs are visits. `table` and `held` carry a bit for each
    series, `slots` the value of each row (int32[m], or int32[0] when there is one value); rows of a
    slot past `values` are left out. `latest` holds where a line last got an event, as one number
    that grows from person to person and from interval to interval: nothing has to be cleared, and
    the counting itself adds zeros and ones instead of branching.
    """
    intervals = len(edges) - 1
    result = np.zeros((3, series * values * intervals), dtype=np.int64)
    if intervals == 0:
        return result
    origin = edges[0]
    latest = np.full(series * values, -1, dtype=np.int64)
    block = np.zeros(BLOCK_EVENTS, dtype=np.int64)
    for person in range(len(starts)):
        begin = starts[person]
        end = ends[person]
        if start_ms > -FAR_MS and begin < end and ts[begin] < start_ms:
            begin += np.searchsorted(ts[begin:end], start_ms)
        while begin < end:
            found = 0
            stop = min(begin + BLOCK_EVENTS, end)
            for i in range(begin, stop):
                block[np.uint64(found)] = i
                found += table[event[np.uint64(i)]] != 0
            begin = stop
            for i in block[:found]:
                row = np.uint64(i)
                bits = table[event[row]]
                if len(held) > 0:
                    bits &= held[row]
                line = np.int64(slots[row]) if len(slots) > 0 else 0
                if bits == 0 or purposes[row] & purpose == 0 or line >= values:
                    continue
                instant = ts[row]
                if instant > end_ms:
                    begin = end
                    break
                interval = np.int64(cells[np.uint64((instant - origin) >> shift)])
                interval += instant >= edges[np.uint64(interval + 1)]
                here = person * intervals + interval
                while bits:
                    if bits & 1:
                        point = np.uint64(line * intervals + interval)
                        result[0, point] += 1
                        result[1, point] += latest[line] < here
                        result[2, point] += latest[line] < person * intervals
                        latest[line] = here
                    bits >>= 1
                    line += values
    return result
