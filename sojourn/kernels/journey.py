"""At which event each person took each step of their journey.

An attempt takes, for each required step, the first event that completes it after the step before.
Whoever opens an attempt later comes to each step no earlier, so a place in the list of a step's
events only moves on from attempt to attempt, and all attempts together cost what one pass does.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.cpython.unsafe.numbers import trailing_zeros
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE, TRUTHS

LISTS = types.int64[:, ::1]
"""int64[steps, …]: the rows that fit each step, of which the first `found[step]` are filled."""

FOUND = types.int64[::1]
PLAN = (INSTANTS, INSTANTS, TRUTHS)


@compiled((LISTS, FOUND, *(types.int64,) * 4))
def _after(
    fitting: NDArray[np.int64],
    found: NDArray[np.int64],
    step: int,
    place: int,
    row: int,
    least: int,
) -> int:
    """The place of a step's first event after a row, looking from `place` on.

    The step is complete `least` - 1 places further; -1 if there are not as many events.
    """
    while place < found[step] and fitting[step, place] <= row:
        place += 1
    return place if place + least <= found[step] else -1


@compiled((LISTS, FOUND, INSTANTS, *PLAN, FOUND, FOUND, FOUND))
def _required(
    fitting: NDArray[np.int64],
    found: NDArray[np.int64],
    ts: NDArray[np.int64],
    least: NDArray[np.int64],
    window_ms: NDArray[np.int64],
    required: NDArray[np.bool_],
    place: NDArray[np.int64],
    taken: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> None:
    """Write the rows of the furthest attempt, the earliest of equals, for the required steps."""
    place[:] = 0
    furthest = -1
    for opener in range(least[0] - 1, found[0]):
        taken[:] = -1
        taken[0] = fitting[0, opener]
        last = 0
        goes_on = False
        for step in range(1, len(required)):
            if not required[step]:
                continue
            at = _after(fitting, found, step, place[step], taken[last], least[step])
            goes_on = at >= 0
            if not goes_on:
                break
            place[step] = at
            row = fitting[step, at + least[step] - 1]
            if ts[row] - ts[taken[0]] > window_ms[step]:
                break
            taken[step] = row
            last = step
        if last > furthest:
            furthest = last
            rows[:] = taken
        # Who sets out later finds no more of what has run out, and nobody gets further than all.
        if not goes_on or not np.any(required[last + 1 :]):
            break


@compiled((LISTS, FOUND, INSTANTS, *PLAN, FOUND))
def _optional(
    fitting: NDArray[np.int64],
    found: NDArray[np.int64],
    ts: NDArray[np.int64],
    least: NDArray[np.int64],
    window_ms: NDArray[np.int64],
    required: NDArray[np.bool_],
    rows: NDArray[np.int64],
) -> None:
    """Write the rows of optional steps: each after the step before, before the next required."""
    last = rows[0]
    for step in range(1, len(required)):
        if required[step]:
            if rows[step] < 0:
                break
            last = rows[step]
            continue
        until = len(ts)
        for later in range(step + 1, len(required)):
            if required[later]:
                until = rows[later] if rows[later] >= 0 else until
                break
        at = _after(fitting, found, step, 0, last, least[step])
        if at < 0:
            continue
        row = fitting[step, at + least[step] - 1]
        if row < until and ts[row] - ts[rows[0]] <= window_ms[step]:
            rows[step] = row
            last = row


@compiled((*TIMELINE, *MARKS, INSTANTS, *PLAN, *SCOPE))
def journey(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    fits: NDArray[np.int64],
    least: NDArray[np.int64],
    window_ms: NDArray[np.int64],
    required: NDArray[np.bool_],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """The row that completed each step of each person, -1 where none did: int64[n, steps].

    fits        int64[steps]   the marks of a step, as bits
    least       int64[steps]   how many of its events complete it
    window_ms   int64[steps]   how long after step 1 it may be complete, the end included
    required    bool[steps]    the first one always is
    """
    steps = len(fits)
    rows = np.full((len(starts), steps), -1, dtype=np.int64)
    step_of = np.zeros(64, dtype=np.int64)
    for step in range(steps):
        for bit in range(64):
            if fits[step] >> bit & 1:
                step_of[bit] = step
    fitting = np.empty((steps, 64), dtype=np.int64)
    found = np.zeros(steps, dtype=np.int64)
    place = np.zeros(steps, dtype=np.int64)
    taken = np.zeros(steps, dtype=np.int64)
    for person in range(len(starts)):
        found[:] = 0
        wanted = fits[0]
        for i in range(starts[person], ends[person]):
            bits = table[event[i]] & wanted
            if bits == 0:
                continue
            if len(held) > 0:
                bits &= held[i]
            if bits == 0 or ts[i] < start_ms or purposes[i] & purpose == 0:
                continue
            if ts[i] > end_ms:
                break
            # Before the first event of step 1 nothing counts, from it on everything does.
            wanted = -1
            while bits:
                lowest: int = trailing_zeros(bits)  # type: ignore[call-arg]
                step = int(step_of[lowest])
                bits &= ~fits[step]
                if found[step] == fitting.shape[1]:
                    fitting = np.concatenate((fitting, fitting), axis=1)
                fitting[step, found[step]] = i
                found[step] += 1
        if found[0] >= least[0]:
            _required(fitting, found, ts, least, window_ms, required, place, taken, rows[person])
            _optional(fitting, found, ts, least, window_ms, required, rows[person])
    return rows
