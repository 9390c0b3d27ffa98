"""The outbox: what a program has to tell a server waits here, on disk, until the server has it.

One SQLite file, which several processes may share. A message is on disk when `put` returns. To send
some, a process claims them; a claim ends when the process does, or after a while. Then others send
them: a message may be sent twice, and its id lets the server store it once.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sojourn.errors import SojournError, Unavailable

CLAIM_S = 120.0
"""How long a claim holds: longer than any request takes."""
BUSY_S = 30.0
"""How long to wait for another process that is writing."""
FILE = "outbox.db"

TABLES = """
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    body BLOB NOT NULL,
    claimed_until REAL NOT NULL DEFAULT 0,
    claimed_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS claims ON messages (claimed_until);
CREATE TABLE IF NOT EXISTS totals (messages INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT INTO totals SELECT 0, 0 WHERE NOT EXISTS (SELECT * FROM totals);
CREATE TRIGGER IF NOT EXISTS put AFTER INSERT ON messages BEGIN
    UPDATE totals SET messages = messages + 1, bytes = bytes + length(new.body);
END;
CREATE TRIGGER IF NOT EXISTS sent AFTER DELETE ON messages BEGIN
    UPDATE totals SET messages = messages - 1, bytes = bytes - length(old.body);
END;
"""
"""The totals are kept by the database, in the transaction that changes them: counting half a
million messages for each that comes would take too long."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was claimed: its number in the outbox, and its JSON."""

    number: int
    body: bytes


@dataclass(slots=True)
class _Put:
    body: bytes
    done: bool = False
    failure: SojournError | None = field(default=None)


class Outbox:
    """Opens the outbox at `path`, a file, or a folder for one, with room for so many messages and
    bytes. Safe to use from several threads; `after_fork` makes it safe in a child process."""

    def __init__(self, path: Path | str, *, messages_max: int, bytes_max: int) -> None:
        given = Path(path)
        self.path = given if given.suffix and not given.is_dir() else given / FILE
        self._messages_max = messages_max
        self._bytes_max = bytes_max
        self._coming: list[_Put] = []
        self._joining = threading.Lock()
        self._lock = threading.Lock()
        self._name = _name_anew()
        self._database: sqlite3.Connection | None = None

    def put(self, body: bytes) -> None:
        """Keep a message. When this returns, it is on disk; raises `Unavailable` when it is not,
        because the outbox is full or the disk refuses."""
        mine = _Put(body)
        with self._joining:
            self._coming.append(mine)
        with self._lock:
            # Whoever comes first writes for all who wait: one transaction, one wait for the disk.
            if not mine.done:
                with self._joining:
                    coming, self._coming = self._coming, []
                self._write(coming)
        if mine.failure is not None:
            raise mine.failure

    def claim(self, messages_max: int, bytes_max: int) -> list[Message]:
        """Take the oldest messages that nobody else is sending, at least one if there is any."""
        now = time.time()
        with self._lock, self._connected() as database:
            database.execute("BEGIN IMMEDIATE")
            holders = database.execute(
                "SELECT DISTINCT claimed_by FROM messages WHERE claimed_until > ?", (now,)
            )
            living = [one for (one,) in holders.fetchall() if _lives(one)]
            marks = ",".join("?" * len(living))
            free = database.execute(
                "SELECT number, body FROM messages WHERE claimed_until <= ?"
                f" OR claimed_by NOT IN ({marks}) ORDER BY number LIMIT ?",
                (now, *living, messages_max),
            )
            found = _fitting((Message(*row) for row in free.fetchall()), bytes_max)
            database.executemany(
                "UPDATE messages SET claimed_until = ?, claimed_by = ? WHERE number = ?",
                [(now + CLAIM_S, self._name, message.number) for message in found],
            )
        return found

    def release(self, messages: Sequence[Message]) -> None:
        """Let go of messages that were not sent: any process may send them now."""
        self._for_each("UPDATE messages SET claimed_until = 0 WHERE number = ?", messages)

    def remove(self, messages: Sequence[Message]) -> None:
        """Forget messages that the server has."""
        self._for_each("DELETE FROM messages WHERE number = ?", messages)

    def last(self) -> int:
        """The number of the newest message, 0 when there is none."""
        return self._one("SELECT coalesce(max(number), 0) FROM messages")

    def holds(self, through: int) -> bool:
        """Whether any message up to this number waits or is being sent."""
        return bool(self._one("SELECT EXISTS (SELECT * FROM messages WHERE number <= ?)", through))

    def count(self) -> int:
        """How many messages wait or are being sent."""
        return self._one("SELECT messages FROM totals")

    def before_fork(self) -> None:
        """Nothing may be under way while the process is copied."""
        self._lock.acquire()
        self._joining.acquire()

    def after_fork(self, *, is_child: bool) -> None:
        """Go on; a child with a connection of its own. That of the parent is left alone for good:
        closing it here would let go of the parent's locks."""
        if is_child:
            _inherited.append(self._database)
            self._database = None
            self._lock, self._joining = threading.Lock(), threading.Lock()
            self._coming = []
            self._name = _name_anew()
        else:
            self._joining.release()
            self._lock.release()

    def close(self) -> None:
        """Close the file, until it is used again; what is in it stays."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _connected(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = self._open()
        return self._database

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # What is told of people is for this program alone.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            database = sqlite3.connect(
                self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
            )
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA secure_delete = ON")
            database.executescript(TABLES)
        except (sqlite3.Error, OSError) as failure:
            raise Unavailable(
                "The outbox cannot be opened",
                detail=f"{failure}.",
                where=str(self.path),
                mend="Give a folder in which this program may write.",
            ) from failure
        return database

    def _write(self, coming: list[_Put]) -> None:
        try:
            with self._connected() as database:
                database.execute("BEGIN IMMEDIATE")
                messages, size = database.execute("SELECT messages, bytes FROM totals").fetchone()
                for one in coming:
                    messages, size = messages + 1, size + len(one.body)
                    if messages > self._messages_max or size > self._bytes_max:
                        messages, size = messages - 1, size - len(one.body)
                        one.failure = self._full(messages, size)
                    else:
                        database.execute("INSERT INTO messages (body) VALUES (?)", (one.body,))
        except SojournError as failure:
            for one in coming:
                one.failure = failure
        except sqlite3.Error as failure:
            for one in coming:
                one.failure = Unavailable(
                    "The message could not be written to disk",
                    detail=f"{failure}.",
                    where=str(self.path),
                    mend="Make room on the disk; what was told before is safe.",
                )
        for one in coming:
            one.done = True

    def _full(self, messages: int, size: int) -> Unavailable:
        return Unavailable(
            "The outbox is full",
            detail=f"{messages:,} messages with {size:,} bytes wait for the server.",
            where=str(self.path),
            mend="See why the server does not take them; what was told before is kept.",
        )

    def _for_each(self, statement: str, messages: Sequence[Message]) -> None:
        with self._lock, self._connected() as database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany(statement, [(message.number,) for message in messages])

    def _one(self, statement: str, *given: int) -> int:
        with self._lock:
            return int(self._connected().execute(statement, given).fetchone()[0])


_inherited: list[sqlite3.Connection | None] = []
_open_here: set[str] = set()
"""The names of the outboxes that this process has open."""


def _name_anew() -> str:
    """What an open outbox is called in its claims: the process, and which of its outboxes. A
    process that takes another one's number does not take its name."""
    name = f"{os.getpid()}:{os.urandom(8).hex()}"
    _open_here.add(name)
    return name


def _fitting(messages: Iterable[Message], bytes_max: int) -> list[Message]:
    """The first of the messages, up to so many bytes, and at least one."""
    found: list[Message] = []
    size = 0
    for message in messages:
        size += len(message.body)
        if found and size > bytes_max:
            break
        found.append(message)
    return found


def _lives(name: str) -> bool:
    """Whether the outbox of a claim is still open. One that seems closed and is not costs only that
    a message is sent twice."""
    process = int(name.partition(":")[0])
    if process == os.getpid():
        return name in _open_here
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
