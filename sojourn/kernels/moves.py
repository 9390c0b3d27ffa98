"""What many paths show at one step, or altogether: who is there, who ends there, what comes next.

A path is a window on a list of nodes: it begins at `at[p]` and has `room[p]` nodes, forwards
(`sign` 1) or backwards (-1). A question sees `steps` of them. Paths of one person are neighbours.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, WORDS

SPREAD = 2654435769
"""2³² divided by the golden ratio: neighbouring keys land far apart."""


@compiled((WORDS, *(INSTANTS,) * 3, *(types.int64,) * 4))
def moves(
    codes: NDArray[np.int32],
    at: NDArray[np.int64],
    room: NDArray[np.int64],
    owner: NDArray[np.int64],
    sign: int,
    step: int,
    steps: int,
    size: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """int64[3, size]: paths, people and last nodes by node · pairs[k] · how often[k].

    `step` counts from 0. A pair is node · size + the node at the next step.
    """
    here = np.zeros((3, size), dtype=np.int64)
    latest = np.full(size, -1, dtype=np.int64)
    bits = 1
    while 1 << bits < 2 * min(size * size, len(at)):
        bits += 1
    mask = (1 << bits) - 1
    pairs = np.zeros(mask + 1, dtype=np.int64)
    often = np.zeros(mask + 1, dtype=np.int64)
    for path in range(len(at)):
        if room[path] <= step:
            continue
        node = np.int64(codes[at[path] + sign * step])
        here[0, node] += 1
        here[1, node] += latest[node] != owner[path]
        latest[node] = owner[path]
        if room[path] == step + 1:
            here[2, node] += 1
        elif step + 1 < steps:
            pair = node * size + codes[at[path] + sign * (step + 1)]
            slot = (pair * SPREAD >> 32 - bits) & mask if bits < 32 else pair & mask
            while pairs[slot] != pair and often[slot] != 0:
                slot = (slot + 1) & mask
            pairs[slot] = pair
            often[slot] += 1
    used = np.flatnonzero(often)
    return here, pairs[used], often[used]


@compiled((WORDS, INSTANTS, types.int64))
def neighbours(
    codes: NDArray[np.int32], change: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every pair of neighbours on the list, as often as paths go through both: pairs · how often.

    change  int64[k]   how many paths more, or fewer, go from a node to the next than before it
    """
    bits = 1
    while 1 << bits < 2 * min(size * size, len(codes)):
        bits += 1
    mask = (1 << bits) - 1
    pairs = np.zeros(mask + 1, dtype=np.int64)
    often = np.zeros(mask + 1, dtype=np.int64)
    through = 0
    for i in range(len(codes) - 1):
        through += change[i]
        if through == 0:
            continue
        pair = np.int64(codes[i]) * size + codes[i + 1]
        slot = (pair * SPREAD >> 32 - bits) & mask if bits < 32 else pair & mask
        while pairs[slot] != pair and often[slot] != 0:
            slot = (slot + 1) & mask
        pairs[slot] = pair
        often[slot] += through
    used = np.flatnonzero(often)
    return pairs[used], often[used]
