"""Which touches came before each conversion, and how much of it each of them is credited with.

The touches of a person are numbered, and so are the conversions. A conversion sees the touches
[first, after) that came before it and lie in its window; both ends only ever grow, so that one pass
finds them. A model gives the touches at the ends their share, and spreads the rest over a range:

    touches      0    1    2    3    4    5        first = 1, after = 5
    conversion        ●────spread────●             ends 1 and 4; the rest over 2 and 3

No touch is visited for each conversion. A conversion enters a running sum at the last touch of its
range and leaves it past the first; on the way back the sum fades by half each half-life, which is
the time decay. With an endless half-life it does not fade, and the rest is spread evenly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from sojourn.kernels.compiled import compiled
from sojourn.kernels.layout import MARKS, NUMBERS, SCOPE, TIMELINE, WORDS, tuple_of

CONVERSION = 1
"""The bit that marks a conversion; any other bit marks a touch."""

TOUCHES, CONVERSIONS, PEOPLE = range(3)
"""The first rows of the counts by value; the k-th model credits those of row PEOPLE + k, from 1."""

CONVERTED, UNATTRIBUTED, WANTED = range(3)
"""Why somebody stands behind a cell: they converted, once without a touch, or are those wanted."""

AT, VALUE, BEGAN, ENDED = range(4)
"""Of a touch: its instant, its slot, and the conversions [BEGAN, ENDED) that see it."""

FIRST, AFTER = range(2)
"""Of a conversion: the touches that it sees."""

FAR = 2**62
"""After every conversion: where a touch has not left the window yet."""

TABLE = types.int64[:, ::1]

Events = tuple_of(*TIMELINE[2:], *MARKS, WORDS, NUMBERS)
"""ts · event · purposes · table · held · slots[m] · amounts[m] or [0]"""

Limits = tuple_of(types.int64, types.boolean, *SCOPE)
"""window_ms · only_first · start_ms · end_ms · purpose"""

Seen = tuple_of(TABLE, TABLE, types.float64[::1])
"""One person's touches [4, …] and conversions [2, …], as named above, and their worths […]."""

Credit = tuple_of(types.float64[::1], types.boolean[::1], types.float64[::1], types.int64[::1])
"""What `_credit` fills and works with, by touch: credit · credited · joined · joining"""


@compiled((types.int64, types.int64, Events, Limits, Seen))
def _gather(begin: int, end: int, events: Any, limits: Any, seen: Any) -> tuple[int, int]:
    """Lay out the touches and conversions in the rows of one person; returns how many of each.

    An event that is both sees the touches before it as a conversion, and is then one itself.
    """
    ts, event, purposes, table, held, slots, amounts = events
    window_ms, only_first, start_ms, end_ms, purpose = limits
    touch, sees, worth = seen
    touches = 0
    conversions = 0
    low = 0
    for i in range(begin, end):
        bits = table[event[i]]
        if bits == 0:
            continue
        if len(held) > 0:
            bits &= held[i]
        if bits == 0 or ts[i] < start_ms or purposes[i] & purpose == 0:
            continue
        if ts[i] > end_ms:
            break
        if bits & CONVERSION:
            while low < touches and touch[AT, low] < ts[i] - window_ms:
                touch[ENDED, low] = conversions
                low += 1
            sees[FIRST, conversions] = low
            sees[AFTER, conversions] = touches
            amount = 1.0 if len(amounts) == 0 else amounts[i]
            worth[conversions] = 0.0 if np.isnan(amount) else amount
            conversions += 1
            if only_first:
                break
        if bits & ~CONVERSION:
            touch[AT, touches] = ts[i]
            touch[VALUE, touches] = slots[i]
            touch[BEGAN, touches] = conversions
            touch[ENDED, touches] = FAR
            touches += 1
    return touches, conversions


@compiled((types.int64, Seen, types.float64[:, ::1]))
def _add_conversions(conversions: int, seen: Any, whole: NDArray[np.float64]) -> bool:
    """Add one person's conversions to `whole`; whether some of them see no touch."""
    _, sees, worth = seen
    some = False
    for one in range(conversions):
        alone = sees[FIRST, one] == sees[AFTER, one]
        whole[0, 0] += 1.0
        whole[0, 1] += worth[one]
        if alone:
            whole[1, 0] += 1.0
            whole[1, 1] += worth[one]
            some = True
    return some


@compiled((TABLE, TABLE, types.int64, types.int64, types.int64))
def _count_person(
    counts: NDArray[np.int64], newest: NDArray[np.int64], row: int, value: int, person: int
) -> None:
    """Count a person under a value, unless the one counted there last is the same."""
    counts[row, value] += newest[row, value] != person
    newest[row, value] = person


@compiled((TABLE, *(types.int64,) * 3, types.int64[::1], TABLE, TABLE))
def _count(
    touch: NDArray[np.int64],
    touches: int,
    conversions: int,
    person: int,
    until: NDArray[np.int64],
    counts: NDArray[np.int64],
    newest: NDArray[np.int64],
) -> None:
    """Count a person's touches by value, and the conversions that see at least one of them.

    Where a conversion sees several touches of one value, it is counted with the last of them:
    `until` (by value, -1 for none) is the first conversion that sees a later one.
    """
    for one in range(touches - 1, -1, -1):
        value = touch[VALUE, one]
        begin = touch[BEGAN, one]
        end = min(touch[ENDED, one], conversions)
        if end > begin:
            counts[TOUCHES, value] += 1
            last = end if until[value] < 0 else min(end, until[value])
            counts[CONVERSIONS, value] += max(0, last - begin)
            _count_person(counts, newest, PEOPLE, value, person)
        until[value] = begin
    for one in range(touches):
        until[touch[VALUE, one]] = -1


@compiled((types.int64, types.int64, Seen, NUMBERS, Credit))
def _credit(
    touches: int, conversions: int, seen: Any, model: NDArray[np.float64], room: Any
) -> None:
    """What one model credits each touch of a person with, and which touches it credits at all.

    `model` has the share of the first touch, that of the last, that of the rest, and the half-life
    in ms. If the ends get nothing by themselves, they belong to the rest. Where only one or two
    touches are seen there is no rest: the ends then share all, in proportion.
    """
    touch, sees, worth = seen
    credit, credited, joined, joining = room
    to_first, to_last, rest, half_life_ms = model
    at = touch[AT]
    credit[:touches] = 0.0
    credited[:touches] = False
    joined[:touches] = 0.0
    joining[:touches] = 0
    low = 0
    high = 0
    weight = 0.0
    for one in range(conversions):
        first = sees[FIRST, one]
        last = sees[AFTER, one] - 1
        if last < first:
            continue
        if to_first + to_last > 0.0:
            whole = worth[one] if last - first > 1 else worth[one] / (to_first + to_last)
            credit[first] += whole * to_first
            credit[last] += whole * to_last
            credited[first] |= to_first > 0.0 or first == last
            credited[last] |= to_last > 0.0 or first == last
            if last - first < 2 or rest == 0.0:
                continue
            first += 1
            last -= 1
        while high <= last:
            weight *= np.exp2((at[high - 1] - at[high]) / half_life_ms) if high > 0 else 0.0
            weight += 1.0
            high += 1
        while low < first:
            weight -= np.exp2((at[low] - at[last]) / half_life_ms)
            low += 1
        each = worth[one] * rest / weight
        joined[last] += each
        joining[last] += 1
        if first > 0:
            joined[first - 1] -= each * np.exp2((at[first - 1] - at[last]) / half_life_ms)
            joining[first - 1] -= 1
    running = 0.0
    ranges = 0
    for one in range(touches - 1, -1, -1):
        if ranges > 0:
            running *= np.exp2((at[one] - at[one + 1]) / half_life_ms)
        running += joined[one]
        ranges += joining[one]
        if ranges == 0:
            running = 0.0
        else:
            credit[one] += running
            credited[one] = True


@compiled(
    (
        *TIMELINE,
        *MARKS,
        *(WORDS, NUMBERS, types.int64, types.boolean),
        *(types.int64, types.float64[:, ::1], types.int64, types.int64),
        *SCOPE,
    ),
)
def attribution(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    ts: NDArray[np.int64],
    event: NDArray[np.uint16],
    purposes: NDArray[np.uint16],
    table: NDArray[np.int64],
    held: NDArray[np.int64],
    slots: NDArray[np.int32],
    amounts: NDArray[np.float64],
    window_ms: int,
    only_first: bool,
    size: int,
    models: NDArray[np.float64],
    wanted_row: int,
    wanted_slot: int,
    start_ms: int,
    end_ms: int,
    purpose: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Credit and counts by value of the touches, of which there are `size` (`slots`: int32[m]).

    Bit 0 marks conversions, others touches. A conversion is worth 1, or its number in `amounts`
    (float64[m]), nothing if it has none. Models are rows as `_credit` takes them.

    credit  float64[models, size]
    counts  int64[3 + models, size]    see TOUCHES, CONVERSIONS, PEOPLE
    whole   float64[2, 2]              conversions and their worth: all; those without a touch
    behind  bool[3, n]                 see CONVERTED, UNATTRIBUTED, WANTED: who was counted in
                                       counts[wanted_row, wanted_slot], if that row is not negative
    """
    events = (ts, event, purposes, table, held, slots, amounts)
    limits = (window_ms, only_first, start_ms, end_ms, purpose)
    most = max(1, (ends - starts).max()) if len(starts) > 0 else 1
    seen = (np.empty((4, most), np.int64), np.empty((2, most), np.int64), np.empty(most))
    room = (np.empty(most), np.empty(most, np.bool_), np.empty(most), np.empty(most, np.int64))
    sums = np.zeros((len(models), size))
    counts = np.zeros((PEOPLE + 1 + len(models), size), dtype=np.int64)
    newest = np.full(counts.shape, -1, dtype=np.int64)
    until = np.full(size, -1, dtype=np.int64)
    whole = np.zeros((2, 2))
    behind = np.zeros((3, len(starts)), dtype=np.bool_)
    for person in range(len(starts)):
        touches, conversions = _gather(starts[person], ends[person], events, limits, seen)
        if conversions == 0:
            continue
        behind[CONVERTED, person] = True
        behind[UNATTRIBUTED, person] = _add_conversions(conversions, seen, whole)
        _count(seen[0], touches, conversions, person, until, counts, newest)
        for model in range(len(models)):
            _credit(touches, conversions, seen, models[model], room)
            for one in range(touches):
                if room[1][one]:
                    value = seen[0][VALUE, one]
                    sums[model, value] += room[0][one]
                    _count_person(counts, newest, PEOPLE + 1 + model, value, person)
        if wanted_row >= 0:
            behind[WANTED, person] = newest[wanted_row, wanted_slot] == person
    return sums, counts, whole, behind
