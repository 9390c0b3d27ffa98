"""How often each value of a property occurs on the events that a question is about."""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from sojourn.kernels.layout import MARKS, SCOPE, TIMELINE, WORDS


@njit((*TIMELINE, *MARKS, WORDS, types.int64, *SCOPE), cache=True, nogil=True)
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
    """Marked events by code, of which there are `size`: int64[size]."""
    counts = np.zeros(size, dtype=np.int64)
    for person in range(len(starts)):
        for i in range(starts[person], ends[person]):
            bits = table[event[i]]
            if bits == 0:
                continue
            if len(held) > 0:
                bits &= held[i]
            if bits == 0 or ts[i] < start_ms or purposes[i] & purpose == 0:
                continue
            if ts[i] > end_ms:
                break
            counts[codes[i]] += 1
    return counts
