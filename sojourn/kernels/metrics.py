"""What a metric says of each person, where `tally` does not: ends, extremes, and favourite values.

An event is meant if it is marked, visible, and, where that is asked for, has a value.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, NUMBERS, SCOPE, TIMELINE, TRUTHS


@compiled((*TIMELINE, *MARKS, TRUTHS, *SCOPE))
def first_and_last(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    present: NDArray[np.bool_],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """The rows of each person's first and last event with a value (`present`: bool[m], or bool[0]
    when none is asked for): int64[2, n], -1 for none."""
    found = np.full((2, len(starts)), -1, dtype=np.int64)
    for person in range(len(starts)):
        for side in range(2):
            step = 1 - 2 * side
            row = ends[person] - 1 if side else starts[person]
            # From the end back, the first event seen is the last; it stands where both sides meet.
            while starts[person] <= row < ends[person]:
                bits = table[event[row]]
                if len(held) > 0:
                    bits &= held[row]
                seen = start_ms <= ts[row] <= end_ms and purposes[row] & purpose
                if bits and seen and (len(present) == 0 or present[row]):
                    found[side, person] = row
                    break
                row += step
            if found[side, person] < 0:
                break
    return found


@compiled((*TIMELINE, *MARKS, NUMBERS, *SCOPE))
def least_and_most(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    values: NDArray[np.float64],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.float64]:
    """The least and the greatest of each person's numbers: float64[2, n], NaN for none."""
    found = np.full((2, len(starts)), np.nan)
    for person in range(len(starts)):
        least = np.inf
        most = -np.inf
        for row in range(starts[person], ends[person]):
            bits = table[event[row]]
            if len(held) > 0:
                bits &= held[row]
            if bits == 0 or ts[row] < start_ms or purposes[row] & purpose == 0:
                continue
            if ts[row] > end_ms:
                break
            # A comparison with NaN is false, so what has no value changes nothing.
            least = values[row] if values[row] < least else least
            most = values[row] if values[row] > most else most
        if least <= most:
            found[0, person] = least
            found[1, person] = most
    return found


@compiled((*TIMELINE, *MARKS, INSTANTS, types.int64, *SCOPE))
def favourites(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    codes: NDArray[np.int64],
    size: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """Each person's most frequent value, as a row that has it, and how many values they have.

    int64[2, n], the row -1 for none. `codes` (int64[m], -1 for none) are less than `size`. Among
    equally frequent ones it is the value that came first.
    """
    found = np.zeros((2, len(starts)), dtype=np.int64)
    counts = np.zeros(size, dtype=np.int64)
    longest = (ends - starts).max() if len(starts) > 0 else 0
    firsts = np.empty(longest, dtype=np.int64)
    for person in range(len(starts)):
        different = 0
        for row in range(starts[person], ends[person]):
            bits = table[event[row]]
            if len(held) > 0:
                bits &= held[row]
            if bits == 0 or codes[row] < 0 or ts[row] < start_ms or purposes[row] & purpose == 0:
                continue
            if ts[row] > end_ms:
                break
            if counts[codes[row]] == 0:
                firsts[different] = row
                different += 1
            counts[codes[row]] += 1
        best = -1
        most = 0
        for row in firsts[:different]:
            if counts[codes[row]] > most:
                most = counts[codes[row]]
                best = row
            counts[codes[row]] = 0
        found[0, person] = best
        found[1, person] = different
    return found
