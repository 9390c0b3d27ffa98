"""From events with their people to the rows that stores keep and the tail shows.

What happened becomes an event; what was told of a person, as far as it identifies nobody, a fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from sojourn import tables
from sojourn.event import EVENT, HAPPENED, Event, PropertyValue
from sojourn.ingest.inbox import PLACES
from sojourn.ingest.project import Project
from sojourn.people.directory import SEALED_EVENT
from sojourn.store import CORE, FACT
from sojourn.timeline import PropertyType
from sojourn.timelines.columns import ARROW

EMPTY: pa.Table = CORE.empty_table()
FACT_PLACE = PLACES // 2
"""How far behind its message a fact stands in the order of arrival, which is unique."""
TYPE_OF: dict[type, PropertyType] = {str: "text", float: "number", int: "number", bool: "flag"}
"""The type of column that a value belongs to, by the type of the value."""

Typed = tuple[str, PropertyType]
"""A property's name with the type of a value of it."""


# There is one for each event, and a named tuple is made in a third of a data class's time.
class Line(NamedTuple):
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
    lines = _lines(events, owners)
    sealing = [(line.person, SEALED_EVENT) for line in lines if line.sealed]
    project.vault.prepare(connection, sealing)
    values, places = _values(lines)
    _learn(connection, project, lines, values)
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
    for (name, kind), column in values.items():
        written = project.vocabulary.add_property(name, kind)
        table = table.append_column(written, pa.array(column, ARROW[kind]).take(places))
    return table


def properties_of(event: Event) -> set[Typed]:
    """Every property that the rows of an event have, with the type of its value."""
    given = {(name, TYPE_OF[type(value)]) for name, value in event.facts.items()}
    if event.kind in HAPPENED:
        given |= {(name, TYPE_OF[type(value)]) for name, value in event.properties.items()}
    return given


def _lines(events: Sequence[tuple[int, Event]], owners: Sequence[int]) -> list[Line]:
    # An event that may still change gets its row when it closes; the row is provisional until then.
    lines = [
        Line(order, person, event, event.name, event.properties, event.sealed)
        for (order, event), person in zip(events, owners, strict=True)
        if event.kind is EVENT and not event.open_ms
    ]
    for (order, event), person in zip(events, owners, strict=True):
        if event.told and (facts := event.facts):
            lines.append(Line(order + FACT_PLACE, person, event, FACT, facts, {}))
    return lines


def _values(lines: Sequence[Line]) -> tuple[dict[Typed, list[Any]], pa.Array]:
    """Each property's values of one type, None where a line has none, and at which place of them
    each line's is: those of lines with the same properties are beside one another, so that they
    become columns many at a time."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for number, line in enumerate(lines):
        alike.setdefault(tuple(line.properties), []).append(number)
    values: dict[Typed, list[Any]] = {}
    told = 0
    for names, numbers in alike.items():
        columns = zip(*(lines[number].properties.values() for number in numbers), strict=True)
        for name, column in zip(names, columns, strict=True):
            for kind, own in _by_type(column).items():
                whole = values.setdefault((name, kind), [])
                whole.extend(repeat(None, told - len(whole)))
                whole.extend(own)
        told += len(numbers)
    for whole in values.values():
        whole.extend(repeat(None, told - len(whole)))
    placed = np.fromiter(chain.from_iterable(alike.values()), np.int64, told)
    return values, pa.array(np.argsort(placed))


def _by_type(column: tuple[PropertyValue, ...]) -> dict[PropertyType, Sequence[Any]]:
    """The values of a column by their type, with None in the place of those of the others."""
    kinds = {TYPE_OF[kind] for kind in set(map(type, column))}
    if len(kinds) == 1:
        return {kinds.pop(): column}
    return {
        kind: [value if TYPE_OF[type(value)] == kind else None for value in column]
        for kind in sorted(kinds)
    }


def _alias(project: Project, event: Event) -> bytes:
    """The digest of the highest identifier that the event came under."""
    return project.people.digest(event.identifiers[0])


def _learn(
    connection: sa.Connection, project: Project, lines: Sequence[Line], given: Iterable[Typed]
) -> None:
    """Write down the event names and properties that are new with these rows."""
    words = project.vocabulary
    named = dict.fromkeys(line.name for line in lines if line.name != FACT)
    names = [name for name in named if name not in words.codes]
    properties = [typed for typed in given if not words.knows(*typed)]
    if names:
        rows = [
            {"project": project.id, "code": words.add_event(name), "name": name} for name in names
        ]
        connection.execute(sa.insert(tables.event_names), rows)
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
        connection.execute(sa.insert(tables.properties), columns)
