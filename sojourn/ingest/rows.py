"""From events with their people to the rows that stores keep and the tail shows.

What happened becomes an event; what was told of a person, as far as it identifies nobody, a fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from sojourn import control
from sojourn.event import Event, Kind, PropertyValue
from sojourn.ingest.inbox import PLACES
from sojourn.ingest.project import Project
from sojourn.people.directory import SEALED_EVENT
from sojourn.people.identities import rank
from sojourn.store import CORE, FACT
from sojourn.timeline import PropertyType
from sojourn.timelines.columns import ARROW

EMPTY: pa.Table = CORE.empty_table()
FACT_PLACE = PLACES // 2
"""How far behind its message a fact stands in the order of arrival, which is unique."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row to be: something that happened, or something that was told."""

    order: int
    person: int
    event: Event
    name: str
    properties: dict[str, PropertyValue]
    sealed: dict[str, PropertyValue]


def table_of(
    connection: sa.Connection,
    project: Project,
    events: Sequence[tuple[int, Event]],
    owners: Sequence[int],
) -> pa.Table:
    """The rows of what happened and what was told, of messages given as (order, event) with the
    person of each. A message may leave both, or none.

    New event names and properties are written down on the way.
    """
    placed = zip(events, owners, strict=True)
    lines = [line for (order, event), person in placed for line in _lines(order, event, person)]
    sealing = [(line.person, SEALED_EVENT) for line in lines if line.sealed]
    project.vault.prepare(connection, sealing)
    _learn(connection, project, lines)
    core = {
        "person": [line.person for line in lines],
        "ts": [line.event.ts for line in lines],
        "order": [line.order for line in lines],
        "event": [line.name for line in lines],
        "alias": [_alias(project, line.event) for line in lines],
        "source": [line.event.source for line in lines],
        "purposes": [line.event.purposes for line in lines],
        "sealed": [
            project.vault.seal((line.person, SEALED_EVENT), line.sealed) if line.sealed else None
            for line in lines
        ],
    }
    table = pa.table(core, schema=CORE)
    for (kind, column), values in _columns(project, lines).items():
        table = table.append_column(column, pa.array(values, ARROW[kind]))
    return table


def properties_of(event: Event) -> Iterator[tuple[str, PropertyType]]:
    """Every property that the rows of an event have, with the type of its value."""
    given = (event.properties, event.told) if event.kind is Kind.EVENT else (event.told,)
    for properties in given:
        for name, value in properties.items():
            yield name, type_of(value)


def _lines(order: int, event: Event, person: int) -> Iterator[Line]:
    if event.kind is Kind.EVENT:
        yield Line(order, person, event, event.name, event.properties, event.sealed)
    if event.told:
        yield Line(order + FACT_PLACE, person, event, FACT, event.told, {})


def type_of(value: PropertyValue) -> PropertyType:
    """The type of column that a value belongs to."""
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"


def _columns(project: Project, lines: Sequence[Line]) -> dict[tuple[PropertyType, str], list[Any]]:
    columns: dict[tuple[PropertyType, str], list[Any]] = {}
    for index, line in enumerate(lines):
        for name, value in line.properties.items():
            kind = type_of(value)
            key = (kind, project.vocabulary.add_property(name, kind))
            if key not in columns:
                columns[key] = [None] * len(lines)
            columns[key][index] = value
    return columns


def _alias(project: Project, event: Event) -> bytes:
    """The digest of the highest identifier that the event came under."""
    return project.people.digest(min(event.identifiers, key=rank))


def _learn(connection: sa.Connection, project: Project, lines: Sequence[Line]) -> None:
    """Write down the event names and properties that are new with these rows."""
    words = project.vocabulary
    happened = (line.name for line in lines if line.name != FACT)
    names = dict.fromkeys(name for name in happened if name not in words.codes)
    properties = dict.fromkeys(
        (name, kind)
        for line in lines
        for name, value in line.properties.items()
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
