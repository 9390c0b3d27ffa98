"""Lifecycles by their definition: in which intervals was each person active, ever?"""

from __future__ import annotations

from dataclasses import replace

from sojourn.filter import EventChoice
from sojourn.reports.lifecycle import (
    LifecycleAnswer,
    LifecycleDefinition,
    LifecycleGroup,
    LifecyclePoint,
)
from sojourn.scope import Scope
from tests.oracle.definitions import fits, interval, intervals
from tests.oracle.grouping import belongs, filed, headings, shown
from tests.oracle.history import Row

PREVIOUS_MS = 32 * 86_400_000
"""No interval of these tests is longer."""
LONG_MS = 400 * 86_400_000
"""Before every history of these tests."""


def lifecycle(definition: LifecycleDefinition, rows: list[Row], scope: Scope) -> LifecycleAnswer:
    """Each person of each interval, one after the other."""
    choice = EventChoice(definition.event, definition.where)
    events = filed(definition.breakdown, rows, scope)
    labels, pooled = shown(definition.breakdown, [choice], events)
    ever = replace(scope, start_ms=scope.start_ms - LONG_MS)
    calendar = intervals(definition.every, replace(scope, start_ms=scope.start_ms - PREVIOUS_MS))
    groups = []
    for title in headings(labels, pooled):
        active: dict[int, set[str]] = {}
        for one in filed(definition.breakdown, rows, ever):
            if fits(choice.event, choice.where, one.row) and belongs(one, title, labels):
                name = interval(one.row.ts, definition.every, scope)
                active.setdefault(one.row.person, set()).add(name)
        points = tuple(
            point(name, calendar, active, scope.now_ms, definition, scope)
            for name in intervals(definition.every, scope)
        )
        groups.append(LifecycleGroup(title, points))
    return LifecycleAnswer(groups=tuple(groups), pooled=pooled)


def point(
    name: str,
    calendar: tuple[str, ...],
    active: dict[int, set[str]],
    now_ms: int,
    definition: LifecycleDefinition,
    scope: Scope,
) -> LifecyclePoint:
    """The states of everybody in one interval."""
    previous = calendar[calendar.index(name) - 1]
    states = {"new": 0, "returning": 0, "resurrecting": 0, "dormant": 0}
    begun = now_ms > 2**60 or name <= interval(now_ms, definition.every, scope)
    for own in active.values():
        if name in own and previous in own:
            states["returning"] += 1
        elif name in own and min(own) == name:
            states["new"] += 1
        elif name in own:
            states["resurrecting"] += 1
        elif previous in own and begun:
            states["dormant"] += 1
    return LifecyclePoint(name, **states)
