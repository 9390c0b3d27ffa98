"""Which fact stood when something happened."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS, TRUTHS


@compiled((INSTANTS, INSTANTS, INSTANTS, INSTANTS, CODES, TRUTHS, types.int64))
def standing_fact(
    facts: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    purposes: NDArray[np.uint16],
    present: NDArray[np.bool_],
    purpose: int,
) -> NDArray[np.int64]:
    """For each event the last of its person's facts up to then that has a value and may be used:
    int64[m], -1 for none. A fact of the same instant counts."""
    standing = np.full(len(ts), -1, dtype=np.int64)
    for person in range(len(starts)):
        source = -1
        fact = facts[person]
        for row in range(starts[person], ends[person]):
            while fact < starts[person] and ts[fact] <= ts[row]:
                if present[fact] and purposes[fact] & purpose:
                    source = fact
                fact += 1
            standing[row] = source
    return standing
