"""Provisional rows: what the timelines show of events that may still change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pyarrow as pa
import sqlalchemy as sa

from sojourn.event import Event
from sojourn.ingest import open_events
from sojourn.ingest import rows as event_rows
from sojourn.ingest.inbox import PLACES, Row
from sojourn.ingest.open_events import OpenEvent, Placed
from sojourn.ingest.project import Project


@dataclass(slots=True)
class Provisional:
    """What a batch did to the provisional rows: those that are new or others now (`table`), the
    orders of those that went, the message ids of the events that are `closed` for good, and how
    many changes were refused, by reason."""

    table: pa.Table = field(default_factory=lambda: event_rows.EMPTY)
    withdrawn: list[int] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def take(
    connection: sa.Connection,
    project: Project,
    events: Sequence[tuple[int, Event]],
    owners: Mapping[int, int],
    rows: Iterable[Row],
) -> Provisional:
    """What the events of some inbox rows, given as (order, event), do to those that may still
    change; most batches do nothing. `owners` are their people by order; a change has none."""
    concerned = [placed for placed in events if open_events.concerns(placed[1])]
    if not concerned:
        return Provisional()
    received = {row.id: row.received_ms for row in rows}
    turn = project.open_events.take(
        Placed(order, owners.get(order, 0), received[order // PLACES], event)
        for order, event in concerned
    )
    project.open_events.save(connection, turn)
    table = rows_of(connection, project, list(turn.touched.values()))
    closed = [event.message_id for _, event in concerned if event.person]
    return Provisional(table, turn.left, closed, turn.refused)


def rows_of(connection: sa.Connection, project: Project, some: Sequence[OpenEvent]) -> pa.Table:
    """The rows of events that may still change, as these are now."""
    if not some:
        return event_rows.EMPTY
    events = [(one.order, msgspec.structs.replace(one.event, open_ms=0)) for one in some]
    project.people.prepare(connection, [event for _, event in events])
    return event_rows.table_of(connection, project, events, [one.person for one in some])


def bring_back(connection: sa.Connection, project: Project, stored: Iterable[Any]) -> None:
    """Show what is open once more, of the stored rows of every project."""
    project.open_events.load(connection, stored)
    every = project.open_events.every()
    project.parts.add(rows_of(connection, project, every), [])
    for one in every:
        project.names.note_opened(one.event)
