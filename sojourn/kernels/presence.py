"""How many different people were there in each interval: the plainest question, and the fastest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.grid import GRID
from sojourn.kernels.layout import SCOPE, TIMELINE

BLOCK_EVENTS = 256
"""How many events go through one pass before the next takes them; they fit the first cache."""


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

    What `counts` says of one series of any event, at a third of the cost. No pass branches on what
    an event is like, which no processor can guess: first the intervals of a block of events, which
    the compiler turns into vector instructions; then those that differ from the one before, as a
    person's events ascend; then these are counted. An event that may not be seen takes the interval
    of the one before, so that it is never new; there are none in most blocks. Indices are unsigned
    wherever a negative one would otherwise be looked for.
    """
    intervals = len(edges) - 1
    people = np.zeros(intervals, dtype=np.int64)
    newcomers = np.zeros(intervals, dtype=np.int64)
    if intervals == 0:
        return people, newcomers
    origin = edges[0]
    limits = edges[1:].copy()
    # Entry 0 is the interval of the event before the block, -1 when there is none.
    within = np.empty(BLOCK_EVENTS + 1, dtype=np.int32)
    fresh = np.empty(BLOCK_EVENTS + 1, dtype=np.int32)
    for person in range(len(starts)):
        begin = starts[person]
        end = ends[person]
        if begin < end and ts[begin] < start_ms:
            begin += np.searchsorted(ts[begin:end], start_ms)
        if begin < end and ts[end - 1] > end_ms:
            end = begin + np.searchsorted(ts[begin:end], end_ms, side="right")
        within[0] = -1
        while begin < end:
            size = min(BLOCK_EVENTS, end - begin)
            unlawful = 0
            for i in range(size):
                instant = ts[np.uint64(begin + i)]
                interval = cells[np.uint64((instant - origin) >> shift)]
                interval += np.int32(instant >= limits[np.uint64(interval)])
                within[np.uint64(i + 1)] = interval
            for i in range(size):
                unlawful += purposes[np.uint64(begin + i)] & purpose == 0
            if unlawful > 0:
                for i in range(size):
                    if purposes[np.uint64(begin + i)] & purpose == 0:
                        within[np.uint64(i + 1)] = within[np.uint64(i)]
            found = 0
            for i in range(size):
                fresh[np.uint64(found)] = within[np.uint64(i + 1)]
                found += within[np.uint64(i + 1)] != within[np.uint64(i)]
            for i in range(found):
                people[np.uint64(fresh[np.uint64(i)])] += 1
            if found > 0 and within[0] < 0:
                newcomers[np.uint64(fresh[0])] += 1
            within[0] = within[np.uint64(size)]
            begin += size
    return people, newcomers
