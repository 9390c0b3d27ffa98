"""The furthest unbroken run of steps in each run of events, with the events it is made of."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE


@compiled((*TIMELINE, *MARKS, INSTANTS, types.int64, *SCOPE))
def unbroken(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    gaps: NDArray[np.int64],
    window_ms: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """run int64[a] and rows int64[a, steps] for each run that reached step 1, -1 for a step not
    reached. `gaps` (int64[steps]) is how long each step may take from the one before.

    As `strict` in `kernels/funnel.py`: bit k of `chain` says that the last k+1 visible events are
    steps 1 to k+1. Only a chain longer than any before is worth the walk back to its step 1.
    """
    steps = len(gaps)
    shortest = gaps.min()
    size = 1024
    run = np.empty(size, dtype=np.int64)
    rows = np.full((size, steps), -1)
    found = 0
    for one in range(len(starts)):
        reached = 0
        best = 0
        chain = 0
        before = 0
        for i in range(starts[one], ends[one]):
            bits = table[event[i]] & (chain << 1 | 1)
            if bits == 0 and chain == 0:
                continue
            if ts[i] < start_ms or purposes[i] & purpose == 0:
                continue
            if ts[i] > end_ms:
                break
            chain = bits & held[i] if len(held) > 0 else bits
            if chain > 1 and ts[i] - before > shortest:
                for step in range(1, steps):
                    if ts[i] - before > gaps[step]:
                        chain &= ~(1 << step)
            before = ts[i]
            if chain >> reached & 1:
                first = i
                remaining = reached
                while remaining > 0:
                    first -= 1
                    remaining -= purposes[first] & purpose != 0
                if ts[i] - ts[first] <= window_ms:
                    reached += 1
                    best = i
                    if reached == steps:
                        break
        if reached:
            if found == size:
                size *= 2
                run = np.concatenate((run, run))
                rows = np.concatenate((rows, np.full_like(rows, -1)))
            run[found] = one
            while reached > 0:
                if purposes[best] & purpose:
                    reached -= 1
                    rows[found, reached] = best
                best -= 1
            found += 1
    return run[:found].copy(), rows[:found].copy()
