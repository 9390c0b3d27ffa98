"""What lies between the events of an attempt: optional steps, and whatever else was done."""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from sojourn.kernels.layout import CODES, INSTANTS, MARKS, SCOPE, TIMELINE, TRUTHS

TABLE = types.int64[:, ::1]


@njit(
    (*TIMELINE[2:], *MARKS, TABLE, *(INSTANTS,) * 4, types.int64, *SCOPE),
    cache=True,
    nogil=True,
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


@njit(
    (INSTANTS, CODES, CODES, INSTANTS, INSTANTS, INSTANTS, TRUTHS, types.int64, *SCOPE),
    cache=True,
    nogil=True,
)
def done_between(
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    begins: NDArray[np.int64],
    stops: NDArray[np.int64],
    untils: NDArray[np.int64],
    converted: NDArray[np.bool_],
    names: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """In how many spans each event occurs, of those not converted and of those converted:
    int64[names, 2]. A span is the rows from `begins` to before `stops`, up to the instant `untils`
    (int64[a] each)."""
    counts = np.zeros((names, 2), dtype=np.int64)
    latest = np.full(names, -1)
    for span in range(len(begins)):
        until = min(untils[span], end_ms)
        for i in range(begins[span], stops[span]):
            if ts[i] > until:
                break
            if purposes[i] & purpose and latest[event[i]] != span:
                latest[event[i]] = span
                counts[event[i], np.int64(converted[span])] += 1
    return counts
