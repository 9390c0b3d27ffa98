"""What goes with converting: what people did, and the properties they set out with.

Who converts early has less time to do anything else, so whoever is watched until then seems to
convert for want of other events. Against this stands a landmark (Anderson, Cain and Gelber 1983):
all are watched equally long from the first event of the attempt, and who converted by the end of
that was not there to be watched, and is left out. Properties need no watching.

For each event and each value there is a table of four: with it or without, converted or not. The
odds ratio says how many times the odds to convert are as high with it as without. A half is added
to each of the four (Haldane and Anscombe), so that an empty one does not break it; the interval
holds the true ratio in 95 of 100 cases, by the normal approximation of its logarithm.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.counting.attempts.definition import CorrelationCell, FunnelDefinition
from sojourn.counting.attempts.durations import conversions
from sojourn.counting.attempts.finding import Attempts, attempts
from sojourn.kernels.between import done_within
from sojourn.period import duration_ms
from sojourn.report import Survey
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


class Correlations(msgspec.Struct, frozen=True):
    """What goes with converting, the strongest first; for events, attempts were watched for
    `watched_seconds`, and `left_out` is how many had converted by then."""

    watched_seconds: float
    left_out: int
    found: tuple[Correlation, ...]


Key = tuple[str | None, str | None, str | None]
"""An event, or a property and its value."""

ALL: Key = (None, None, None)
"""Every attempt, whatever went with it."""

WATCHED: Key = (None, None, "")
"""Every attempt that was watched for events."""

Outcomes = Counter[tuple[Key, bool]]
"""How many attempts went with a key and did not convert (False), or did (True)."""


def survey(definition: FunnelDefinition) -> Survey[NDArray[np.int64]] | None:
    """How long attempts are to be watched: the lower quartile, by nearest rank, of how long those
    that converted took, or where none did, the window."""
    if definition.correlate is None or definition.correlate.watch is not None:
        return None

    def took(timeline: Timeline, scope: Scope) -> NDArray[np.int64]:
        own = conversions(definition, attempts(definition, timeline, scope), timeline.ts)
        return own[own >= 0]

    def settle(each: list[NDArray[np.int64]], scope: Scope) -> Scope:
        whole = np.concatenate(each)
        if not len(whole):
            return replace(scope, watch_ms=definition.window_ms)
        rank = (len(whole) - 1) // 4
        return replace(scope, watch_ms=int(np.partition(whole, rank)[rank]))

    return Survey(took, settle)


def watch_ms(definition: FunnelDefinition, scope: Scope) -> int:
    """How long each attempt is watched."""
    assert definition.correlate is not None
    own = definition.correlate.watch
    return scope.watch_ms if own is None else duration_ms(own, "correlate.watch")


def outcomes(
    definition: FunnelDefinition, found: Attempts, timeline: Timeline, scope: Scope
) -> Outcomes:
    """How many attempts of a part, not converted and converted, went with each event and value."""
    assert definition.correlate is not None
    converted = conversions(definition, found, timeline.ts) >= 0
    counts: Outcomes = Counter()

    def note(key: Key, of: NDArray[np.int64]) -> None:
        for outcome in (False, True):
            if of[int(outcome)]:
                counts[key, outcome] += int(of[int(outcome)])

    note(ALL, np.bincount(converted, minlength=2))
    watched = _watched(definition, found, timeline, scope)
    note(WATCHED, np.bincount(watched.converted, minlength=2))
    done = done_within(
        timeline.ts, timeline.event, timeline.purposes,
        watched.begins, watched.ends, watched.converted, watch_ms(definition, scope),
        len(timeline.names), *scope.bounds,
    )  # fmt: skip
    for name, of in zip(timeline.names, done, strict=True):
        note((name, None, None), of)
    for property in definition.correlate.properties:
        for written, place in _carried(property, found, timeline, scope):
            has = place >= 0
            pairs = np.bincount(place[has] * 2 + converted[has], minlength=2 * len(written))
            for value, of in zip(written, pairs.reshape(-1, 2), strict=True):
                note((None, property, value), of)
    return counts


@dataclass(frozen=True, slots=True)
class _Watched:
    """The attempts that are watched for events, in the order of their first ones.

    owner      int64[a]: the index of the person
    begins     int64[a]: the row of the first event
    ends       int64[a]: the row at which the rows of the person end
    converted  bool[a]
    """

    owner: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    converted: NDArray[np.bool_]


def _watched(
    definition: FunnelDefinition, found: Attempts, timeline: Timeline, scope: Scope
) -> _Watched:
    """All attempts but those that had converted by the end of the watch."""
    took = conversions(definition, found, timeline.ts)
    chosen = np.flatnonzero((took < 0) | (took > watch_ms(definition, scope)))
    rows = found.rows[chosen]
    begins = np.where(rows >= 0, rows, len(timeline.ts)).min(axis=1)
    order = np.argsort(begins)
    owner = found.owner[chosen[order]]
    return _Watched(owner, begins[order], timeline.ends[owner], took[chosen[order]] >= 0)


def _carried(
    property: str, found: Attempts, timeline: Timeline, scope: Scope
) -> Iterator[tuple[list[str], NDArray[np.int64]]]:
    """For each type of value, the values that attempts set out with as they are written, and the
    place in these of each attempt's own: int64[a], -1 for none."""
    for column in columns_of(timeline, property, "event", scope):
        own = Column(column.type, column.values[found.rows[:, 0]], column.words)
        has = present(own)
        values, places = np.unique(own.values[has], return_inverse=True)
        place = np.full(len(has), -1, dtype=np.int64)
        place[has] = places
        yield [_written(own, value) for value in values], place


def _written(column: Column, value: np.generic) -> str:
    if column.type == "text":
        return column.words[int(value)]
    if column.type == "flag":
        return "true" if value else "false"
    return breakdown.number(float(value))


def those_of(
    definition: FunnelDefinition, cell: CorrelationCell, timeline: Timeline, scope: Scope
) -> NDArray[np.int64]:
    """The indices of the people behind a cell, once for each attempt."""
    found = attempts(definition, timeline, scope)
    if cell.event is not None:
        watched = _watched(definition, found, timeline, scope)
        done = _did(cell.event, watched, timeline, watch_ms(definition, scope), scope)
        behind: NDArray[np.int64] = watched.owner[done & (watched.converted == cell.converted)]
        return behind
    assert cell.property is not None
    having = np.zeros(len(found.owner), dtype=np.bool_)
    for written, place in _carried(cell.property, found, timeline, scope):
        having |= np.isin(place, [at for at, value in enumerate(written) if value == cell.value])
    converted = conversions(definition, found, timeline.ts) >= 0
    owners: NDArray[np.int64] = found.owner[having & (converted == cell.converted)]
    return owners


def _did(
    event: str, watched: _Watched, timeline: Timeline, watch_ms: int, scope: Scope
) -> NDArray[np.bool_]:
    """In which attempts the event is done while they are watched: bool[a]."""
    if event not in timeline.names:
        return np.zeros(len(watched.owner), dtype=np.bool_)
    named = timeline.event == timeline.names.index(event)
    # Past the last row stands one that is nobody's.
    rows = np.append(np.flatnonzero(named & (timeline.purposes & scope.purpose != 0)), len(named))
    after = rows[np.searchsorted(rows, watched.begins, side="right")]
    untils = np.minimum(timeline.ts[watched.begins] + watch_ms, scope.end_ms)
    in_time = timeline.ts[np.minimum(after, watched.ends - 1)] <= untils
    done: NDArray[np.bool_] = (after < watched.ends) & in_time
    return done


def correlations(definition: FunnelDefinition, counts: Outcomes, scope: Scope) -> Correlations:
    """The strongest first, whichever way they pull; the funnel's own events are left out."""
    assert definition.correlate is not None
    named = {key for key, _ in counts if key not in (ALL, WATCHED)}
    everyone, watched = ((counts[key, True], counts[key, False]) for key in (ALL, WATCHED))
    found = [
        _correlation(
            key,
            (counts[key, True], counts[key, False]),
            everyone if key[0] is None else watched,
        )
        for key in named
        if key[0] not in definition.own_events
    ]

    def strongest(one: Correlation) -> tuple[float, str, str, str]:
        names = (one.event or "", one.property or "", one.value or "")
        return -abs(math.log(one.odds_ratio)), *names

    found.sort(key=strongest)
    return Correlations(
        watched_seconds=watch_ms(definition, scope) / 1000,
        left_out=sum(everyone) - sum(watched),
        found=tuple(found[: definition.correlate.limit]),
    )


def _correlation(key: Key, with_it: tuple[int, int], all_of: tuple[int, int]) -> Correlation:
    a, b = (count + 0.5 for count in with_it)
    c, d = (whole - count + 0.5 for whole, count in zip(all_of, with_it, strict=True))
    ratio = a * d / (b * c)
    spread = math.exp(NORMAL_95 * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d))
    rounded = (float(f"{value:.6g}") for value in (ratio, ratio / spread, ratio * spread))
    return Correlation(*key, *with_it, *rounded)
