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
from sojourn.kept import Placed, lots_of
from sojourn.people.directory import SEALED_EVENT
from sojourn.people.identities import Owned
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


class Rows(NamedTuple):
    """Rows of one shape, by column: what happened, or what was told. `values` has a column for each
    of the `properties`; `sealed` is what each seals under its person's key."""

    order: list[int]
    person: list[int]
    ts: list[int]
    event: list[str]
    alias: list[bytes]
    source: list[str]
    purposes: list[int]
    sealed: list[bytes | None]
    properties: tuple[str, ...]
    values: Sequence[Sequence[PropertyValue]]


def table_of(
    connection: sa.Connection,
    project: Project,
    events: Sequence[Placed],
    owners: Sequence[int],
    lots: Sequence[Owned] = (),
) -> pa.Table:
    """The rows of what happened and what was told, in order of arrival: of messages with the person
    of each, of which one may leave both or none, and of lots. Places are orders of arrival.

    New event names and properties are written down on the way.
    """
    lots = [*lots, *_lots(events, owners)]
    sealing = [(who, SEALED_EVENT) for lot, people in lots if lot.heading.hidden for who in people]
    project.vault.prepare(connection, sealing)
    every = [_happened(project, owned) for owned in lots] + _told(project, events, owners)
    values = _values(every)
    _learn(connection, project, every, values)
    core = {
        name: list(chain.from_iterable(getattr(rows, name) for rows in every))
        for name in CORE.names
    }
    table = pa.table(core, schema=CORE)
    for (name, kind), column in values.items():
        written = project.vocabulary.add_property(name, kind)
        table = table.append_column(written, pa.array(column, ARROW[kind]))
    return table if len(every) < 2 else table.take(pa.array(np.argsort(core["order"])))


def properties_of(event: Event) -> set[Typed]:
    """Every property that the rows of an event have, with the type of its value."""
    given = {(name, TYPE_OF[type(value)]) for name, value in event.facts.items()}
    if event.kind in HAPPENED:
        given |= {(name, TYPE_OF[type(value)]) for name, value in event.properties.items()}
    return given


def _lots(events: Sequence[Placed], owners: Sequence[int]) -> list[Owned]:
    """What happened, of some messages, as lots."""
    # An event that may still change gets its row when it closes; the row is provisional until then.
    happened = [placed for placed in events if placed[1].kind is EVENT and not placed[1].open_ms]
    whose = {order: person for (order, _), person in zip(events, owners, strict=True)}
    return [Owned(lot, [whose[order] for order in lot.places]) for lot in lots_of(happened)]


def _happened(project: Project, owned: Owned) -> Rows:
    lot, people = owned
    types, clear, hidden = lot.heading
    sealed: list[bytes | None] = [None] * len(lot)
    if hidden:
        rows = zip(people, zip(*lot.sealed, strict=True), strict=True)
        seal = project.vault.seal
        sealed = [
            seal((who, SEALED_EVENT), dict(zip(hidden, own, strict=True))) for who, own in rows
        ]
    return Rows(
        order=lot.places,
        person=people,
        ts=lot.ts,
        event=lot.event,
        alias=project.people.digests(types[0], lot.whose[0]),
        source=lot.source,
        purposes=lot.purposes,
        sealed=sealed,
        properties=clear,
        values=lot.values,
    )


def _told(project: Project, events: Sequence[Placed], owners: Sequence[int]) -> list[Rows]:
    """What was told of people and identifies nobody, by the names of what was told."""
    alike: dict[tuple[str, ...], list[tuple[int, int, Event]]] = {}
    for (order, event), person in zip(events, owners, strict=True):
        if event.told and (facts := event.facts):
            alike.setdefault(tuple(facts), []).append((order + FACT_PLACE, person, event))
    return [
        Rows(
            order=[order for order, _, _ in told],
            person=[person for _, person, _ in told],
            ts=[event.ts for _, _, event in told],
            event=[FACT] * len(told),
            alias=[project.people.digest(event.identifiers[0]) for _, _, event in told],
            source=[event.source for _, _, event in told],
            purposes=[event.purposes for _, _, event in told],
            sealed=[None] * len(told),
            properties=names,
            values=[[event.told[name] for _, _, event in told] for name in names],
        )
        for names, told in alike.items()
    ]


def _values(every: Sequence[Rows]) -> dict[Typed, list[Any]]:
    """Each property's values of one type, None where a row has none."""
    values: dict[Typed, list[Any]] = {}
    told = 0
    for rows in every:
        for name, column in zip(rows.properties, rows.values, strict=True):
            for kind, own in _by_type(column).items():
                whole = values.setdefault((name, kind), [])
                whole.extend(repeat(None, told - len(whole)))
                whole.extend(own)
        told += len(rows.order)
    for whole in values.values():
        whole.extend(repeat(None, told - len(whole)))
    return values


def _by_type(column: Sequence[PropertyValue]) -> dict[PropertyType, Sequence[Any]]:
    """The values of a column by their type, with None in the place of those of the others."""
    kinds = {TYPE_OF[kind] for kind in set(map(type, column))}
    if len(kinds) == 1:
        return {kinds.pop(): column}
    return {
        kind: [value if TYPE_OF[type(value)] == kind else None for value in column]
        for kind in sorted(kinds)
    }


def _learn(
    connection: sa.Connection, project: Project, every: Sequence[Rows], given: Iterable[Typed]
) -> None:
    """Write down the event names and properties that are new with these rows."""
    words = project.vocabulary
    named = dict.fromkeys(chain.from_iterable(rows.event for rows in every))
    names = [name for name in named if name != FACT and name not in words.codes]
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
