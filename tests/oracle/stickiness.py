"""Stickiness by its definition: the set of intervals of each person."""

from __future__ import annotations

from sojourn.filter import EventChoice
from sojourn.reports.stickiness import (
    StickinessAnswer,
    StickinessDefinition,
    StickinessGroup,
    StickinessOf,
    StickinessPoint,
)
from sojourn.scope import Scope
from tests.oracle.definitions import fits, interval, intervals
from tests.oracle.grouping import belongs, filed, headings, shown
from tests.oracle.history import Row


def stickiness(definition: StickinessDefinition, rows: list[Row], scope: Scope) -> StickinessAnswer:
    """The people of each value, by the number of their intervals."""
    choice = EventChoice(definition.event, definition.where)
    events = filed(definition.breakdown, rows, scope)
    labels, pooled = shown(definition.breakdown, [choice], events)
    names = intervals(definition.every, scope)
    groups = []
    for title in headings(labels, pooled):
        instants = [
            (one.row.person, one.row.ts)
            for one in events
            if fits(choice.event, choice.where, one.row) and belongs(one, title, labels)
        ]
        active: dict[int, set[str]] = {}
        for person, ts in instants:
            active.setdefault(person, set()).add(interval(ts, definition.every, scope))
        sizes = [len(own) for own in active.values()]
        points = tuple(
            StickinessPoint(
                intervals=k,
                people=sizes.count(k),
                at_least=sum(size >= k for size in sizes),
                share=share(sum(size >= k for size in sizes), len(sizes)) or 0.0,
            )
            for k in range(1, len(names) + 1)
        )
        of = each_of(definition, instants, scope)
        groups.append(StickinessGroup(title, len(sizes), share(sum(sizes), len(sizes)), points, of))
    return StickinessAnswer(groups=tuple(groups), pooled=pooled)


def each_of(
    definition: StickinessDefinition, instants: list[tuple[int, int]], scope: Scope
) -> tuple[StickinessOf, ...]:
    """Each week or month, made of the parts of intervals that lie in it."""
    if definition.of is None:
        return ()
    of, every = definition.of, definition.every
    hours = [*range(scope.start_ms, scope.end_ms, 1_800_000), scope.end_ms]
    hours = hours if scope.start_ms <= scope.end_ms else []
    found = []
    for outer in intervals(of, scope):
        pieces = {interval(ts, every, scope) for ts in hours if interval(ts, of, scope) == outer}
        own = {
            (person, interval(ts, every, scope))
            for person, ts in instants
            if interval(ts, of, scope) == outer
        }
        people = len({person for person, _ in own})
        found.append(
            StickinessOf(
                outer, people, share(len(own), people), share(len(own), people * len(pieces))
            )
        )
    return tuple(found)


def share(part: int, whole: int) -> float | None:
    """To four decimals, if there is any."""
    return round(part / whole, 4) if whole else None
