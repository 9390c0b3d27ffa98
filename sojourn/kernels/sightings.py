"""How often each event occurs, to how many people, and when it was first and last seen."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import TIMELINE


@compiled((*TIMELINE, types.int64))
def sightings(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    names: int,
) -> NDArray[np.int64]:
    """Events, people, first and last instant by event code: int64[names, 4]; the instants of what
    does not occur mean nothing.

    `last` holds the person who was last counted for a code, see `totals`.
    """
    result = np.zeros((names, 4), dtype=np.int64)
    last = np.full(names, -1, dtype=np.int64)
    for person in range(len(starts)):
        for row in range(starts[person], ends[person]):
            code = event[row]
            instant = ts[row]
            if result[code, 0] == 0 or instant < result[code, 2]:
                result[code, 2] = instant
            if result[code, 0] == 0 or instant > result[code, 3]:
                result[code, 3] = instant
            result[code, 0] += 1
            if last[code] != person:
                last[code] = person
                result[code, 1] += 1
    return result
