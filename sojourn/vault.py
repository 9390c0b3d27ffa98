"""The vault: personal values stand on disk only under keys that can be destroyed (clause S1-26).

    master key ──wraps──► project key ──wraps──► key of (person, category) ──seals──► values

Look-up is by a keyed hash, so an identifier is found without standing anywhere. Destroying the keys
of a person makes every copy of their values unreadable at once, backups included.

Each recipient of data has a key, too, under which people have other names there than anywhere else:
without it nobody can tell any more whom that recipient was told about.

    project key ──wraps──► key of a recipient ──derives──► pseudonyms, signatures
All sealing is AES-256-GCM with a random 96-bit nonce in front of the ciphertext.
"""

from __future__ import annotations

import hmac
import os
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sojourn import control, tables
from sojourn.errors import Damaged, SojournError

KEY_BYTES = 32
NONCE_BYTES = 12
DIGEST_BYTES = 16
KEYS_CACHED_MAX = 50_000
"""About 20 MB of unwrapped keys: enough for the people of a few minutes of traffic."""

DRAWN_BYTES = 65_536
"""Random bytes drawn at once: the nonces of some 5,400 values."""

Random = Callable[[int], bytes]
Subject = tuple[int, str]
"""A person and a data category."""


def master_key(path: Path, hex_digits: str = "") -> bytes:
    """The master key: the digits given, else those in the file, which is made if missing."""
    if not hex_digits:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # It appears under its name only when it is whole and on disk.
            making = path.with_suffix(".making")
            handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            making.rename(path)
        hex_digits = path.read_text().strip()
    try:
        key = bytes.fromhex(hex_digits)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SojournError(
            "The master key is not 64 hex digits",
            where="SOJOURN_MASTER_KEY" if hex_digits else str(path),
            mend="Restore the key this data was written under; without it nothing can be read.",
        )
    return key


class Drawn(threading.local):
    """The system's random bytes, drawn ahead: each draw lets other threads in, and to wait for them
    before every value that is sealed would take a hundred times as long as to seal it."""

    _page = b""
    _used = 0

    def __call__(self, size: int) -> bytes:
        """So many bytes, which nobody gets again."""
        used = self._used
        if used + size > len(self._page):
            self._page, used = os.urandom(max(size, DRAWN_BYTES)), 0
        self._used = used + size
        return self._page[used : used + size]

    def forget(self) -> None:
        """Draw anew: a process that was forked would give the same bytes as the first."""
        self._page = b""


drawn = Drawn()
os.register_at_fork(after_in_child=drawn.forget)


class Sealer:
    """Seals and opens bytes under one key; `about` binds them to their place."""

    def __init__(self, key: bytes, random: Random = drawn) -> None:
        self._cipher = AESGCM(key)
        self._random = random

    def seal(self, plain: bytes, about: bytes) -> bytes:
        nonce = self._random(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
        except InvalidTag:
            raise Damaged(
                "A sealed value does not open",
                where=about.decode(errors="replace"),
                mend="The key is another one, or the data was changed: restore both together.",
            ) from None


class Vault:
    """The keys and sealed values of one project's people.

    It never writes by itself: the caller's connection decides when a new key becomes permanent.
    """

    def __init__(self, project: int, project_key: bytes, random: Random = drawn) -> None:
        self._project = project
        self._random = random
        self._wrapper = Sealer(project_key, random)
        lookup_key = blake2b(b"look-up", key=project_key, digest_size=KEY_BYTES).digest()
        self._keyed = blake2b(key=lookup_key, digest_size=DIGEST_BYTES)
        self._sealers: OrderedDict[Subject, Sealer] = OrderedDict()

    def digest(self, kind: str, value: str) -> bytes:
        """The keyed hash under which a value is found: 16 bytes."""
        (found,) = self.digests(kind, [value])
        return found

    def digests(self, kind: str, values: Iterable[str]) -> list[bytes]:
        """The keyed hashes under which some values of one kind are found."""
        # Copying the keyed state takes less than half the time of keying anew.
        begun = self._keyed.copy()
        begun.update(f"{kind}\0".encode())
        found = []
        for value in values:
            hashed = begun.copy()
            hashed.update(value.encode())
            found.append(hashed.digest())
        return found

    def prepare(self, connection: sa.Connection, subjects: Iterable[Subject]) -> None:
        """Have the keys of these subjects at hand, made where they do not exist yet."""
        missing = self._fetch(connection, subjects)
        rows: list[dict[str, Any]] = []
        for person, category in missing:
            key = self._random(KEY_BYTES)
            self._remember((person, category), key)
            wrapped = self._wrapper.seal(key, self._about(person, category))
            row = {"person": person, "category": category, "wrapped": wrapped}
            rows.append({"project": self._project, **row})
        control.insert_many(connection, tables.person_keys, rows)

    def prepare_known(self, connection: sa.Connection, subjects: Iterable[Subject]) -> None:
        """Have the keys of these subjects at hand, as far as they exist, in one look-up."""
        self._fetch(connection, subjects)

    def seal(self, subject: Subject, value: Any) -> bytes:
        """Any JSON value, sealed under the key of a prepared subject."""
        return self._sealers[subject].seal(msgspec.msgpack.encode(value), self._about(*subject))

    def open(self, connection: sa.Connection, subject: Subject, sealed: bytes) -> Any:
        """What `seal` was given; None when the key has been destroyed."""
        if self._fetch(connection, [subject]):
            return None
        plain = self._sealers[subject].open(sealed, self._about(*subject))
        return msgspec.msgpack.decode(plain)

    def seal_text(self, place: str, text: str) -> bytes:
        """A text of somebody who is no person here, sealed under the project key, bound to the
        place where it stands."""
        return self._wrapper.seal(text.encode(), f"{self._project}/{place}".encode())

    def open_text(self, place: str, sealed: bytes) -> str:
        """What `seal_text` was given."""
        return self._wrapper.open(sealed, f"{self._project}/{place}".encode()).decode()

    def recipient_key(self, connection: sa.Connection, recipient: str, use: str) -> bytes:
        """The key of a recipient for one use, made where there is none yet: 32 bytes. `connection`
        writes."""
        table, about = tables.recipient_keys, self._about_recipient(recipient)
        own = (table.c.project == self._project) & (table.c.recipient == recipient)
        wrapped = connection.execute(sa.select(table.c.wrapped).where(own)).scalar()
        if wrapped is None:
            wrapped = self._wrapper.seal(self._random(KEY_BYTES), about)
            row = {"project": self._project, "recipient": recipient, "wrapped": wrapped}
            connection.execute(sa.insert(table).values(**row))
        key = self._wrapper.open(bytes(wrapped), about)
        return blake2b(use.encode(), key=key, digest_size=KEY_BYTES).digest()

    def pseudonym(self, connection: sa.Connection, recipient: str, person: int) -> str:
        """The name of a person at one recipient: 32 hex digits, of no use at any other (clause
        S2-10)."""
        key = self.recipient_key(connection, recipient, "pseudonyms")
        return hmac.digest(key, str(person).encode(), "sha256")[:DIGEST_BYTES].hex()

    def unlink(self, connection: sa.Connection, recipient: str) -> bool:
        """Destroy the key of a recipient; whether it had one. The next gives other pseudonyms."""
        table = tables.recipient_keys
        own = (table.c.project == self._project) & (table.c.recipient == recipient)
        return bool(connection.execute(sa.delete(table).where(own)).rowcount)

    def forget_keys(self) -> None:
        """Drop unwrapped keys from memory, as after a transaction that did not commit."""
        self._sealers.clear()

    def _fetch(self, connection: sa.Connection, subjects: Iterable[Subject]) -> list[Subject]:
        """Bring stored keys into memory; the subjects that have none."""
        wanted = dict.fromkeys(subject for subject in subjects if subject not in self._sealers)
        if not wanted:
            return []
        table = tables.person_keys
        people = dict.fromkeys(person for person, _ in wanted)
        columns = (table.c.person, table.c.category, table.c.wrapped)
        for person, category, wrapped in control.found_in(
            connection, columns, self._project, table.c.person, people
        ):
            if (person, category) in wanted:
                key = self._wrapper.open(bytes(wrapped), self._about(person, category))
                self._remember((person, category), key)
        return [subject for subject in wanted if subject not in self._sealers]

    def _remember(self, subject: Subject, key: bytes) -> None:
        self._sealers[subject] = Sealer(key, self._random)

    def trim(self) -> None:
        """Keep no more unwrapped keys than `KEYS_CACHED_MAX`, the newest."""
        while len(self._sealers) > KEYS_CACHED_MAX:
            self._sealers.popitem(last=False)

    def _about_recipient(self, recipient: str) -> bytes:
        return f"{self._project}/recipient/{recipient}".encode()

    def _about(self, person: int, category: str) -> bytes:
        return f"{self._project}/{person}/{category}".encode()
