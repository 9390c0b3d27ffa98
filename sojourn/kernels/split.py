"""Runs split by value: the events of each value by themselves, in order."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS, TRUTHS


@compiled((*(INSTANTS,) * 2, CODES, TRUTHS, INSTANTS, types.int64))
def split(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    event: NDArray[np.uint16],
    wanted: NDArray[np.bool_],
    codes: NDArray[np.int64],
    kinds: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """rows int64[k] · begins int64[r] · run int64[r]: the rows one value after the other, where in
    them each value of each run begins, and the run that it is of.

    wanted  bool[names]: the events that matter; others are left out
    codes   int64[m]: each row's value, below `kinds`; -1 for none, and the row is left out
    """
    size = 0
    for one in range(len(starts)):
        size += ends[one] - starts[one]
    rows = np.empty(size, dtype=np.int64)
    begins = np.empty(size, dtype=np.int64)
    run = np.empty(size, dtype=np.int64)
    counts = np.zeros(kinds, dtype=np.int64)
    places = np.empty(kinds, dtype=np.int64)
    filled = 0
    found = 0
    for one in range(len(starts)):
        first = found
        for i in range(starts[one], ends[one]):
            if codes[i] >= 0 and wanted[event[i]]:
                if counts[codes[i]] == 0:
                    run[found] = codes[i]
                    found += 1
                counts[codes[i]] += 1
        for place in range(first, found):
            code = run[place]
            begins[place] = filled
            places[code] = filled
            filled += counts[code]
            counts[code] = 0
            run[place] = one
        for i in range(starts[one], ends[one] if found > first else starts[one]):
            if codes[i] >= 0 and wanted[event[i]]:
                rows[places[codes[i]]] = i
                places[codes[i]] += 1
    return rows[:filled].copy(), begins[:found].copy(), run[:found].copy()
