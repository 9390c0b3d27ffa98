"""How often each event occurs, and how many people it occurs to."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS


@compiled((INSTANTS, INSTANTS, CODES, CODES, types.int64, types.int64))
def totals(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    names: int,
    purpose: int,
) -> NDArray[np.int64]:
    """Events and people by event code: int64[names, 2].

    `last` holds the person who was last counted for a code: a person is new to a code when it is
    somebody else.
    """
    result = np.zeros((names, 2), dtype=np.int64)
    last = np.full(names, -1, dtype=np.int64)
    for person in range(len(starts)):
        for i in range(starts[person], ends[person]):
            if purposes[i] & purpose == 0:
                continue
            code = event[i]
            result[code, 0] += 1
            if last[code] != person:
                last[code] = person
                result[code, 1] += 1
    return result
