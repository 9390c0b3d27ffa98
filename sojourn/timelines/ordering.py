"""The order of a timeline: by person, then instant, then arrival."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

KEY_BITS = 62


def by_person(
    person: NDArray[np.int64], ts: NDArray[np.int64], order: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The permutation that sorts rows by (person, ts, order): int64[m].

    Rows mostly come as a few sorted runs, which a stable sort of one combined key merges quickly.
    Only equal instants may then be out of order of arrival; if any are, the slow exact sort runs.
    """
    if not len(person):
        return np.empty(0, dtype=np.int64)
    lowest, earliest = person.min(), ts.min()
    ts_bits = int(ts.max() - earliest).bit_length()
    if int(person.max() - lowest).bit_length() + ts_bits > KEY_BITS:
        return np.lexsort((order, ts, person))
    key = (person - lowest) << ts_bits | (ts - earliest)
    rows = np.argsort(key, kind="stable")
    sorted_key, sorted_order = key[rows], order[rows]
    swapped = (sorted_key[1:] == sorted_key[:-1]) & (sorted_order[1:] < sorted_order[:-1])
    return np.lexsort((order, key)) if swapped.any() else rows


def runs(
    person: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The people of sorted rows, and where each one's run starts and ends: int64[n] each."""
    if not len(person):
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty
    starts = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
    return person[starts], starts, np.append(starts[1:], len(person))


def gather(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions of all rows of some runs, one run after another: int64."""
    lengths = ends - starts
    offsets = np.cumsum(lengths) - lengths
    return np.repeat(starts - offsets, lengths) + np.arange(lengths.sum())
