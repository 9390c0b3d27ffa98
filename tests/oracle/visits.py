"""Visits by their definition: cut every history where nothing happened, and look at each piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

from sojourn.breakdown import Breakdown, Dimension
from sojourn.filter import EventChoice
from sojourn.reports.visits import (
    Measures,
    VisitEnd,
    VisitEnds,
    VisitsAnswer,
    VisitsCell,
    VisitsDefinition,
    VisitsGroup,
    VisitsPoint,
)
from sojourn.scope import Scope
from tests.oracle.definitions import fits, interval, intervals
from tests.oracle.grouping import Filed, belongs, filed, headings, shown
from tests.oracle.history import Row


@dataclass(frozen=True)
class Visit:
    """The events of one visit, each filed under the breakdown's value and under the name of a
    landing."""

    events: list[Filed]
    names: list[str]

    @property
    def seconds(self) -> float:
        return (self.events[-1].row.ts - self.events[0].row.ts) / 1000


def visits(definition: VisitsDefinition, rows: list[Row], scope: Scope) -> VisitsAnswer:
    """Every visit with such an event, counted in every way."""
    own = chosen(definition, rows, scope)
    labels, pooled = values(definition, rows, scope)
    names = intervals(definition.every, scope) if definition.every else []
    within = {
        name: [one for one in own if begins(one, definition, scope) == name] for name in names
    }
    return VisitsAnswer(
        total=Measures(**measures(own)),
        points=tuple(
            VisitsPoint(**measures(point), interval=name) for name, point in within.items()
        ),
        groups=tuple(
            VisitsGroup(**measures(group), value=label)
            for label in (headings(labels, pooled) if definition.breakdown else ())
            if (group := [one for one in own if belongs(one.events[0], label, labels)])
        ),
        pooled=pooled,
        landing=ends(own, lambda one: one.names[0], definition.limit),
        exit=ends(own, lambda one: one.names[-1], definition.limit),
    )


def people(
    definition: VisitsDefinition, cell: VisitsCell, rows: list[Row], scope: Scope
) -> list[int]:
    """Who has a visit that is all of what a cell says."""
    labels, _ = values(definition, rows, scope)
    return sorted(
        {
            one.events[0].row.person
            for one in chosen(definition, rows, scope)
            if (cell.value is None or belongs(one.events[0], cell.value, labels))
            and cell.interval in (None, begins(one, definition, scope))
            and cell.landing in (None, one.names[0])
            and cell.exit in (None, one.names[-1])
            and (not cell.bounced or len(one.events) == 1)
        }
    )


def chosen(definition: VisitsDefinition, rows: list[Row], scope: Scope) -> list[Visit]:
    """The visits that the question is about."""
    named = None
    if definition.named_by is not None:
        named = filed(Breakdown((Dimension(definition.named_by),)), rows, scope)
    found: dict[tuple[int, int], Visit] = {}
    for number, event in enumerate(filed(definition.breakdown, rows, scope)):
        visit = found.setdefault(event.visit, Visit([], []))
        visit.events.append(event)
        visit.names.append(named[number].label[0] if named else event.row.name)
    having = definition.having
    return [
        visit
        for visit in found.values()
        if any(fits(having.event, having.where, event.row) for event in visit.events)
    ]


def values(definition: VisitsDefinition, rows: list[Row], scope: Scope) -> tuple[Any, int]:
    """The values shown: those of the most events, of any name."""
    return shown(definition.breakdown, (EventChoice(),), filed(definition.breakdown, rows, scope))


def begins(visit: Visit, definition: VisitsDefinition, scope: Scope) -> str | None:
    """The interval in which a visit begins."""
    every = definition.every
    return interval(visit.events[0].row.ts, every, scope) if every else None


def measures(visits: list[Visit]) -> dict[str, Any]:
    """What some visits come to."""
    events = sum(len(one.events) for one in visits)
    bounced = sum(len(one.events) == 1 for one in visits)
    people = len({one.events[0].row.person for one in visits})
    seconds = [one.seconds for one in visits]
    return {
        "visits": len(visits),
        "people": people,
        "events": events,
        "bounced": bounced,
        "bounce_rate": round(bounced / len(visits), 4) if visits else None,
        "events_per_visit": round(events / len(visits), 4) if visits else None,
        "visits_per_person": round(len(visits) / people, 4) if visits else None,
        "mean_seconds": round(mean(seconds), 4) if visits else None,
        "median_seconds": round(median(seconds), 4) if visits else None,
    }


def ends(visits: list[Visit], name: Callable[[Visit], str], limit: int) -> VisitEnds:
    """How many visits end, on one side, on each name."""
    found: dict[str, list[int]] = {}
    for one in visits:
        found.setdefault(name(one), []).append(one.events[0].row.person)
    ranked = sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    listed = tuple(VisitEnd(value, len(own), len(set(own))) for value, own in ranked[:limit])
    return VisitEnds(listed, max(0, len(ranked) - limit))
