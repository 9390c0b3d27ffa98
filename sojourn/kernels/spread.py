"""From where a row takes a value that belongs to its person or its visit."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS, SCOPE, TIMELINE, TRUTHS


@compiled((INSTANTS, INSTANTS, CODES, TRUTHS, types.int64))
def newest_fact(
    facts: NDArray[np.int64],
    starts: NDArray[np.int64],
    purposes: NDArray[np.uint16],
    present: NDArray[np.bool_],
    purpose: int,
) -> NDArray[np.int64]:
    """The last of each person's facts that has a value and may be used: int64[n], -1 for none."""
    source = np.full(len(starts), -1, dtype=np.int64)
    for person in range(len(starts)):
        for row in range(starts[person] - 1, facts[person] - 1, -1):
            if present[row] and purposes[row] & purpose:
                source[person] = row
                break
    return source


@compiled((INSTANTS, INSTANTS, INSTANTS, types.int64))
def over_runs(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    source: NDArray[np.int64],
    rows: int,
) -> NDArray[np.int64]:
    """What is known for each person (int64[n]), for each of their events: int64[rows]."""
    spread = np.full(rows, -1, dtype=np.int64)
    for person in range(len(starts)):
        for row in range(starts[person], ends[person]):
            spread[row] = source[person]
    return spread


@compiled((*TIMELINE, TRUTHS, types.int64, *SCOPE))
def first_in_visit(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    present: NDArray[np.bool_],
    gap_ms: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """The first event with a value in the visit of each visible event: int64[m], -1 for none."""
    spread = np.full(len(ts), -1, dtype=np.int64)
    for person in range(len(starts)):
        begin = -1
        source = -1
        last = 0
        for row in range(starts[person], ends[person]):
            if ts[row] < start_ms or purposes[row] & purpose == 0:
                continue
            if ts[row] > end_ms:
                break
            if begin < 0 or ts[row] - last > gap_ms:
                if begin >= 0:
                    spread[begin:row] = source
                begin = row
                source = -1
            if source < 0 and present[row]:
                source = row
            last = ts[row]
        if begin >= 0:
            spread[begin : ends[person]] = source
    return spread
