"""What `counts` says of one line: most charts show one, and it takes half the time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.grid import GRID
from sojourn.kernels.layout import MARKS, SCOPE, TIMELINE
from sojourn.scope import FAR_MS

BLOCK_EVENTS = 128
"""How many events are looked up before those found are gone through, see `funnel.BLOCK_EVENTS`."""


@compiled((*TIMELINE, *MARKS, *GRID, *SCOPE))
def line(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    edges: NDArray[np.int64],
    shift: int,
    cells: NDArray[np.int32],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """Events, runs with one, and runs whose first one it is, by interval: int64[3, k].

    The events of a run ascend, so those of one interval are added up before they are written down,
    and where the interval ends is looked up once for all of them.
    """
    intervals = len(edges) - 1
    result = np.zeros((3, intervals), dtype=np.int64)
    if intervals == 0:
        return result
    origin = edges[0]
    block = np.zeros(BLOCK_EVENTS, dtype=np.uint64)
    for person in range(len(starts)):
        begin = starts[person]
        end = ends[person]
        if start_ms > -FAR_MS and begin < end and ts[begin] < start_ms:
            begin += np.searchsorted(ts[begin:end], start_ms)
        interval, over = np.uint64(0), origin
        events, is_first = 0, True
        while begin < end:
            found = 0
            stop = min(begin + BLOCK_EVENTS, end)
            for i in range(begin, stop):
                block[np.uint64(found)] = i
                found += table[event[np.uint64(i)]] != 0
            begin = stop
            for row in block[:found]:
                if len(held) > 0 and table[event[row]] & held[row] == 0:
                    continue
                if purposes[row] & purpose == 0:
                    continue
                instant = ts[row]
                if instant >= over:
                    if instant > end_ms:
                        begin = end
                        break
                    result[0, interval] += events
                    result[1, interval] += events > 0
                    result[2, interval] += is_first & (events > 0)
                    is_first &= events == 0
                    events = 0
                    cell = np.int64(cells[np.uint64((instant - origin) >> shift)])
                    interval = np.uint64(cell + (instant >= edges[np.uint64(cell + 1)]))
                    over = min(edges[interval + np.uint64(1)], end_ms + 1)
                events += 1
        result[0, interval] += events
        result[1, interval] += events > 0
        result[2, interval] += is_first & (events > 0)
    return result
