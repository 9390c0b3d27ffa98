"""Stickiness: in how many days (or hours, weeks, …) of the period people did something.

With `of`, also how much of each week or month the people of that week or month were there: how many
of its days, and which share of them is there on an average day (“daily of monthly active people”).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.breakdown import Breakdown
from sojourn.counting.measure import check_size
from sojourn.counting.opening import marks_of, slot_of
from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice
from sojourn.kernels.counts import counts
from sojourn.kernels.grid import grid
from sojourn.kernels.stickiness import stickiness
from sojourn.matching import marks
from sojourn.period import Every
from sojourn.report import Answer, Question, Report
from sojourn.scope import Label, Scope
from sojourn.timeline import Timeline

SHORTER: dict[str, tuple[Every, ...]] = {
    "week": ("hour", "day"),
    "month": ("hour", "day", "week"),
}
"""The intervals of which a longer one is made."""


class StickinessDefinition(Question, frozen=True, tag="stickiness"):
    """Which events make somebody active (any, when `event` is None), and in what intervals."""

    event: str | None = None
    where: tuple[Condition, ...] = ()
    every: Every = "day"
    of: Literal["week", "month"] | None = None
    breakdown: Breakdown | None = None


class StickinessPoint(msgspec.Struct, frozen=True):
    """How many people were active in so many intervals; `at_least` of them in so many or more, who
    are this `share` of all."""

    intervals: int
    people: int
    at_least: int
    share: float


class StickinessOf(msgspec.Struct, frozen=True):
    """One week or month: its people, the mean number of intervals in which each was active, and the
    ratio of the mean number of people in its intervals to its people."""

    interval: str
    people: int
    mean: float | None
    ratio: float | None


class StickinessGroup(msgspec.Struct, frozen=True):
    """The people of one value; without a breakdown there is one group, of value []."""

    value: Label
    people: int
    mean: float | None
    points: tuple[StickinessPoint, ...]
    of: tuple[StickinessOf, ...] = ()


class StickinessAnswer(Answer, frozen=True, tag="stickiness"):
    """A group for each value; `pooled` more are shown together as (other)."""

    groups: tuple[StickinessGroup, ...]
    pooled: int = 0


class StickinessCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who was active in so many intervals, or in at least so many, with one value of the breakdown.

    Without a value, in a breakdown, intervals count whatever the value.
    """

    intervals: int
    at_least: bool = False
    value: Label | None = None


class Reached(msgspec.Struct, frozen=True):
    """People of a part: int64[slots, intervals] active in at least 1, 2, … intervals; and active in
    each week or month, and in each of the pieces it is made of."""

    at_least: NDArray[np.int64]
    outer: NDArray[np.int64]
    pieces: NDArray[np.int64]


def check(definition: StickinessDefinition) -> None:
    """Refuse intervals that are no part of the longer ones."""
    if definition.of is not None and definition.every not in SHORTER[definition.of]:
        raise BadQuestion(
            f"A {definition.of} is not made of {definition.every}s",
            where="of",
            mend="Choose shorter intervals, or leave this out.",
        )


def choices(definition: StickinessDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The one kind of event."""
    yield "", EventChoice(definition.event, definition.where)


def partial(definition: StickinessDefinition, timeline: Timeline, scope: Scope) -> Reached:
    """How many people of a part were active how often."""
    edges = scope.edges(definition.every)
    values = scope.values.slots
    check_size(values * (len(edges) - 1))
    _, choice = next(choices(definition))
    marked = marks((choice,), timeline, scope)
    slots = breakdown.slots(definition.breakdown, timeline, scope)
    edges, shift, cells = grid(edges)
    at_least, _ = stickiness(
        *timeline.arrays, *marked, slots, values, edges, shift, cells, *scope.bounds
    )

    def there(edges: NDArray[np.int64]) -> NDArray[np.int64]:
        edges, shift, cells = grid(edges)
        counted = counts(
            *timeline.arrays, *marked, 1, slots, values, edges, shift, cells, *scope.bounds
        )
        people: NDArray[np.int64] = counted[1].reshape(values, len(edges) - 1)
        return people

    outer, pieces = _pieces(definition, scope)
    return Reached(at_least.reshape(values, len(edges) - 1), there(outer), there(pieces))


def add(one: Reached, other: Reached) -> Reached:
    """People of two parts are different people."""
    return Reached(
        one.at_least + other.at_least, one.outer + other.outer, one.pieces + other.pieces
    )


def answer(definition: StickinessDefinition, reached: Reached, scope: Scope) -> StickinessAnswer:
    """The people by number of intervals, of each value."""
    groups = (
        StickinessGroup(
            value=breakdown.label_of(slot, scope.values),
            people=int(own[0]) if len(own) else 0,
            mean=_share(int(own.sum()), int(own[0]) if len(own) else 0),
            points=_points(own),
            of=_of(definition, reached.outer[slot], reached.pieces[slot], scope),
        )
        for slot, own in enumerate(reached.at_least)
    )
    return StickinessAnswer(groups=tuple(groups), pooled=scope.values.pooled)


def _points(at_least: NDArray[np.int64]) -> tuple[StickinessPoint, ...]:
    exactly = -np.diff(at_least, append=0)
    people = int(at_least[0]) if len(at_least) else 0
    return tuple(
        StickinessPoint(number, own, reached, _share(reached, people) or 0.0)
        for number, (own, reached) in enumerate(
            zip(exactly.tolist(), at_least.tolist(), strict=True), 1
        )
    )


def _of(
    definition: StickinessDefinition,
    people: NDArray[np.int64],
    active: NDArray[np.int64],
    scope: Scope,
) -> tuple[StickinessOf, ...]:
    """Each week or month: who was active in each of its pieces, added up, is how often all were."""
    if definition.of is None:
        return ()
    outer, pieces = _pieces(definition, scope)
    owner = np.searchsorted(outer, pieces[:-1], side="right") - 1
    many = np.bincount(owner, minlength=len(people)).tolist()
    sums = np.bincount(owner, weights=active, minlength=len(people)).astype(np.int64).tolist()
    return tuple(
        StickinessOf(
            interval=scope.label(edge, definition.of),
            people=own,
            mean=_share(total, own),
            ratio=_share(total, own * count),
        )
        for edge, own, total, count in zip(
            outer[:-1].tolist(), people.tolist(), sums, many, strict=True
        )
    )


def _pieces(
    definition: StickinessDefinition, scope: Scope
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The edges of the weeks or months of the period, and of the intervals, cut where one begins.

    The first and the last week or month have only those intervals of it that are in the period.
    """
    edges = scope.edges(definition.every)
    if definition.of is None:
        return edges[:1], edges[:1]
    outer = scope.edges(definition.of)
    cut = np.union1d(edges, outer)
    within = (cut >= max(edges[0], outer[0])) & (cut <= min(edges[-1], outer[-1]))
    return outer, cut[within]


def _share(of: int, all: int) -> float | None:
    return round(of / all, 4) if all else None


def people(
    definition: StickinessDefinition, cell: StickinessCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part stands behind one cell: bool[n]."""
    edges = scope.edges(definition.every)
    if not 1 <= cell.intervals < len(edges):
        raise BadQuestion(
            "The period has not so many intervals",
            detail=f"{cell.intervals} were asked for; it has {len(edges) - 1}.",
            where="cell.intervals",
            mend="Choose a number from 1 on that the answer shows.",
        )
    slots = breakdown.slots(definition.breakdown, timeline, scope)
    _, choice = next(choices(definition))
    marked = marks_of(choice, slot_of(cell.value, scope), slots, timeline, scope)
    edges, shift, cells = grid(edges)
    _, active = stickiness(
        *timeline.arrays, *marked, slots[:0], 1, edges, shift, cells, *scope.bounds
    )
    if cell.at_least:
        return active >= cell.intervals
    exactly: NDArray[np.bool_] = active == cell.intervals
    return exactly


def rows(answer: StickinessAnswer) -> list[dict[str, Any]]:
    """One row a number of intervals, of each value."""
    return [
        {"value": ", ".join(group.value), **msgspec.structs.asdict(point)}
        for group in answer.groups
        for point in group.points
    ]


def own_breakdown(definition: StickinessDefinition) -> Breakdown | None:
    """By what it is broken down."""
    return definition.breakdown


REPORT = Report(
    kind="stickiness",
    definition=StickinessDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=StickinessCell,
    people=people,
    breakdown=own_breakdown,
)
