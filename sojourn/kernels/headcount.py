"""Who is there: the plainest of all counts, which every answer gives with what it was asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, TRUTHS


@compiled((INSTANTS, INSTANTS, TRUTHS))
def headcount(
    starts: NDArray[np.int64], ends: NDArray[np.int64], lawful: NDArray[np.bool_]
) -> tuple[int, int, int]:
    """How many people have an event, how many of them are `lawful` (bool[n]), and how many events
    they all have."""
    people = 0
    seen = 0
    events = 0
    for person in range(len(starts)):
        length = ends[person] - starts[person]
        people += length > 0
        seen += (length > 0) & lawful[person]
        events += length
    return people, seen, events
