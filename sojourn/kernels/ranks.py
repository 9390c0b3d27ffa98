"""Where a percentile of all numbers so far stands, again and again while numbers come in."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS


@compiled((INSTANTS, INSTANTS, types.float64))
def running_ranks(
    ranks: NDArray[np.int64], stops: NDArray[np.int64], share: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The two ranks between which the value at `share` lies, and how far between them.

    `ranks` are 0 to n-1 in the order in which the numbers come, `stops[k]` how many have come when
    the k-th percentile is asked for, ascending; where none has come, what is given means nothing.
    A Fenwick tree counts the ranks seen: adding one and finding the k-th take log n steps.
    """
    size = len(ranks)
    top = 1
    while top * 2 <= size:
        top *= 2
    tree = np.zeros(size + 1, dtype=np.int64)
    bounds = np.zeros((2, len(stops)), dtype=np.int64)
    parts = np.zeros(len(stops))
    come = 0
    for stop in range(len(stops)):
        while come < stops[stop]:
            node = ranks[come] + 1
            while node <= size:
                tree[node] += 1
                node += node & -node
            come += 1
        if come == 0:
            continue
        place = share * (come - 1)
        low = int(place)
        parts[stop] = place - low
        for side in range(2):
            # The largest node with at most `left` numbers before it is the rank looked for.
            left = min(low + side, come - 1)
            node = 0
            step = top
            while step:
                if node + step <= size and tree[node + step] <= left:
                    node += step
                    left -= tree[node]
                step >>= 1
            bounds[side, stop] = node
    return bounds[0].copy(), bounds[1].copy(), parts
