"""Open events: what happened and may still turn out to be more, such as a page that is being read.

    opened ─► row of `open_events` ◄─ changes
                 │        └─► a provisional row of the timelines: in the next answer, in no table
              closed ─► the inbox, whole ─► an ordinary row, and the provisional one goes

An event closes when its time is over, when a change says so, or when too many are open. Then it is
marked (its time becomes 0: nothing changes it any more) and sent through the inbox once more, with
its person. The transaction that applies it there takes it out of here; sent twice, it is known the
second time by its message id. So a crash anywhere loses and doubles nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.drop_reason import DropReason
from sojourn.event import CHANGE, OPEN_MS_MAX, Event
from sojourn.ingest.limits import EVENT_BYTES_MAX, PROPERTIES_MAX
from sojourn.people.directory import SEALED_EVENT
from sojourn.timelines.arrivals import PROVISIONAL
from sojourn.vault import Vault

OPEN_MAX = 50_000
"""Open events of a project, which stand in memory; beyond it the oldest close."""
GRACE_MS = 1_000
"""How much later than its time an event closes: a change that arrived in time may still be on its
way to the disk."""
CLOSED = 0
"""In place of the instant at which an event closes: it is closed, and on its way to the inbox."""

_ONE = tables.open_events.c.digest == sa.bindparam("one")


class OpenEvent(msgspec.Struct, frozen=True):
    """An event and whose it is; `order` is its provisional place in the order of arrival,
    `closes_ms` until when it may change, and `changed` of which instant the value of each property
    is that changed since."""

    person: int
    order: int
    closes_ms: int
    event: Event
    changed: dict[str, int] = {}


class _Sealed(msgspec.Struct, array_like=True):
    """What of an open event stands under its person's key."""

    event: Event
    changed: dict[str, int]


class Placed(NamedTuple):
    """An event of the inbox: its order of arrival, whose it is (0 for a change), when it came."""

    order: int
    person: int
    received_ms: int
    event: Event


@dataclass(slots=True)
class Turn:
    """What a batch did to the open events: `left` are the provisional orders of those that became
    ordinary rows, `touched` those to write down, by digest, `refused` the changes that came too
    late or would have made too much of an event."""

    touched: dict[bytes, OpenEvent] = field(default_factory=dict)
    gone: list[bytes] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


MESSAGE = "message"
"""By its id under this word any message is known that is neither a change nor has been open."""


def concerns(event: Event) -> bool:
    """Whether an event opens, changes or is one that was open."""
    return event.open_ms > 0 or event.kind is CHANGE or event.person > 0


def sighting(event: Event) -> tuple[str, str]:
    """By what a message is known when it comes again: its id, of which each change, and the closed
    event, are other messages."""
    if event.kind is CHANGE:
        return "change", f"{event.message_id}\0{msgspec.json.encode(event).decode()}"
    return ("closed" if event.person else MESSAGE), event.message_id


def read_rows(connection: sa.Connection) -> list[Any]:
    """The open events of every project, sealed, as of one moment."""
    table = tables.open_events
    return list(connection.execute(sa.select(table).order_by(table.c.order)))


class OpenEvents:
    """The open events of one project, in memory as on disk. The applier's thread calls it."""

    def __init__(self, project: int, vault: Vault) -> None:
        self._project = project
        self._vault = vault
        self._events: dict[bytes, OpenEvent] = {}
        self._sent: set[bytes] = set()
        self._earliest_ms = 0

    def __len__(self) -> int:
        return len(self._events)

    def load(self, connection: sa.Connection, rows: Iterable[Any]) -> None:
        """Take up what stands on disk, of the rows of every project."""
        own = [row for row in rows if row.project == self._project]
        self._events, self._sent, self._earliest_ms = {}, set(), 0
        self._vault.prepare_known(connection, [(row.person, SEALED_EVENT) for row in own])
        for row in own:
            subject = (row.person, SEALED_EVENT)
            opened = self._vault.open(connection, subject, bytes(row.sealed))
            if opened is not None:
                whole = msgspec.convert(opened, _Sealed)
                one = OpenEvent(row.person, row.order, row.closes_ms, whole.event, whole.changed)
                self._events[bytes(row.digest)] = one

    def every(self) -> list[OpenEvent]:
        """All of them, in the order in which they came."""
        return list(self._events.values())

    def take(self, placed: Iterable[Placed]) -> Turn:
        """What some events do: open, change, or take their place among ordinary ones."""
        turn = Turn()
        for one in placed:
            digest = self._vault.digest(MESSAGE, one.event.message_id)
            if one.event.person:
                known = self._events.pop(digest, None)
                self._sent.discard(digest)
                turn.touched.pop(digest, None)
                turn.gone.append(digest)
                turn.left += [known.order] if known else []
            elif one.event.kind is CHANGE:
                changed = _changed(self._events.get(digest), one)
                if isinstance(changed, DropReason):
                    turn.refused[changed] += 1
                else:
                    self._put(digest, changed, turn)
            else:
                self._put(digest, _opened(one), turn)
        self._close_oldest(turn)
        return turn

    def _put(self, digest: bytes, one: OpenEvent, turn: Turn) -> None:
        self._events[digest] = turn.touched[digest] = one
        self._earliest_ms = min(self._earliest_ms, one.closes_ms)

    def _close_oldest(self, turn: Turn) -> None:
        """Close those that are too many: whoever opens events without end closes their own."""
        if len(self._events) <= OPEN_MAX:
            return
        open_still = [digest for digest, one in self._events.items() if one.closes_ms != CLOSED]
        for digest in open_still[: max(0, len(open_still) - OPEN_MAX)]:
            self._put(digest, _closed(self._events[digest]), turn)

    def save(self, connection: sa.Connection, turn: Turn) -> None:
        """Write a turn down, in the transaction of the batch that it is of."""
        table = tables.open_events
        subjects = [(one.person, SEALED_EVENT) for one in turn.touched.values()]
        self._vault.prepare(connection, subjects)
        control.upsert(
            connection,
            table,
            [
                {
                    "project": self._project,
                    "digest": digest,
                    "person": one.person,
                    "order": one.order,
                    "closes_ms": one.closes_ms,
                    "sealed": self._vault.seal(
                        (one.person, SEALED_EVENT), _Sealed(one.event, one.changed)
                    ),
                }
                for digest, one in turn.touched.items()
            ],
        )
        if turn.gone:
            own = sa.delete(table).where(table.c.project == self._project, _ONE)
            connection.execute(own, [{"one": digest} for digest in turn.gone])

    def due(self, now_ms: int) -> list[bytes]:
        """Those whose time was over by an instant, up to which everything has been applied."""
        if now_ms < self._earliest_ms + GRACE_MS or not self._events:
            return []
        waiting = [one for one in self._events.items() if one[1].closes_ms != CLOSED]
        self._earliest_ms = min((one.closes_ms for _, one in waiting), default=now_ms)
        return [digest for digest, one in waiting if one.closes_ms + GRACE_MS <= now_ms]

    def older(self, than_ms: int) -> list[bytes]:
        """Those that happened before an instant and are not closed."""
        return [
            digest
            for digest, one in self._events.items()
            if one.event.ts < than_ms and one.closes_ms != CLOSED
        ]

    def close(self, connection: sa.Connection, digests: Sequence[bytes]) -> None:
        """Mark events as closed on disk; `closed` does it in memory, once that is safe."""
        table = tables.open_events
        statement = (
            sa.update(table).where(table.c.project == self._project, _ONE).values(closes_ms=CLOSED)
        )
        connection.execute(statement, [{"one": digest} for digest in digests])

    def closed(self, digests: Iterable[bytes]) -> None:
        """These are marked on disk."""
        for digest in digests:
            self._events[digest] = _closed(self._events[digest])

    def leaving(self, events_max: int) -> dict[bytes, Event]:
        """The next of those that are closed and have not been sent to the inbox."""
        waiting = (
            (digest, one)
            for digest, one in self._events.items()
            if one.closes_ms == CLOSED and digest not in self._sent
        )
        return {
            digest: msgspec.structs.replace(one.event, open_ms=0, closes=True, person=one.person)
            for digest, one in islice(waiting, events_max)
        }

    def sent(self, digests: Iterable[bytes]) -> None:
        """These are in the inbox; after a restart they are sent again, if it was for nothing."""
        self._sent.update(digests)


def _opened(placed: Placed) -> OpenEvent:
    """An event that opens. What it told of its person is a matter of its own."""
    open_ms = min(placed.event.open_ms, OPEN_MS_MAX)
    event = msgspec.structs.replace(placed.event, open_ms=open_ms, traits={}, told={}, how={})
    order = PROVISIONAL + placed.order
    return OpenEvent(placed.person, order, placed.received_ms + open_ms, event)


def _closed(one: OpenEvent) -> OpenEvent:
    return msgspec.structs.replace(one, closes_ms=CLOSED)


def _changed(one: OpenEvent | None, placed: Placed) -> OpenEvent | DropReason:
    """The event after a change: of each property the value of the latest instant stands, as with
    traits, so that a change which comes again or late undoes nothing."""
    if one is None or placed.received_ms >= one.closes_ms:
        return DropReason.EVENT_CLOSED
    change, event = placed.event, one.event
    purposes = event.purposes & change.purposes
    if not purposes:
        return DropReason.NO_LAWFUL_PURPOSE
    clear, sealed, changed = dict(event.properties), dict(event.sealed), dict(one.changed)
    for given, into, other in (
        (change.properties, clear, sealed),
        (change.sealed, sealed, clear),
    ):
        for name, value in given.items():
            if changed.get(name, change.ts) <= change.ts:
                into[name], changed[name] = value, change.ts
                other.pop(name, None)
    if len(clear) + len(sealed) > PROPERTIES_MAX:
        return DropReason.TOO_MANY_PROPERTIES
    open_ms = min(change.open_ms, OPEN_MS_MAX) or event.open_ms
    whole = msgspec.structs.replace(
        event, properties=clear, sealed=sealed, purposes=purposes, open_ms=open_ms
    )
    if len(msgspec.msgpack.encode(whole)) > EVENT_BYTES_MAX:
        return DropReason.TOO_LARGE
    closes_ms = CLOSED if change.closes else placed.received_ms + open_ms
    return OpenEvent(one.person, one.order, closes_ms, whole, changed)
