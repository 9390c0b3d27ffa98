"""The order of a timeline: by person, what was told before what happened, then instant, arrival."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

KEY_BITS = 62


def by_person(
    person: NDArray[np.int64],
    happened: NDArray[np.bool_],
    ts: NDArray[np.int64],
    order: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The permutation that sorts rows by (person, happened, ts, order): int64[m].

    Rows mostly come as a few sorted runs, which a stable sort of one combined key merges quickly.
    Only equal instants may then be out of order of arrival; if any are, the slow exact sort runs.
    """
    if not len(person):
        return np.empty(0, dtype=np.int64)
    lowest, earliest = person.min(), ts.min()
    ts_bits = int(ts.max() - earliest).bit_length()
    if int(person.max() - lowest).bit_length() + 1 + ts_bits > KEY_BITS:
        return np.lexsort((order, ts, happened, person))
    # In place: there may be tens of millions of rows, and fresh memory costs more than arithmetic.
    key = person - lowest
    key <<= 1
    key |= happened
    key <<= ts_bits
    key += ts
    key -= earliest
    rows = np.argsort(key, kind="stable")
    arranged = key[rows]
    equal = np.flatnonzero(arranged[1:] == arranged[:-1])
    swapped = order[rows[equal + 1]] < order[rows[equal]]
    return np.lexsort((order, key)) if swapped.any() else rows


def runs(
    person: NDArray[np.int64], happened: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The people of sorted rows, where the facts of each begin, and the start and the end of their
    events: int64[n] each."""
    if not len(person):
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty, empty
    facts = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
    ends = np.append(facts[1:], len(person))
    starts = facts if happened.all() else facts + np.add.reduceat(~happened, facts, dtype=np.int64)
    return person[facts], facts, starts, ends


def gather(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions of all rows of some runs, one run after another: int64."""
    lengths = ends - starts
    offsets = np.cumsum(lengths) - lengths
    return np.repeat(starts - offsets, lengths) + np.arange(lengths.sum())


def apart(origin: NDArray[np.uint8]) -> list[tuple[int, NDArray[np.int64]]]:
    """Rows by where they come from: each origin that occurs, with the positions of its rows."""
    rows = np.argsort(origin, kind="stable")
    counts = np.bincount(origin)
    ends = np.cumsum(counts)
    return [
        (int(number), rows[ends[number] - counts[number] : ends[number]])
        for number in np.flatnonzero(counts)
    ]
