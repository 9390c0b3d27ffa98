"""Lifecycle: of the people of each interval, who is new, who came again, who came back; and who is
gone.

    interval       1      2      3      4      5
    ann            new    ret.   dorm.         resurrecting
    bob                   new    ret.   dorm.

What they do is one kind of event, over their whole history: who came long before the period is not
new in it. Intervals are whole, so the first begins where its interval of the calendar begins, even
if the period begins later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.breakdown import Breakdown
from sojourn.counting.measure import check_size
from sojourn.counting.opening import interval_of, marks_of, slot_of, with_event
from sojourn.filter import Condition, EventChoice
from sojourn.kernels.grid import grid
from sojourn.kernels.lifecycle import RETURNING, lifecycle
from sojourn.matching import marks
from sojourn.period import Every
from sojourn.report import Answer, Question, Report
from sojourn.scope import FAR_MS, Label, Scope
from sojourn.timeline import Timeline


class LifecycleDefinition(Question, frozen=True, tag="lifecycle"):
    """Which events make somebody active (any, when `event` is None), and in what intervals."""

    event: str | None = None
    where: tuple[Condition, ...] = ()
    every: Every = "week"
    breakdown: Breakdown | None = None


class LifecyclePoint(msgspec.Struct, frozen=True):
    """How many people of an interval are in each state.

    new           their first such event ever is in it
    returning     they have one in it, and had one in the interval before
    resurrecting  they have one in it, none in the interval before, and had one earlier
    dormant       they have none in it, and had one in the interval before
    """

    interval: str
    new: int
    returning: int
    resurrecting: int
    dormant: int


class LifecycleGroup(msgspec.Struct, frozen=True):
    """The intervals of one value; without a breakdown there is one group, of value []."""

    value: Label
    points: tuple[LifecyclePoint, ...]


class LifecycleAnswer(Answer, frozen=True, tag="lifecycle"):
    """A group for each value; `pooled` more are shown together as (other)."""

    groups: tuple[LifecycleGroup, ...]
    pooled: int = 0


class LifecycleCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is in a state in an interval, with one value of the breakdown or with any."""

    interval: str
    state: Literal["new", "returning", "resurrecting", "dormant"]
    value: Label | None = None


def check(definition: LifecycleDefinition) -> None:
    """Every lifecycle that can be read can be answered, unless its period is too long."""


def choices(definition: LifecycleDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The one kind of event."""
    yield "", EventChoice(definition.event, definition.where)


def partial(definition: LifecycleDefinition, timeline: Timeline, scope: Scope) -> NDArray[np.int64]:
    """People of a part by state: int64[3, slots, intervals], the one before the period first."""
    edges = _edges(definition, scope)
    shape = scope.values.slots, len(edges) - 1
    check_size(shape[0] * shape[1])
    ever = _ever(scope)
    _, choice = next(choices(definition))
    edges, shift, cells = grid(edges)
    counted: NDArray[np.int64] = lifecycle(
        *timeline.arrays,
        *marks((choice,), timeline, ever),
        breakdown.slots(definition.breakdown, timeline, ever),
        shape[0],
        edges,
        shift,
        cells,
        scope.end_ms,
        scope.purpose,
    )
    return counted.reshape(3, *shape)


def add(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """People of two parts are different people."""
    return one + other


def answer(
    definition: LifecycleDefinition, counted: NDArray[np.int64], scope: Scope
) -> LifecycleAnswer:
    """The states by value and interval.

    Whoever was there in the interval before either returns or is dormant now, so the dormant need
    not be counted; in an interval that has not begun nobody is dormant yet.
    """
    begins = _edges(definition, scope)[1:-1]
    there = counted.sum(axis=0)
    dormant = there[:, :-1] - counted[RETURNING, :, 1:]
    dormant[:, begins > scope.now_ms] = 0
    states = np.stack([*counted[:, :, 1:], dormant], axis=-1).tolist()
    names = [scope.label(edge, definition.every) for edge in begins.tolist()]
    groups = (
        LifecycleGroup(
            value=breakdown.label_of(slot, scope.values),
            points=tuple(
                LifecyclePoint(name, *own) for name, own in zip(names, states[slot], strict=True)
            ),
        )
        for slot in range(scope.values.slots)
    )
    return LifecycleAnswer(groups=tuple(groups), pooled=scope.values.pooled)


def people(
    definition: LifecycleDefinition, cell: LifecycleCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part stands behind one cell: bool[n]."""
    number = interval_of(cell.interval, definition.every, scope)
    before, begin, end = _edges(definition, scope)[number : number + 3].tolist()
    ever = _ever(scope)
    slots = breakdown.slots(definition.breakdown, timeline, ever)
    _, choice = next(choices(definition))
    marked = marks_of(choice, slot_of(cell.value, scope), slots, timeline, ever)

    def active(first_ms: int, last_ms: int) -> NDArray[np.bool_]:
        return with_event(marked, timeline, first_ms, min(last_ms, scope.end_ms), scope)

    now, previous = active(begin, end - 1), active(before, begin - 1)
    if cell.state == "dormant":
        return previous & ~now & np.bool_(begin <= scope.now_ms)
    if cell.state == "returning":
        return now & previous
    earlier = active(-FAR_MS, before - 1)
    return now & ~previous & (earlier if cell.state == "resurrecting" else ~earlier)


def rows(answer: LifecycleAnswer) -> list[dict[str, Any]]:
    """One row an interval, of each value."""
    return [
        {"value": ", ".join(group.value), **msgspec.structs.asdict(point)}
        for group in answer.groups
        for point in group.points
    ]


def own_breakdown(definition: LifecycleDefinition) -> Breakdown | None:
    """By what a lifecycle is broken down."""
    return definition.breakdown


def _ever(scope: Scope) -> Scope:
    """The same from the beginning of time."""
    return replace(scope, start_ms=-FAR_MS)


def _edges(definition: LifecycleDefinition, scope: Scope) -> NDArray[np.int64]:
    """The edges of the intervals, after that of the one before them."""
    edges = scope.edges(definition.every)
    if len(edges) == 1:
        return edges
    return replace(scope, start_ms=int(edges[0]) - 1).edges(definition.every)


REPORT = Report(
    kind="lifecycle",
    definition=LifecycleDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=LifecycleCell,
    people=people,
    breakdown=own_breakdown,
)
