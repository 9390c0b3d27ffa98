"""What visits come to: the events of each, sums over many, and what each group of them lasted.

`kernels/visits.py` says where visits are; here they are an array of `v` rows in order of people and
time, and a group is whatever they are told apart by: an interval, a source, a landing page.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS, MARKS

VISITS, PEOPLE, EVENTS, LENGTH_MS, BOUNCED = range(5)
"""The rows of `sum_up`'s result."""


@compiled((INSTANTS, INSTANTS, CODES, CODES, *MARKS, types.int64))
def events_of(
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    purpose: int,
) -> NDArray[np.int64]:
    """How many visible events each visit has: int64[v], and 0 if none of them is marked."""
    counted = np.zeros(len(begins), dtype=np.int64)
    for visit in range(len(begins)):
        events = 0
        marked = 0
        for row in range(begins[visit], ends[visit]):
            if purposes[row] & purpose:
                bits = table[event[row]]
                marked |= bits & held[row] if len(held) > 0 else bits
                events += 1
        counted[visit] = events if marked else 0
    return counted


@compiled((INSTANTS, INSTANTS, INSTANTS, INSTANTS, types.int64))
def sum_up(
    owner: NDArray[np.int64],
    group: NDArray[np.int64],
    events: NDArray[np.int64],
    length_ms: NDArray[np.int64],
    groups: int,
) -> NDArray[np.int64]:
    """Visits, people, events, milliseconds and visits of one event by group: int64[5, groups].

    The visits of a person follow each other, so a person is new to a group when somebody else was
    the last one counted there.
    """
    sums = np.zeros((5, groups), dtype=np.int64)
    last = np.full(groups, -1, dtype=np.int64)
    for visit in range(len(owner)):
        at = group[visit]
        sums[VISITS, at] += 1
        sums[PEOPLE, at] += last[at] != owner[visit]
        sums[EVENTS, at] += events[visit]
        sums[LENGTH_MS, at] += length_ms[visit]
        sums[BOUNCED, at] += events[visit] == 1
        last[at] = owner[visit]
    return sums


@compiled((INSTANTS, INSTANTS, types.int64))
def sorted_by_group(
    group: NDArray[np.int64], length_ms: NDArray[np.int64], groups: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The lengths put together by group: int64[v], and where each group begins: int64[groups+1]."""
    begins = np.zeros(groups + 1, dtype=np.int64)
    for visit in range(len(group)):
        begins[group[visit] + 1] += 1
    for at in range(groups):
        begins[at + 1] += begins[at]
    free = begins.copy()
    together = np.empty(len(group), dtype=np.int64)
    for visit in range(len(group)):
        together[free[group[visit]]] = length_ms[visit]
        free[group[visit]] += 1
    return together, begins
