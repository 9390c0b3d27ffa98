"""How often each value of a property occurs on the events that a question is about."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import MARKS, SCOPE, TIMELINE, WORDS

BLOCK_EVENTS = 128
"""How many events are looked up before those found are gone through, see `funnel.BLOCK_EVENTS`."""


@compiled((*TIMELINE, *MARKS, WORDS, types.int64, *SCOPE))
def census(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    codes: NDArray[np.int32],
    size: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """Marked events by code + 1, of `size` codes and -1 for none: int64[size + 1]."""
    counts = np.zeros(size + 1, dtype=np.int64)
    block = np.empty(BLOCK_EVENTS, dtype=np.int64)
    for person in range(len(starts)):
        begin, end = starts[person], ends[person]
        while begin < end:
            found = 0
            stop = min(begin + BLOCK_EVENTS, end)
            for i in range(begin, stop):
                block[np.uint64(found)] = i
                found += table[event[np.uint64(i)]] != 0
            begin = stop
            for i in block[:found]:
                row = np.uint64(i)
                seen = (ts[row] >= start_ms) & (ts[row] <= end_ms) & (purposes[row] & purpose != 0)
                if len(held) > 0:
                    seen &= table[event[row]] & held[row] != 0
                counts[np.uint64(codes[row] + 1)] += seen
    return counts
