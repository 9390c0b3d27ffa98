"""Cohort: what those who started in one interval bring in each later one, and so far.

start        size   0     1     2       purchases, visits, a sum of money: what a cohort is worth,
2026-01-05    120   300   96    80      and when; cumulative and by person, cohorts of different
2026-01-12     97   250   77            sizes and ages can be compared
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.breakdown import Breakdown
from sojourn.counting import cohorts
from sojourn.counting.cohorts import CohortQuestion, Tally
from sojourn.filter import EventChoice
from sojourn.kernels import retention as kernel
from sojourn.regroup import by_visit
from sojourn.report import Answer, Report
from sojourn.scope import Label, Scope
from sojourn.timeline import Timeline

Measure = Literal["people", "visits", "events", "sum"]


class CohortDefinition(CohortQuestion, frozen=True, tag="cohort"):
    """Who starts, and what is counted of what they bring from then on.

    brings    the event
    measure   different people with it, visits with it, how often, or the sum of its `property`
    """

    brings: EventChoice = EventChoice()
    measure: Measure = "events"
    property: str | None = None


class CohortWorth(msgspec.Struct, frozen=True):
    """What those who started in one interval brought, by column; those that have begun.

    value       whose cohort it is, [] without a breakdown
    cumulative  from the start to the end of each column; of people, different ones
    per_person  the same by each person of the cohort, null when there is nobody
    finished    how many of these columns are over: later ones may still grow
    """

    start: str
    value: Label
    size: int
    values: tuple[float, ...]
    cumulative: tuple[float, ...]
    per_person: tuple[float | None, ...]
    finished: int


class CohortTotal(msgspec.Struct, frozen=True):
    """All cohorts together: people, and by column what they brought and had brought so far.

    per_person  of cohorts in which the column is finished, what each person had brought so far
    """

    size: int
    values: tuple[float, ...]
    cumulative: tuple[float, ...]
    per_person: tuple[float | None, ...]


class CohortAnswer(Answer, frozen=True, tag="cohort"):
    """Every cohort from the first with people to the last, for each value of the breakdown, of
    which `pooled` are shown together as (other)."""

    cohorts: tuple[CohortWorth, ...]
    total: CohortTotal
    pooled: int = 0


class CohortCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Those of a cohort, named by its start, who brought something in a column; in it or before,
    when it is cumulative; all of them without a column."""

    cohort: str
    period: int | None = None
    value: Label | None = None
    cumulative: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """What was brought in each column, and up to its end."""

    each: Tally
    so_far: Tally


def check(definition: CohortDefinition) -> None:
    """Refuse cohorts that cannot be answered."""
    cohorts.check(definition)
    cohorts.check_property(definition.measure, definition.property)


def choices(definition: CohortDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The start, and what is brought."""
    yield "start", definition.start
    yield "brings", definition.brings


def breakdown(definition: CohortDefinition) -> Breakdown | None:
    """By which values of the start event cohorts are split."""
    return definition.breakdown


def partial(definition: CohortDefinition, timeline: Timeline, scope: Scope) -> Brought:
    """What the people of a part bring."""
    marked = cohorts.marks_of(definition, definition.brings, timeline, scope)
    entries = cohorts.entries_of(definition, marked, timeline, scope)
    values = cohorts.values_of(definition.property, timeline, scope)
    visit = _visit(timeline, scope) if definition.measure == "visits" else cohorts.NOT_NUMBERED

    def brought(mode: int) -> Tally:
        rules = kernel.Rules(mode=mode, once=int(definition.measure == "people"))
        return cohorts.brought(
            definition, marked, entries, rules, scope, values=values, visit=visit
        )[0]

    each = brought(kernel.ON)
    if definition.measure == "people":
        return Brought(each, brought(kernel.ON_OR_BEFORE))
    return Brought(each, replace(each, amounts=each.amounts.cumsum(axis=2)))


def _visit(timeline: Timeline, scope: Scope) -> NDArray[np.int64]:
    """A number for the visit of each row: int64[m]."""
    begins = np.zeros(len(timeline.ts), dtype=np.int64)
    begins[by_visit(timeline, scope).starts] = 1
    return np.cumsum(begins)


def add(one: Brought, other: Brought) -> Brought:
    """People of two parts are different people."""
    return Brought(one.each + other.each, one.so_far + other.so_far)


def _amounts(definition: CohortDefinition, tally: Tally) -> NDArray[np.float64]:
    """What is shown of a tally: [cohorts, slots, columns]."""
    counted = tally.people if definition.measure == "people" else tally.amounts
    return counted.astype(np.float64)


def answer(definition: CohortDefinition, counted: Brought, scope: Scope) -> CohortAnswer:
    """The cohorts, each with the columns that had begun when the scope ended, and their total."""
    sizes = counted.each.sizes
    each, so_far = _amounts(definition, counted.each), _amounts(definition, counted.so_far)
    shown = list(cohorts.rows_of(definition, sizes, scope))

    def written(amounts: NDArray[np.float64]) -> tuple[float, ...]:
        return cohorts.amounts_of(definition.measure, amounts)

    def cohort(row: cohorts.Cohort) -> CohortWorth:
        place = (row.number, row.slot)
        size = int(sizes[place])
        cumulative = so_far[place][: row.begun]
        return CohortWorth(
            start=row.start,
            value=row.value,
            size=size,
            values=written(each[place][: row.begun]),
            cumulative=written(cumulative),
            per_person=tuple(round(one / size, 4) if size else None for one in cumulative.tolist()),
            finished=row.finished,
        )

    def summed(amounts: NDArray[np.float64]) -> tuple[float, ...]:
        sums = np.zeros(max((row.begun for row in shown), default=0))
        for row in shown:
            sums[: row.begun] += amounts[row.number, row.slot, : row.begun]
        return written(sums)

    total = CohortTotal(
        size=int(sizes.sum()),
        values=summed(each),
        cumulative=summed(so_far),
        per_person=cohorts.share_of_finished(shown, so_far, sizes),
    )
    return CohortAnswer(
        cohorts=tuple(cohort(row) for row in shown), total=total, pooled=scope.values.pooled
    )


def people(
    definition: CohortDefinition, cell: CohortCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part stands behind one cell: bool[n]."""
    marked = cohorts.marks_of(definition, definition.brings, timeline, scope)
    entries = cohorts.entries_of(definition, marked, timeline, scope)
    entries = entries.only(cohorts.behind_cohort(definition, cell, entries, scope))
    if cell.period is None:
        return cohorts.owners(entries, np.ones(len(entries.person), dtype=np.bool_), timeline)
    cohorts.check_column(definition, cell.period, scope)
    mode = kernel.ON_OR_BEFORE if cell.cumulative else kernel.ON
    rules = kernel.Rules(mode=mode, once=1, asked=cell.period)
    _, brought = cohorts.brought(definition, marked, entries, rules, scope)
    return cohorts.owners(entries, brought, timeline)


def rows(answer: CohortAnswer) -> list[dict[str, Any]]:
    """One row a cohort and column."""
    return [
        {
            "cohort": cohort.start,
            "value": ", ".join(cohort.value),
            "size": cohort.size,
            "period": period,
            "amount": amount,
            "cumulative": cohort.cumulative[period],
            "per_person": cohort.per_person[period],
            "finished": period < cohort.finished,
        }
        for cohort in answer.cohorts
        for period, amount in enumerate(cohort.values)
    ]


REPORT = Report(
    kind="cohort",
    definition=CohortDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=CohortCell,
    people=people,
    breakdown=breakdown,
    valued=lambda place: place == "start",
)
