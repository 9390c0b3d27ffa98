"""Which events a question is about, where it needs nothing else of them but who they are.

Whether the next event is one is a coin toss, and a processor that guesses wrong waits. So nothing
is guessed: each row is written down, and kept by counting it. First those whose code is wanted,
which reads nothing but codes; then, of these, those that the question may see.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import MARKS, SCOPE, TIMELINE


@compiled((*TIMELINE, *MARKS, *SCOPE))
def occurrences(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> NDArray[np.int64]:
    """The rows of marked events, ascending: int64[f]."""
    rows = np.empty((ends - starts).sum() + 1, dtype=np.int64)
    wanted = 0
    for person in range(len(starts)):
        for i in range(starts[person], ends[person]):
            rows[np.uint64(wanted)] = i
            wanted += table[event[np.uint64(i)]] != 0
    found = 0
    for i in rows[:wanted]:
        row = np.uint64(i)
        seen = (ts[row] >= start_ms) & (ts[row] <= end_ms) & (purposes[row] & purpose != 0)
        if len(held) > 0:
            seen &= table[event[row]] & held[row] != 0
        rows[np.uint64(found)] = i
        found += seen
    # A copy lets the room for all rows be used again at once.
    return rows[:found].copy()
