"""Retention by its definition."""

from __future__ import annotations

from sojourn.reports.retention import (
    RetentionAnswer,
    RetentionCohort,
    RetentionDefinition,
    RetentionValue,
)
from sojourn.scope import Scope
from tests.oracle import cohorts
from tests.oracle.cohorts import Entry
from tests.oracle.definitions import fits
from tests.oracle.history import Row


def returns(definition: RetentionDefinition, entry: Entry, j: int, scope: Scope) -> list[Row]:
    """The return events that belong to a column of an entry."""

    def belongs(at: int) -> bool:
        if definition.mode == "on" or j == 0:
            return at == j
        return at >= j if definition.mode == "on_or_after" else 1 <= at <= j

    return [
        row
        for row in entry.own
        if fits(definition.return_.event, definition.return_.where, row)
        and belongs(cohorts.column(definition, entry.ts, row.ts, scope))
    ]


def comes_back(definition: RetentionDefinition, entry: Entry, j: int, scope: Scope) -> bool:
    """Whether an entry counts in a column."""
    enough = [
        len(returns(definition, entry, column, scope)) >= definition.minimum
        for column in (range(1, j + 1) if definition.streak else (j,))
    ]
    return j == 0 or all(enough)


def amount(definition: RetentionDefinition, rows: list[Row]) -> float:
    """What some returns come to."""
    if definition.measure == "events":
        return len(rows)
    numbers = [row.properties.get(str(definition.property)) for row in rows]
    return float(sum(one for one in numbers if isinstance(one, int | float) and one is not True))


def retention(definition: RetentionDefinition, rows: list[Row], scope: Scope) -> RetentionAnswer:
    """Who came back, by cohort and value."""
    labels, pooled = cohorts.shown(definition, rows, scope)
    entries = cohorts.entries(definition, labels, rows, scope)
    begins = cohorts.starts(definition, scope)
    answers, by_value, everybody, width = [], [], [], 0
    for label in labels:
        own = [entry for entry in entries if entry.value == label]
        filled = [entry.cohort for entry in own]
        brought = []
        for cohort in range(min(filled, default=0), max(filled, default=-1) + 1):
            people = [entry for entry in own if entry.cohort == cohort]
            back = [
                [entry for entry in people if comes_back(definition, entry, j, scope)]
                for j in range(cohorts.columns(definition))
            ]
            brought.append((cohort, len(people), [len(some) for some in back]))
            begun = cohorts.begun(definition, cohort, scope)
            width = max(width, begun)
            amounts = [
                amount(definition, [r for one in some for r in returns(definition, one, j, scope)])
                for j, some in enumerate(back[:begun])
            ]
            answers.append(
                RetentionCohort(
                    start=cohorts.name(begins[cohort], definition, scope),
                    value=label,
                    size=len(people),
                    people=tuple(len(some) for some in back[:begun]),
                    amounts=() if definition.measure == "people" else tuple(amounts),
                    finished=cohorts.finished(definition, cohort, scope),
                )
            )
        everybody += brought
        if own and definition.breakdown is not None:
            columns = max(cohorts.begun(definition, cohort, scope) for cohort, _, _ in brought)
            average = cohorts.average(definition, brought, columns, scope)
            by_value.append(RetentionValue(label, len(own), average))
    return RetentionAnswer(
        cohorts=tuple(answers),
        average=cohorts.average(definition, everybody, width, scope),
        by_value=tuple(by_value),
        pooled=pooled,
    )
