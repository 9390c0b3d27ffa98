"""From codes to what a question makes of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import WORDS


@compiled((WORDS, WORDS))
def places(codes: NDArray[np.int32], table: NDArray[np.int32]) -> NDArray[np.int32]:
    """`table[code + 1]` of each code: int32[m]. Entry 0 stands for no value."""
    result = np.empty(len(codes), dtype=np.int32)
    for i in range(len(codes)):
        result[i] = table[np.uint32(codes[i] + 1)]
    return result
