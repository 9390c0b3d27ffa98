"""How long attempts took: exact percentiles, and a histogram whose edges people think in."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.counting.attempts.definition import FunnelDefinition
from sojourn.counting.attempts.finding import Attempts

EDGES_SECONDS = (
    *(0, 1, 2, 5, 10, 20, 30),
    *(60, 120, 300, 600, 1_200, 1_800),
    *(3_600, 7_200, 10_800, 21_600, 43_200),
    *(86_400, 172_800, 259_200, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000),
)

Lengths = tuple[NDArray[np.int64], ...]
"""Milliseconds of the whole of each attempt that converted, then of each of its steps."""


class DurationBar(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """How many took at least `from` seconds and less than `to`; the last bar has no end."""

    from_: int
    to: int | None
    count: int


class Durations(msgspec.Struct, frozen=True):
    """Seconds that something took; between two measured values a percentile is interpolated."""

    count: int
    mean: float
    median: float
    p75: float
    p90: float
    p99: float
    histogram: tuple[DurationBar, ...]


class FunnelTimes(msgspec.Struct, frozen=True):
    """Of those who converted: from step 1 to the last step, and to each step from the required one
    before it. Null where there is nothing to measure: step 1, and in any order every single step.
    """

    whole: Durations | None
    steps: tuple[Durations | None, ...]


def conversions(
    definition: FunnelDefinition, found: Attempts, ts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Milliseconds from the first event of each attempt to its conversion, when the last required
    step is reached: int64[a], -1 where it is not."""
    rows = found.rows[:, definition.required]
    took = np.full(len(rows), -1, dtype=np.int64)
    whole = rows[(rows >= 0).all(axis=1)]
    took[(rows >= 0).all(axis=1)] = ts[whole.max(axis=1)] - ts[whole.min(axis=1)]
    return took


def lengths(definition: FunnelDefinition, found: Attempts, ts: NDArray[np.int64]) -> Lengths:
    """The lengths of attempts in which every required step was reached, and of their steps."""
    took = conversions(definition, found, ts)
    rows = found.rows[took >= 0]
    nothing = np.zeros(0, dtype=np.int64)
    if definition.order == "any":
        return took[took >= 0], *(nothing for _ in definition.steps)
    result = [took[took >= 0], nothing]
    for step, before in list(enumerate(definition.before))[1:]:
        has = rows[rows[:, step] >= 0]
        result.append(ts[has[:, step]] - ts[has[:, before]])
    return tuple(result)


def times(measured: Lengths) -> FunnelTimes:
    """What the lengths of all attempts come to."""
    whole, *steps = (_durations(own) for own in measured)
    return FunnelTimes(whole, tuple(steps))


def _durations(lengths_ms: NDArray[np.int64]) -> Durations | None:
    if not len(lengths_ms):
        return None
    seconds = lengths_ms / 1000
    median, p75, p90, p99 = (
        round(float(value), 6) for value in np.percentile(seconds, (50, 75, 90, 99))
    )
    return Durations(
        count=len(lengths_ms),
        mean=round(int(lengths_ms.sum()) / len(lengths_ms) / 1000, 6),
        median=median,
        p75=p75,
        p90=p90,
        p99=p99,
        histogram=_histogram(lengths_ms),
    )


def _histogram(lengths_ms: NDArray[np.int64]) -> tuple[DurationBar, ...]:
    """One bar between each two edges, from the first that is not empty to the last."""
    edges_ms = np.array(EDGES_SECONDS, dtype=np.int64) * 1000
    bars = np.searchsorted(edges_ms, lengths_ms, side="right") - 1
    counts = np.bincount(bars, minlength=len(EDGES_SECONDS))
    spans = pairwise((*EDGES_SECONDS, None))
    drawn = [
        DurationBar(low or 0, high, int(count))
        for (low, high), count in zip(spans, counts, strict=True)
    ]
    return tuple(drawn[bars.min() : bars.max() + 1])
