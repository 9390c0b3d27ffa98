"""Keys: a write key lets a client send to one project, a read key lets a program ask in one.

A key is shown once, when it is made; what is kept is its hash. A random key of 160 bits needs no
slow hash: there is nothing to guess.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import sqlalchemy as sa

from sojourn import tables

KeyKind = Literal["write", "read"]
KEY_BYTES = 20
HINT_CHARS = 8


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key opens: one project, for writing or for reading."""

    project: int
    kind: KeyKind


def create(connection: sa.Connection, project: int, kind: KeyKind, now_ms: int) -> str:
    """Make a key; this is the only time it can be seen."""
    key = f"{kind[0]}k_{secrets.token_hex(KEY_BYTES)}"
    connection.execute(
        sa.insert(tables.keys).values(
            digest=digest(key),
            project=project,
            kind=kind,
            hint=key[:HINT_CHARS],
            created_ms=now_ms,
        )
    )
    return key


def find(connection: sa.Connection, key: str) -> Grant | None:
    """What the key opens, None when it opens nothing."""
    table = tables.keys
    row = connection.execute(
        sa.select(table.c.project, table.c.kind).where(table.c.digest == digest(key))
    ).first()
    return Grant(row.project, row.kind) if row else None


def listed(connection: sa.Connection, project: int) -> list[tuple[str, KeyKind, int]]:
    """The keys of a project: (how it begins, kind, when it was made)."""
    table = tables.keys
    rows = connection.execute(
        sa.select(table.c.hint, table.c.kind, table.c.created_ms)
        .where(table.c.project == project)
        .order_by(table.c.created_ms)
    )
    return [(row.hint, row.kind, row.created_ms) for row in rows]


def revoke(connection: sa.Connection, project: int, hint: str) -> int:
    """Take back the keys that begin so; how many there were."""
    table = tables.keys
    gone = connection.execute(
        sa.delete(table).where(table.c.project == project, table.c.hint == hint[:HINT_CHARS])
    )
    return int(gone.rowcount)


def digest(key: str) -> bytes:
    """The hash a key or token is known by."""
    return sha256(key.encode()).digest()
