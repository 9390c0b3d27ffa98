"""The vault: what is sealed opens only under its own key, and never once the key is gone."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.errors import Damaged, SojournError
from sojourn.vault import (
    DRAWN_BYTES,
    KEY_BYTES,
    NONCE_BYTES,
    Drawn,
    Sealer,
    Vault,
    drawn,
    master_key,
)

KEY = bytes(range(32))


@pytest.fixture
def connection(tmp_path: Path) -> sa.Connection:
    engine = control.connect(control.sqlite_url(tmp_path / "control.db"))
    tables.metadata.create_all(engine)
    return control.writing(engine).connect()


@pytest.mark.clause("S1-26")
def test_sealed_value_opens_for_its_person_and_nobody_else(connection: sa.Connection) -> None:
    vault = Vault(1, KEY)
    vault.prepare(connection, [(7, "profile"), (8, "profile")])
    sealed = vault.seal((7, "profile"), {"name": "Ann"})
    assert b"Ann" not in sealed
    assert vault.open(connection, (7, "profile"), sealed) == {"name": "Ann"}
    with pytest.raises(Damaged):
        vault.open(connection, (8, "profile"), sealed)


@pytest.mark.clause("S1-26")
def test_value_is_gone_with_its_key(connection: sa.Connection) -> None:
    vault = Vault(1, KEY)
    vault.prepare(connection, [(7, "profile")])
    sealed = vault.seal((7, "profile"), "Ann")
    connection.execute(sa.delete(tables.person_keys))
    assert Vault(1, KEY).open(connection, (7, "profile"), sealed) is None


def test_two_sealings_of_one_value_differ(connection: sa.Connection) -> None:
    vault = Vault(1, KEY)
    vault.prepare(connection, [(7, "profile")])
    assert vault.seal((7, "profile"), "Ann") != vault.seal((7, "profile"), "Ann")


def test_same_identifier_has_another_hash_in_another_project() -> None:
    one, other = Vault(1, KEY), Vault(2, bytes(reversed(KEY)))
    assert one.digest("email", "a@example.com") == one.digest("email", "a@example.com")
    assert one.digest("email", "a@example.com") != other.digest("email", "a@example.com")
    assert one.digest("email", "x") != one.digest("user_id", "x")


def test_changed_byte_is_noticed() -> None:
    sealer = Sealer(KEY)
    sealed = bytearray(sealer.seal(b"plain", b"place"))
    sealed[-1] ^= 1
    with pytest.raises(Damaged):
        sealer.open(bytes(sealed), b"place")


def test_master_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "master.key"
    key = master_key(path)
    assert len(key) == 32
    assert master_key(path) == key
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_master_key_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SojournError, match="64 hex digits"):
        master_key(tmp_path / "key", "not a key")


def test_drawn_bytes_never_come_again_not_in_other_threads_and_not_in_a_fork() -> None:
    own = Drawn()
    mine = [own(NONCE_BYTES) for _ in range(2 * DRAWN_BYTES // NONCE_BYTES)]
    with ThreadPoolExecutor(4) as pool:
        others = list(pool.map(lambda _: own(NONCE_BYTES), range(1_000)))
    assert len({*mine, *others}) == len(mine) + len(others)
    assert len(own(3 * DRAWN_BYTES)) == 3 * DRAWN_BYTES

    drawn(1)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, drawn(KEY_BYTES))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, KEY_BYTES) != drawn(KEY_BYTES)
