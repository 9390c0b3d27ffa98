"""What lies between the events of an attempt: optional steps, and what else was done."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS, MARKS, SCOPE, TIMELINE, TRUTHS

TABLE = types.int64[:, ::1]


@compiled(
    (*TIMELINE[2:], *MARKS, TABLE, *(INSTANTS,) * 4, types.int64, *SCOPE),
)
def optional(
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    rows: NDArray[np.int64],
    stops: NDArray[np.int64],
    after: NDArray[np.int64],
    gaps: NDArray[np.int64],
    guards: NDArray[np.int64],
    window_ms: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """The row of each optional step in each attempt: int64[a, optional], -1 for one not reached.

    rows    int64[a, required]: the attempts, by their required steps
    stops   int64[a]: the row before which each attempt must be over
    after   int64[optional]: how many required steps come before each, ascending
    gaps    int64[optional]: how long each may take from the required step before
    guards  int64[exclusions]; events carry required steps, exclusions, optional steps as bits

    Each takes the first event after its required step, and after the optional ones before it; the
    next required step ends the search, else an excluded event or the end of the window.
    """
    taken = np.full((len(rows), len(after)), -1)
    for attempt in range(len(rows)):
        last = 0
        for place in range(len(after)):
            level = after[place]
            if rows[attempt, level - 1] < 0:
                break
            last = max(last, rows[attempt, level - 1])
            stop = stops[attempt]
            open_ended = level == rows.shape[1] or rows[attempt, level] < 0
            if not open_ended:
                stop = rows[attempt, level]
            until = min(ts[rows[attempt, 0]] + window_ms, end_ms)
            until = min(until, ts[rows[attempt, level - 1]] + gaps[place])
            for i in range(rows[attempt, level - 1] + 1, stop):
                if ts[i] > until:
                    break
                bits = table[event[i]]
                if len(held) > 0:
                    bits &= held[i]
                if bits == 0 or purposes[i] & purpose == 0:
                    continue
                ended = 0
                for number in range(len(guards)):
                    ended |= guards[number] * (bits >> (rows.shape[1] + number) & 1)
                if open_ended and ended >> level & 1:
                    break
                wanted = rows.shape[1] + len(guards) + place
                if i > last and bits >> wanted & 1:
                    taken[attempt, place] = i
                    last = i
                    break
    return taken


@compiled(
    (INSTANTS, CODES, CODES, INSTANTS, INSTANTS, TRUTHS, types.int64, types.int64, *SCOPE),
)
def done_within(
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    converted: NDArray[np.bool_],
    watch_ms: int,
    names: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """In how many attempts each event is done after the first and up to `watch_ms` later, of those
    not converted and of those converted: int64[names, 2].

    begins  int64[a]: the row of the first event of each attempt, ascending
    ends    int64[a]: the row at which the rows of its person end

    All are watched equally long, so those under watch at a row follow each other: `low` to before
    `high`. Of these, the ones begun before the event's latest row have it already.
    """
    counts = np.zeros((names, 2), dtype=np.int64)
    converted_before = np.zeros(len(begins) + 1, dtype=np.int64)
    converted_before[1:] = np.cumsum(converted)
    counted = np.zeros(names, dtype=np.int64)
    low = 0
    while low < len(begins):
        high, row, end = low + 1, begins[low] + 1, ends[low]
        while row < end:
            while low < high and ts[row] > min(ts[begins[low]] + watch_ms, end_ms):
                low += 1
            if low == high:
                break
            if purposes[row] & purpose:
                name = event[row]
                fresh = max(low, counted[name])
                of_converted = converted_before[high] - converted_before[fresh]
                counts[name, 0] += high - fresh - of_converted
                counts[name, 1] += of_converted
                counted[name] = high
            if high < len(begins) and begins[high] == row:
                high += 1
            row += 1
        low = high
    return counts
