"""When what may be seen of each person begins and ends, and how many events that is."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS


@compiled((INSTANTS, INSTANTS, INSTANTS, CODES, types.int64))
def extents(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    purposes: NDArray[np.uint16],
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The instants of each person's first and last event that is lawful for the purpose, and how
    many there are: int64[n] each; all three are 0 where there is none."""
    first = np.zeros(len(starts), dtype=np.int64)
    last = np.zeros(len(starts), dtype=np.int64)
    events = np.zeros(len(starts), dtype=np.int64)
    for person in range(len(starts)):
        for row in range(starts[person], ends[person]):
            if purposes[row] & purpose == 0:
                continue
            if events[person] == 0:
                first[person] = ts[row]
            last[person] = ts[row]
            events[person] += 1
    return first, last, events
