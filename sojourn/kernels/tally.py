"""How often each person did something, or how much it came to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import MARKS, NUMBERS, SCOPE, TIMELINE


@compiled((*TIMELINE, *MARKS, NUMBERS, *SCOPE))
def tally(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    values: NDArray[np.float64],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.float64]:
    """For each person the number of marked events, or the sum of `values` (float64[m]) over them.

    float64[n]. Without `values` (float64[0]) events are counted; those without a value add nothing.
    """
    result = np.zeros(len(starts))
    for person in range(len(starts)):
        total = 0.0
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
            if len(values) == 0:
                total += 1.0
            elif not np.isnan(values[i]):
                total += values[i]
        result[person] = total
    return result
