"""The inbox: what was accepted, in order of arrival, on disk before anyone is told so.

Many requests share one fsync (group commit): a writer thread takes whatever has been submitted,
commits it in one transaction and only then answers every submitter.

    submit ─┐
    submit ─┼─► writer: one transaction, one fsync ─► futures resolve with the row's id
    submit ─┘

A row is one submission: the events of one request, or of small ones that were read together, sealed
under a short-lived key that is destroyed once the last of its rows has been trimmed. Ids ascend in
commit order and are never reused.
The order of an event is its row's id and its place in the row, see `order_of`. Each row also has
the sum of the events up to it, so that how many wait is the difference of two rows.
What waits for the disk is bounded, for all and for each project: beyond it nothing is taken.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from sojourn import control
from sojourn.errors import TooBusy, Unavailable
from sojourn.event import Event
from sojourn.health import Health, what_fails
from sojourn.kept import Kept, Placed
from sojourn.vault import KEY_BYTES, Random, Sealer

PLACES = 1 << 20
"""Places in a row: more events than any body may carry."""
WAITING_MAX = 4_096
"""Submissions that may wait for the disk; beyond this, senders are told to come back later."""
WAITING_BYTES_MAX = 128 * 1024 * 1024
"""What they may hold: eight of the largest there are, or a second of a fast disk."""
OWN_SHARE = 0.75
"""The share of both that one project may fill, so that the others are not crowded out by it."""
TOLD_S = 10.0
"""How long it counts as wrong that a write failed, or that there was no room for one."""
GROUP_MAX = 512
"""Submissions in one transaction: more would make the first of them wait for the last."""

metadata = sa.MetaData()

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("received_ms", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Integer, nullable=False),
    # Before what is sealed, which need not be read then.
    sa.Column("events", sa.Integer, nullable=False, server_default="0"),
    sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

inbox_keys = sa.Table(
    "inbox_keys",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)


def order_of(row: int, place: int) -> int:
    """The order of arrival of the event at `place` in inbox row `row`."""
    return row * PLACES + place


@dataclass(frozen=True, slots=True)
class Row:
    """One submission, as the applier reads it back."""

    id: int
    project: int
    received_ms: int
    events: Kept
    aside: frozenset[int] = frozenset()
    """The places of events that are not applied with the others."""

    def arrived(self) -> Kept:
        """The events to apply, each in the place of its order of arrival."""
        kept, first = self.events.without(self.aside), order_of(self.id, 0)
        lots = [
            msgspec.structs.replace(lot, places=[first + place for place in lot.places])
            for lot in kept.lots
        ]
        return Kept(lots, [(first + place, event) for place, event in kept.others])

    def aside_events(self) -> list[Placed]:
        """The events that are not applied, with their order of arrival."""
        placed = self.events.placed() if self.aside else []
        return [(order_of(self.id, at), event) for at, event in placed if at in self.aside]


class Backlog(NamedTuple):
    """What waits in the inbox for the applier: rows, events, and when the first of them came."""

    rows: int = 0
    events: int = 0
    first_ms: int | None = None

    def seconds(self, now_ms: int) -> float:
        """For how long the first of them has waited."""
        return 0.0 if self.first_ms is None else max(0, now_ms - self.first_ms) / 1000


@dataclass(slots=True)
class _Submission:
    project: int
    received_ms: int
    events: int
    plain: bytes
    done: Future[int]


class Inbox:
    """Opens the inbox of a database; `close` waits for what was submitted."""

    def __init__(
        self, engine: sa.Engine, master_key: bytes, random: Random, health: Health
    ) -> None:
        self._engine = engine
        self._health = health
        self._writing = control.writing(engine)
        self._wrapper = Sealer(master_key, random)
        self._random = random
        self._sealers: dict[int, Sealer] = {}
        self._key: int | None = None
        self._decoder = msgspec.msgpack.Decoder(Kept)
        self._queue: queue.Queue[_Submission | None] = queue.Queue()
        self._waiting = _Waiting()
        self._writer = threading.Thread(target=self._write, name="inbox", daemon=True)
        self.closed = False
        """Whether nothing can be submitted any more."""
        with self._writing.begin() as connection:
            metadata.create_all(connection)
            _add_columns(connection)
        self._writer.start()

    def submit(self, project: int, received_ms: int, events: Kept) -> Future[int]:
        """Queue one row; the future gives its id once it is on disk, or says why it is not."""
        done: Future[int] = Future()
        # Whoever no longer waits for it cannot call it back, nor stop the writer by that.
        done.set_running_or_notify_cancel()
        plain = msgspec.msgpack.encode(events)
        refusal = self._waiting.enter(project, len(plain))
        if refusal is None:
            self._queue.put(_Submission(project, received_ms, len(events), plain, done))
            return done
        if not isinstance(refusal, TooBusy):
            self._health.wrong("inbox_full", refusal.detail, lasts_s=TOLD_S)
        done.set_exception(refusal)
        return done

    @property
    def waiting(self) -> tuple[int, int]:
        """How many submissions wait for the disk, and how many bytes they hold."""
        return self._waiting.count, self._waiting.size

    def backlog(self, applied: int) -> Backlog:
        """What came after the row `applied`, by two look-ups however much it is."""
        c = inbox.c
        newer = sa.select(c.id, c.events, c.total, c.received_ms).where(c.id > applied)
        with self._engine.begin() as connection:
            first = connection.execute(newer.order_by(c.id).limit(1)).one_or_none()
            last = connection.execute(newer.order_by(c.id.desc()).limit(1)).one_or_none()
        if first is None or last is None:
            return Backlog()
        events = last.total - first.total + first.events
        return Backlog(last.id - first.id + 1, events, first.received_ms)

    def after(self, row: int, events_max: int) -> list[Row]:
        """The next rows that came after `row`, in order: up to the one that fills `events_max`."""
        rows: list[Row] = []
        count = 0
        with self._engine.begin() as connection:
            following = sa.select(inbox).where(inbox.c.id > row).order_by(inbox.c.id)
            for entry in connection.execute(following.limit(GROUP_MAX)):
                if entry.key not in self._sealers:
                    self._sealers[entry.key] = self._load_key(connection, entry.key)
                events = self._events(entry)
                rows.append(Row(entry.id, entry.project, entry.received_ms, events))
                count += len(events)
                if count >= events_max:
                    break
        return rows

    def first(self) -> int | None:
        """The id of the oldest row, None when there is none."""
        with self._engine.begin() as connection:
            return connection.execute(sa.select(sa.func.min(inbox.c.id))).scalar()

    def last(self) -> int:
        """The id of the newest row, 0 when there is none left."""
        with self._engine.begin() as connection:
            return connection.execute(sa.select(sa.func.max(inbox.c.id))).scalar() or 0

    def trim(self, through: int) -> None:
        """Remove the rows up to `through`, which are safe elsewhere, and keys without rows."""
        with self._writing.begin() as connection:
            connection.execute(sa.delete(inbox).where(inbox.c.id <= through))
            used = sa.select(inbox.c.key).distinct()
            connection.execute(sa.delete(inbox_keys).where(inbox_keys.c.id.not_in(used)))

    def forget(self) -> None:
        """Leave nothing on disk of rows that were trimmed."""
        control.cut_log(self._engine)

    def close(self) -> None:
        """Write what was submitted, then stop."""
        self.closed = True
        self._queue.put(None)
        self._writer.join()

    def _write(self) -> None:
        closing = False
        while not closing:
            group = [self._queue.get()]
            while len(group) < GROUP_MAX and not self._queue.empty():
                group.append(self._queue.get_nowait())
            closing = None in group
            submissions = [submission for submission in group if submission is not None]
            if submissions:
                self._commit(submissions)
            for one in submissions:
                self._waiting.leave(one.project, len(one.plain))

    def _commit(self, group: list[_Submission]) -> None:
        try:
            ids = self._insert(group)
        except Exception as failure:
            # Nothing of the group is on disk; every sender is told, and told to come back.
            self._key = None
            told = str(getattr(failure, "orig", failure))
            self._health.wrong(what_fails(failure, "disk_fails"), told, lasts_s=TOLD_S)
            for submission in group:
                submission.done.set_exception(
                    Unavailable(
                        "The event could not be written to disk",
                        detail=told,
                        where="inbox",
                        mend="Nothing was kept. Send it again later; the sender need do no more.",
                    )
                )
            return
        self._health.right("disk_full", "read_only", "disk_fails")
        for submission, row in zip(group, ids, strict=True):
            submission.done.set_result(row)

    def _insert(self, group: list[_Submission]) -> list[int]:
        with self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Ids must become visible in ascending order, or a reader would skip one.
                connection.exec_driver_sql("LOCK TABLE inbox IN SHARE ROW EXCLUSIVE MODE")
            key = self._current_key(connection)
            sealer = self._sealers[key]
            newest = sa.select(inbox.c.total).order_by(inbox.c.id.desc()).limit(1)
            before = connection.execute(newest).scalar() or 0
            totals = accumulate((one.events for one in group), initial=before)
            rows = [
                {
                    "project": submission.project,
                    "received_ms": submission.received_ms,
                    "key": key,
                    "events": submission.events,
                    "total": total,
                    "sealed": sealer.seal(submission.plain, b"inbox"),
                }
                for submission, total in zip(group, islice(totals, 1, None), strict=True)
            ]
            control.insert_many(connection, inbox, rows)
            # Nobody else writes meanwhile, so these ids follow one another.
            last = connection.execute(sa.select(sa.func.max(inbox.c.id))).scalar_one()
            return list(range(last - len(rows) + 1, last + 1))

    def _current_key(self, connection: sa.Connection) -> int:
        """The key rows are sealed under now: a new one once the last was destroyed by a trim."""
        if self._key is not None:
            known = sa.select(inbox_keys.c.id).where(inbox_keys.c.id == self._key)
            if connection.execute(known).scalar() is not None:
                return self._key
        key = self._random(KEY_BYTES)
        wrapped = self._wrapper.seal(key, b"inbox key")
        made = connection.execute(
            sa.insert(inbox_keys).values(wrapped=wrapped).returning(inbox_keys.c.id)
        ).scalar_one()
        self._sealers[made] = Sealer(key, self._random)
        self._key = int(made)
        return self._key

    def _load_key(self, connection: sa.Connection, key: int) -> Sealer:
        wrapped = connection.execute(
            sa.select(inbox_keys.c.wrapped).where(inbox_keys.c.id == key)
        ).scalar_one()
        return Sealer(self._wrapper.open(wrapped, b"inbox key"), self._random)

    def _events(self, entry: sa.Row) -> Kept:  # type: ignore[type-arg]
        plain = self._sealers[entry.key].open(entry.sealed, b"inbox")
        try:
            return self._decoder.decode(plain)
        except msgspec.ValidationError:
            # An earlier version wrote a list of events; what it left behind is read once.
            return Kept.of(msgspec.msgpack.decode(plain, type=list[Event]))


class _Waiting:
    """What waits for the disk: submissions and their bytes, of all projects and of each."""

    def __init__(self) -> None:
        self.count = self.size = 0
        self._counts: Counter[int] = Counter()
        self._sizes: Counter[int] = Counter()
        self._lock = threading.Lock()

    def enter(self, project: int, size: int) -> Unavailable | None:
        """Let one in, or say why there is no room for it; alone, any has room."""
        with self._lock:
            count, total = self.count + 1, self.size + size
            own_count, own_size = self._counts[project] + 1, self._sizes[project] + size
            if count > 1 and (count > WAITING_MAX or total > WAITING_BYTES_MAX):
                return _full(self.count, self.size)
            if own_count > 1 and (
                own_count > OWN_SHARE * WAITING_MAX or own_size > OWN_SHARE * WAITING_BYTES_MAX
            ):
                return _too_much(own_count - 1)
            self.count, self.size = count, total
            self._counts[project], self._sizes[project] = own_count, own_size
        return None

    def leave(self, project: int, size: int) -> None:
        """Let one out that was let in."""
        with self._lock:
            self.count -= 1
            self.size -= size
            self._counts[project] -= 1
            self._sizes[project] -= size


def _full(count: int, size: int) -> Unavailable:
    return Unavailable(
        "The inbox is full",
        detail=f"{count:,} submissions of {size / 1024**2:.0f} MiB are waiting for the disk.",
        mend="Nothing of this was kept. Send it again in a few seconds.",
    )


def _too_much(count: int) -> TooBusy:
    return TooBusy(
        "This project sends more than its share",
        detail=f"{count:,} of its submissions are waiting for the disk.",
        mend="Nothing of this was kept. Send it again in a few seconds, in larger batches.",
    )


def _add_columns(connection: sa.Connection) -> None:
    """Give an inbox of an earlier version the columns it lacks; its old rows count as none."""
    known = {column["name"] for column in sa.inspect(connection).get_columns("inbox")}
    for name, kind in (("events", "INTEGER"), ("total", "BIGINT")):
        if name not in known:
            connection.exec_driver_sql(
                f"ALTER TABLE inbox ADD COLUMN {name} {kind} NOT NULL DEFAULT 0"
            )
