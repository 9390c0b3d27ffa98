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
    key = ((person - lowest) << 1 | happened) << ts_bits | (ts - earliest)
    rows = np.argsort(key, kind="stable")
    sorted_key, sorted_order = key[rows], order[rows]
    swapped = (sorted_key[1:] == sorted_key[:-1]) & (sorted_order[1:] < sorted_order[:-1])
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
    places = np.searchsorted(origin[rows], np.arange(256))
    pieces = np.split(rows, places[1:])
    return [(number, piece) for number, piece in enumerate(pieces) if len(piece)]
