"""Of whom anything may be seen at all for a purpose."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS


@compiled((INSTANTS, INSTANTS, CODES, types.int64))
def lawful(
    starts: NDArray[np.int64], ends: NDArray[np.int64], purposes: NDArray[np.uint16], purpose: int
) -> NDArray[np.bool_]:
    """Who has at least one event that is lawful for the purpose: bool[n]."""
    found = np.zeros(len(starts), dtype=np.bool_)
    for person in range(len(starts)):
        for i in range(starts[person], ends[person]):
            if purposes[i] & purpose:
                found[person] = True
                break
    return found
