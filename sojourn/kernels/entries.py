"""Where people enter cohorts: the event with which each of them starts."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE

START = 1
"""The bit of the event that opens a cohort."""

EVER, FIRST, EVERY = 0, 1, 2
"""Which start events are an entry: the first of the whole history, the first in the scope, or the
first in each interval."""


@compiled((*TIMELINE, *MARKS, INSTANTS, types.int64, *SCOPE))
def entries(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    edges: NDArray[np.int64],
    which: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """owner (index of the person) · row · cohort (its interval) of each entry: int64[e] each.

    They come by person and time. An interval is found by assuming that all are equally long, and
    stepping to the right one. Positions are unsigned, which spares a look whether they count from
    the end: most people have no start event, and are done after a scan of their codes.
    """
    intervals = len(edges) - 1
    size = len(starts)
    owner = np.empty(size, dtype=np.int64)
    row = np.empty(size, dtype=np.int64)
    cohort = np.empty(size, dtype=np.int64)
    found = 0
    per_ms = intervals / max(1, edges[intervals] - edges[0])
    opens = table & START != 0
    for person in range(len(starts) if intervals else 0):
        i = np.uint64(starts[person])
        end = np.uint64(ends[person])
        after = start_ms
        while True:
            while i < end and not opens[event[i]]:
                i += np.uint64(1)
            if i >= end:
                break
            unmet = len(held) > 0 and held[i] & START == 0
            if unmet or purposes[i] & purpose == 0 or (which != EVER and ts[i] < after):
                i += np.uint64(1)
                continue
            instant = ts[i]
            if instant < start_ms or instant > end_ms:
                break
            interval = min(int((instant - edges[0]) * per_ms), intervals - 1)
            while edges[interval] > instant:
                interval -= 1
            while edges[interval + 1] <= instant:
                interval += 1
            if found == size:
                size *= 2
                owner = np.concatenate((owner, owner))
                row = np.concatenate((row, row))
                cohort = np.concatenate((cohort, cohort))
            owner[found], row[found], cohort[found] = person, i, interval
            found += 1
            if which != EVERY:
                break
            after = edges[interval + 1]
    return owner[:found].copy(), row[:found].copy(), cohort[:found].copy()
