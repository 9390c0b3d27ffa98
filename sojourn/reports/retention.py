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

from sojourn.breakdown import Breakdown
from sojourn.counting import cohorts
from sojourn.counting.cohorts import CohortQuestion, Tally
from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice
from sojourn.kernels import retention as kernel
from sojourn.report import Answer, Report
from sojourn.scope import Label, Scope
from sojourn.timeline import Timeline

Mode = Literal["on", "on_or_after", "on_or_before"]
Measure = Literal["people", "events", "sum"]

MODES = {
    "on": kernel.ON,
    "on_or_after": kernel.ON_OR_AFTER,
    "on_or_before": kernel.ON_OR_BEFORE,
}
MINIMUM_MAX = 1_000


class RetentionDefinition(
    CohortQuestion, frozen=True, tag="retention", rename={"return_": "return"}
):
    """Who starts, what counts as coming back, and when it does.

    mode      in which columns: those with a return, all before it too, or all after it too
    minimum   how many returns it takes
    streak    whether all columns before must have been reached, too
    measure   what is added up, besides people: returns, or a `property` of theirs
    """

    return_: EventChoice = EventChoice()
    mode: Mode = "on"
    minimum: int = 1
    streak: bool = False
    measure: Measure = "people"
    property: str | None = None


class RetentionCohort(msgspec.Struct, frozen=True):
    """Those who started in one interval, and how many of them came back when.

    value     whose cohort it is, [] without a breakdown
    people    by column, those that have begun; the first is the size
    amounts   what they did, by column, when it was asked for
    finished  how many of these columns are over: later ones may still grow
    """

    start: str
    value: Label
    size: int
    people: tuple[int, ...]
    amounts: tuple[float, ...]
    finished: int


class RetentionValue(msgspec.Struct, frozen=True):
    """All cohorts of one value of the breakdown together."""

    value: Label
    size: int
    average: tuple[float | None, ...]


class RetentionAnswer(Answer, frozen=True, tag="retention"):
    """Every cohort from the first with people to the last, for each value of the breakdown.

    average   by column, the share that came back, of the cohorts in which it is finished
    by_value  the same for each value of the breakdown
    pooled    how many values are shown together as (other)
    """

    cohorts: tuple[RetentionCohort, ...]
    average: tuple[float | None, ...] = ()
    by_value: tuple[RetentionValue, ...] = ()
    pooled: int = 0


class RetentionCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Those of a cohort, named by its start, who came back in a column, or who did not."""

    cohort: str
    period: int = 0
    value: Label | None = None
    returned: bool = True


def check(definition: RetentionDefinition) -> None:
    """Refuse a retention that cannot be answered."""
    cohorts.check(definition)
    if not 1 <= definition.minimum <= MINIMUM_MAX:
        raise BadQuestion(
            f"Coming back takes 1 to {MINIMUM_MAX:,} events",
            detail=f"{definition.minimum} were asked for.",
            where="minimum",
            mend="Choose a number in that range.",
        )
    if definition.streak and definition.mode != "on":
        raise BadQuestion(
            "A streak is of single columns",
            detail=f"The mode {definition.mode} puts several together.",
            where="streak",
            mend="Ask for the mode on, or for no streak.",
        )
    cohorts.check_property(definition.measure, definition.property)


def choices(definition: RetentionDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The start and the return event."""
    yield "start", definition.start
    yield "return", definition.return_


def breakdown(definition: RetentionDefinition) -> Breakdown | None:
    """By which values of the start event cohorts are split."""
    return definition.breakdown


def partial(definition: RetentionDefinition, timeline: Timeline, scope: Scope) -> Tally:
    """Who of a part started and came back."""
    marked = cohorts.marks_of(definition, definition.return_, timeline, scope)
    if _plain(definition):
        people = kernel.plain(
            *timeline.arrays,
            *marked,
            scope.edges(definition.every),
            cohorts.shape_of(definition, scope)[2],
            definition.cohorts == "ever",
            *scope.bounds,
        )[:, None]
        return Tally(people[:, :, 0], people, np.zeros(people.shape))
    entries = cohorts.entries_of(definition, marked, timeline, scope)
    rules = _rules(definition)
    values = cohorts.values_of(definition.property, timeline, scope)
    return cohorts.brought(definition, marked, entries, rules, scope, values=values)[0]


def _plain(definition: RetentionDefinition) -> bool:
    """Whether the fastest loop will do: who comes back at all, in intervals of the calendar."""
    one_return = definition.mode == "on" and definition.minimum == 1 and not definition.streak
    by_calendar = definition.clock == "calendar" and definition.brackets is None
    once = definition.cohorts != "every" and definition.breakdown is None
    return one_return and by_calendar and once and definition.measure == "people"


def _rules(definition: RetentionDefinition, asked: int = -1) -> kernel.Rules:
    return kernel.Rules(
        mode=MODES[definition.mode],
        first=1,
        minimum=definition.minimum,
        streak=int(definition.streak),
        once=int(definition.minimum == 1 and definition.measure == "people"),
        asked=asked,
    )


def add(one: Tally, other: Tally) -> Tally:
    """People of two parts are different people."""
    return one + other


def answer(definition: RetentionDefinition, counted: Tally, scope: Scope) -> RetentionAnswer:
    """The cohorts, each with the columns that had begun when the scope ended."""
    shown = list(cohorts.rows_of(definition, counted.sizes, scope))
    measured = definition.measure != "people"

    def cohort(row: cohorts.Cohort) -> RetentionCohort:
        place = (row.number, row.slot)
        amounts = cohorts.amounts_of(definition.measure, counted.amounts[place][: row.begun])
        return RetentionCohort(
            start=row.start,
            value=row.value,
            size=int(counted.sizes[place]),
            people=tuple(counted.people[place][: row.begun].tolist()),
            amounts=amounts if measured else (),
            finished=row.finished,
        )

    def value(rows: list[cohorts.Cohort]) -> RetentionValue:
        return RetentionValue(
            value=rows[0].value,
            size=int(counted.sizes[:, rows[0].slot].sum()),
            average=cohorts.share_of_finished(rows, counted.people, counted.sizes),
        )

    slots = dict.fromkeys(row.slot for row in shown) if definition.breakdown else {}
    return RetentionAnswer(
        cohorts=tuple(cohort(row) for row in shown),
        average=cohorts.share_of_finished(shown, counted.people, counted.sizes),
        by_value=tuple(value([row for row in shown if row.slot == slot]) for slot in slots),
        pooled=scope.values.pooled,
    )


def people(
    definition: RetentionDefinition, cell: RetentionCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part stands behind one cell: bool[n]."""
    cohorts.check_column(definition, cell.period, scope)
    marked = cohorts.marks_of(definition, definition.return_, timeline, scope)
    entries = cohorts.entries_of(definition, marked, timeline, scope)
    entries = entries.only(cohorts.behind_cohort(definition, cell, entries, scope))
    rules = _rules(definition, cell.period)
    _, came = cohorts.brought(definition, marked, entries, rules, scope)
    return cohorts.owners(entries, came == cell.returned, timeline)


def rows(answer: RetentionAnswer) -> list[dict[str, Any]]:
    """One row a cohort and period; period 0 is the cohort itself."""
    return [
        {
            "cohort": cohort.start,
            "value": ", ".join(cohort.value),
            "size": cohort.size,
            "period": period,
            "people": people,
            "share": round(people / cohort.size, 4) if cohort.size else 0.0,
            "amount": cohort.amounts[period] if cohort.amounts else None,
            "finished": period < cohort.finished,
        }
        for cohort in answer.cohorts
        for period, people in enumerate(cohort.people)
    ]


REPORT = Report(
    kind="retention",
    definition=RetentionDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=RetentionCell,
    people=people,
    breakdown=breakdown,
    valued=lambda place: place == "start",
)
