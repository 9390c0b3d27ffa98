"""Whole paths as numbers, and how often each occurs.

The nodes of a path are the digits of a number, 0 where it has ended, so that numbers are in the
order of the paths. What does not fit into one number takes several; they are ranked one after the
other, each together with the rank of those before it. Nothing is hashed away: counts are exact.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, WORDS

SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2⁶⁴ divided by the golden ratio: neighbouring keys land far apart."""


@compiled((WORDS, INSTANTS, INSTANTS, *(types.int64,) * 5))
def packed(
    codes: NDArray[np.int32],
    at: NDArray[np.int64],
    room: NDArray[np.int64],
    sign: int,
    steps: int,
    begin: int,
    end: int,
    radix: int,
) -> NDArray[np.int64]:
    """Nodes `begin` to `end` of each path (see `moves.py`), in order of time: int64[paths]."""
    keys = np.zeros(len(at), dtype=np.int64)
    for path in range(len(at)):
        length = min(room[path], steps)
        first = at[path] if sign > 0 else at[path] - length + 1
        key = 0
        for step in range(begin, end):
            key *= radix
            if step < length:
                key += codes[first + step] + 1
        keys[path] = key
    return keys


@compiled((INSTANTS, INSTANTS))
def ranked(
    before: NDArray[np.int64], keys: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each different pair (before, key) stands first: int64[k] · which one each is: int64[m].

    `before` (int64[m], or int64[0] when there is nothing before) are ranks themselves.
    """
    bits = 4
    while 1 << bits < 2 * len(keys):
        bits += 1
    mask = (1 << bits) - 1
    shift = np.uint64(64 - bits)
    table = np.zeros((mask + 1, 2), dtype=np.int64)
    firsts = np.empty(len(keys), dtype=np.int64)
    ranks = np.empty(len(keys), dtype=np.int64)
    found = 0
    for i in range(len(keys)):
        key = keys[i]
        mixed = np.uint64(key) * SPREAD
        if len(before) > 0:
            mixed = (mixed ^ np.uint64(before[i])) * SPREAD
        slot = np.int64(mixed >> shift)
        while table[slot, 1] != 0:
            rank = table[slot, 1] - 1
            if table[slot, 0] == key and (len(before) == 0 or before[firsts[rank]] == before[i]):
                break
            slot = (slot + 1) & mask
        if table[slot, 1] == 0:
            table[slot, 0] = key
            firsts[found] = i
            found += 1
            table[slot, 1] = found
        ranks[i] = table[slot, 1] - 1
    return firsts[:found].copy(), ranks


@compiled((INSTANTS, INSTANTS, types.int64))
def standing(ranks: NDArray[np.int64], owner: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """int64[2, size]: how often each rank occurs, with how many people (int64[m], neighbours)."""
    counts = np.zeros((2, size), dtype=np.int64)
    latest = np.full(size, -1, dtype=np.int64)
    for i in range(len(ranks)):
        rank = ranks[i]
        counts[0, rank] += 1
        counts[1, rank] += latest[rank] != owner[i]
        latest[rank] = owner[i]
    return counts
