"""Which words some rows have: a column of few rows need not carry every word of the whole one."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import WORDS


@compiled((WORDS, types.int32[::1]))
def words_of(
    codes: NDArray[np.int32], known: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The codes (int32[m], -1 for no word) numbered anew in the order in which they occur, and for
    each number the code that it was: int32[m] · int32[w]. `known` int32[words] holds zeros, and for
    each code that occurs one more than its number afterwards."""
    numbered = np.empty(len(codes), dtype=np.int32)
    found = np.empty(min(len(codes), len(known)), dtype=np.int32)
    words = 0
    for i in range(len(codes)):
        code = codes[i]
        if code >= 0 and known[code] == 0:
            found[words] = code
            words += 1
            known[code] = words
        numbered[i] = known[code] - 1 if code >= 0 else -1
    return numbered, found[:words].copy()
