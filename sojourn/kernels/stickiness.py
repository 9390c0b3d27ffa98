"""In how many intervals each person was there."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.grid import GRID
from sojourn.kernels.layout import MARKS, SCOPE, TIMELINE, WORDS


@compiled((*TIMELINE, *MARKS, WORDS, types.int64, *GRID, *SCOPE))
def stickiness(
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
    """People with an event in at least 1, 2, … intervals, by value: int64[values · intervals]; and
    in how many each was, of the value in which they were in the most: int64[n].

    A person who reaches one interval more is one more person at that number, so nobody has to be
    looked at twice. `latest` is as in `counts.py`; `reached` belongs to the person who is there.
    """
    intervals = len(edges) - 1
    at_least = np.zeros(values * intervals, dtype=np.int64)
    most = np.zeros(len(starts), dtype=np.int64)
    if intervals == 0:
        return at_least, most
    latest = np.full(values, -1, dtype=np.int64)
    reached = np.zeros(values, dtype=np.int64)
    for person in range(len(starts)):
        first = person * intervals
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
            interval = np.int64(cells[np.uint64((instant - edges[0]) >> shift)])
            interval += instant >= edges[np.uint64(interval + 1)]
            here = first + interval
            if latest[slot] == here:
                continue
            if latest[slot] < first:
                reached[slot] = 0
            latest[slot] = here
            at_least[slot * intervals + reached[slot]] += 1
            reached[slot] += 1
            most[person] = max(most[person], reached[slot])
    return at_least, most
