"""How far each person gets through the steps of a funnel: one loop for each meaning of “order”.

An event carries a bit for every step it could fulfil: `table[code]`, and where steps have
conditions, `held[event]`. Most events carry none and cost one look-up; time and purposes are read
only for those that do. A person is left as soon as the last step is reached. Positions are counted
unsigned, which spares a look whether they count from the end.

All kernels here take and give the same:

    starts, ends, ts, event, purposes   a timeline
    table  int64[names]                 the steps of each event code, step 1 in bit 0
    held   int64[m] or int64[0]         the steps whose conditions the event satisfies
    steps, window_ms                    how many steps there are, and how long an attempt may take
    start_ms, end_ms, purpose           the scope; an event outside is as if it were not there
    → uint8[n]                          how many steps each person reached, 0 for none
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.cpython.unsafe.numbers import leading_zeros
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import MARKS, SCOPE, TIMELINE

STEPS_MAX = 60
"""The bits of an int64 less some room to shift."""

NEVER = -(2**62)
"""Before every instant, and far enough from the edge of int64 that a window can be taken off."""

BLOCK_EVENTS = 128
"""How many events `ordered` looks up before it goes through those that carry a step.

Whether the next event carries one is a coin toss, and a processor that guesses wrong waits as long
as thirty look-ups take. Gathering positions first needs no guess; the block fits the first cache.
"""

SIGNATURE = (*TIMELINE, *MARKS, types.int64, types.int64, *SCOPE)


@compiled(SIGNATURE)
def ordered(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    steps: int,
    window_ms: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.uint8]:
    """Steps in order, each within the window of the attempt's step 1, anything in between.

    `opened[k]` is the latest step-1 instant from which k steps have been reached: later is always
    better, so it is all that need be known of the attempts. Steps are tried from the last down, so
    that one event moves an attempt by one step at most. `opened[0]` is the event itself.
    """
    levels = np.zeros(len(starts), dtype=np.uint8)
    opened = np.zeros(steps + 1, dtype=np.int64)
    block = np.zeros(BLOCK_EVENTS, dtype=np.uint64)
    for person in range(len(starts)):
        begin = starts[person]
        end = ends[person]
        reached = 0
        while begin < end:
            if table[event[np.uint64(begin)]] & 1 == 0:
                begin += 1
            elif ts[np.uint64(begin)] < start_ms:
                begin += np.searchsorted(ts[begin:end], start_ms)
            else:
                break
        while begin < end:
            found = 0
            stop = min(begin + BLOCK_EVENTS, end)
            for i in range(begin, stop):
                block[np.uint64(found)] = i
                found += table[event[np.uint64(i)]] != 0
            begin = stop
            for row in block[:found]:
                # Only the steps reached, to be reached again later, and the next can matter.
                bits = table[event[row]] & ((2 << reached) - 1)
                if bits == 0 or purposes[row] & purpose == 0:
                    continue
                if len(held) > 0:
                    bits &= held[row]
                instant = ts[row]
                if instant > end_ms:
                    end = begin
                    break
                opened[0] = instant
                while bits:
                    step = 63 - leading_zeros(bits)  # type: ignore[call-arg]
                    bits ^= 1 << step
                    at, behind = np.uint64(step), np.uint64(step + 1)
                    in_time = instant - opened[at] <= window_ms
                    opened[behind] = opened[at] if in_time else opened[behind]
                    reached += in_time & (step == reached)
                if reached == steps:
                    end = begin
                    break
        levels[person] = reached
    return levels


@compiled(SIGNATURE)
def strict(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    steps: int,
    window_ms: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.uint8]:
    """Steps 1 to k as k neighbours among the visible events, anywhere, within the window.

    Bit k of `runs` says that the last k+1 visible events are steps 1 to k+1. Only a run longer than
    any before is worth the walk back to the instant of its step 1.
    """
    levels = np.zeros(len(starts), dtype=np.uint8)
    for person in range(len(starts)):
        end = ends[person]
        reached = 0
        runs = 0
        i = starts[person] - 1
        while i + 1 < end:
            i += 1
            bits = table[event[i]] & (runs << 1 | 1)
            if bits == 0 and runs == 0:
                continue
            if ts[i] < start_ms:
                i += np.searchsorted(ts[i:end], start_ms) - 1
                continue
            if ts[i] > end_ms:
                break
            if purposes[i] & purpose == 0:
                continue
            runs = bits & held[i] if len(held) > 0 else bits
            if runs >> reached & 1:
                first = i
                remaining = reached
                while remaining > 0:
                    first -= 1
                    if purposes[first] & purpose:
                        remaining -= 1
                if ts[i] - ts[first] <= window_ms:
                    reached += 1
                    if reached == steps:
                        break
        levels[person] = reached
    return levels


@compiled(SIGNATURE)
def unordered(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    steps: int,
    window_ms: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.uint8]:
    """Steps 1 to k in any order, from the first to the last of them within the window.

    For steps of which no event fulfils two (others go to `unordered_overlapping`): the latest
    instant of each step is then all that need be known.
    """
    levels = np.zeros(len(starts), dtype=np.uint8)
    latest = np.zeros(steps, dtype=np.int64)
    for person in range(len(starts)):
        end = ends[person]
        reached = 0
        latest[:] = NEVER
        i = starts[person] - 1
        while i + 1 < end:
            i += 1
            bits = table[event[i]]
            if bits == 0:
                continue
            if len(held) > 0:
                bits &= held[i]
            instant = ts[i]
            if instant < start_ms:
                i += np.searchsorted(ts[i:end], start_ms) - 1
                continue
            if instant > end_ms:
                break
            if purposes[i] & purpose == 0 or bits == 0:
                continue
            latest[63 - leading_zeros(bits)] = instant  # type: ignore[call-arg]
            if latest[reached] < instant - window_ms:
                continue
            together = 0
            while together < steps and latest[together] >= instant - window_ms:
                together += 1
            reached = max(reached, together)
            if reached == steps:
                break
        levels[person] = reached
    return levels


@compiled((types.int64, types.int64, *(types.int64[::1],) * 3, types.int64))
def _place(
    bits: int,
    instant: int,
    taken_ts: NDArray[np.int64],
    taken_bits: NDArray[np.int64],
    via: NDArray[np.int64],
    filled: int,
) -> int:
    """Let an event take one of its steps, others moving up for it; the steps then filled, as bits.

    `taken_ts[k]` and `taken_bits[k]` are the event that holds step k+1. We look for a free step
    along the chains “this event takes step a, whose event takes step b, …”. If there is none, the
    oldest event on the chains goes. As events come in order of time, those kept are then at any
    moment the latest set that fills as many steps as can be filled.
    """
    seen = bits
    waiting = bits
    goal = -1
    for step in range(len(via)):
        via[step] = -1
    while waiting:
        step = 0
        while not waiting >> step & 1:
            step += 1
        waiting ^= 1 << step
        if not filled >> step & 1:
            goal = step
            break
        if goal < 0 or taken_ts[step] < taken_ts[goal]:
            goal = step
        further = taken_bits[step] & ~seen
        seen |= further
        waiting |= further
        for other in range(len(via)):
            if further >> other & 1:
                via[other] = step
    filled |= 1 << goal
    while via[goal] >= 0:
        taken_ts[goal] = taken_ts[via[goal]]
        taken_bits[goal] = taken_bits[via[goal]]
        goal = via[goal]
    taken_ts[goal] = instant
    taken_bits[goal] = bits
    return filled


@compiled(SIGNATURE)
def unordered_overlapping(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    steps: int,
    window_ms: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.uint8]:
    """As `unordered`, where one event could fulfil several steps but may fulfil only one.

    We look for one level at a time. A window that holds one step more ends no earlier than the one
    found, so the search for it begins where that one may have begun.
    """
    levels = np.zeros(len(starts), dtype=np.uint8)
    taken_ts = np.zeros(steps, dtype=np.int64)
    taken_bits = np.zeros(steps, dtype=np.int64)
    via = np.zeros(steps, dtype=np.int64)
    for person in range(len(starts)):
        begin = starts[person]
        end = ends[person]
        reached = 0
        filled = 0
        i = begin - 1
        while i + 1 < end:
            i += 1
            wanted = (2 << reached) - 1
            bits = table[event[i]] & wanted
            if len(held) > 0 and bits:
                bits &= held[i]
            if bits == 0 or ts[i] < start_ms or purposes[i] & purpose == 0:
                continue
            if ts[i] > end_ms:
                break
            instant = ts[i]
            filled = _place(bits, instant, taken_ts, taken_bits, via, filled)
            if filled == wanted and taken_ts[: reached + 1].min() >= instant - window_ms:
                reached += 1
                if reached == steps:
                    break
                filled = 0
                i = begin + np.searchsorted(ts[begin:end], instant - window_ms) - 1
        levels[person] = reached
    return levels
