"""Finding people and showing one: the list, the facts, the timeline, and what is sealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from numpy.typing import NDArray

from sojourn import control, tables
from sojourn.event import Identifier, PropertyValue, rank, type_ranks
from sojourn.people import identities, profiles
from sojourn.period import from_ms
from sojourn.store import BUCKETS, CORE, FACT, Store, with_plain_events
from sojourn.timelines.parts import Parts, Snapshot
from sojourn.vault import Vault
from sojourn.vocabulary import Vocabulary

UTC = ZoneInfo("UTC")
SEALED_EVENT = "event"
"""The data category under whose key the sealed values of events stand."""
SHOWN_CHARS = 2
"""How much of a veiled identifier is shown: enough to tell two apart that one knows."""


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

    def recent(self, snapshot: Snapshot, offset: int, limit: int) -> tuple[int, list[int]]:
        """How many people there are, and a page of them, the most recently seen first."""
        seen = [
            (part.people[some], part.ts[part.ends[some] - 1])
            for part in snapshot.parts
            if len(some := np.flatnonzero(part.ends > part.starts))
        ]
        if not seen:
            return 0, []
        people = np.concatenate([ids for ids, _ in seen])
        last = np.concatenate([instants for _, instants in seen])
        wanted = min(offset + limit, len(people))
        newest = np.argpartition(-last, wanted - 1)[:wanted]
        ranked = newest[np.lexsort((people[newest], -last[newest]))]
        return len(people), people[ranked][offset:].tolist()

    def search(self, connection: sa.Connection, text: str) -> list[int]:
        """The people whom a whole identifier leads to, whatever its type."""
        spellings = dict.fromkeys([text, text.lower()])
        digests = [self.vault.digest(kind, value) for value in spellings for kind in type_ranks]
        table = tables.identifiers
        found = connection.execute(
            sa.select(table.c.person).where(
                table.c.project == self.project, table.c.digest.in_(digests)
            )
        )
        return sorted({self.parts.today(person) for (person,) in found})

    def summaries(
        self, connection: sa.Connection, snapshot: Snapshot, people: Sequence[int]
    ) -> list[PersonSummary]:
        """The lines of these people, in this order; those without a visible event are left out."""
        runs = dict(_runs(snapshot, people))
        names = self._identifiers(connection, people)
        return [
            PersonSummary(
                id=person,
                label=f"Person {person}",
                known=any(name.type != "anonymous_id" for name in names[person]),
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
        self, connection: sa.Connection, person: int, before: tuple[int, int], limit: int
    ) -> tuple[list[TimelineEvent], tuple[int, int] | None]:
        """A page of events before (ts, order), newest first, and where the next page begins."""
        rows = self._rows(person)
        order = np.lexsort((-rows["order"].to_numpy(), -rows["ts"].to_numpy()))
        rows = rows.take(pa.array(order))
        ts, orders = rows["ts"].to_numpy(), rows["order"].to_numpy()
        left = np.flatnonzero((ts < before[0]) | ((ts == before[0]) & (orders < before[1])))
        page = left[:limit]
        events = [self._event(connection, row) for row in rows.take(pa.array(page)).to_pylist()]
        more = len(left) > limit
        return events, (int(ts[page[-1]]), int(orders[page[-1]])) if more else None

    def reveal(self, connection: sa.Connection, person: int) -> Revealed:
        """Open what is sealed about a person. The caller has written it to the audit log."""
        members = self.parts.members(person)
        return Revealed(
            identifiers=tuple(
                RevealedIdentifier(name.type, name.value)
                for name in self._identifiers(connection, [person])[person]
            ),
            traits=profiles.read(connection, self.project, self.vault, members),
        )

    def _rows(self, person: int) -> pa.Table:
        """All events of a person: those of the store, and those only the tail has."""
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
        rows = pa.concat_tables([stored, fresh.filter(pa.array(new))], promote_options="default")
        return rows.filter(pc.field("event") != FACT)

    def _event(self, connection: sa.Connection, row: dict[str, Any]) -> TimelineEvent:
        properties: dict[str, PropertyValue] = {}
        for name, kind in self.vocabulary.properties():
            value = row.get(self.vocabulary.add_property(name, kind))
            if value is not None:
                properties[name] = value
        sealed = row["sealed"]
        subject = (row["person"], SEALED_EVENT)
        opened = self.vault.open(connection, subject, sealed) if sealed else None
        names = tuple(sorted(opened)) if opened else ()
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
        self.vault.prepare_known(connection, [(row[0], identities.CATEGORY) for row in rows])
        for person, kind, sealed in rows:
            value = self.vault.open(connection, (person, identities.CATEGORY), bytes(sealed))
            if value is not None:
                found[owners[person]].append(Identifier(kind, value))
        for names in found.values():
            names.sort(key=lambda name: (rank(name), name.value))
        return found


def masked(value: str) -> str:
    """The beginning of an identifier, and nothing of a short one."""
    return f"{value[:SHOWN_CHARS]}•••" if len(value) > 2 * SHOWN_CHARS else "•••"


def _runs(snapshot: Snapshot, people: Sequence[int]) -> Iterable[tuple[int, tuple[int, int, int]]]:
    """(person, (first instant, last instant, events)) of those who have a visible run."""
    wanted: NDArray[np.int64] = np.unique(np.array(people, dtype=np.int64))
    for part in snapshot.parts:
        place = np.searchsorted(part.people, wanted)
        inside = place < len(part.people)
        hits = place[inside][part.people[place[inside]] == wanted[inside]]
        for index in hits[part.ends[hits] > part.starts[hits]]:
            start, end = int(part.starts[index]), int(part.ends[index])
            run = int(part.ts[start]), int(part.ts[end - 1]), end - start
            yield int(part.people[index]), run
