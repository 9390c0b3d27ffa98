"""What a line counts of its events: people, visits, events, or something about a property.

Each measure leaves an *amount* of a part, which can be added to that of another, and in the end be
read in three ways: at each point, so far (everything up to the end of each interval), and in total.

    Events       events                       add up
    Present      people, visits               add up, as no one lives in two parts
    Moments      sum, mean, min, max          a handful of numbers a point
    Numbers      median, percentile           every number
    Different    distinct, organisations      every value once

Lines are arrays of slots (the values of a breakdown) by intervals: float64[slots, intervals], NaN
where there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, Self

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.errors import BadQuestion
from sojourn.event import ORGANISATION
from sojourn.filter import EventChoice
from sojourn.kernels.counts import counts
from sojourn.kernels.gather import gather, moments
from sojourn.kernels.grid import grid
from sojourn.kernels.line import line
from sojourn.kernels.presence import presence
from sojourn.kernels.ranks import running_ranks
from sojourn.matching import marks
from sojourn.regroup import by_visit
from sojourn.scope import Scope
from sojourn.timeline import Column, Timeline
from sojourn.values import columns_of, numbers_of, present, then

Measure = Literal[
    "people",
    "visits",
    "events",
    "sum",
    "mean",
    "min",
    "max",
    "median",
    "percentile",
    "distinct",
    "organisations",
]
OF_RUNS = ("people", "visits", "events")
"""Measures of runs and what is in them."""
WITHOUT_PROPERTY = (*OF_RUNS, "organisations")
"""Measures that need no property: how many there are says it all."""
WHOLE = (*WITHOUT_PROPERTY, "distinct")
"""Measures that are whole numbers, 0 where there is nothing."""

POINTS_MAX = 500_000
"""Of all lines together: 20 MB of JSON, and as much memory for each part."""

Lines = NDArray[np.float64]
Grid = tuple[NDArray[np.int64], int, NDArray[np.int32]]


class Wanted(msgspec.Struct, frozen=True):
    """Which events a line is about, and what is counted of them."""

    choice: EventChoice
    measure: Measure = "people"
    property: str | None = None
    percentile: float | None = None


class Amount(Protocol):
    """What a measure has found; see the module."""

    def __add__(self, other: Self, /) -> Self:
        """Both together."""

    def points(self) -> Lines:
        """Each interval by itself."""

    def so_far(self) -> Lines:
        """Everything up to the end of each interval."""

    def totals(self) -> Lines:
        """Everything, by slot: float64[slots]."""


@dataclass(frozen=True, slots=True)
class Events:
    """Events at each point: int64[slots, intervals]."""

    counted: NDArray[np.int64]

    def __add__(self, other: Events) -> Events:
        return Events(self.counted + other.counted)

    def points(self) -> Lines:
        return self.counted.astype(np.float64)

    def so_far(self) -> Lines:
        return np.cumsum(self.points(), axis=1)

    def totals(self) -> Lines:
        totals: Lines = self.points().sum(axis=1)
        return totals


@dataclass(frozen=True, slots=True)
class Present:
    """Who is there in each interval, and who of them for the first time: int64[slots, intervals].

    So far there have been as many different ones as have come for the first time.
    """

    there: NDArray[np.int64]
    newcomers: NDArray[np.int64]

    def __add__(self, other: Present) -> Present:
        return Present(self.there + other.there, self.newcomers + other.newcomers)

    def points(self) -> Lines:
        return self.there.astype(np.float64)

    def so_far(self) -> Lines:
        return np.cumsum(self.newcomers, axis=1).astype(np.float64)

    def totals(self) -> Lines:
        totals: Lines = self.newcomers.sum(axis=1).astype(np.float64)
        return totals


@dataclass(frozen=True, slots=True)
class Moments:
    """Of the numbers at each point: how many, their sum, what the sum lost, the least and the
    greatest; float64[5, slots, intervals], see `kernels.gather.moments`."""

    measure: Measure
    found: NDArray[np.float64]

    def __add__(self, other: Moments) -> Moments:
        one, two = self.found, other.found
        total = one[1] + two[1]
        own = total - one[1]
        lost = (one[1] - (total - own)) + (two[1] - own)
        parts = (
            one[0] + two[0],
            total,
            one[2] + two[2] + lost,
            np.minimum(one[3], two[3]),
            np.maximum(one[4], two[4]),
        )
        return Moments(self.measure, np.stack(parts))

    def points(self) -> Lines:
        return self._read(self.found)

    def so_far(self) -> Lines:
        return self._read(self._accumulated())

    def totals(self) -> Lines:
        if not self.found.shape[2]:
            return self._read(np.stack([np.zeros(self.found.shape[1])] * 5))
        return self._read(self._accumulated()[:, :, -1])

    def _accumulated(self) -> NDArray[np.float64]:
        sums = self.found[:3].cumsum(axis=2)
        least = np.minimum.accumulate(self.found[3], axis=1)
        most = np.maximum.accumulate(self.found[4], axis=1)
        return np.concatenate((sums, least[None], most[None]))

    def _read(self, found: NDArray[np.float64]) -> Lines:
        many, total, lost, least, most = found
        with np.errstate(all="ignore"):
            total = total + lost
            read = {"sum": total, "mean": total / many, "min": least, "max": most}
        empty = 0.0 if self.measure == "sum" else np.nan
        return np.where(many > 0, read[self.measure], empty)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Every number, and the point where it stands (slot · intervals + interval).

    The value at a share q of n ascending numbers stands at place q · (n - 1), counted from 0;
    between two places it lies on the straight line from one number to the next.
    """

    shape: tuple[int, int]
    share: float
    at: NDArray[np.int64]
    numbers: NDArray[np.float64]

    def __add__(self, other: Numbers) -> Numbers:
        at = np.concatenate((self.at, other.at))
        return Numbers(self.shape, self.share, at, np.concatenate((self.numbers, other.numbers)))

    def points(self) -> Lines:
        slots, intervals = self.shape
        return self._of_groups(self.at, slots * intervals).reshape(self.shape)

    def so_far(self) -> Lines:
        lines = np.full(self.shape, np.nan)
        slot = self.at // max(1, self.shape[1])
        for number in range(self.shape[0]):
            own = np.flatnonzero(slot == number)
            own = own[np.argsort(self.at[own], kind="stable")]
            ascending = np.sort(self.numbers[own])
            ranks = np.empty(len(own), dtype=np.int64)
            ranks[np.argsort(self.numbers[own], kind="stable")] = np.arange(len(own))
            last = np.searchsorted(self.at[own] % self.shape[1], np.arange(self.shape[1]), "right")
            low, high, part = running_ranks(ranks, last, self.share)
            there = last > 0
            least, most = ascending[low[there]], ascending[high[there]]
            lines[number, there] = least + (most - least) * part[there]
        return lines

    def totals(self) -> Lines:
        return self._of_groups(self.at // max(1, self.shape[1]), self.shape[0])

    def _of_groups(self, group: NDArray[np.int64], groups: int) -> Lines:
        ascending = self.numbers[np.lexsort((self.numbers, group))]
        many = np.bincount(group, minlength=groups)
        begin = many.cumsum() - many
        there = many > 0
        place = self.share * (many[there] - 1)
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, many[there] - 1)
        least, most = ascending[begin[there] + low], ascending[begin[there] + high]
        result = np.full(groups, np.nan)
        result[there] = least + (most - least) * (place - low)
        return result


@dataclass(frozen=True, slots=True)
class Different:
    """Which values stand at which point, each once a part.

    Of each type of value (they are never equal to each other): pairs of a point and a value.
    """

    shape: tuple[int, int]
    found: dict[str, tuple[tuple[NDArray[np.int64], pa.DictionaryArray], ...]]

    def __add__(self, other: Different) -> Different:
        types = {*self.found, *other.found}
        return Different(
            self.shape, {one: self.found.get(one, ()) + other.found.get(one, ()) for one in types}
        )

    def points(self) -> Lines:
        return self._counted().points()

    def so_far(self) -> Lines:
        return self._counted().so_far()

    def totals(self) -> Lines:
        return self._counted().totals()

    def _counted(self) -> Present:
        """A value is there as a person is there."""
        slots, intervals = self.shape
        there = np.zeros(slots * intervals, dtype=np.int64)
        newcomers = there.copy()
        for chunks in self.found.values():
            at = np.concatenate([points for points, _ in chunks])
            values = pa.chunked_array([own for _, own in chunks]).unify_dictionaries()
            codes = np.concatenate([own.indices.to_numpy() for own in values.chunks])
            many = len(values.chunk(0).dictionary)
            # Ascending by slot, value and interval: each value's first interval comes first.
            slot, interval = np.divmod(at, intervals)
            pairs = np.unique((slot * many + codes) * intervals + interval)
            line, interval = np.divmod(pairs, intervals)
            point = line // many * intervals + interval
            there += np.bincount(point, minlength=len(there))
            first = np.diff(line, prepend=-1) > 0
            newcomers += np.bincount(point[first], minlength=len(there))
        return Present(there.reshape(self.shape), newcomers.reshape(self.shape))


def check_size(points: int) -> None:
    """Refuse to count more points than an answer can show."""
    if points > POINTS_MAX:
        raise BadQuestion(
            "The answer would have too many points",
            detail=f"It would have {points:,}; {POINTS_MAX:,} are allowed.",
            where="every",
            mend="Ask for fewer series or values, a shorter period, or longer intervals.",
        )


def measured(
    wanted: Sequence[Wanted],
    slots: NDArray[np.int32],
    edges: NDArray[np.int64],
    timeline: Timeline,
    scope: Scope,
) -> list[Amount]:
    """The amount of each line of a part, over the intervals between `edges`.

    `slots` is the slot of each row, as `breakdown.slots` gives it.
    """
    over = grid(edges)
    found: dict[int, Amount] = {}
    for visits in (False, True):
        numbers = [
            number
            for number, one in enumerate(wanted)
            if one.measure in OF_RUNS and (one.measure == "visits") is visits
        ]
        if numbers:
            runs = by_visit(timeline, scope) if visits else timeline
            own = _runs([wanted[number] for number in numbers], slots, over, runs, scope)
            found.update(zip(numbers, own, strict=True))
    for number, one in enumerate(wanted):
        if one.measure not in OF_RUNS:
            found[number] = _values(one, slots, over, timeline, scope)
    return [found[number] for number in range(len(wanted))]


def rolled(lines: Lines, over: int) -> Lines:
    """The average of so many points up to each; points without a value are left out of it."""
    if over == 1:
        return lines
    there = ~np.isnan(lines)
    known = np.where(there, lines, 0.0)
    sums, many = known.copy(), there.astype(np.int64)
    for back in range(1, min(over, lines.shape[1])):
        sums[:, back:] += known[:, :-back]
        many[:, back:] += there[:, :-back]
    with np.errstate(invalid="ignore"):
        return sums / np.where(many > 0, many, np.nan)


def _runs(
    wanted: Sequence[Wanted],
    slots: NDArray[np.int32],
    over: Grid,
    timeline: Timeline,
    scope: Scope,
) -> list[Amount]:
    """Lines that count runs, of people or visits, and their events."""
    shape = scope.values.slots, len(over[0]) - 1
    is_one = len(wanted) == 1 and shape[0] == 1 and not len(slots)
    if is_one and _is_plain(wanted[0]):
        there, newcomers = presence(*timeline.arrays, *over, *scope.bounds)
        return [Present(there.reshape(shape), newcomers.reshape(shape))]
    marked = marks([one.choice for one in wanted], timeline, scope)
    about = *timeline.arrays, *marked
    if is_one:
        counted = line(*about, *over, *scope.bounds)
    else:
        counted = counts(*about, len(wanted), slots, shape[0], *over, *scope.bounds)
    counted = counted.reshape(3, len(wanted), *shape)
    return [
        Events(events) if one.measure == "events" else Present(there, newcomers)
        for one, events, there, newcomers in zip(wanted, *counted, strict=True)
    ]


def _is_plain(wanted: Wanted) -> bool:
    """Whether a line is of whoever was there at all."""
    return wanted.choice == EventChoice() and wanted.measure != "events"


def _values(
    wanted: Wanted, slots: NDArray[np.int32], over: Grid, timeline: Timeline, scope: Scope
) -> Amount:
    """A line about the values of a property, or the organisations that people belonged to then."""
    shape = scope.values.slots, len(over[0]) - 1
    marked = marks((wanted.choice,), timeline, scope)
    edges, shift, cells = over
    rows, at = gather(
        *timeline.arrays, *marked, slots, shape[0], edges, shift, cells, *scope.bounds
    )
    if wanted.measure == "organisations":
        columns = then(timeline, ORGANISATION, scope)
        return Different(shape, {one.type: (_different(one, rows, at),) for one in columns})
    assert wanted.property is not None
    if wanted.measure == "distinct":
        columns = columns_of(timeline, wanted.property, "event", scope)
        return Different(shape, {one.type: (_different(one, rows, at),) for one in columns})
    numbers = numbers_of(timeline, wanted.property, "event", scope)[rows]
    if wanted.measure in ("median", "percentile"):
        share = 0.5 if wanted.percentile is None else wanted.percentile / 100
        has = ~np.isnan(numbers)
        return Numbers(shape, share, at[has], numbers[has])
    found = moments(at, numbers, shape[0] * shape[1])
    return Moments(wanted.measure, found.reshape(5, *shape))


def _different(
    column: Column, rows: NDArray[np.int64], at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], pa.DictionaryArray]:
    """The values of some rows of a column with their points, each pair once."""
    has = present(column)[rows]
    own, at = column.values[rows][has], at[has]
    if column.type == "number":
        # Adding nothing turns -0.0 into 0.0, which are one number.
        coded = pa.array(own.astype(np.float64) + 0.0).dictionary_encode()
        codes, words = coded.indices.to_numpy(), coded.dictionary
    else:
        codes = own.astype(np.int32)
        # The type is said, for a part may have none of the words that another has.
        is_text = column.type == "text"
        words = pa.array(column.words, pa.string()) if is_text else pa.array((False, True))
    size = max(1, len(words))
    pairs = pc.unique(pa.array(at * size + codes)).to_numpy()
    at, codes = np.divmod(pairs, size)
    return at, pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), words)
