"""Finding people and showing one: the list, the facts, the timeline, and what is sealed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from numpy.typing import NDArray

from sojourn import control, tables
from sojourn.event import DAILY_ID, DEFAULT_HIERARCHY, Hierarchy, Identifier, PropertyValue
from sojourn.kernels.extents import extents
from sojourn.people import linking, portrait, profiles
from sojourn.people.portrait import Portrait, Rows, Sighting
from sojourn.period import from_ms
from sojourn.store import BUCKETS, CORE, FACT, Store, with_plain_events
from sojourn.timeline import EVERY_PURPOSE
from sojourn.timelines.parts import Parts
from sojourn.timelines.snapshot import Snapshot
from sojourn.vault import Vault
from sojourn.vocabulary import Vocabulary

UTC = ZoneInfo("UTC")
NOBODY = np.empty(0, dtype=np.int64)
SEALED_EVENT = "event"
"""The data category under whose key the sealed values of events stand."""
NAMELESS = ("anonymous_id", DAILY_ID)
"""Identifiers that do not make anybody known."""
SHOWN_CHARS = 2
"""How much of a veiled identifier is shown: enough to tell two apart that one knows."""


class Allowed(NamedTuple):
    """What may be shown for a purpose: the events that have a bit of the mask `purposes`, and of
    what they and their people have told everything but the properties `closed`."""

    purposes: int = EVERY_PURPOSE
    closed: Container[str] = ()


EVERYTHING = Allowed()
"""What is shown where no purpose limits it, such as to the person."""


class Days(NamedTuple):
    """How a history is cut: the time zone of its days, and the gap that ends a visit."""

    zone: ZoneInfo
    visit_gap_ms: int


class VeiledIdentifier(msgspec.Struct, frozen=True):
    """An identifier of which only the beginning is shown."""

    type: str
    masked: str


class PersonSummary(msgspec.Struct, frozen=True):
    """One line of a list of people; `known` is who has more than an anonymous id."""

    id: int
    label: str
    known: bool
    first: datetime
    last: datetime
    events: int
    identifiers: tuple[VeiledIdentifier, ...]


class TimelineEvent(msgspec.Struct, frozen=True):
    """One event as shown; `sealed` names the properties whose values are sealed."""

    ts: datetime
    event: str
    source: str
    properties: dict[str, PropertyValue]
    sealed: tuple[str, ...]


class RevealedIdentifier(msgspec.Struct, frozen=True):
    """An identifier, opened; unlike `Identifier` it is an object in JSON, as clients expect."""

    type: str
    value: str


class Revealed(msgspec.Struct, frozen=True):
    """The sealed values of one person, opened."""

    identifiers: tuple[RevealedIdentifier, ...]
    traits: dict[str, PropertyValue]


@dataclass(frozen=True, slots=True)
class Directory:
    """The people of one project, as a question sees them."""

    project: int
    vault: Vault
    store: Store
    parts: Parts
    vocabulary: Vocabulary
    hierarchy: Hierarchy = DEFAULT_HIERARCHY

    def recent(
        self, snapshot: Snapshot, offset: int, limit: int, allowed: Allowed = EVERYTHING
    ) -> tuple[int, list[int]]:
        """How many people there are, and a page of them, the most recently seen first."""
        seen = [(NOBODY, NOBODY)]
        for part in snapshot.parts:
            _, lasts, events = extents(
                part.starts, part.ends, part.ts, part.purposes, allowed.purposes
            )
            some = np.flatnonzero(events)
            seen.append((part.people[some], lasts[some]))
        people = np.concatenate([ids for ids, _ in seen])
        last = np.concatenate([instants for _, instants in seen])
        if not len(people):
            return 0, []
        wanted = min(offset + limit, len(people))
        newest = np.argpartition(-last, wanted - 1)[:wanted]
        ranked = newest[np.lexsort((people[newest], -last[newest]))]
        return len(people), people[ranked][offset:].tolist()

    def search(self, connection: sa.Connection, text: str) -> list[int]:
        """The people whom a whole identifier leads to, whatever its type."""
        spellings, kinds = dict.fromkeys([text, text.lower()]), self.hierarchy.types
        digests = [self.vault.digest(kind, value) for value in spellings for kind in kinds]
        table = tables.identifiers
        found = connection.execute(
            sa.select(table.c.person).where(
                table.c.project == self.project, table.c.digest.in_(digests)
            )
        )
        return sorted({self.parts.today(person) for (person,) in found})

    def summaries(
        self,
        connection: sa.Connection,
        snapshot: Snapshot,
        people: Sequence[int],
        allowed: Allowed = EVERYTHING,
    ) -> list[PersonSummary]:
        """The lines of these people, in this order; those without a visible event are left out."""
        runs = dict(_runs(snapshot, people, allowed))
        names = self._identifiers(connection, people)
        return [
            PersonSummary(
                id=person,
                label=f"Person {person}",
                known=any(name.type not in NAMELESS for name in names[person]),
                first=from_ms(runs[person][0], UTC),
                last=from_ms(runs[person][1], UTC),
                events=runs[person][2],
                identifiers=tuple(
                    VeiledIdentifier(name.type, masked(name.value)) for name in names[person]
                ),
            )
            for person in people
            if person in runs
        ]

    def timeline(
        self,
        connection: sa.Connection,
        person: int,
        before: tuple[int, int],
        limit: int,
        allowed: Allowed = EVERYTHING,
    ) -> tuple[list[TimelineEvent], tuple[int, int] | None]:
        """A page of events before (ts, order), newest first, and where the next page begins."""
        rows = self._rows(person)
        lawful = rows["purposes"].to_numpy() & allowed.purposes != 0
        rows = rows.filter(pa.array(lawful))
        order = np.lexsort((-rows["order"].to_numpy(), -rows["ts"].to_numpy()))
        rows = rows.take(pa.array(order))
        ts, orders = rows["ts"].to_numpy(), rows["order"].to_numpy()
        left = np.flatnonzero((ts < before[0]) | ((ts == before[0]) & (orders < before[1])))
        page = left[:limit]
        shown = rows.take(pa.array(page)).to_pylist()
        events = [self._event(connection, row, allowed) for row in shown]
        more = len(left) > limit
        return events, (int(ts[page[-1]]), int(orders[page[-1]])) if more else None

    def properties_of(self, row: dict[str, Any], allowed: Allowed) -> dict[str, PropertyValue]:
        """The properties of an event in the clear, from its row by column."""
        properties: dict[str, PropertyValue] = {}
        for name, kind in self.vocabulary.properties():
            value = row.get(self.vocabulary.add_property(name, kind))
            if value is not None and name not in allowed.closed:
                properties[name] = value
        return properties

    def reveal(
        self, connection: sa.Connection, person: int, allowed: Allowed = EVERYTHING
    ) -> Revealed:
        """Open what is sealed about a person. The caller has written it to the audit log."""
        members = self.parts.members(person)
        traits = profiles.read(connection, self.project, self.vault, members)
        return Revealed(
            identifiers=tuple(
                RevealedIdentifier(name.type, name.value)
                for name in self._identifiers(connection, [person])[person]
            ),
            traits={name: value for name, value in traits.items() if name not in allowed.closed},
        )

    def portrait(
        self, connection: sa.Connection, person: int, days: Days, allowed: Allowed = EVERYTHING
    ) -> Portrait:
        """What the history of a person adds up to, and what is known of them."""
        kept = self._every_row(person)
        lawful = kept["purposes"].to_numpy() & allowed.purposes != 0
        rows = Rows(kept.filter(pa.array(lawful)), self.vocabulary, allowed.closed)
        members = self.parts.members(person)
        traits = profiles.newest(connection, self.project, self.vault, members)
        told = {name: trait for name, trait in traits.items() if name not in allowed.closed}
        return Portrait(
            totals=portrait.totals(rows.ts, days.visit_gap_ms, days.zone),
            touches=portrait.touches(rows, days.visit_gap_ms),
            properties=portrait.properties(rows, told, allowed.purposes),
            devices=portrait.devices(rows, self._sightings(connection, members)),
        )

    def _sightings(self, connection: sa.Connection, members: Sequence[int]) -> list[Sighting]:
        """The devices of the ids that are one person."""
        table = tables.identifiers
        columns = [table.c[name] for name in ("person", "type", "sealed", "digest")]
        columns += [table.c.first_ms, table.c.last_ms]
        found = []
        for own, kind, sealed, digest, first_ms, last_ms in control.found_in(
            connection, columns, self.project, table.c.person, members
        ):
            if kind in portrait.DEVICE_TYPES:
                value = self.vault.open(connection, (own, linking.CATEGORY), bytes(sealed))
                if value is not None:
                    found.append(Sighting(kind, masked(value), bytes(digest), first_ms, last_ms))
        return found

    def _rows(self, person: int) -> pa.Table:
        """All events of a person."""
        return self._every_row(person).filter(pc.field("event") != FACT)

    def _every_row(self, person: int) -> pa.Table:
        """All events and facts of a person: those of the store, and those only the tail has."""
        members = np.array(self.parts.members(person), dtype=np.int64)
        columns = [*CORE.names, *self.vocabulary.every_column()]
        kept = [
            self.store.read(columns, bucket=int(bucket), people=members)
            for bucket in np.unique(members % BUCKETS)
        ]
        stored = pa.concat_tables(
            [with_plain_events(table) for table in kept], promote_options="default"
        )
        fresh = self.parts.tail_rows(members)
        new = ~np.isin(fresh["order"].to_numpy(), stored["order"].to_numpy())
        return pa.concat_tables([stored, fresh.filter(pa.array(new))], promote_options="default")

    def _event(
        self, connection: sa.Connection, row: dict[str, Any], allowed: Allowed
    ) -> TimelineEvent:
        properties = self.properties_of(row, allowed)
        sealed = row["sealed"]
        subject = (row["person"], SEALED_EVENT)
        opened = self.vault.open(connection, subject, sealed) if sealed else None
        names = tuple(sorted(name for name in opened or () if name not in allowed.closed))
        ts = from_ms(row["ts"], UTC)
        return TimelineEvent(ts, row["event"], row["source"] or "", properties, names)

    def _identifiers(
        self, connection: sa.Connection, people: Iterable[int]
    ) -> dict[int, list[Identifier]]:
        """The identifiers of each person, the highest first."""
        owners = {member: who for who in people for member in self.parts.members(who)}
        found: dict[int, list[Identifier]] = {who: [] for who in people}
        table = tables.identifiers
        columns = (table.c.person, table.c.type, table.c.sealed)
        rows = list(control.found_in(connection, columns, self.project, table.c.person, owners))
        self.vault.prepare_known(connection, [(row[0], linking.CATEGORY) for row in rows])
        for person, kind, sealed in rows:
            value = self.vault.open(connection, (person, linking.CATEGORY), bytes(sealed))
            if value is not None:
                found[owners[person]].append(Identifier(kind, value))
        for names in found.values():
            names.sort(key=lambda name: (self.hierarchy.rank_of(name.type), name.value))
        return found


def masked(value: str) -> str:
    """The beginning of an identifier, and nothing of a short one."""
    return f"{value[:SHOWN_CHARS]}•••" if len(value) > 2 * SHOWN_CHARS else "•••"


def _runs(
    snapshot: Snapshot, people: Sequence[int], allowed: Allowed
) -> Iterable[tuple[int, tuple[int, int, int]]]:
    """(person, (first instant, last instant, events)) of those of whom an event may be shown."""
    wanted: NDArray[np.int64] = np.unique(np.array(people, dtype=np.int64))
    for part in snapshot.parts:
        place = np.searchsorted(part.people, wanted)
        inside = place < len(part.people)
        hits = place[inside][part.people[place[inside]] == wanted[inside]]
        run = part.starts[hits], part.ends[hits], part.ts, part.purposes
        found = zip(*extents(*run, allowed.purposes), strict=True)
        for index, (first, last, events) in zip(hits, found, strict=True):
            if events:
                yield int(part.people[index]), (int(first), int(last), int(events))
