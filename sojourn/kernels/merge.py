"""Sorted runs put into one another: the histories of people who stand in several places.

A run is copied to where its person's rows go, behind those that are there already, and from the
back: as long as its last row is the latest of all, the others need not be looked at. What happened
since mostly is, so that a history is written once and what came later is added behind it.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS, SOURCES, TRUTHS

RUNS = (INSTANTS, INSTANTS, INSTANTS, INSTANTS, INSTANTS)
"""begins[k] · ends[k] · given[k] · target[k] · counts[k]: runs of rows of a part, the id that those
of each were given, the person whose they become, and how many of them are wanted."""

FROM = (SOURCES, INSTANTS, types.int64)
"""source[m] · row[m] · whole: where each row of the part comes from. Both arrays are empty where
all come from the one source `whole`, each from the row that it is."""

CHOICE = (types.int64, TRUTHS)
"""last · stands[a]: the last order of arrival of a row that is wanted and, where of later ones some
are, too, which of the arrivals still stand, by the number that `row` gives; else empty."""

COUNTS, CODED = types.int64[::1], types.uint16[::1]


@compiled((INSTANTS, INSTANTS, INSTANTS, INSTANTS, *CHOICE))
def wanted(
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    order: NDArray[np.int64],
    row: NDArray[np.int64],
    last: int,
    stands: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """How many rows of each of these runs are wanted: int64[k]."""
    counts = np.zeros(len(begins), dtype=np.int64)
    for run in range(len(begins)):
        for i in range(begins[run], ends[run]):
            counts[run] += order[i] <= last or (len(stands) > 0 and stands[row[i]])
    return counts


@compiled(
    (
        *(*RUNS, INSTANTS, INSTANTS, CODES, CODES),
        *(*FROM, *CHOICE, INSTANTS, COUNTS),
        *(COUNTS, COUNTS, CODED, CODED, COUNTS, types.uint8[::1], COUNTS),
    )
)
def merge(
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    given: NDArray[np.int64],
    target: NDArray[np.int64],
    counts: NDArray[np.int64],
    ts: NDArray[np.int64],
    order: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    source: NDArray[np.uint8],
    row: NDArray[np.int64],
    whole: int,
    last: int,
    stands: NDArray[np.bool_],
    first: NDArray[np.int64],
    filled: NDArray[np.int64],
    to_ts: NDArray[np.int64],
    to_order: NDArray[np.int64],
    to_event: NDArray[np.uint16],
    to_purposes: NDArray[np.uint16],
    to_given: NDArray[np.int64],
    to_source: NDArray[np.uint8],
    to_row: NDArray[np.int64],
) -> None:
    """Put the rows of these runs that are wanted into those of their people, by instant and then
    by arrival.

    first   int64[n]: where each person's rows begin in the arrays `to_…`, which have room for all
    filled  int64[n]: how many they have there; it grows
    """
    for run in range(len(begins)):
        begin = first[target[run]]
        there = begin + filled[target[run]] - 1
        filled[target[run]] += counts[run]
        place = there + counts[run]
        is_whole = counts[run] > 0 and counts[run] == ends[run] - begins[run]
        if is_whole and (there < begin or to_ts[there] < ts[begins[run]]):
            # Almost always. Loops as plain as these, without a sign to look at, are many rows at a
            # time for the processor.
            size, begun, to = np.uint64(counts[run]), np.uint64(begins[run]), np.uint64(there + 1)
            for at in range(size):
                to_ts[to + at] = ts[begun + at]
            for at in range(size):
                to_order[to + at] = order[begun + at]
            for at in range(size):
                to_event[to + at] = event[begun + at]
            for at in range(size):
                to_purposes[to + at] = purposes[begun + at]
            for at in range(size):
                to_given[to + at] = given[run]
            for at in range(size):
                to_source[to + at] = source[begun + at] if len(source) > 0 else whole
            for at in range(size):
                to_row[to + at] = row[begun + at] if len(row) > 0 else np.int64(begun + at)
            continue
        i = ends[run] - 1
        # As many rows are to come as there is room between.
        while place > there:
            if there >= begin and (
                to_ts[there] > ts[i] or (to_ts[there] == ts[i] and to_order[there] > order[i])
            ):
                to_ts[place] = to_ts[there]
                to_order[place] = to_order[there]
                to_event[place] = to_event[there]
                to_purposes[place] = to_purposes[there]
                to_given[place] = to_given[there]
                to_source[place] = to_source[there]
                to_row[place] = to_row[there]
                there -= 1
                place -= 1
                continue
            if order[i] <= last or (len(stands) > 0 and stands[row[i]]):
                to_ts[place] = ts[i]
                to_order[place] = order[i]
                to_event[place] = event[i]
                to_purposes[place] = purposes[i]
                to_given[place] = given[run]
                to_source[place] = source[i] if len(source) > 0 else whole
                to_row[place] = row[i] if len(row) > 0 else i
                place -= 1
            i -= 1
