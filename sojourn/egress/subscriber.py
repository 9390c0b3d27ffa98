"""A subscriber: an address and the secret by which its person is known, which stand sealed.

The secret is what the link in a mail carries; who has the database has neither.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

from sojourn.vault import Vault

WAITING_HOURS = 48
"""How long an address waits for its person to say that it was they who asked."""


class Subscriber(msgspec.Struct, frozen=True, array_like=True):
    """Whom a subscription is for. `address` is that of their mail."""

    address: str
    link: str


def digest_of(vault: Vault, address: str) -> bytes:
    """What a subscription is found by: 16 bytes; capitals make no other address."""
    return vault.digest("subscriber", address.lower())


def hash_of(link: str) -> bytes:
    """What is kept of a secret that is long enough to be guessed by nobody: 32 bytes."""
    return sha256(link.encode()).digest()


def seal(vault: Vault, digest: bytes, subscriber: Subscriber) -> bytes:
    """A subscriber as they stand in the table, bound to their digest."""
    return vault.seal_text(_place(digest), msgspec.json.encode(subscriber).decode())


def unseal(vault: Vault, digest: bytes, sealed: bytes) -> Subscriber:
    """The subscriber that was sealed."""
    return msgspec.json.decode(vault.open_text(_place(digest), sealed), type=Subscriber)


def _place(digest: bytes) -> str:
    return f"subscription/{digest.hex()}"
