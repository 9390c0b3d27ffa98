"""What goes with converting: what people did on the way, and the properties they set out with.

For each event and each value there is a table of four: with it or without, converted or not. The
odds ratio says how many times the odds to convert are as high with it as without. A half is added
to each of the four (Haldane and Anscombe), so that an empty one does not break it; the interval
holds the true ratio in 95 of 100 cases, by the normal approximation of its logarithm.
"""

from __future__ import annotations

import math
from collections import Counter

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.counting.attempts.definition import FunnelDefinition
from sojourn.counting.attempts.finding import Attempts
from sojourn.kernels.between import done_between
from sojourn.scope import Scope
from sojourn.timeline import Column, Timeline
from sojourn.values import columns_of, present

NORMAL_95 = 1.959963984540054
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""


class Correlation(msgspec.Struct, frozen=True):
    """How doing `event`, or setting out with `value` of `property`, goes with converting.

    `converted` and `dropped` are how many with it did and did not convert; `low` and `high` are the
    ends of the 95 % interval of the odds ratio.
    """

    event: str | None
    property: str | None
    value: str | None
    converted: int
    dropped: int
    odds_ratio: float
    low: float
    high: float


Key = tuple[str | None, str | None, str | None]
"""An event, or a property and its value."""

ALL: Key = (None, None, None)
"""Every attempt, whatever went with it."""

Outcomes = Counter[tuple[Key, bool]]
"""How many attempts went with a key and did not convert (False), or did (True)."""


def outcomes(
    definition: FunnelDefinition, found: Attempts, timeline: Timeline, scope: Scope
) -> Outcomes:
    """How many attempts of a part, not converted and converted, went with each event and value."""
    assert definition.correlate is not None
    rows = found.rows
    converted = np.all(rows[:, definition.required] >= 0, axis=1)
    counts: Outcomes = Counter()

    def note(key: Key, of: NDArray[np.int64]) -> None:
        for outcome in (False, True):
            if of[int(outcome)]:
                counts[key, outcome] += int(of[int(outcome)])

    note(ALL, np.bincount(converted, minlength=2))
    for name, of in zip(timeline.names, _done(definition, found, timeline, scope), strict=True):
        note((name, None, None), of)
    for property in definition.correlate.properties:
        for column in columns_of(timeline, property, "event", scope):
            own = Column(column.type, column.values[rows[:, 0]], column.words)
            has = present(own)
            values, place = np.unique(own.values[has], return_inverse=True)
            pairs = np.bincount(place * 2 + converted[has], minlength=2 * len(values))
            for value, of in zip(values, pairs.reshape(-1, 2), strict=True):
                note((None, property, _written(own, value)), of)
    return counts


def _done(
    definition: FunnelDefinition, found: Attempts, timeline: Timeline, scope: Scope
) -> NDArray[np.int64]:
    """In how many attempts each event was done on the way: int64[names, 2], converted second.

    The way leads from the first event of the attempt to its last required one, or, without that, as
    far as the window.
    """
    rows = found.rows[:, definition.required]
    reached = np.where(rows >= 0, rows, 2**62)
    converted = np.all(rows >= 0, axis=1)
    begins = reached.min(axis=1)
    stops = np.where(converted, rows.max(axis=1), found.stops)
    untils = timeline.ts[begins] + definition.window_ms
    return done_between(
        timeline.ts, timeline.event, timeline.purposes, begins + 1, stops, untils, converted,
        len(timeline.names), *scope.bounds,
    )  # fmt: skip


def _written(column: Column, value: np.generic) -> str:
    if column.type == "text":
        return column.words[int(value)]
    if column.type == "flag":
        return "true" if value else "false"
    return breakdown.number(float(value))


def correlations(definition: FunnelDefinition, counts: Outcomes) -> tuple[Correlation, ...]:
    """The strongest first, whichever way they pull; the funnel's own events are left out."""
    assert definition.correlate is not None
    own = {choice.event for step in definition.steps for choice in step.events}
    keys = {key for key, _ in counts if key != ALL and key[0] not in own}
    all_of = counts[ALL, True], counts[ALL, False]
    found = [_correlation(key, (counts[key, True], counts[key, False]), all_of) for key in keys]

    def strongest(one: Correlation) -> tuple[float, str, str, str]:
        names = (one.event or "", one.property or "", one.value or "")
        return -abs(math.log(one.odds_ratio)), *names

    found.sort(key=strongest)
    return tuple(found[: definition.correlate.limit])


def _correlation(key: Key, with_it: tuple[int, int], all_of: tuple[int, int]) -> Correlation:
    a, b = (count + 0.5 for count in with_it)
    c, d = (whole - count + 0.5 for whole, count in zip(all_of, with_it, strict=True))
    ratio = a * d / (b * c)
    spread = math.exp(NORMAL_95 * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d))
    rounded = (float(f"{value:.6g}") for value in (ratio, ratio / spread, ratio * spread))
    return Correlation(*key, *with_it, *rounded)
