"""All attempts of each run, one after the other, with the events they are made of."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE


@compiled(
    (*TIMELINE, *MARKS, INSTANTS, INSTANTS, types.int64, types.boolean, types.boolean, *SCOPE),
)
def succession(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    gaps: NDArray[np.int64],
    guards: NDArray[np.int64],
    window_ms: int,
    drop: bool,
    strict: bool,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """run int64[a] and rows int64[a, steps] of every attempt, -1 for a step not reached; and
    bool[n], which runs an exclusion takes out. Parameters as those of `attempts.furthest`.

    An attempt takes the earliest events. It is over when complete, when its time is, at an excluded
    event, or, if strict, at the first event that is not its next step; only then another opens.
    """
    steps = len(gaps)
    size = 1024
    run = np.empty(size, dtype=np.int64)
    rows = np.full((size, steps), -1)
    dropped = np.zeros(len(starts), dtype=np.bool_)
    found = 0
    for one in range(len(starts)):
        level = opened = last = 0
        for i in range(starts[one], ends[one]):
            bits = table[event[i]]
            if (bits == 0 and (level == 0 or not strict)) or purposes[i] & purpose == 0:
                continue
            if len(held) > 0:
                bits &= held[i]
            instant = ts[i]
            if not start_ms <= instant <= end_ms:
                continue
            if level > 0:
                if instant - opened > window_ms or instant - last > gaps[level]:
                    level = 0
                elif bits >> level & 1:
                    rows[found - 1, level] = i
                    last = instant
                    level = (level + 1) % steps
                    continue
                elif strict:
                    level = 0
            ended = 0
            for number in range(len(guards) if level > 0 else 0):
                ended |= guards[number] * (bits >> (steps + number) & 1)
            if level > 0 and ended >> level & 1:
                dropped[one] |= drop
                level = 0
            elif level == 0 and bits & 1:
                if found == size:
                    size *= 2
                    run = np.concatenate((run, run))
                    rows = np.concatenate((rows, np.full_like(rows, -1)))
                run[found] = one
                rows[found, 0] = i
                found += 1
                opened = last = instant
                level = 1 % steps
    return run[:found].copy(), rows[:found].copy(), dropped
