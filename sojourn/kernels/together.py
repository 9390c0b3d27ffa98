"""The furthest attempt of each run through groups of steps, each group in any order.

For steps of which no event fulfils two. All steps of a group come before all of the next.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.cpython.unsafe.numbers import leading_zeros
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE

NEVER = -(2**62)
OWN = types.int64[::1]


@compiled(
    (types.int64, *TIMELINE[3:], *MARKS, types.int64, INSTANTS, types.int64, OWN),
)
def _walk_back(
    i: int,
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    purpose: int,
    groups: NDArray[np.int64],
    level: int,
    rows: NDArray[np.int64],
) -> None:
    """Take the latest event of each step, the last group first, from row `i` back."""
    group = np.searchsorted(groups, level, side="left") - 1
    while group >= 0:
        wanted = ((1 << min(level, groups[group + 1])) - 1) & ~((1 << groups[group]) - 1)
        while wanted:
            bits = table[event[i]] & wanted
            if len(held) > 0:
                bits &= held[i]
            if bits and purposes[i] & purpose:
                rows[63 - leading_zeros(bits)] = i  # type: ignore[call-arg]
                wanted &= ~bits
            i -= 1
        group -= 1


@compiled((*TIMELINE, *MARKS, INSTANTS, types.int64, *SCOPE))
def together(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    groups: NDArray[np.int64],
    window_ms: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """run int64[a] and rows int64[a, steps] for each run that reached step 1, -1 for a step not
    reached: of the furthest attempts the one that is complete first, its events as late as can be.

    groups  int64[groups+1]: the step at which each group begins, and how many steps there are

    `opened[s]` is the latest instant at which an attempt may have begun that has its step s by its
    latest event; `complete[g]` the same for all groups before g. Later is always better, and the
    steps of a group have in common what the one that came first among them has.
    """
    steps = groups[-1]
    size = 1024
    run = np.empty(size, dtype=np.int64)
    rows = np.full((size, steps), -1)
    opened = np.empty(steps, dtype=np.int64)
    complete = np.empty(len(groups), dtype=np.int64)
    found = 0
    for one in range(len(starts)):
        opened[:] = NEVER
        complete[:] = NEVER
        reached = 0
        best = 0
        for i in range(starts[one], ends[one]):
            bits = table[event[i]]
            if bits == 0:
                continue
            if len(held) > 0:
                bits &= held[i]
            if bits == 0 or ts[i] < start_ms or purposes[i] & purpose == 0:
                continue
            if ts[i] > end_ms:
                break
            step = 63 - leading_zeros(bits)  # type: ignore[call-arg]
            group = np.searchsorted(groups, step, side="right") - 1
            opened[step] = complete[group] if group > 0 else ts[i]
            oldest = opened[step]
            for other in range(groups[group], groups[group + 1]):
                oldest = min(oldest, opened[other])
                if other >= reached and ts[i] - oldest <= window_ms:
                    reached = other + 1
                    best = i
            complete[group + 1] = oldest
            if reached == steps:
                break
        if reached:
            if found == size:
                size *= 2
                run = np.concatenate((run, run))
                rows = np.concatenate((rows, np.full_like(rows, -1)))
            run[found] = one
            _walk_back(best, event, purposes, table, held, purpose, groups, reached, rows[found])
            found += 1
    return run[:found].copy(), rows[:found].copy()
