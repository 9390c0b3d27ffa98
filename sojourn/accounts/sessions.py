"""Sessions: a one-time link opens one, a cookie carries it, and it ends by itself."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from sojourn import tables
from sojourn.accounts.keys import digest

TOKEN_BYTES = 32
LINK_MS = 24 * 3_600_000
"""A login link is printed on the owner's terminal; a day is time to find it again."""
SESSION_MS = 30 * 24 * 3_600_000


def create_link(connection: sa.Connection, now_ms: int) -> str:
    """A token that `open_link` takes once, within a day."""
    return _create(connection, "link", now_ms + LINK_MS)


def open_link(connection: sa.Connection, token: str, now_ms: int) -> str | None:
    """Use up a link's token; the token of the session it opens, None when it opens none."""
    if not _take(connection, "link", token, now_ms):
        return None
    return _create(connection, "session", now_ms + SESSION_MS)


def is_open(connection: sa.Connection, token: str, now_ms: int) -> bool:
    """Whether a session's token is good."""
    table = tables.sessions
    found = connection.execute(
        sa.select(table.c.expires_ms).where(
            table.c.digest == digest(token), table.c.kind == "session"
        )
    ).scalar()
    return found is not None and found > now_ms


def close(connection: sa.Connection, token: str) -> None:
    """End a session."""
    table = tables.sessions
    connection.execute(sa.delete(table).where(table.c.digest == digest(token)))


def _create(connection: sa.Connection, kind: str, expires_ms: int) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {"digest": digest(token), "kind": kind, "expires_ms": expires_ms}
    connection.execute(sa.insert(tables.sessions).values(**row))
    return token


def _take(connection: sa.Connection, kind: str, token: str, now_ms: int) -> bool:
    table = tables.sessions
    connection.execute(sa.delete(table).where(table.c.expires_ms <= now_ms))
    gone = connection.execute(
        sa.delete(table).where(table.c.digest == digest(token), table.c.kind == kind)
    )
    return bool(gone.rowcount == 1)
