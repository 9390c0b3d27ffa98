"""How many people have each value of a property, and with which events it comes."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, TIMELINE, WORDS


@compiled((INSTANTS, *TIMELINE, WORDS, types.int64, types.int64, types.int64))
def holders(
    facts: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    codes: NDArray[np.int32],
    size: int,
    names: int,
    purpose: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of a property with a code for each value (-1 for none, int32[m]): rows and people by value
    (int64[size, 2]), events by event code (int64[names]), and in all: rows, people, first and last
    instant (int64[4]). Events and facts count, of people who have an event that may be seen here.

    `last` holds the person who was last counted for a value, see `totals`.
    """
    values = np.zeros((size, 2), dtype=np.int64)
    events = np.zeros(names, dtype=np.int64)
    overall = np.zeros(4, dtype=np.int64)
    last = np.full(size, -1, dtype=np.int64)
    for person in range(len(starts)):
        if ends[person] == starts[person]:
            continue
        before = overall[0]
        for row in range(facts[person], ends[person]):
            code = codes[row]
            if code < 0 or purposes[row] & purpose == 0:
                continue
            instant = ts[row]
            if overall[0] == 0 or instant < overall[2]:
                overall[2] = instant
            if overall[0] == 0 or instant > overall[3]:
                overall[3] = instant
            overall[0] += 1
            if row >= starts[person]:
                events[event[row]] += 1
            values[code, 0] += 1
            if last[code] != person:
                last[code] = person
                values[code, 1] += 1
        if overall[0] > before:
            overall[1] += 1
    return values, events, overall
