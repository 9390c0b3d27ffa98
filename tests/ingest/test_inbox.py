"""The inbox: in order, sealed, once, and gone with its key when trimmed."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from sojourn import control
from sojourn.errors import Unavailable
from sojourn.health import Health
from sojourn.ingest import inbox as inbox_module
from sojourn.ingest.inbox import Inbox
from sojourn.kept import Kept
from tests.opened import Clock, event

KEY = bytes(32)


def opened(data: Path) -> Inbox:
    engine = control.connect(control.sqlite_url(data / "inbox.db"))
    return Inbox(engine, KEY, os.urandom, Health(Clock()))


def test_rows_come_back_in_order_after_reopening(tmp_path: Path) -> None:
    inbox = opened(tmp_path)
    ids = [inbox.submit(1, 5, Kept.of([event(f"e{n}", user="a")])).result() for n in range(5)]
    inbox.close()
    rows = opened(tmp_path).after(0, 1_000)
    assert [row.id for row in rows] == ids == sorted(ids)
    assert [row.events[0].name for row in rows] == [f"e{n}" for n in range(5)]
    assert [row.id for row in opened(tmp_path).after(ids[2], 1_000)] == ids[3:]


def test_reading_stops_at_the_row_that_fills_the_batch(tmp_path: Path) -> None:
    inbox = opened(tmp_path)
    for _ in range(4):
        inbox.submit(1, 5, Kept.of([event("e", user="a")] * 10)).result()
    assert [len(row.events) for row in inbox.after(0, 15)] == [10, 10]
    inbox.close()


def test_many_senders_get_ids_of_their_own(tmp_path: Path) -> None:
    inbox = opened(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        some = [Kept.of([event(f"e{n}", user="a")]) for n in range(400)]
        sent = list(pool.map(lambda kept: inbox.submit(1, 5, kept), some))
    ids = [future.result() for future in sent]
    assert len(set(ids)) == 400
    by_id = {row.id: row.events[0].name for row in inbox.after(0, 1_000)}
    assert [by_id[row] for row in ids] == [f"e{n}" for n in range(400)]
    inbox.close()


def test_nothing_on_disk_reads_as_what_was_sent(tmp_path: Path) -> None:
    inbox = opened(tmp_path)
    inbox.submit(1, 5, Kept.of([event("very secret event", user="very secret user")])).result()
    inbox.close()
    for path in tmp_path.iterdir():
        assert b"very secret" not in path.read_bytes(), path


def test_ids_are_never_used_again_after_a_trim(tmp_path: Path) -> None:
    inbox = opened(tmp_path)
    first = inbox.submit(1, 5, Kept.of([event("e", user="a")])).result()
    inbox.trim(first)
    assert inbox.last() == 0
    assert inbox.submit(1, 5, Kept.of([event("e", user="a")])).result() > first
    assert [row.events[0].name for row in inbox.after(0, 10)] == ["e"], "under a new key"
    inbox.close()


def test_key_is_destroyed_with_its_last_row(tmp_path: Path) -> None:
    inbox = opened(tmp_path)
    row = inbox.submit(1, 5, Kept.of([event("e", user="a")])).result()
    engine = control.connect(control.sqlite_url(tmp_path / "inbox.db"))
    with engine.begin() as connection:
        assert len(connection.execute(inbox_module.inbox_keys.select()).all()) == 1
    inbox.trim(row)
    with engine.begin() as connection:
        assert connection.execute(inbox_module.inbox_keys.select()).all() == []
    inbox.close()


def test_full_inbox_tells_senders_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "WAITING_MAX", 1)
    inbox = opened(tmp_path)
    monkeypatch.setattr(inbox._writer, "start", lambda: None)
    inbox.submit(1, 5, Kept.of([event("e", user="a")]))
    with pytest.raises(Unavailable, match="full"):
        inbox.submit(1, 5, Kept.of([event("e", user="a")])).result(timeout=1)


def test_what_was_submitted_cannot_be_called_back_and_the_writer_goes_on(tmp_path: Path) -> None:
    inbox = opened(tmp_path)
    sent = [inbox.submit(1, 5, Kept.of([event(f"e{n}", user="a")])) for n in range(20)]
    assert not any(future.cancel() for future in sent)
    assert inbox.submit(1, 5, Kept.of([event("last", user="a")])).result(timeout=5) == 21
    assert len(inbox.after(0, 1_000)) == 21
    inbox.close()


def test_what_an_earlier_version_left_behind_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = opened(tmp_path)
    events = [event(f"e{n}", user="a") for n in range(20)]
    encode = msgspec.msgpack.encode
    with monkeypatch.context() as earlier:
        earlier.setattr(inbox_module.msgspec.msgpack, "encode", lambda kept: encode(list(kept)))
        for some in (events[:1], events):
            inbox.submit(1, 5, Kept.of(some)).result()
    assert [list(row.events) for row in inbox.after(0, 100)] == [events[:1], events]
    inbox.close()
