"""Activity: the events themselves, the newest first.

The log in order of time, equal instants by person and then by arrival, read backwards; page by
page, as each answer says where the next one begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.counting.metrics import NO_NUMBERS, value_of
from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice, Of, Scalar
from sojourn.kernels.newest import newest
from sojourn.kernels.tally import tally
from sojourn.matching import marks
from sojourn.period import from_ms
from sojourn.report import Answer, Question, Report
from sojourn.scope import FAR_MS, Scope
from sojourn.timeline import Timeline, codes_of
from sojourn.values import columns_of

LIMIT_MAX = 10_000
"""Events on one page: what a client holds easily, and more than anybody reads."""

COLUMNS_MAX = 50

Values = dict[str, Scalar | None]


class ActivityColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A property to show with each event."""

    property: str
    of: Of = "event"


class Place(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """Where an event stands in the log: when (ms in UTC), whose, and the how many-th of that person
    at that instant, from 0."""

    ms: int
    person: int
    nth: int = 0


class ActivityDefinition(Question, frozen=True, tag="activity"):
    """Which events, with which properties, how many, and before which place in the log."""

    events: EventChoice = EventChoice()
    columns: tuple[ActivityColumn, ...] = ()
    limit: int = 100
    before: Place | None = None


class ActivityEvent(msgspec.Struct, frozen=True):
    """One event; a property that it has not is null."""

    person: int
    ts: str
    event: str
    properties: Values


class ActivityAnswer(Answer, frozen=True, tag="activity"):
    """A page of events, how many there are in all, and of how many people.

    `next` is where the next page begins (give it as `before`); null on the last one.
    """

    events: int
    people: int
    rows: tuple[ActivityEvent, ...]
    next: Place | None


class ActivityCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The people of all the events that are listed, or of those with one name."""

    event: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """How many events and people some parts have, and the newest events: `most`, if there are."""

    most: int
    events: int
    people: int
    newest: list[tuple[Place, str, Values]]


def check(definition: ActivityDefinition) -> None:
    """Refuse a page of no size or a huge one, and columns that cannot be told apart."""
    if not 1 <= definition.limit <= LIMIT_MAX:
        raise BadQuestion(
            f"A page has 1 to {LIMIT_MAX:,} events",
            detail=f"{definition.limit} were asked for.",
            where="limit",
            mend="Ask for fewer, and go on from the answer's `next`.",
        )
    counted = Counter(column.property for column in definition.columns)
    if len(counted) > COLUMNS_MAX or any(many > 1 for many in counted.values()):
        raise BadQuestion(
            f"A list shows up to {COLUMNS_MAX} properties, each once",
            where="columns",
            mend="Leave some out.",
        )


def choices(definition: ActivityDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The events that are listed."""
    yield "events", definition.events


def partial(definition: ActivityDefinition, timeline: Timeline, scope: Scope) -> Found:
    """The newest events of a part, and how many there are."""
    marked = marks((definition.events,), timeline, scope)
    counted = tally(*timeline.arrays, *marked, NO_NUMBERS, *scope.bounds)
    before = _row_before(definition.before, timeline)
    rows = newest(*timeline.arrays, *marked, definition.limit + 1, *before, *scope.bounds)
    owners = np.searchsorted(timeline.ends, rows, side="right")
    own = timeline.only(np.isin(np.arange(len(timeline.people)), owners))
    columns = {
        column.property: columns_of(own, column.property, column.of, scope)
        for column in definition.columns
    }
    found = [
        (
            _place(timeline, row, owner),
            timeline.names[timeline.event[row]],
            {name: value_of(values, row) for name, values in columns.items()},
        )
        for row, owner in zip(rows.tolist(), owners.tolist(), strict=True)
    ]
    events, people = int(counted.sum()), int(np.count_nonzero(counted))
    return Found(definition.limit + 1, events, people, found)


def add(one: Found, other: Found) -> Found:
    """Events of two parts are different events."""
    both = sorted(one.newest + other.newest, key=_by_place, reverse=True)
    return Found(one.most, one.events + other.events, one.people + other.people, both[: one.most])


def answer(definition: ActivityDefinition, found: Found, scope: Scope) -> ActivityAnswer:
    """The page; one more than it holds has been looked for, to know whether it is the last."""
    page = sorted(found.newest, key=_by_place, reverse=True)[: definition.limit]
    return ActivityAnswer(
        events=found.events,
        people=found.people,
        rows=tuple(
            ActivityEvent(place.person, from_ms(place.ms, scope.zone).isoformat(), event, values)
            for place, event, values in page
        ),
        next=page[-1][0] if len(found.newest) > definition.limit else None,
    )


def people(
    definition: ActivityDefinition, cell: ActivityCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part has one of the events: bool[n]."""
    table, held = marks((definition.events,), timeline, scope)
    if cell.event is not None:
        table = table * codes_of(cell.event, timeline.names)
    return tally(*timeline.arrays, table, held, NO_NUMBERS, *scope.bounds) > 0


def rows(answer: ActivityAnswer) -> list[dict[str, Any]]:
    """One row an event, with a column for each property; one named as ours gives way."""
    ours = [{"ts": one.ts, "person": one.person, "event": one.event} for one in answer.rows]
    return [{**own, **one.properties, **own} for own, one in zip(ours, answer.rows, strict=True)]


def _place(timeline: Timeline, row: int, owner: int) -> Place:
    ms = int(timeline.ts[row])
    begin = int(timeline.starts[owner])
    nth = row - begin - int(np.searchsorted(timeline.ts[begin:row], ms))
    return Place(ms, int(timeline.people[owner]), nth)


def _by_place(found: tuple[Place, str, Values]) -> Place:
    return found[0]


def _row_before(before: Place | None, timeline: Timeline) -> tuple[int, int]:
    """An instant, and the row of a part before which its events at that instant are wanted.

    Rows of one instant stand in order of person, and within a person in order of arrival.
    """
    if before is None:
        return FAR_MS, 0
    owner = int(np.searchsorted(timeline.people, before.person))
    if owner == len(timeline.people):
        return before.ms, len(timeline.ts)
    begin, end = int(timeline.starts[owner]), int(timeline.ends[owner])
    if timeline.people[owner] != before.person:
        return before.ms, begin
    first = begin + int(np.searchsorted(timeline.ts[begin:end], before.ms))
    return before.ms, min(first + before.nth, end)


REPORT = Report(
    kind="activity",
    definition=ActivityDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=ActivityCell,
    people=people,
)
