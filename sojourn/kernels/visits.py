"""Where each person's visits begin and end."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import SCOPE, TIMELINE


@compiled((*TIMELINE, types.int64, *SCOPE))
def visits(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    gap_ms: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """owner (index of the person) · start · end of every visit, by person and time: int64[v] each.

    A visit is a run of visible events without a gap longer than `gap_ms`; it begins and ends with a
    visible event, and those that may not be seen may lie in between.
    """
    # There may be as many visits as events. Room that is not written to costs nothing, while arrays
    # that grow would be counted again, as references, with every event.
    room = (ends - starts).sum()
    owner = np.empty(room, dtype=np.int64)
    begins = np.empty(room, dtype=np.int64)
    finishes = np.empty(room, dtype=np.int64)
    found = 0
    for person in range(len(starts)):
        last = -1
        for row in range(starts[person], ends[person]):
            if ts[row] < start_ms or purposes[row] & purpose == 0:
                continue
            if ts[row] > end_ms:
                break
            if last < 0 or ts[row] - ts[last] > gap_ms:
                owner[found] = person
                begins[found] = row
                found += 1
            finishes[found - 1] = row + 1
            last = row
    return owner[:found].copy(), begins[:found].copy(), finishes[:found].copy()
