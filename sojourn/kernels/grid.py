"""A grid over calendar intervals: from an instant to its interval without a search or a division.

    edges    |        day        |        day        |        day        |
    grid     |   0   |   0   |   0   |   1   |   1   |   2   |   2   |   2   |

The cells are equally long, a power of two of milliseconds, and no longer than the shortest
interval, so that an edge lies in each at most once. A cell knows the interval in which it begins;
whether an instant lies past the edge within its cell is one comparison with the interval's end.

    interval = cells[(instant - edges[0]) >> shift]
    interval += instant >= edges[interval + 1]
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.layout import INSTANTS, WORDS

GRID = (INSTANTS, types.int64, WORDS)
"""edges[k + 1] · shift · cells: how every kernel takes calendar intervals, see `grid`."""


def grid(edges: NDArray[np.int64]) -> tuple[NDArray[np.int64], int, NDArray[np.int32]]:
    """edges (int64[k+1], ascending) · shift · cells (int32): what kernels need to find intervals.

    The number of cells is that of intervals, times how much longer the average one is than the
    shortest, times two at most: made for the calendar, whose intervals are much alike.
    """
    if len(edges) < 2:
        return edges, 0, np.zeros(0, dtype=np.int32)
    shift = int(np.diff(edges).min()).bit_length() - 1
    begins = np.arange(edges[0], edges[-1], 1 << shift, dtype=np.int64)
    cells = np.searchsorted(edges, begins, side="right") - 1
    return edges, shift, cells.astype(np.int32)
