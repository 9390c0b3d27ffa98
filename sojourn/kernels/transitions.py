"""What follows what: every pair of neighbouring events, and the first and last of each person.

Of few names every pair has its own place in a table of some kilobytes. Pairs of many names are
counted in one with open addresses, large enough for every pair that can occur in the part: a log of
sixty thousand names takes no more than its events do.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import SCOPE, TIMELINE
from sojourn.scope import FAR_MS

PLACES_MAX = 1 << 16
"""Pairs that have a place each: half a megabyte."""
SPREAD = 2654435769
"""2³² divided by the golden ratio: neighbouring keys land far apart."""


@compiled((*TIMELINE, types.int64, *SCOPE))
def transitions(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    names: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """People seen · first[names] · last[names] · pairs[k] (from · names + to) · how often[k]."""
    first = np.zeros(names, dtype=np.int64)
    last = np.zeros(names, dtype=np.int64)
    placed = names * names <= PLACES_MAX
    bits = 1
    while 1 << bits < (names * names if placed else 2 * min(names * names, len(event))):
        bits += 1
    mask = (1 << bits) - 1
    pairs = np.arange(mask + 1) if placed else np.zeros(mask + 1, dtype=np.int64)
    often = np.zeros(mask + 1, dtype=np.int64)
    people = 0
    for person in range(len(starts)):
        begin = starts[person]
        end = ends[person]
        if start_ms > -FAR_MS and begin < end and ts[begin] < start_ms:
            begin += np.searchsorted(ts[begin:end], start_ms)
        if end_ms < FAR_MS and begin < end and ts[end - 1] > end_ms:
            end = begin + np.searchsorted(ts[begin:end], end_ms, side="right")
        while begin < end and purposes[begin] & purpose == 0:
            begin += 1
        if begin == end:
            continue
        people += 1
        before = int(event[begin])
        first[before] += 1
        for i in range(begin + 1, end):
            if purposes[np.uint64(i)] & purpose == 0:
                continue
            after = int(event[np.uint64(i)])
            pair = before * names + after
            before = after
            slot = pair
            if not placed:
                slot = (pair * SPREAD >> 32 - bits) & mask if bits < 32 else pair & mask
                while pairs[slot] != pair and often[slot] != 0:
                    slot = (slot + 1) & mask
                pairs[slot] = pair
            often[np.uint64(slot)] += 1
        last[before] += 1
    used = np.flatnonzero(often)
    return people, first, last, pairs[used], often[used]
