"""The quarantine: events that were refused for their form wait here, until somebody has mended what
refused them and replays them, or until their time is over.

    accept ─► take ─► writer: judged, sealed, one transaction ─► entries ─► list · open · replay
                                                                    └─► the day's key goes, unread

What may wait is said in `waiting.py`. An entry is sealed under a key of its project and day, which
stands under the project's key and is destroyed when the days are over, so that copies go dark, too.
A project has a bounded number of entries; the oldest go first. Nothing here can fail a request.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import NotFound
from sojourn.event import Event, Identifier
from sojourn.ingest.applier import count_up
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.entries import Entry, Held, Reason
from sojourn.ingest.pipeline import Outcome
from sojourn.ingest.project import Project
from sojourn.ingest.waiting import MENDABLE, may_still_wait
from sojourn.vault import KEY_BYTES, Random, Sealer, Vault

ENTRIES_MAX = 10_000
"""Entries of a project: more than anybody looks through, enough for a wrong release of a client."""
BYTES_MAX = 64 * 1024 * 1024
"""Bytes of a project's entries."""
ENTRY_BYTES_MAX = 256 * 1024
"""Of one event: eight times what one may have that is kept."""
KEPT_WHEN_FULL = 0.95
"""The share of entries that is left when the oldest go: they need not go one by one."""
WAITING_BYTES_MAX = 16 * 1024 * 1024
"""What may wait in memory for the writer; beyond it an event leaves its count only."""
OVERFLOWED = "quarantine overflowed"
"""The total of events that had no room here, or no longer."""
DAY_MS = 86_400_000

entries = tables.quarantine
keys = tables.quarantine_keys


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entries: those of a reason, or these by id; with neither, all of them."""

    reason: str | None = None
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Refused:
    """What was refused of one request, on its way to the writer."""

    project: Project
    arrival: Arrival
    wire: str
    held: list[tuple[str, bytes]]
    size: int


class Quarantine:
    """The quarantines of all projects of a database; `days` is how long an entry may stay, at most,
    0 for not at all. `close` waits for what was taken."""

    def __init__(
        self, engine: sa.Engine, random: Random, clock_ms: Callable[[], int], days: int
    ) -> None:
        self._engine = engine
        self._random = random
        self._clock_ms = clock_ms
        self._days = days
        self._queue: queue.Queue[_Refused | Future[None] | None] = queue.Queue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._waiting_bytes = 0
        self._missed: dict[int, int] = {}
        self.trouble = ""
        """Why what was refused last could not be written; empty when it could."""

    # In

    def take(self, project: Project, arrival: Arrival, outcome: Outcome, wire: str) -> None:
        """Have the writer keep what may wait of the events that were refused."""
        if not outcome.dropped or self._days <= 0:
            return
        held, missed = _encoded(outcome)
        size = sum(len(plain) for _, plain in held)
        with self._lock:
            if self._waiting_bytes + size > WAITING_BYTES_MAX:
                missed, held = missed + len(held), []
            self._missed[project.id] = self._missed.get(project.id, 0) + missed
            if not held:
                return
            self._waiting_bytes += size
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="quarantine", daemon=True)
                self._thread.start()
        self._queue.put(_Refused(project, arrival, wire, held, size))

    def set_aside(
        self, connection: sa.Connection, project: Project, events: list[Event], received_ms: int
    ) -> None:
        """Keep accepted events on which the applier failed, within its transaction."""
        if self._days <= 0:
            return
        day = received_ms // DAY_MS
        sealer = self._sealer(connection, project, day)
        reason = DropReason.POISON.value
        for event in events:
            digest = project.vault.digest("message", event.message_id)
            row = _row(project, digest, Held(event, ""), sealer, reason=reason, day=day)
            row |= {"received_ms": received_ms, "wire": event.source}
            control.upsert(connection, entries, [row])

    def flush(self) -> None:
        """Wait until what was taken so far is written."""
        if self._thread is not None:
            done: Future[None] = Future()
            self._queue.put(done)
            done.result()

    def close(self) -> None:
        """Write what was taken, then stop."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()

    def _write(self) -> None:
        while (one := self._queue.get()) is not None:
            if isinstance(one, Future):
                one.set_result(None)
                continue
            try:
                self._keep(one)
                self.trouble = ""
            except Exception as failure:
                # The refusal is counted and told; that its content is not kept harms nobody else.
                self.trouble = f"{type(failure).__name__}: {failure}"
                with self._lock:
                    self._missed[one.project.id] += len(one.held)
            finally:
                with self._lock:
                    self._waiting_bytes -= one.size

    def _keep(self, refused: _Refused) -> None:
        project, now = refused.project, refused.arrival.received_ms
        judged: dict[bytes, tuple[str, Held]] = {}
        for reason, plain in refused.held:
            held = msgspec.msgpack.decode(plain, type=Held)
            event = may_still_wait(held.event, DropReason(reason), refused.arrival)
            if event is not None:
                digest = project.vault.digest("message", event.message_id)
                judged[digest] = (reason, Held(event, held.detail))
        with self._lock:
            missed, self._missed[project.id] = self._missed.get(project.id, 0), 0
        if not judged and not missed:
            return
        with control.writing(self._engine).begin() as connection:
            sealer = self._sealer(connection, project, now // DAY_MS)
            rows = [
                _row(project, digest, held, sealer, reason=reason, day=now // DAY_MS)
                | {"received_ms": now, "wire": refused.wire}
                for digest, (reason, held) in judged.items()
            ]
            control.upsert(connection, entries, rows)
            count_up(connection, project.id, {OVERFLOWED: missed + _make_room(connection, project)})

    def _sealer(self, connection: sa.Connection, project: Project, day: int) -> Sealer:
        """The key of a project's day, made where there is none yet."""
        own = (keys.c.project == project.id) & (keys.c.day == day)
        wrapped = connection.execute(sa.select(keys.c.wrapped).where(own)).scalar()
        if wrapped is not None:
            return _opened_key(project.vault, day, bytes(wrapped))
        key = self._random(KEY_BYTES)
        row = {"project": project.id, "day": day}
        wrapped = project.vault.seal_text(_about_key(day), key.hex())
        connection.execute(sa.insert(keys).values(**row, wrapped=wrapped))
        return Sealer(key, self._random)

    # Out

    def reasons(self, project: Project) -> list[Reason]:
        """What waits in a project, by reason, the most frequent first."""
        c, own = entries.c, self._of(project, Chosen())
        span = (sa.func.min(c.received_ms), sa.func.max(c.received_ms))
        counted = sa.select(c.reason, sa.func.count(), *span).where(own).group_by(c.reason)
        with self._engine.begin() as connection:
            every = [Reason(*row) for row in connection.execute(counted)]
        return sorted(every, key=lambda one: (-one.events, one.reason))

    def overflowed(self, project: Project) -> int:
        """How many events had no room here, or no longer, since the project began."""
        table = tables.tallies
        own = (table.c.project == project.id) & (table.c.what == OVERFLOWED)
        with self._engine.begin() as connection:
            return int(connection.execute(sa.select(table.c.events).where(own)).scalar() or 0)

    def newest(self, project: Project, chosen: Chosen, *, limit: int, skip: int = 0) -> list[Entry]:
        """The entries chosen, those that came last first, without what they hold."""
        newest = sa.select(entries).where(self._of(project, chosen))
        newest = newest.order_by(entries.c.received_ms.desc(), entries.c.digest)
        with self._engine.begin() as connection:
            found = connection.execute(newest.limit(limit).offset(skip)).all()
        return [self._entry(row) for row in found]

    def look(self, project: Project, id: str) -> tuple[Entry, Held]:
        """One entry and what it holds; raises `NotFound` when it is not, or no longer, there."""
        chosen = Chosen(ids=(id,))
        found = self.held(project, chosen, limit=1)
        if not found:
            raise NotFound(
                "Nothing waits under this id",
                where=id[:60],
                mend="It was replayed or dropped, or its time was over; list what waits.",
            )
        return self.newest(project, chosen, limit=1)[0], found[0][1]

    def held(
        self, project: Project, chosen: Chosen, *, limit: int, after: str = ""
    ) -> list[tuple[str, Held]]:
        """Up to `limit` of the entries chosen with what they hold, by id, those after an id."""
        some = sa.select(entries).where(self._of(project, chosen))
        some = some.where(entries.c.digest > bytes.fromhex(after)).order_by(entries.c.digest)
        with self._engine.begin() as connection:
            rows = connection.execute(some.limit(limit)).all()
            known = connection.execute(sa.select(keys).where(keys.c.project == project.id))
            wrapped = {row.day: bytes(row.wrapped) for row in known}
        sealers = {
            day: _opened_key(project.vault, day, wrapped[day])
            for day in {row.day for row in rows} & wrapped.keys()
        }
        return [
            (bytes(row.digest).hex(), _unsealed(sealers[row.day], row))
            for row in rows
            if row.day in sealers
        ]

    def again(self, project: Project, refused: Sequence[tuple[str, str, Held]]) -> None:
        """Give entries another reason and another content (id, reason, both of today); when they
        go stays as it was."""
        with control.writing(self._engine).begin() as connection:
            for id, reason, held in refused:
                own = self._of(project, Chosen(ids=(id,)))
                day = connection.execute(sa.select(entries.c.day).where(own)).scalar()
                if day is not None:
                    sealer = self._sealer(connection, project, day)
                    digest = bytes.fromhex(id)
                    row = _row(project, digest, held, sealer, reason=reason, day=day)
                    connection.execute(sa.update(entries).where(own).values(**row))

    def drop(self, project: Project, chosen: Chosen) -> int:
        """Take the entries chosen out, and leave nothing of them on disk; how many there were."""
        with control.writing(self._engine).begin() as connection:
            gone = connection.execute(sa.delete(entries).where(self._of(project, chosen))).rowcount
        if gone:
            control.cut_log(self._engine)
        return int(gone)

    def settle(self, project: Project, settled: Sequence[tuple[str, Held]]) -> None:
        """Take out entries that were replayed; not what the applier has set aside since under the
        id of one of them."""
        with control.writing(self._engine).begin() as connection:
            for id, held in settled:
                own = self._of(project, Chosen(ids=(id,)))
                same = entries.c.received_ms == held.received_ms
                connection.execute(sa.delete(entries).where(own & same))

    def drop_of(self, project: Project, identifier: Identifier) -> int:
        """Take out the entries that an identifier stands in; how many there were."""
        every = self.held(project, Chosen(), limit=ENTRIES_MAX)
        theirs = [
            id for id, held in every if identifier in (*held.event.identifiers, held.event.previous)
        ]
        return self.drop(project, Chosen(ids=tuple(theirs))) if theirs else 0

    def expire(self) -> None:
        """Destroy the keys whose time is over, and the entries under them."""
        with control.writing(self._engine).begin() as connection:
            over = self._today() - self._days
            gone = connection.execute(sa.delete(keys).where(keys.c.day <= over)).rowcount
            connection.execute(sa.delete(entries).where(entries.c.day <= over))
        if gone:
            control.cut_log(self._engine)

    def _today(self) -> int:
        return self._clock_ms() // DAY_MS

    def _of(self, project: Project, chosen: Chosen) -> sa.ColumnElement[bool]:
        own = (entries.c.project == project.id) & (entries.c.day > self._today() - self._days)
        if chosen.reason is not None:
            own &= entries.c.reason == chosen.reason
        if chosen.ids is not None:
            own &= entries.c.digest.in_([_digest_of(id) for id in chosen.ids])
        return own

    def _entry(self, row: sa.Row) -> Entry:  # type: ignore[type-arg]
        until_ms = (row.day + self._days) * DAY_MS
        id = bytes(row.digest).hex()
        return Entry(id, row.reason, row.wire, row.received_ms, until_ms, row.bytes)


def _encoded(outcome: Outcome) -> tuple[list[tuple[str, bytes]], int]:
    """The events that were refused for a reason that can be mended, each with it, as bytes; and how
    many are too large, or cannot be written at all."""
    held, missed = [], 0
    for index, dropped in outcome.dropped.items():
        event = outcome.came[index]
        if dropped.reason not in MENDABLE or not isinstance(event, Event):
            continue
        plain = _bytes_of(event, dropped)
        if plain is None or len(plain) > ENTRY_BYTES_MAX:
            missed += 1
        else:
            held.append((dropped.reason.value, plain))
    return held, missed


def _bytes_of(event: Event, dropped: Dropped) -> bytes | None:
    try:
        return msgspec.msgpack.encode(Held(event, dropped.detail))
    except (UnicodeEncodeError, OverflowError, RecursionError):
        # Half a character, or a number of more than 64 bits, stands in no file faithfully.
        return None


def _row(
    project: Project, digest: bytes, held: Held, sealer: Sealer, *, reason: str, day: int
) -> dict[str, object]:
    sealed = sealer.seal(msgspec.msgpack.encode(held), b"quarantine")
    own = {"project": project.id, "digest": digest, "reason": reason, "day": day}
    return {**own, "bytes": len(sealed), "sealed": sealed}


def _make_room(connection: sa.Connection, project: Project) -> int:
    """Take out the oldest entries of a project that has too many; how many went."""
    own = entries.c.project == project.id
    sums = sa.select(sa.func.count(), sa.func.sum(entries.c.bytes)).where(own)
    count, size = connection.execute(sums).one()
    if count <= ENTRIES_MAX and int(size or 0) <= BYTES_MAX:
        return 0
    oldest = sa.select(entries.c.digest, entries.c.bytes).where(own)
    gone: list[bytes] = []
    size = int(size)
    for digest, own_size in connection.execute(oldest.order_by(entries.c.received_ms)):
        if count <= ENTRIES_MAX * KEPT_WHEN_FULL and size <= BYTES_MAX * KEPT_WHEN_FULL:
            break
        gone.append(bytes(digest))
        count, size = count - 1, size - own_size
    for begin in range(0, len(gone), control.PARAMETERS_MAX):
        some = gone[begin : begin + control.PARAMETERS_MAX]
        connection.execute(sa.delete(entries).where(own & entries.c.digest.in_(some)))
    return len(gone)


def _unsealed(sealer: Sealer, row: sa.Row) -> Held:  # type: ignore[type-arg]
    held = msgspec.msgpack.decode(sealer.open(bytes(row.sealed), b"quarantine"), type=Held)
    return msgspec.structs.replace(held, received_ms=row.received_ms)


def _about_key(day: int) -> str:
    return f"quarantine key of day {day}"


def _opened_key(vault: Vault, day: int, wrapped: bytes) -> Sealer:
    return Sealer(bytes.fromhex(vault.open_text(_about_key(day), wrapped)))


def _digest_of(id: str) -> bytes:
    """The digest that an id is the name of; what is no id names nothing."""
    try:
        return bytes.fromhex(id)
    except ValueError:
        return b""
