"""Cohorts: people who enter in the same interval, and the columns of time that follow.

    cohort       size    column 0     1     2     3
    2026-01-05    120          │ ···· │ ···· │ ···· │      an entry is a person and the event with
    2026-01-12     97          │ ···· │ ···· │             which they start; its columns are filled
    2026-01-19    104          │ ···· │                    by what the person does from then on

Column 0 is the interval of the entry, the others follow it. On the calendar they are the same for
all of a cohort; rolling ones are counted from the instant of each entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.breakdown import Breakdown
from sojourn.counting.opening import slot_of
from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice
from sojourn.kernels import entries as kernel
from sojourn.kernels.retention import Rules, retention
from sojourn.matching import marks
from sojourn.period import MS, Every
from sojourn.report import Question
from sojourn.scope import FAR_MS, Label, Scope
from sojourn.timeline import Timeline
from sojourn.values import numbers_of

Clock = Literal["calendar", "rolling"]
Entering = Literal["ever", "first", "every"]
Counts = NDArray[np.int64]
Marks = tuple[Counts, Counts]

ENTERING = {"ever": kernel.EVER, "first": kernel.FIRST, "every": kernel.EVERY}
ROLLING_MS = {
    "hour": MS["hour"],
    "day": MS["day"],
    "week": MS["week"],
    "month": 30 * MS["day"],
}
PERIODS_MAX = 400
"""A year of days and a month more; a wider table nobody reads."""
BRACKET_DAYS_MAX = 366 * 20
CELLS_MAX = 1 << 23
"""Of one table: 64 MB for each part, and more than anybody can look at."""

NO_VALUES = np.zeros(0)
NOT_NUMBERED = np.zeros(0, dtype=np.int64)


class CohortQuestion(Question, frozen=True):
    """Who enters which cohort, and the columns that follow.

    start     the event with which a person enters
    every     how long the intervals are, of cohorts and of columns
    periods   how many columns, the cohort's own among them
    clock     whether columns are intervals of the calendar, or are counted from the entry
    brackets  days on which columns begin, instead of `every`: 1, 3, 7 is day 0, 1 and 2, 3 to 6
    cohorts   whether a person enters with the first start event ever, with the first of the period,
              or once in every interval that has one
    """

    start: EventChoice
    every: Every = "week"
    periods: int = 8
    clock: Clock = "calendar"
    brackets: tuple[int, ...] | None = None
    cohorts: Entering = "ever"
    breakdown: Breakdown | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Where columns begin: column j of what begins at a place p is from `edges[p + offsets[j]]` to
    the next; without edges places are instants. edges int64[k] or [0], offsets int64[columns+1]."""

    edges: Counts
    offsets: Counts

    def places(self, instants: Counts) -> Counts:
        """The place of each instant: int64[n]."""
        if not len(self.edges):
            return instants
        return np.searchsorted(self.edges, instants, side="right").astype(np.int64) - 1

    def begins(self, instants: Counts) -> Counts:
        """When each column of an entry at each instant begins, and the last one ends:
        int64[n, columns+1]."""
        wanted = self.places(instants)[:, None] + self.offsets
        return self.edges[np.minimum(wanted, len(self.edges) - 1)] if len(self.edges) else wanted


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a part: `runs` from each entry's event to the person's last; whose they are
    (index of the person), the interval and the slot: int64[e] each."""

    runs: Timeline
    person: Counts
    cohort: Counts
    slot: Counts

    def only(self, chosen: NDArray[np.bool_]) -> Entries:
        """Those chosen (bool[e])."""
        runs = replace(
            self.runs,
            people=self.runs.people[chosen],
            facts=self.runs.facts[chosen],
            starts=self.runs.starts[chosen],
            ends=self.runs.ends[chosen],
        )
        return Entries(runs, self.person[chosen], self.cohort[chosen], self.slot[chosen])


@dataclass(frozen=True, slots=True)
class Tally:
    """By cohort and slot: entries [cohorts, slots]; by column, too: how many of them count, and
    what they bring [cohorts, slots, columns]."""

    sizes: Counts
    people: Counts
    amounts: NDArray[np.float64]

    def __add__(self, other: Tally) -> Tally:
        """Those of two parts together: their people are different."""
        return Tally(
            self.sizes + other.sizes, self.people + other.people, self.amounts + other.amounts
        )


@dataclass(frozen=True, slots=True)
class Cohort:
    """One row of an answer: the place of its numbers in a tally; how many of its columns have
    begun, and how many of these are over for all who entered."""

    number: int
    slot: int
    start: str
    value: Label
    begun: int
    finished: int


def check(definition: CohortQuestion) -> None:
    """Refuse cohorts that cannot be made."""
    if not 1 <= definition.periods <= PERIODS_MAX:
        raise BadQuestion(
            f"Cohorts have 1 to {PERIODS_MAX} columns",
            detail=f"{definition.periods} were asked for.",
            where="periods",
            mend="Choose a number in that range.",
        )
    if definition.brackets is not None:
        days = (0, *definition.brackets)
        ascending = all(one < other for one, other in pairwise(days))
        if not ascending or not 2 <= len(days) - 1 <= PERIODS_MAX or days[-1] > BRACKET_DAYS_MAX:
            raise BadQuestion(
                f"Brackets are 2 to {PERIODS_MAX} ascending numbers of days",
                where="brackets",
                mend="Write on which days columns begin, from 1 on, and when the last one ends, "
                "such as [1, 3, 7, 30].",
            )
    elif definition.clock == "rolling" and definition.every not in ROLLING_MS:
        raise BadQuestion(
            f"There is no rolling {definition.every}",
            detail="It has no length of its own.",
            where="every",
            mend="Choose hour, day, week or month (30 days), or the calendar's clock.",
        )


def check_property(measure: str, property: str | None) -> None:
    """Refuse a sum of nothing, and a property of which no sum is asked."""
    if (measure == "sum") is (property is None):
        raise BadQuestion(
            f"The measure {measure} needs {'a' if property is None else 'no'} property",
            where="property",
            mend="Name the one to be summed." if property is None else "Leave it out.",
        )


def columns_of(definition: CohortQuestion, scope: Scope) -> Columns:
    """Where the columns of a question begin."""
    brackets = definition.brackets
    steps = range(definition.periods + 1) if brackets is None else (0, *brackets)
    offsets = np.array(steps, dtype=np.int64)
    unit: Every = definition.every if brackets is None else "day"
    if definition.clock == "rolling":
        return Columns(np.zeros(0, dtype=np.int64), offsets * ROLLING_MS[unit])
    return Columns(np.append(scope.edges(unit), FAR_MS), offsets)


def shape_of(definition: CohortQuestion, scope: Scope) -> tuple[int, int, int]:
    """How many cohorts, slots and columns there are."""
    cohorts = len(scope.edges(definition.every)) - 1
    columns = definition.periods if definition.brackets is None else len(definition.brackets)
    if cohorts * scope.values.slots * columns > CELLS_MAX:
        raise BadQuestion(
            "The table would have too many cells",
            detail=f"{cohorts:,} cohorts of {columns} columns, for {scope.values.slots:,} values.",
            where="periods",
            mend="Ask for fewer columns or values, a shorter period, or longer intervals.",
        )
    return cohorts, scope.values.slots, columns


def marks_of(
    definition: CohortQuestion, choice: EventChoice, timeline: Timeline, scope: Scope
) -> Marks:
    """As `matching.marks`: bit 0 is the start, bit 1 the event that is counted.

    Whether a start event is the first ever does not depend on the period, so neither may the
    visit that a condition on it speaks of.
    """
    table, held = marks((definition.start, choice), timeline, scope)
    of_visit = any(condition.of == "visit" for condition in definition.start.where)
    if definition.cohorts == "ever" and of_visit:
        _, ever = marks((definition.start,), timeline, replace(scope, start_ms=-FAR_MS))
        held = held & ~kernel.START | ever & kernel.START
    return table, held


def entries_of(
    definition: CohortQuestion, marked: Marks, timeline: Timeline, scope: Scope
) -> Entries:
    """Who of a part enters which cohort, by person and time."""
    person, row, cohort = kernel.entries(
        *timeline.arrays,
        *marked,
        scope.edges(definition.every),
        ENTERING[definition.cohorts],
        *scope.bounds,
    )
    slots = breakdown.slots(definition.breakdown, timeline, scope)
    slot = slots[row].astype(np.int64) if len(slots) else np.zeros(len(row), dtype=np.int64)
    ends = timeline.ends[person]
    runs = replace(timeline, people=timeline.people[person], facts=row, starts=row, ends=ends)
    return Entries(runs, person, cohort, slot)


def values_of(property: str | None, timeline: Timeline, scope: Scope) -> NDArray[np.float64]:
    """What each event adds to a sum: float64[m], nothing where it has no number; float64[0] when
    no property is summed."""
    if property is None:
        return NO_VALUES
    return np.nan_to_num(numbers_of(timeline, property, "event", scope))


def brought(
    definition: CohortQuestion,
    marked: Marks,
    entries: Entries,
    rules: Rules,
    scope: Scope,
    *,
    values: NDArray[np.float64] = NO_VALUES,
    visit: Counts = NOT_NUMBERED,
) -> tuple[Tally, NDArray[np.bool_]]:
    """What entries bring of the marked events, and whether each counts in the column asked:
    bool[e]. `values` and `visit` as the kernel takes them."""
    cohorts, slots, columns = shape_of(definition, scope)
    calendar = columns_of(definition, scope)
    runs = entries.runs
    group = entries.cohort * slots + entries.slot
    people, amounts, behind = retention(
        *runs.arrays,
        *marked,
        values,
        visit,
        calendar.edges,
        calendar.offsets,
        calendar.places(runs.ts[runs.starts]),
        group,
        cohorts * slots,
        rules,
        *scope.bounds,
    )
    sizes = np.bincount(group, minlength=cohorts * slots).astype(np.int64)
    shape = (cohorts, slots, columns)
    tally = Tally(sizes.reshape(shape[:2]), people.reshape(shape), amounts.reshape(shape))
    return tally, behind


def rows_of(definition: CohortQuestion, sizes: Counts, scope: Scope) -> Iterator[Cohort]:
    """The cohorts to show: for each value those from the first with people to the last.

    A column has begun when it has for the earliest possible entry, and is finished when it is over
    for the latest one, by the end of the period and by now.
    """
    edges = scope.edges(definition.every)
    calendar = columns_of(definition, scope)
    limit = min(scope.end_ms, scope.now_ms)
    earliest = calendar.begins(np.maximum(edges[:-1], scope.start_ms))[:, :-1]
    latest = calendar.begins(np.minimum(edges[1:] - 1, scope.end_ms))[:, 1:]
    begun = np.maximum(1, np.count_nonzero(earliest <= limit, axis=1)).tolist()
    finished = np.count_nonzero(latest - 1 <= limit, axis=1).tolist()
    for slot in range(scope.values.slots):
        filled = np.flatnonzero(sizes[:, slot]).tolist()
        for number in range(filled[0], filled[-1] + 1) if filled else ():
            yield Cohort(
                number=number,
                slot=slot,
                start=scope.label(int(edges[number]), definition.every),
                value=breakdown.label_of(slot, scope.values),
                begun=begun[number],
                finished=finished[number],
            )


def behind_cohort(
    definition: CohortQuestion, cell: Any, entries: Entries, scope: Scope
) -> NDArray[np.bool_]:
    """Which entries are of the cohort, and the value, that a cell names: bool[e]."""
    edges = scope.edges(definition.every)[:-1].tolist()
    names = [scope.label(edge, definition.every) for edge in edges]
    if cell.cohort not in names:
        raise BadQuestion(
            "The answer has no such cohort",
            detail=f"“{cell.cohort[:60]}” was asked for.",
            where="cell.cohort",
            mend="Give the start of a cohort as the answer writes it.",
        )
    slot = slot_of(cell.value, scope)
    chosen = np.equal(entries.cohort, names.index(cell.cohort))
    return chosen if slot is None else chosen & np.equal(entries.slot, slot)


def owners(entries: Entries, chosen: NDArray[np.bool_], timeline: Timeline) -> NDArray[np.bool_]:
    """Whose the entries chosen (bool[e]) are: bool[n]."""
    people = np.zeros(len(timeline.people), dtype=np.bool_)
    people[entries.person[chosen]] = True
    return people


def check_column(definition: CohortQuestion, column: int, scope: Scope) -> None:
    """Refuse a column that the answer does not have."""
    columns = shape_of(definition, scope)[2]
    if not 0 <= column < columns:
        raise BadQuestion(
            "The answer has no such column",
            detail=f"Column {column} was asked for; it has {columns}.",
            where="cell.period",
            mend="Count columns from 0, the cohort's own.",
        )


def amounts_of(measure: str, amounts: NDArray[np.float64]) -> tuple[float, ...]:
    """Amounts as an answer writes them: sums to six decimals, all else is counted."""
    if measure == "sum":
        return tuple(round(amount, 6) + 0.0 for amount in amounts.tolist())
    return tuple(int(amount) for amount in amounts.tolist())


def share_of_finished(
    cohorts: list[Cohort], amounts: NDArray[Any], sizes: Counts
) -> tuple[float | None, ...]:
    """By column: what the cohorts in which it is finished brought, by each of their people.

    None where there is nobody. amounts [cohorts, slots, columns], sizes [cohorts, slots].
    """
    width = max((cohort.begun for cohort in cohorts), default=0)
    shares: list[float | None] = []
    for column in range(width):
        over = [(one.number, one.slot) for one in cohorts if one.finished > column]
        people = sum(int(sizes[place]) for place in over)
        amount = sum(amounts[(*place, column)].item() for place in over)
        shares.append(round(amount / people, 4) if people else None)
    return tuple(shares)
