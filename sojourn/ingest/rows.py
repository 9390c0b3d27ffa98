"""From events with their people to the rows that stores keep and the tail shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from sojourn import control
from sojourn.event import Event, Kind, PropertyValue
from sojourn.ingest.project import Project
from sojourn.people.directory import SEALED_EVENT
from sojourn.people.identities import rank
from sojourn.store import CORE
from sojourn.timeline import PropertyType
from sojourn.timelines.columns import ARROW

EMPTY: pa.Table = CORE.empty_table()


def table_of(
    connection: sa.Connection,
    project: Project,
    events: Sequence[tuple[int, Event]],
    owners: Sequence[int],
) -> pa.Table:
    """The rows of what happened, given as (order, event) with the person of each.

    New event names and properties are written down on the way. Messages that are no events
    (profiles, aliases) leave no row.
    """
    happened = [
        (order, event, person)
        for (order, event), person in zip(events, owners, strict=True)
        if event.kind is Kind.EVENT
    ]
    sealing = [(person, SEALED_EVENT) for _, event, person in happened if event.sealed]
    project.vault.prepare(connection, sealing)
    _learn(connection, project, [event for _, event, _ in happened])
    core = {
        "person": [person for _, _, person in happened],
        "ts": [event.ts for _, event, _ in happened],
        "order": [order for order, _, _ in happened],
        "event": [event.name for _, event, _ in happened],
        "alias": [_alias(project, event) for _, event, _ in happened],
        "source": [event.source for _, event, _ in happened],
        "purposes": [event.purposes for _, event, _ in happened],
        "sealed": [
            project.vault.seal((person, SEALED_EVENT), event.sealed) if event.sealed else None
            for _, event, person in happened
        ],
    }
    table = pa.table(core, schema=CORE)
    for (kind, column), values in _columns(project, [event for _, event, _ in happened]).items():
        table = table.append_column(column, pa.array(values, ARROW[kind]))
    return table


def type_of(value: PropertyValue) -> PropertyType:
    """The type of column that a value belongs to."""
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"


def _columns(
    project: Project, events: Sequence[Event]
) -> dict[tuple[PropertyType, str], list[Any]]:
    columns: dict[tuple[PropertyType, str], list[Any]] = {}
    for index, event in enumerate(events):
        for name, value in event.properties.items():
            kind = type_of(value)
            key = (kind, project.vocabulary.add_property(name, kind))
            if key not in columns:
                columns[key] = [None] * len(events)
            columns[key][index] = value
    return columns


def _alias(project: Project, event: Event) -> bytes:
    """The digest of the highest identifier that the event came under."""
    return project.people.digest(min(event.identifiers, key=rank))


def _learn(connection: sa.Connection, project: Project, events: Sequence[Event]) -> None:
    """Write down the event names and properties that are new with these events."""
    words = project.vocabulary
    names = dict.fromkeys(event.name for event in events if event.name not in words.codes)
    properties = dict.fromkeys(
        (name, kind)
        for event in events
        for name, value in event.properties.items()
        if not words.knows(name, kind := type_of(value))
    )
    if names:
        rows = [
            {"project": project.id, "code": words.add_event(name), "name": name} for name in names
        ]
        connection.execute(sa.insert(control.event_names), rows)
    if properties:
        columns = [
            {
                "project": project.id,
                "name": name,
                "type": kind,
                "column": words.add_property(name, kind),
            }
            for name, kind in properties
        ]
        connection.execute(sa.insert(control.properties), columns)
