"""Rows put behind those that their people have, where there is room for them."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS

COUNTS, CODED = types.int64[::1], types.uint16[::1]

FRESH = (INSTANTS, INSTANTS, INSTANTS, INSTANTS, INSTANTS, INSTANTS, CODES, CODES, INSTANTS)
"""place[f] · facts[f] · starts[f] · ends[f] · ts[r] · order[r] · event[r] · purposes[r] ·
number[r]: where each person of whom something is fresh stands, -1 for nowhere; their runs and rows;
and the numbers of these among the arrivals."""

GROWING = (
    *(INSTANTS, INSTANTS, COUNTS, COUNTS, COUNTS, COUNTS, CODED, CODED),
    *(types.uint8[::1], COUNTS),
)
"""to_facts[n] · to_starts[n] · to_ends[n] · every_end[n] · to_ts[m] · to_order[m] · to_event[m] ·
to_purposes[m] · to_source[m] · to_row[m]: a layer, of which `to_ends` are the ends of who stands
there, `every_end` those of who has gone, too. The room of each person lasts to where the next one
begins."""


@compiled((*FRESH, types.int64, types.int64, *GROWING))
def extend(
    place: NDArray[np.int64],
    facts: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    order: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    number: NDArray[np.int64],
    source: int,
    codes: int,
    to_facts: NDArray[np.int64],
    to_starts: NDArray[np.int64],
    to_ends: NDArray[np.int64],
    every_end: NDArray[np.int64],
    to_ts: NDArray[np.int64],
    to_order: NDArray[np.int64],
    to_event: NDArray[np.uint16],
    to_purposes: NDArray[np.uint16],
    to_source: NDArray[np.uint8],
    to_row: NDArray[np.int64],
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whose rows were put behind their own, bool[f], and where these are, int64[…]. All of a
    person's are or none: only events, with codes below `codes`, that are later than the last one
    there and lawful for nothing that it was not; who has gone has none there. `source` is where the
    fresh rows come from."""
    grown = np.zeros(len(place), dtype=np.bool_)
    rows = np.empty(len(ts), dtype=np.int64)
    count = 0
    for person in range(len(place)):
        to, begin, end = place[person], starts[person], ends[person]
        if to < 0 or facts[person] < begin or to_ends[to] == to_starts[to]:
            continue
        there = to_ends[to]
        room = (to_facts[to + 1] if to + 1 < len(to_facts) else len(to_ts)) - there
        last = there - 1
        fits = end - begin <= room and (
            to_ts[last] < ts[begin] or (to_ts[last] == ts[begin] and to_order[last] < order[begin])
        )
        for i in range(begin, end):
            fits = fits and event[i] < codes and purposes[i] & ~to_purposes[last] == 0
        if not fits:
            continue
        for i in range(begin, end):
            row = there + i - begin
            to_ts[row] = ts[i]
            to_order[row] = order[i]
            to_event[row] = event[i]
            to_purposes[row] = purposes[i]
            to_source[row] = source
            to_row[row] = number[i]
            rows[count] = row
            count += 1
        to_ends[to] = every_end[to] = there + end - begin
        grown[person] = True
    return grown, rows[:count].copy()
