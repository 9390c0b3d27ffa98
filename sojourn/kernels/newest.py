"""The newest events of all people together."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE

OWN = types.int64[::1]


@compiled((INSTANTS, types.int64, types.int64))
def _older(ts: NDArray[np.int64], one: int, other: int) -> bool:
    """Whether one row comes before another, by time and then by place."""
    return bool(ts[one] < ts[other] or (ts[one] == ts[other] and one < other))


@compiled((INSTANTS, OWN, types.int64, types.int64))
def _sink(ts: NDArray[np.int64], heap: NDArray[np.int64], place: int, size: int) -> None:
    """Let the row at a place sink below all that are older, so that the oldest is on top."""
    row = heap[place]
    while 2 * place + 1 < size:
        below = 2 * place + 1
        if below + 1 < size and _older(ts, heap[below + 1], heap[below]):
            below += 1
        if not _older(ts, heap[below], row):
            break
        heap[place] = heap[below]
        place = below
    heap[place] = row


@compiled((*TIMELINE, *MARKS, *(types.int64,) * 3, *SCOPE))
def newest(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    limit: int,
    before_ms: int,
    before_row: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """The rows of the last marked events by (instant, row), in no order: int64[up to `limit`].

    Only those before (before_ms, before_row). Each person is read backwards, and left as soon as
    their events are older than all that have been found, so most people cost one comparison.
    """
    heap = np.empty(limit, dtype=np.int64)
    found = 0
    for person in range(len(starts)):
        for row in range(ends[person] - 1, starts[person] - 1, -1):
            if ts[row] < start_ms or (found == limit and not _older(ts, heap[0], row)):
                break
            bits = table[event[row]]
            if len(held) > 0:
                bits &= held[row]
            if bits == 0 or ts[row] > end_ms or purposes[row] & purpose == 0:
                continue
            if ts[row] > before_ms or (ts[row] == before_ms and row >= before_row):
                continue
            if found < limit:
                heap[found] = row
                found += 1
                if found == limit:
                    for place in range(limit // 2 - 1, -1, -1):
                        _sink(ts, heap, place, limit)
            else:
                heap[0] = row
                _sink(ts, heap, 0, limit)
    return heap[:found].copy()
