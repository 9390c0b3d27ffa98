"""The inbox: what was accepted, in order of arrival, on disk before anyone is told so.

Many requests share one fsync (group commit): a writer thread takes whatever has been submitted,
commits it in one transaction and only then answers every submitter.

    submit ─┐
    submit ─┼─► writer: one transaction, one fsync ─► futures resolve with the row's id
    submit ─┘

A row is one submission: the events of one request, sealed under a short-lived key that is destroyed
once the last of its rows has been trimmed. Ids ascend in commit order and are never reused.
The order of an event is its row's id and its place in the row, see `order_of`.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from sojourn import control
from sojourn.errors import Unavailable
from sojourn.event import Event
from sojourn.vault import KEY_BYTES, Random, Sealer

PLACES = 1 << 20
"""Places in a row: more events than any body may carry."""
WAITING_MAX = 4_096
"""Submissions that may wait for the disk; beyond this, senders are told to come back later."""
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
    events: list[Event]


@dataclass(slots=True)
class _Submission:
    project: int
    received_ms: int
    plain: bytes
    done: Future[int]


class Inbox:
    """Opens the inbox of a database; `close` waits for what was submitted."""

    def __init__(self, engine: sa.Engine, master_key: bytes, random: Random) -> None:
        self._engine = engine
        self._writing = control.writing(engine)
        self._wrapper = Sealer(master_key, random)
        self._random = random
        self._sealers: dict[int, Sealer] = {}
        self._key: int | None = None
        self._decoder = msgspec.msgpack.Decoder(list[Event])
        self._waiting: queue.Queue[_Submission | None] = queue.Queue(maxsize=WAITING_MAX)
        self._writer = threading.Thread(target=self._write, name="inbox", daemon=True)
        self._started = False
        self._starting = threading.Lock()
        with self._writing.begin() as connection:
            metadata.create_all(connection)

    def submit(self, project: int, received_ms: int, events: list[Event]) -> Future[int]:
        """Queue one row; the future gives its id once it is on disk, or says why it is not."""
        with self._starting:
            if not self._started:
                self._started = True
                self._writer.start()
        done: Future[int] = Future()
        plain = msgspec.msgpack.encode(events)
        try:
            self._waiting.put_nowait(_Submission(project, received_ms, plain, done))
        except queue.Full:
            done.set_exception(
                Unavailable(
                    "The inbox is full",
                    detail=f"{WAITING_MAX:,} submissions are waiting for the disk.",
                    mend="Send it again in a few seconds.",
                )
            )
        return done

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
        if self._started:
            self._waiting.put(None)
            self._writer.join()

    def _write(self) -> None:
        closing = False
        while not closing:
            group = [self._waiting.get()]
            while len(group) < GROUP_MAX and not self._waiting.empty():
                group.append(self._waiting.get_nowait())
            closing = None in group
            submissions = [submission for submission in group if submission is not None]
            if submissions:
                self._commit(submissions)

    def _commit(self, group: list[_Submission]) -> None:
        try:
            ids = self._insert(group)
        except Exception as failure:
            # Nothing of the group is on disk; every sender is told, and told to come back.
            self._key = None
            for submission in group:
                submission.done.set_exception(
                    Unavailable(
                        "The event could not be written to disk",
                        detail=str(getattr(failure, "orig", failure)),
                        where="inbox",
                        mend="Nothing was kept. Send it again later; the sender need do no more.",
                    )
                )
            return
        for submission, row in zip(group, ids, strict=True):
            submission.done.set_result(row)

    def _insert(self, group: list[_Submission]) -> list[int]:
        with self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Ids must become visible in ascending order, or a reader would skip one.
                connection.exec_driver_sql("LOCK TABLE inbox IN SHARE ROW EXCLUSIVE MODE")
            key = self._current_key(connection)
            sealer = self._sealers[key]
            rows = [
                {
                    "project": submission.project,
                    "received_ms": submission.received_ms,
                    "key": key,
                    "sealed": sealer.seal(submission.plain, b"inbox"),
                }
                for submission in group
            ]
            returned = connection.execute(
                sa.insert(inbox).returning(inbox.c.id, sort_by_parameter_order=True), rows
            )
            return [row.id for row in returned]

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

    def _events(self, entry: sa.Row) -> list[Event]:  # type: ignore[type-arg]
        return self._decoder.decode(self._sealers[entry.key].open(entry.sealed, b"inbox"))
