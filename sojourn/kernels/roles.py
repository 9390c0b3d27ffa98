"""From the choices an event belongs to, to what it may be in an attempt."""

from __future__ import annotations

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS


@compiled((CODES, INSTANTS, INSTANTS, INSTANTS))
def roles(
    event: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    role: NDArray[np.int64],
) -> NDArray[np.int64]:
    """int64[m]: the bits `role[c]` of every choice c that a row belongs to, by table and held."""
    result = np.zeros(len(held), dtype=np.int64)
    for i in range(len(held) if len(table) else 0):
        bits = table[event[i]] & held[i]
        while bits:
            result[i] |= 1 << role[trailing_zeros(bits)]  # type: ignore[call-arg]
            bits &= bits - 1
    return result
