"""Who comes for the first time, who comes again, and who comes back after a while."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.grid import GRID
from sojourn.kernels.layout import MARKS, TIMELINE, WORDS

NEW, RETURNING, RESURRECTING = range(3)


@compiled(
    (*TIMELINE, *MARKS, WORDS, types.int64, *GRID, types.int64, types.int64),
)
def lifecycle(
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
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """NEW, RETURNING and RESURRECTING people of each interval: int64[3, values · intervals].

    A person's events ascend, so one is looked at only if it is past the interval last counted. What
    lies before all intervals is taken for one more, so the first interval cannot tell who returns
    in it from who comes back: it is there for the second. `latest` is as in `counts.py`.
    """
    intervals = len(edges) - 1
    result = np.zeros((3, values * intervals), dtype=np.int64)
    if intervals == 0:
        return result
    latest = np.full(values, -1, dtype=np.int64)
    for person in range(len(starts)):
        first = person * (intervals + 1)
        for row in range(starts[person], ends[person]):
            bits = table[event[row]]
            if bits == 0:
                continue
            if len(held) > 0:
                bits &= held[row]
            if bits == 0 or purposes[row] & purpose == 0:
                continue
            instant = ts[row]
            if instant > end_ms:
                break
            slot = 0
            if len(slots) > 0:
                slot = slots[row]
                if slot >= values:
                    continue
            if instant < edges[0]:
                latest[slot] = first
                continue
            interval = np.int64(cells[np.uint64((instant - edges[0]) >> shift)])
            interval += instant >= edges[np.uint64(interval + 1)]
            here = first + 1 + interval
            before = latest[slot]
            if before == here:
                continue
            latest[slot] = here
            state = RESURRECTING
            if before < first:
                state = NEW
            elif before == here - 1:
                state = RETURNING
            result[state, slot * intervals + interval] += 1
    return result
