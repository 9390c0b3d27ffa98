"""What paths are made of: the visible events of each run as nodes, in order, one list for a part.

    runs     | a  b  c | a  a |          event, or the group it belongs to, or event and value
    codes      0  1  2   0  0
    begins     0         3        5      run i is codes[begins[i]:begins[i + 1]]
    anchors    1  0  0   1  1            1 where a path may begin, 2 where one may end

Most questions want the first few nodes of each run only, so a run is left as soon as it has them.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.cpython.unsafe.numbers import trailing_zeros
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import INSTANTS, MARKS, SCOPE, TIMELINE, WORDS
from sojourn.scope import FAR_MS

LIMITS = (types.int64, types.int64, types.boolean, types.boolean, types.boolean)
"""values · most · waits · stops · merge"""

ROLES = INSTANTS
"""int64[5]: the bits of the marks that mean: a path may begin here, may end here, the event is
shown with its value, is hidden, belongs to a group (a bit for each, the lowest wins)."""


@compiled((types.int64, types.int64))
def _place(bit: int, of: int) -> int:
    """Which of the bits `of`, that follow each other, is the lowest of `bit`."""
    place: int = trailing_zeros(bit) - trailing_zeros(of)  # type: ignore[call-arg]
    return place


@compiled((*TIMELINE, *MARKS, WORDS, INSTANTS, ROLES, *LIMITS, *SCOPE))
def nodes(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    slots: NDArray[np.int32],
    shown: NDArray[np.int64],
    roles: NDArray[np.int64],
    values: int,
    most: int,
    waits: bool,
    stops: bool,
    merge: bool,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.int64]]:
    """codes int32[k] · anchors uint8[k] · begins int64[runs + 1]; see the module.

    shown   the node of each event code, then of each group, then, from `values` on, of each slot
    most    how many nodes of a run are wanted;  merge   whether repeats of a node are one
    waits   whether a run begins at its first 1;  stops   whether it ends at the first 2 after it
    """
    first, last, valued, hidden, grouped = roles
    size = np.minimum(ends - starts, most).sum()
    codes = np.empty(size, dtype=np.int32)
    anchors = np.empty(size, dtype=np.uint8)
    begins = np.zeros(len(starts) + 1, dtype=np.int64)
    k = 0
    for run in range(len(starts)):
        own = k
        begin, end = starts[run], ends[run]
        if start_ms > -FAR_MS and begin < end and ts[begin] < start_ms:
            begin += np.searchsorted(ts[begin:end], start_ms)
        if end_ms < FAR_MS and begin < end and ts[end - 1] > end_ms:
            end = begin + np.searchsorted(ts[begin:end], end_ms, side="right")
        for row in range(begin, end):
            if purposes[row] & purpose == 0:
                continue
            code = int(event[row])
            bits = table[code]
            anchor = 0
            if bits and len(held) > 0:
                bits &= held[row]
            if bits:
                if bits & hidden:
                    continue
                anchor = (1 if bits & first else 0) | (2 if bits & last else 0)
                if bits & grouped:
                    code = len(table) + _place(bits & grouped, grouped)
                elif bits & valued:
                    code = values + slots[row]
            if waits and k == own and anchor & 1 == 0:
                continue
            if merge and k > own and codes[k - 1] == shown[code]:
                anchors[k - 1] |= anchor
            else:
                codes[k] = shown[code]
                anchors[k] = anchor
                k += 1
            if k - own == most or (stops and anchor & 2 and k - own > waits):
                break
        begins[run + 1] = k
    return codes[:k], anchors[:k], begins
