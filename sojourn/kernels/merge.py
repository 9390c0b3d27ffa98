"""Sorted runs put into one another: the histories of people who stand in several places.

A run is copied to where its person's rows go, behind those that are there already, and from the
back: as long as its last row is the latest of all, the others need not be looked at. What happened
since mostly is, so that a history is written once and what came later is added behind it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import CODES, INSTANTS, SOURCES, TRUTHS, tuple_of

COUNTS, CODED = types.int64[::1], types.uint16[::1]

RUNS = (INSTANTS, INSTANTS, INSTANTS, INSTANTS, INSTANTS)
"""begins[k] · ends[k] · given[k] · target[k] · counts[k]: runs of rows of a part, the id that those
of each were given, the person whose they become, and how many of them are wanted."""

CHOICE = (types.int64, TRUTHS)
"""last · stands[a]: the last order of arrival of a row that is wanted and, where of later ones some
are, too, which of the arrivals still stand, by the number that `row` gives; else empty."""

PART = (INSTANTS, INSTANTS, CODES, CODES, SOURCES, INSTANTS, types.int64)
"""ts[m] · order[m] · event[m] · purposes[m] of a part, and where its rows come from: source[m] and
row[m], both empty where all come from the one source `whole`, each from the row that it is."""

JOINED = (COUNTS, COUNTS, CODED, CODED, COUNTS, types.uint8[::1], COUNTS)
"""The arrays that are filled: to_ts · to_order · to_event · to_purposes · to_given (the id that
each row was given) · to_source · to_row."""


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


@compiled((tuple_of(*PART), types.int64, types.int64, types.int64, tuple_of(*JOINED), types.int64))
def append(part: Any, begin: int, size: int, given: int, joined: Any, to: int) -> None:
    """Copy `size` rows of a part from `begin` on, which were given to one id, to the place `to` and
    behind."""
    ts, order, event, purposes, source, row, whole = part
    to_ts, to_order, to_event, to_purposes, to_given, to_source, to_row = joined
    # Loops as plain as these, without a sign to look at, are many rows at a time for the processor.
    length, first, there = np.uint64(size), np.uint64(begin), np.uint64(to)
    for at in range(length):
        to_ts[there + at] = ts[first + at]
    for at in range(length):
        to_order[there + at] = order[first + at]
    for at in range(length):
        to_event[there + at] = event[first + at]
    for at in range(length):
        to_purposes[there + at] = purposes[first + at]
    for at in range(length):
        to_given[there + at] = given
    for at in range(length):
        to_source[there + at] = source[first + at] if len(source) > 0 else whole
    for at in range(length):
        to_row[there + at] = row[first + at] if len(row) > 0 else np.int64(first + at)


@compiled((*RUNS, *PART, *CHOICE, INSTANTS, COUNTS, *JOINED))
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

    first   int64[n]: where each person's rows begin in the arrays that are filled
    filled  int64[n]: how many they have there; it grows
    """
    part = (ts, order, event, purposes, source, row, whole)
    joined = (to_ts, to_order, to_event, to_purposes, to_given, to_source, to_row)
    own = (to_ts, to_order, to_event, to_purposes, to_source, to_row, 0)
    for run in range(len(begins)):
        begin, count = first[target[run]], counts[run]
        there = begin + filled[target[run]] - 1
        place = there + count
        filled[target[run]] += count
        is_later = count > 0 and (there < begin or to_ts[there] < ts[begins[run]])
        if is_later and count == ends[run] - begins[run]:
            append(part, begins[run], count, given[run], joined, there + 1)
            continue
        i = ends[run] - 1
        # As many rows are to come as there is room between.
        while place > there:
            if there >= begin and (
                to_ts[there] > ts[i] or (to_ts[there] == ts[i] and to_order[there] > order[i])
            ):
                append(own, there, 1, to_given[there], joined, place)
                there -= 1
                place -= 1
                continue
            if order[i] <= last or (len(stands) > 0 and stands[row[i]]):
                append(part, i, 1, given[run], joined, place)
                place -= 1
            i -= 1
