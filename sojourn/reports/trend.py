"""Trend: how many events, or different people, in each hour, day, week or month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import filter
from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice
from sojourn.kernels.counts import counts
from sojourn.period import Every, Period, edges, label
from sojourn.report import Report, Scope
from sojourn.timeline import Timeline

Measure = Literal["people", "events"]

SERIES_MAX = 60
"""A bit each in an int64; more lines than that no picture shows."""


class TrendSeries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: which events (any, when `event` is None), and what of them is counted."""

    event: str | None = None
    measure: Measure = "people"
    where: tuple[Condition, ...] = ()


class TrendDefinition(
    msgspec.Struct, frozen=True, tag_field="kind", tag="trend", forbid_unknown_fields=True
):
    """Several lines over the same intervals."""

    series: tuple[TrendSeries, ...]
    every: Every = "day"
    period: Period = Period()
    purpose: str = "analytics"


class TrendSeriesAnswer(msgspec.Struct, frozen=True):
    """A line's points: (name of the interval, count), one for every interval, zero included."""

    event: str | None
    measure: Measure
    points: tuple[tuple[str, int], ...]


class TrendAnswer(msgspec.Struct, frozen=True, tag_field="kind", tag="trend"):
    """One answer a line, in the order of the definition."""

    series: tuple[TrendSeriesAnswer, ...]


def check(definition: TrendDefinition) -> None:
    """Refuse a trend that cannot be answered."""
    if not 1 <= len(definition.series) <= SERIES_MAX:
        raise BadQuestion(
            "A trend has 1 to 60 series",
            detail=f"This one has {len(definition.series)}.",
            where="series",
            mend="Leave some series out." if definition.series else "Add a series.",
        )
    for number, series in enumerate(definition.series):
        filter.check(series.where, f"series[{number}].where")


def events(definition: TrendDefinition) -> Iterator[tuple[str, str]]:
    """The event of each series that names one."""
    for number, series in enumerate(definition.series):
        if series.event is not None:
            yield f"series[{number}].event", series.event


def partial(definition: TrendDefinition, timeline: Timeline, scope: Scope) -> NDArray[np.int64]:
    """Events and people of a part: int64[2, series, intervals]."""
    choices = [EventChoice(series.event, series.where) for series in definition.series]
    result: NDArray[np.int64] = counts(
        timeline.starts,
        timeline.ends,
        timeline.ts,
        timeline.event,
        timeline.purposes,
        *filter.marks(choices, timeline),
        len(choices),
        edges(scope.start_ms, scope.end_ms, definition.every, scope.zone),
        scope.start_ms,
        scope.end_ms,
        scope.purpose,
    )
    return result


def add(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """People of two parts are different people, so even different people add up."""
    return one + other


def answer(definition: TrendDefinition, counted: NDArray[np.int64], scope: Scope) -> TrendAnswer:
    """The points of each series."""
    marks = edges(scope.start_ms, scope.end_ms, definition.every, scope.zone)
    names = [label(int(edge), definition.every, scope.zone) for edge in marks[:-1]]
    in_events, in_people = counted.tolist()
    return TrendAnswer(
        series=tuple(
            TrendSeriesAnswer(
                event=series.event,
                measure=series.measure,
                points=tuple(
                    zip(
                        names,
                        in_people[number] if series.measure == "people" else in_events[number],
                        strict=True,
                    )
                ),
            )
            for number, series in enumerate(definition.series)
        )
    )


def rows(answer: TrendAnswer) -> list[dict[str, Any]]:
    """One row a point."""
    return [
        {"event": one.event, "measure": one.measure, "interval": interval, "count": count}
        for one in answer.series
        for interval, count in one.points
    ]


REPORT = Report(
    kind="trend",
    definition=TrendDefinition,
    check=check,
    events=events,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
)
