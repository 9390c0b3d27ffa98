"""Breakdowns by their definition: what each event is filed under, and which values are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sojourn.breakdown import Breakdown, Dimension
from sojourn.filter import EventChoice
from sojourn.scope import Label, Scope
from tests.oracle.definitions import fits, of_visit, told, visible, visits
from tests.oracle.history import Row, Value


@dataclass(frozen=True)
class Filed:
    """A visible event, the number of its visit, its label, and its person's organisation then."""

    row: Row
    visit: tuple[int, int]
    label: Label
    organisation: Value | None = None


def filed(breakdown: Breakdown | None, rows: list[Row], scope: Scope) -> list[Filed]:
    """Every visible event with its label, by person and time."""
    known = told(rows, scope)
    found = []
    for person, own in visible(rows, scope).items():
        for number, visit in enumerate(visits(own, scope)):
            for row in visit:
                of = {
                    "event": row.properties,
                    "visit": of_visit(visit),
                    "person": known.get(person, {}),
                }
                dimensions = breakdown.by if breakdown else ()
                label = tuple(_written(one, of[one.of].get(one.property)) for one in dimensions)
                found.append(Filed(row, (person, number), label, organisation(row, rows, scope)))
    return found


def organisation(event: Row, rows: list[Row], scope: Scope) -> Value | None:
    """What had been told last of the person's organisation when something happened."""
    told = [
        (row.ts, place, row.properties["group.id"])
        for place, row in enumerate(rows)
        if row.person == event.person
        and not row.name
        and row.ts <= event.ts
        and row.purposes & scope.purpose
        and "group.id" in row.properties
    ]
    return max(told)[2] if told else None


def shown(
    breakdown: Breakdown | None, choices: Iterable[EventChoice], events: list[Filed]
) -> tuple[list[Label], int]:
    """The most frequent labels of the events meant, and how many more there are."""
    if breakdown is None:
        return [()], 0
    meant = list(choices)
    often = Counter(
        one.label for one in events if any(fits(own.event, own.where, one.row) for own in meant)
    )
    ranked = sorted(often, key=lambda label: (-often[label], label))
    return ranked[: breakdown.limit], max(0, len(ranked) - breakdown.limit)


def belongs(event: Filed, label: Label, labels: list[Label]) -> bool:
    """Whether an event is shown under a label: its own, or (other) when its own is not shown."""
    return event.label == label if label in labels else event.label not in labels


def headings(labels: list[Label], pooled: int) -> list[Label]:
    """The labels of an answer."""
    return [*labels, ("(other)",)] if pooled else labels


def _written(dimension: Dimension, value: Value | None) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    edges = dimension.buckets
    if not edges:
        return f"{value:g}"
    if value < edges[0]:
        return f"< {edges[0]:g}"
    if value >= edges[-1]:
        return f"≥ {edges[-1]:g}"
    below = max(edge for edge in edges if edge <= value)
    above = min(edge for edge in edges if edge > value)
    return f"{below:g} – {above:g}"
