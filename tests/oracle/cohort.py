"""What cohorts bring, by its definition."""

from __future__ import annotations

from sojourn.reports.cohort import CohortAnswer, CohortDefinition, CohortTotal, CohortWorth
from sojourn.scope import Scope
from tests.oracle import cohorts
from tests.oracle.cohorts import Entry
from tests.oracle.definitions import fits, visits
from tests.oracle.history import Row


def events(
    definition: CohortDefinition, entry: Entry, columns: range, scope: Scope
) -> list[tuple[Row, int]]:
    """The events of an entry that lie in some columns, with the number of their visits."""
    return [
        (row, visit)
        for row, visit in zip(entry.own, _visits(entry, scope), strict=True)
        if fits(definition.brings.event, definition.brings.where, row)
        and cohorts.column(definition, entry.ts, row.ts, scope) in columns
    ]


def _visits(entry: Entry, scope: Scope) -> list[int]:
    """The number of the visit of each of an entry's events: since it begins within one, cutting
    from its event on cuts at the same gaps."""
    return [number for number, visit in enumerate(visits(list(entry.own), scope)) for _ in visit]


def worth(definition: CohortDefinition, entry: Entry, last: int, scope: Scope) -> float:
    """What an entry has brought up to the end of a column."""
    found = events(definition, entry, range(last + 1), scope)
    if definition.measure == "people":
        return int(bool(found))
    if definition.measure == "visits":
        return len({visit for _, visit in found})
    if definition.measure == "events":
        return len(found)
    numbers = [row.properties.get(str(definition.property)) for row, _ in found]
    return float(sum(one for one in numbers if isinstance(one, int | float) and one is not True))


def value(definition: CohortDefinition, entry: Entry, j: int, scope: Scope) -> float:
    """What an entry brings in one column: what it has more than before, but for people."""
    if definition.measure == "people":
        return int(bool(events(definition, entry, range(j, j + 1), scope)))
    before = worth(definition, entry, j - 1, scope) if j else 0
    return worth(definition, entry, j, scope) - before


def cohort(definition: CohortDefinition, rows: list[Row], scope: Scope) -> CohortAnswer:
    """What was brought, by cohort and value."""
    labels, pooled = cohorts.shown(definition, rows, scope)
    entries = cohorts.entries(definition, labels, rows, scope)
    begins = cohorts.starts(definition, scope)
    answers: list[CohortWorth] = []
    brought = []
    for label in labels:
        own = [entry for entry in entries if entry.value == label]
        filled = [entry.cohort for entry in own]
        for number in range(min(filled, default=0), max(filled, default=-1) + 1):
            people = [entry for entry in own if entry.cohort == number]
            columns = range(cohorts.columns(definition))
            so_far = [sum(worth(definition, one, j, scope) for one in people) for j in columns]
            brought.append((number, len(people), so_far))
            begun = cohorts.begun(definition, number, scope)
            size = len(people)
            answers.append(
                CohortWorth(
                    start=cohorts.name(begins[number], definition, scope),
                    value=label,
                    size=size,
                    values=tuple(
                        sum(value(definition, one, j, scope) for one in people)
                        for j in columns[:begun]
                    ),
                    cumulative=tuple(so_far[:begun]),
                    per_person=tuple(
                        round(one / size, 4) if size else None for one in so_far[:begun]
                    ),
                    finished=cohorts.finished(definition, number, scope),
                )
            )
    width = max((len(one.values) for one in answers), default=0)

    def summed(columns: list[tuple[float, ...]]) -> tuple[float, ...]:
        return tuple(sum(one[j] for one in columns if len(one) > j) for j in range(width))

    total = CohortTotal(
        size=len(entries),
        values=summed([one.values for one in answers]),
        cumulative=summed([one.cumulative for one in answers]),
        per_person=cohorts.average(definition, brought, width, scope),
    )
    return CohortAnswer(cohorts=tuple(answers), total=total, pooled=pooled)
