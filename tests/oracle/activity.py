"""Activity by its definition: the log in order, read backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sojourn.reports.activity import (
    ActivityAnswer,
    ActivityCell,
    ActivityDefinition,
    ActivityEvent,
    Place,
)
from sojourn.scope import Scope
from tests.oracle.definitions import fits, of_visit, told, visible, visits
from tests.oracle.history import Row, Value


def activity(definition: ActivityDefinition, rows: list[Row], scope: Scope) -> ActivityAnswer:
    """A page of the log."""
    known = told(rows, scope)
    found = []
    for person, own in visible(rows, scope).items():
        for visit in visits(own, scope):
            for row in visit:
                if fits(definition.events.event, definition.events.where, row):
                    of: dict[str, dict[str, Value]] = {
                        "event": row.properties,
                        "visit": of_visit(visit),
                        "person": known.get(person, {}),
                    }
                    shown = {
                        one.property: of[one.of].get(one.property) for one in definition.columns
                    }
                    found.append((place(row, rows), row.name, shown))
    found.sort(key=lambda one: one[0], reverse=True)
    before = definition.before
    rest = [one for one in found if before is None or one[0] < before]
    page = rest[: definition.limit]
    return ActivityAnswer(
        events=len(found),
        people=len({one[0].person for one in found}),
        rows=tuple(
            ActivityEvent(where.person, instant(where.ms, scope), name, shown)
            for where, name, shown in page
        ),
        next=page[-1][0] if len(rest) > len(page) else None,
    )


def people(
    definition: ActivityDefinition, cell: ActivityCell, rows: list[Row], scope: Scope
) -> list[int]:
    """Who has such an event."""
    return sorted(
        person
        for person, own in visible(rows, scope).items()
        if any(
            fits(definition.events.event, definition.events.where, row)
            and cell.event in (None, row.name)
            for row in own
        )
    )


def place(row: Row, rows: list[Row]) -> Place:
    """Where an event stands among all that there are, seen or not."""
    equals = [one for one in rows if one.name and (one.person, one.ts) == (row.person, row.ts)]
    return Place(row.ts, row.person, next(n for n, one in enumerate(equals) if one is row))


def instant(ms: int, scope: Scope) -> str:
    """An instant as the project's clocks show it."""
    begin = datetime(1970, 1, 1, tzinfo=UTC)
    return (begin + timedelta(milliseconds=ms)).astimezone(scope.zone).isoformat()
