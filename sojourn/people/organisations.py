"""Organisations: what people belong to, a second kind of subject.

An organisation is kept as a number, its id sealed and found by keyed hash. Everything else follows
from the facts of its people: who belongs to it (of whom it was told last), and what is known of it
(what was told beside it). So a merge, a split, a stop and a retention period are in it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from sojourn import control, tables
from sojourn.event import ORGANISATION, Event, PropertyValue
from sojourn.kernels.extents import extents
from sojourn.people.directory import EVERYTHING, Allowed, masked
from sojourn.period import from_ms
from sojourn.timeline import Column, Timeline
from sojourn.timelines.snapshot import Snapshot
from sojourn.values import present
from sojourn.vault import Vault
from sojourn.vocabulary import Vocabulary

UTC = ZoneInfo("UTC")
CATEGORY = "organisation"
"""The data category under whose key an organisation's id is sealed; the subject of the key is the
number of the organisation, below 0, where no person is."""
OWN = "group."
"""How the names begin of what is told of a person's organisation."""
NAME = "group.name"


class OrganisationProperty(msgspec.Struct, frozen=True):
    """What was told of an organisation last, and when."""

    name: str
    value: PropertyValue
    at: datetime


class OrganisationSummary(msgspec.Struct, frozen=True):
    """One line of the list: its id, of which only the beginning is shown, its `name` if that may be
    shown, how many people belong to it, and when they were first and last seen."""

    id: int
    masked: str
    name: str
    people: int
    first: datetime
    last: datetime


class Membership(NamedTuple):
    """Who belongs to an organisation now: the people (ids), and when they were seen, ms UTC."""

    people: NDArray[np.int64]
    number: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


Placed = tuple[int, Event]


def numbered(
    connection: sa.Connection, project: int, vault: Vault, placed: Sequence[Placed]
) -> list[Placed]:
    """Events with their order, in which an organisation's number stands for its id. An organisation
    that is new gets the next number: `connection` writes, unless all are known."""
    told = {
        order: str(event.traits[ORGANISATION])
        for order, event in placed
        if event.traits and ORGANISATION in event.traits
    }
    if not told:
        return list(placed)
    digests = {name: vault.digest(CATEGORY, name) for name in dict.fromkeys(told.values())}
    numbers = _numbers(connection, project, digests.values())
    new = [name for name, digest in digests.items() if digest not in numbers]
    if new:
        numbers |= _add(connection, project, vault, {name: digests[name] for name in new})
    return [
        (order, _with_number(event, numbers[digests[told[order]]]) if order in told else event)
        for order, event in placed
    ]


def _with_number(event: Event, number: int) -> Event:
    value = float(number)
    return msgspec.structs.replace(
        event,
        traits={**event.traits, ORGANISATION: value},
        told={**event.told, ORGANISATION: value},
    )


def _numbers(connection: sa.Connection, project: int, digests: Iterable[bytes]) -> dict[bytes, int]:
    table = tables.organisations
    columns = (table.c.digest, table.c.organisation)
    found = control.found_in(connection, columns, project, table.c.digest, digests)
    return {bytes(digest): number for digest, number in found}


def _add(
    connection: sa.Connection, project: int, vault: Vault, digests: dict[str, bytes]
) -> dict[bytes, int]:
    table = tables.organisations
    newest = sa.select(sa.func.max(table.c.organisation)).where(table.c.project == project)
    first = (connection.execute(newest).scalar() or 0) + 1
    numbers = {digest: first + place for place, digest in enumerate(digests.values())}
    vault.prepare(connection, [(-number, CATEGORY) for number in numbers.values()])
    rows = [
        {
            "project": project,
            "organisation": numbers[digest],
            "digest": digest,
            "sealed": vault.seal((-numbers[digest], CATEGORY), name),
        }
        for name, digest in digests.items()
    ]
    control.insert_many(connection, table, rows)
    return numbers


@dataclass(frozen=True, slots=True)
class Organisations:
    """The organisations of one project, as a question sees them."""

    project: int
    vault: Vault
    vocabulary: Vocabulary

    def find(self, connection: sa.Connection, text: str) -> int | None:
        """The organisation of a whole id."""
        digest = self.vault.digest(CATEGORY, text)
        return _numbers(connection, self.project, [digest]).get(digest)

    def recent(
        self, snapshot: Snapshot, allowed: Allowed = EVERYTHING
    ) -> list[OrganisationSummary]:
        """All organisations somebody belongs to now, that whose people were seen last first; what
        they are called is left to `named`."""
        members = self.members(snapshot, allowed)
        numbers, which = np.unique(members.number, return_inverse=True)
        people = np.bincount(which, minlength=len(numbers))
        first = np.full(len(numbers), np.iinfo(np.int64).max)
        last = np.zeros(len(numbers), dtype=np.int64)
        np.minimum.at(first, which, members.first)
        np.maximum.at(last, which, members.last)
        return [
            OrganisationSummary(
                int(numbers[at]),
                "",
                "",
                int(people[at]),
                from_ms(int(first[at]), UTC),
                from_ms(int(last[at]), UTC),
            )
            for at in np.lexsort((numbers, -last))
        ]

    def named(
        self,
        connection: sa.Connection,
        snapshot: Snapshot,
        page: Sequence[OrganisationSummary],
        allowed: Allowed = EVERYTHING,
    ) -> list[OrganisationSummary]:
        """Some lines with what they are called."""
        numbers = [line.id for line in page]
        ids = self._ids(connection, numbers)
        names = self.told(snapshot, numbers, [NAME], allowed)
        return [
            msgspec.structs.replace(
                line,
                masked=masked(ids.get(line.id, "")),
                name=next((str(one.value) for one in names.get(line.id, [])), ""),
            )
            for line in page
        ]

    def properties(
        self, snapshot: Snapshot, number: int, allowed: Allowed = EVERYTHING
    ) -> list[OrganisationProperty]:
        """What is known of one organisation, by name."""
        every = dict.fromkeys(name for name, _ in self.vocabulary.properties())
        names = [name for name in every if name.startswith(OWN) and name != ORGANISATION]
        return self.told(snapshot, [number], sorted(names), allowed).get(number, [])

    def told(
        self, snapshot: Snapshot, numbers: Sequence[int], names: Sequence[str], allowed: Allowed
    ) -> dict[int, list[OrganisationProperty]]:
        """What was told last of some organisations, by the order of `names`."""
        newest: dict[tuple[int, str], tuple[int, PropertyValue]] = {}
        open_names = [name for name in names if name not in allowed.closed]
        for part in snapshot.parts:
            rows, _, number = _tellings(part, allowed)
            wanted = np.isin(number, numbers)
            rows, number = rows[wanted], number[wanted]
            for name in open_names if len(rows) else ():
                for column in part.columns(name):
                    own = column.at(rows)
                    for at in np.flatnonzero(present(own)).tolist():
                        ts, key = int(part.ts[rows[at]]), (int(number[at]), name)
                        if key not in newest or newest[key][0] <= ts:
                            newest[key] = ts, _value(own, at)
        found: dict[int, list[OrganisationProperty]] = {}
        for (one, name), (ts, value) in sorted(newest.items()):
            found.setdefault(one, []).append(OrganisationProperty(name, value, from_ms(ts, UTC)))
        return found

    def members(self, snapshot: Snapshot, allowed: Allowed = EVERYTHING) -> Membership:
        """Who belongs to an organisation now, of those of whom an event may be seen."""
        pieces = [_members(part, allowed) for part in snapshot.parts]
        nobody = np.zeros(0, dtype=np.int64)
        return Membership(*(np.concatenate([nobody, *one]) for one in zip(*pieces, strict=True)))

    def _ids(self, connection: sa.Connection, numbers: Sequence[int]) -> dict[int, str]:
        table = tables.organisations
        columns = (table.c.organisation, table.c.sealed)
        found = control.found_in(connection, columns, self.project, table.c.organisation, numbers)
        opened = {
            number: self.vault.open(connection, (-number, CATEGORY), bytes(sealed))
            for number, sealed in found
        }
        return {number: name for number, name in opened.items() if name is not None}


def forget_others(connection: sa.Connection, project: int, snapshot: Snapshot) -> None:
    """Forget the organisations of which no fact tells any more, and destroy their keys. Everything
    that was applied is in the snapshot."""
    told = {number for part in snapshot.parts for number in _told_of(part).tolist()}
    table, keys = tables.organisations, tables.person_keys
    own = sa.select(table.c.organisation).where(table.c.project == project)
    gone = sorted(set(connection.execute(own).scalars()) - told)
    for number in gone:
        connection.execute(
            sa.delete(table).where(table.c.project == project, table.c.organisation == number)
        )
        connection.execute(
            sa.delete(keys).where(keys.c.project == project, keys.c.person == -number)
        )


def _members(part: Timeline, allowed: Allowed) -> Membership:
    first, last, events = extents(part.starts, part.ends, part.ts, part.purposes, allowed.purposes)
    _, owner, number = _tellings(part, allowed)
    newest = np.ones(len(owner), dtype=np.bool_)
    newest[:-1] = owner[1:] != owner[:-1]
    newest &= events[owner] > 0
    who = owner[newest]
    return Membership(part.people[who], number[newest], first[who], last[who])


def _tellings(
    part: Timeline, allowed: Allowed
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The facts that tell of an organisation, of people who may be seen, by person and time: their
    rows, the places of their people, and the numbers."""
    rows, owner, number = _facts(part)
    shown = part.ends[owner] > part.starts[owner]
    shown &= part.purposes[rows] & allowed.purposes != 0
    shown &= ORGANISATION not in allowed.closed
    return rows[shown], owner[shown], number[shown]


def _told_of(part: Timeline) -> NDArray[np.int64]:
    """The numbers of all organisations that a part tells of, of hidden people too."""
    return np.unique(_facts(part)[2])


def _facts(part: Timeline) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Every fact that tells of an organisation, as `_tellings` gives them."""
    for column in part.columns(ORGANISATION):
        if column.type == "number":
            rows = np.flatnonzero(present(column))
            owner = np.searchsorted(part.facts, rows, "right") - 1
            is_fact = rows < part.starts[owner]
            rows, owner = rows[is_fact], owner[is_fact]
            return rows, owner, column.values[rows].astype(np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    return nothing, nothing, nothing


def _value(column: Column, at: int) -> PropertyValue:
    value = column.values[at].item()
    if column.type == "text":
        return column.words[int(value)]
    return bool(value) if column.type == "flag" else float(value)
