"""The audit log: who did what to whose data, each entry chained to the one before by its hash."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import sqlalchemy as sa

from sojourn import tables
from sojourn.errors import Damaged


def write(connection: sa.Connection, at_ms: int, actor: str, action: str, subject: str) -> None:
    """Add an entry. It commits with what it tells of, or not at all."""
    table = tables.audit
    last = connection.execute(
        sa.select(table.c.chain).order_by(table.c.number.desc()).limit(1)
    ).scalar()
    chain = _chain(bytes(last or b""), at_ms, actor, action, subject)
    entry = {"at_ms": at_ms, "actor": actor, "action": action, "subject": subject}
    connection.execute(sa.insert(table).values(**entry, chain=chain))


def verify(connection: sa.Connection) -> int:
    """How many entries there are; raises `Damaged` at the first that was changed or removed."""
    before = b""
    count = 0
    for entry in connection.execute(sa.select(tables.audit).order_by(tables.audit.c.number)):
        before = _chain(before, entry.at_ms, entry.actor, entry.action, entry.subject)
        count += 1
        if before != bytes(entry.chain):
            raise Damaged(
                "The audit log was changed",
                where=f"entry {entry.number}",
                mend="Compare it with a backup; entries from here on prove nothing.",
            )
    return count


def _chain(before: bytes, *entry: int | str) -> bytes:
    return sha256(before + msgspec.msgpack.encode(entry)).digest()
