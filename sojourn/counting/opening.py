"""Opening a cell: who has an event of a choice, with one value of a breakdown, at some time.

What trend, lifecycle and stickiness show is made of such people.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice
from sojourn.kernels.tally import tally
from sojourn.matching import marks
from sojourn.period import Every
from sojourn.scope import Label, Scope
from sojourn.timeline import Timeline

Marks = tuple[NDArray[np.int64], NDArray[np.int64]]

NO_NUMBERS = np.zeros(0)


def slot_of(value: Label | None, scope: Scope) -> int | None:
    """The slot that a cell's value names, None when it names none and so means every value."""
    if not value:
        return None
    for slot in range(scope.values.slots):
        if breakdown.label_of(slot, scope.values) == value:
            return slot
    raise BadQuestion(
        "The answer does not show this value",
        detail=f"“{', '.join(value)[:200]}” was asked for.",
        where="cell.value",
        mend="Give a value as the answer writes it.",
    )


def interval_of(name: str, every: Every, scope: Scope) -> int:
    """The number of the interval that a cell names."""
    for number, edge in enumerate(scope.edges(every)[:-1].tolist()):
        if scope.label(edge, every) == name:
            return number
    raise BadQuestion(
        "The answer does not show this interval",
        detail=f"“{name[:60]}” was asked for.",
        where="cell.interval",
        mend="Give an interval as the answer writes it.",
    )


def marks_of(
    choice: EventChoice,
    slot: int | None,
    slots: NDArray[np.int32],
    timeline: Timeline,
    scope: Scope,
) -> Marks:
    """As `matching.marks` of one choice, of the events whose value is that of `slot`, if it is one.

    `slots` is the slot of each row, as `breakdown.slots` gives it.
    """
    table, held = marks((choice,), timeline, scope)
    if slot is None or len(slots) == 0:
        return table, held
    chosen = (slots == slot).astype(np.int64)
    return table, chosen & held if len(held) else chosen


def with_event(
    marked: Marks, timeline: Timeline, first_ms: int, last_ms: int, scope: Scope
) -> NDArray[np.bool_]:
    """Who has a marked event between two instants, ends included: bool[n]."""
    found = tally(*timeline.arrays, *marked, NO_NUMBERS, first_ms, last_ms, scope.purpose)
    return found > 0
