"""Retention: of those who started in one interval, how many came back in each later one.

start        size   1    2    3         a row is a cohort, a column the j-th interval after it;
2026-01-05    120   48   31   22        what has not begun when the period ends is left out
2026-01-12     97   40   28
2026-01-19    104   37
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import filter
from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice
from sojourn.kernels.retention import retention
from sojourn.period import Period, edges, label
from sojourn.report import Report, Scope
from sojourn.timeline import Timeline

PERIODS_MAX = 400
"""A year of days and a month more; a wider table nobody reads."""


class RetentionDefinition(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    tag="retention",
    rename={"return_": "return"},
    forbid_unknown_fields=True,
):
    """What opens a cohort, what counts as coming back, and the number of columns."""

    start: EventChoice
    return_: EventChoice = EventChoice()
    every: Literal["day", "week", "month"] = "week"
    periods: int = 8
    period: Period = Period()
    purpose: str = "analytics"


class CohortAnswer(msgspec.Struct, frozen=True):
    """Those whose first start event lies in one interval, and how many of them came back when."""

    start: str
    size: int
    people: tuple[int, ...]


class RetentionAnswer(msgspec.Struct, frozen=True, tag_field="kind", tag="retention"):
    """Every cohort from the first with people to the last, in order of time."""

    cohorts: tuple[CohortAnswer, ...]


def check(definition: RetentionDefinition) -> None:
    """Refuse a retention that cannot be answered."""
    if not 1 <= definition.periods <= PERIODS_MAX:
        raise BadQuestion(
            "Retention has 1 to 400 columns",
            detail=f"{definition.periods} were asked for.",
            where="periods",
            mend="Choose a number in that range.",
        )
    filter.check(definition.start.where, "start.where")
    filter.check(definition.return_.where, "return.where")


def events(definition: RetentionDefinition) -> Iterator[tuple[str, str]]:
    """The start and the return event, where they are named."""
    if definition.start.event is not None:
        yield "start.event", definition.start.event
    if definition.return_.event is not None:
        yield "return.event", definition.return_.event


def partial(definition: RetentionDefinition, timeline: Timeline, scope: Scope) -> NDArray[np.int64]:
    """People of a part by cohort and column: int64[intervals, periods]."""
    result: NDArray[np.int64] = retention(
        timeline.starts,
        timeline.ends,
        timeline.ts,
        timeline.event,
        timeline.purposes,
        *filter.marks((definition.start, definition.return_), timeline),
        edges(scope.start_ms, scope.end_ms, definition.every, scope.zone),
        definition.periods,
        scope.start_ms,
        scope.end_ms,
        scope.purpose,
    )
    return result


def add(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """People of two parts are different people."""
    return one + other


def answer(
    definition: RetentionDefinition, counted: NDArray[np.int64], scope: Scope
) -> RetentionAnswer:
    """The cohorts, each with the columns that had begun when the scope ended."""
    marks = edges(scope.start_ms, scope.end_ms, definition.every, scope.zone)
    rows = counted.tolist()
    sizes = [row[0] for row in rows]
    filled = [cohort for cohort, size in enumerate(sizes) if size]
    return RetentionAnswer(
        cohorts=tuple(
            CohortAnswer(
                start=label(int(marks[cohort]), definition.every, scope.zone),
                size=sizes[cohort],
                people=tuple(rows[cohort][: len(rows) - cohort]),
            )
            for cohort in range(filled[0], filled[-1] + 1)
        )
        if filled
        else ()
    )


def rows(answer: RetentionAnswer) -> list[dict[str, Any]]:
    """One row a cohort and period; period 0 is the cohort itself."""
    return [
        {
            "cohort": cohort.start,
            "size": cohort.size,
            "period": period,
            "people": people,
            "share": round(people / cohort.size, 4) if cohort.size else 0.0,
        }
        for cohort in answer.cohorts
        for period, people in enumerate(cohort.people)
    ]


REPORT = Report(
    kind="retention",
    definition=RetentionDefinition,
    check=check,
    events=events,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
)
