"""The furthest attempt of each run through ordered steps, with the events that it is made of.

Steps may have windows of their own, and exclusions between them. An event carries a bit for each
step it could fulfil, as in `kernels/funnel.py`, and above these a bit for each exclusion. We go
through a run three times, but for the first time only as far as needed:

1. `reach`, forward as `ordered` does, finds the level L and the row at which it is first completed.
   Of each step we know the latest event only: a later one has a later step 1 behind it, too.
2. `trace`, backward from there, marks which steps each event can be of an attempt that completes
   at this row. The nearest event of the step after is the best one, for the same reason.
3. Forward from the earliest step 1 so marked, it takes the first marked event of each step.

That finds the earliest of the furthest attempts. Where two attempts cross, one may go on as the
other, so whatever reaches L from an earlier step 1 can also complete where pass 1 did.

Both kernels take, besides a timeline, the bits of its events and the scope:

    gaps       int64[steps]: how long each step may take from the one before, at most `window_ms`
    guards     int64[exclusions]: bit k says that the event may not lie between steps k and k+1
    window_ms  how long the whole attempt may take
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.cpython.unsafe.numbers import leading_zeros, trailing_zeros
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE

NEVER = -(2**62)
AFTER = 2**62
BLOCK_EVENTS = 128
"""How many events are looked up at once, see `kernels/funnel.py`."""

ATTEMPTS = (*TIMELINE, *MARKS, INSTANTS, INSTANTS, types.int64)


@compiled((*ATTEMPTS, types.boolean, *SCOPE))
def reach(
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
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """level int64[n], how many steps each run reached; and int64[n], the row where it first did.

    With `drop` an exclusion takes the whole run out: level -1. `opened[k]` and `last[k]` are the
    instants of steps 1 and k of the latest attempt that has k steps behind it."""
    steps = len(gaps)
    excluded = ((1 << len(guards)) - 1) << steps
    levels, best = np.zeros((2, len(starts)), dtype=np.int64)
    opened, last = np.empty((2, steps + 1), dtype=np.int64)
    block = np.empty(BLOCK_EVENTS, dtype=np.uint64)
    for one in range(len(starts)):
        begin, end, reached = starts[one], ends[one], 0
        while begin < end and table[event[np.uint64(begin)]] & 1 == 0:
            begin += 1
        if begin < end and ts[begin] < start_ms:
            begin += np.searchsorted(ts[begin:end], start_ms)
        while begin < end:
            found = 0
            for i in range(begin, min(begin + BLOCK_EVENTS, end)):
                block[np.uint64(found)] = i
                found += table[event[np.uint64(i)]] != 0
            begin = min(begin + BLOCK_EVENTS, end)
            for row in block[:found]:
                bits = table[event[row]] & ((2 << reached) - 1 | excluded)
                if len(held) > 0:
                    bits &= held[row]
                instant = ts[row]
                if bits == 0 or purposes[row] & purpose == 0:
                    continue
                if instant > end_ms:
                    end = begin
                    break
                ended, hit = 0, False
                for number in range(len(guards)):
                    ended |= guards[number] * (bits >> (steps + number) & 1)
                for k in range(1, reached + 1 if drop and ended else 1):
                    standing = instant - opened[k] <= window_ms and instant - last[k] <= gaps[k]
                    hit |= standing and (ended & ~bits) >> k & 1 == 1
                bits, opened[0], last[0] = bits & ~excluded, instant, instant
                while bits:
                    step = 63 - leading_zeros(bits)  # type: ignore[call-arg]
                    bits ^= 1 << step
                    if instant - opened[step] <= window_ms and instant - last[step] <= gaps[step]:
                        opened[step + 1], last[step + 1] = opened[step], instant
                        ended &= ~(2 << step)
                        if step == reached:
                            best[one], reached = row, reached + 1
                if reached == steps or hit:
                    end, reached = begin, reached if reached == steps else -1
                    break
                while ended:
                    opened[trailing_zeros(ended)] = NEVER  # type: ignore[call-arg]
                    ended &= ended - 1
        levels[one] = reached
    return levels, best


@compiled((*ATTEMPTS, INSTANTS, INSTANTS, *SCOPE))
def trace(
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
    levels: NDArray[np.int64],
    best: NDArray[np.int64],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """run int64[a] and rows int64[a, steps] of the earliest attempt of each run that reached step
    1, by what `reach` found; -1 for a step not reached.

    `nearest[s]` is the instant of the nearest event marked for the step with bit s. Rows marked are
    kept in order; there are as many as events in a run at most.
    """
    run = np.flatnonzero(levels > 0)
    rows = np.full((len(run), len(gaps)), -1)
    nearest = np.empty(len(gaps), dtype=np.int64)
    longest = 1
    for one in run:
        longest = max(longest, ends[one] - starts[one])
    marked_rows, marks = np.empty(longest, np.int64), np.empty(longest, np.int64)
    for place in range(len(run)):
        one = run[place]
        level = levels[one]
        nearest[:] = AFTER
        nearest[level - 1] = ts[best[one]]
        earliest = max(start_ms, nearest[level - 1] - window_ms)
        kept = first = 0
        for i in range(best[one] - 1, starts[one] - 1 if level > 1 else best[one] - 1, -1):
            bits = table[event[i]]
            if bits == 0:
                continue
            if len(held) > 0:
                bits &= held[i]
            if ts[i] < earliest:
                break
            if bits == 0 or purposes[i] & purpose == 0:
                continue
            ended = 0
            for number in range(len(guards)):
                ended |= guards[number] * (bits >> (len(gaps) + number) & 1)
            bits &= (1 << (level - 1)) - 1
            marked_rows[kept], marks[kept] = i, 0
            for step in range(level - 1 if bits else 0):
                if bits >> step & 1 and nearest[step + 1] - ts[i] <= gaps[step + 1]:
                    marks[kept] |= 1 << step
            for step in range(level if bits | ended else 0):
                if marks[kept] >> step & 1:
                    nearest[step] = ts[i]
                elif ended >> step & 1:
                    nearest[step] = AFTER
            first = kept if marks[kept] & 1 else first
            kept += marks[kept] != 0
        rows[place, level - 1] = best[one]
        step = 0
        while step < level - 1:
            if marks[first] >> step & 1:
                rows[place, step] = marked_rows[first]
                step += 1
            first -= 1
    return run, rows
