"""Keys: a write key lets clients of one wire send to one project, a read key lets a program ask.

A project takes what comes over a wire while it has a key for it. A key is random, and shown once,
when it is made; what is kept is its hash, and a random key of 160 bits needs no slow one: there is
nothing to guess. Where clients have no place for a key, a name that they send anyway, such as a
domain or the number of a site, is the key: it keeps nobody out, so it can be given a secret that
every request must prove to have.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Literal

import sqlalchemy as sa

from sojourn import signing, tables
from sojourn.errors import SojournError
from sojourn.vault import Sealer

KeyKind = Literal["write", "read"]
KEY_BYTES = 20
HINT_CHARS = 8
SEGMENT = "segment"
"""The wire that our own clients speak."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key opens: one project, for writing or for reading, with a secret or without one."""

    project: int
    kind: KeyKind
    secret: str = ""

    def lets_in(
        self,
        password: str,
        headers: Mapping[str, str],
        body: bytes,
        now_ms: int,
        scheme: signing.Scheme | None = None,
    ) -> bool:
        """Whether a request shows the secret, as a password or as a signature of its body; with a
        `scheme`, as a signature of that kind, which no key without a secret can have."""
        if scheme is not None:
            known = self.secret.encode()
            return bool(known) and signing.is_signed_by(
                scheme, headers, body, known, now_ms // 1000
            )
        if not self.secret or compare_digest(password.encode(), self.secret.encode()):
            return True
        signed = headers.get(signing.HEADER.lower(), "")
        return signing.is_signed(signed, body, self.secret.encode(), now_ms // 1000)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key as it is listed: how it begins, or the name that it is."""

    hint: str
    kind: KeyKind
    wire: str
    has_secret: bool
    created_ms: int


def create(
    connection: sa.Connection,
    project: int,
    kind: KeyKind,
    now_ms: int,
    *,
    wire: str = SEGMENT,
    name: str = "",
    sealed_secret: bytes | None = None,
) -> str:
    """Make a key, random unless it is a `name`; this is the only time it can be seen."""
    key = name or f"{kind[0]}k_{secrets.token_hex(KEY_BYTES)}"
    if name and find(connection, wire, name) is not None:
        raise SojournError(
            f"“{name[:60]}” is a key of {wire} already",
            mend="A name leads to one project; revoke it there, or take another one.",
        )
    connection.execute(
        sa.insert(tables.keys).values(
            wire=wire if kind == "write" else "",
            digest=digest(key),
            project=project,
            kind=kind,
            hint=hint_of(key, name),
            secret=sealed_secret,
            created_ms=now_ms,
        )
    )
    return key


def hint_of(key: str, name: str = "") -> str:
    """What a key is listed as: how it begins, or the name that it is."""
    return name or key[:HINT_CHARS]


def new_secret() -> str:
    """A secret for clients that can prove to have one."""
    return secrets.token_urlsafe(KEY_BYTES)


def seal_secret(sealer: Sealer, secret: str) -> bytes:
    """A secret as it is kept."""
    return sealer.seal(secret.encode(), b"secret of a key")


def find(
    connection: sa.Connection, wire: str, key: str, sealer: Sealer | None = None
) -> Grant | None:
    """What a key opens on a wire ("" for reading), None when it opens nothing there. Its secret is
    opened with the `sealer`."""
    table = tables.keys
    row = connection.execute(
        sa.select(table.c.project, table.c.kind, table.c.secret).where(
            table.c.wire == wire, table.c.digest == digest(key)
        )
    ).first()
    if row is None:
        return None
    sealed = row.secret if sealer is not None else None
    secret = sealer.open(bytes(sealed), b"secret of a key").decode() if sealer and sealed else ""
    return Grant(row.project, row.kind, secret)


def listed(connection: sa.Connection, project: int) -> list[KnownKey]:
    """The keys of a project, the oldest first."""
    table = tables.keys
    rows = connection.execute(
        sa.select(table).where(table.c.project == project).order_by(table.c.created_ms)
    )
    return [
        KnownKey(row.hint, row.kind, row.wire, row.secret is not None, row.created_ms)
        for row in rows
    ]


def revoke(connection: sa.Connection, project: int, hint: str) -> int:
    """Take back the keys that begin so, or are that name; how many there were."""
    table = tables.keys
    known = sa.or_(table.c.hint == hint, table.c.hint == hint[:HINT_CHARS])
    gone = connection.execute(sa.delete(table).where(table.c.project == project, known))
    return int(gone.rowcount)


def digest(key: str) -> bytes:
    """The hash a key or token is known by."""
    return sha256(key.encode()).digest()
