"""A disk that is full, or that cannot be written: senders are told, and nothing is lost.

Without root a disk cannot be filled, but SQLite can be told that its file may not grow any more
(`max_page_count`), and a process that its files may not (`RLIMIT_FSIZE`): the same errors follow.
"""

from __future__ import annotations

import os
import resource
import signal
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from sojourn.api.application import application
from sojourn.application import Sojourn
from sojourn.errors import SojournError, Unavailable
from sojourn.event import Event, Identifier
from sojourn.settings import Settings
from tests.conftest import make_project, soon
from tests.faults.forks import forks

FULL_BYTES = 400_000
"""What a file may grow to on the small disk: room for the tables, and for some batches."""


def fill(sojourn: Sojourn) -> Callable[[], None]:
    """Let the inbox's file grow no more; what is given back lets it grow again."""
    engine = sojourn.inbox._engine

    def limit(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    engine.dispose()
    sa.event.listen(engine, "connect", limit)

    def free() -> None:
        sa.event.remove(engine, "connect", limit)
        engine.dispose()

    return free


def message(number: int) -> dict[str, Any]:
    note = {"n": number, "note": "x" * 5_000}
    return {"type": "track", "event": "seen", "userId": "u1", "properties": note} | {
        "messageId": f"m{number}"
    }


def test_a_full_disk_tells_senders_to_come_back_and_loses_nothing(tmp_path: Path) -> None:
    keys = make_project(tmp_path, "shop")

    with (
        Sojourn(Settings(data=tmp_path)) as sojourn,
        TestClient(application(sojourn)) as client,
    ):

        def send(*numbers: int) -> Any:
            body = {"batch": [message(number) for number in numbers], "writeKey": keys.write}
            return client.post("/v1/batch", json=body)

        def stored() -> int:
            sojourn.apply_all()
            found = client.get(
                "/api/v1/projects/shop/status", headers={"Authorization": f"Bearer {keys.read}"}
            )
            return int(found.json()["stored"])

        assert send(1, 2).status_code == 200
        free = fill(sojourn)
        refused = [send(3, 4), send(5)]
        free()

        for answer in refused:
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert problem["title"] == "The event could not be written to disk"
            assert "full" in problem["detail"]
            assert problem["where"] == "inbox"
            assert problem["mend"]
        assert stored() == 2
        assert send(3, 4).status_code == 200
        assert send(5).status_code == 200
        assert stored() == 5


def send_until_full(data: Path, told: Connection) -> None:
    """Send batches on a disk on which no file may grow beyond a size; tell what became of each."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Sojourn(Settings(data=data)) as sojourn:
        sojourn.start()
        project = sojourn.project("shop")
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_BYTES, resource.RLIM_INFINITY))
        refused = 0
        for number in range(200):
            event = Event(
                name="seen",
                ts=1_700_000_000_000 + number,
                identifiers=(Identifier("user_id", "u1"),),
                properties={"note": os.urandom(4_000).hex()},
                message_id=f"m{number}",
            )
            _, done = sojourn.accept(project, [event])
            assert done is not None
            told.send((number, is_safe(done)))
            refused += not is_safe(done)
            if refused == 3:
                break
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        event = Event(
            name="seen",
            ts=1_700_000_001_000,
            identifiers=(Identifier("user_id", "u1"),),
            message_id="afterwards",
        )
        _, done = sojourn.accept(project, [event])
        assert done is not None
        told.send((1_000, is_safe(done)))
        soon(sojourn.health.trouble, lambda trouble: not trouble)


def is_safe(done: Future[int]) -> bool:
    """Whether the sender is told that it is on disk."""
    try:
        done.result()
    except Unavailable:
        return False
    return True


def test_what_was_acknowledged_before_the_disk_was_full_is_there_afterwards(
    tmp_path: Path,
) -> None:
    make_project(tmp_path, "shop")
    receiver, sender = forks.Pipe(duplex=False)
    child = forks.Process(target=send_until_full, args=(tmp_path, sender))
    child.start()
    sender.close()
    told: dict[int, bool] = {}
    while True:
        try:
            number, is_safe_there = receiver.recv()
        except EOFError:
            break
        told[number] = is_safe_there
    child.join()

    assert child.exitcode == 0
    assert not all(told.values()), "the disk was never full"
    assert told[1_000], "it did not recover"
    with Sojourn(Settings(data=tmp_path)) as sojourn:
        sojourn.apply_all()
        parts = sojourn.project("shop").parts.now().parts
        found = [
            int(ts) - 1_700_000_000_000
            for part in parts
            for start, end in zip(part.starts, part.ends, strict=True)
            for ts in part.ts[start:end]
        ]
        assert sorted(found) == sorted(number for number, is_safe in told.items() if is_safe)


def test_a_disk_that_becomes_read_only_is_told_and_all_goes_on_afterwards(tmp_path: Path) -> None:
    keys = make_project(tmp_path, "shop")

    def deny(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    with (
        Sojourn(Settings(data=tmp_path)) as sojourn,
        TestClient(application(sojourn)) as client,
    ):
        sojourn.start()
        read = {"Authorization": f"Bearer {keys.read}"}

        def send(*numbers: int) -> Any:
            body = {"batch": [message(number) for number in numbers], "writeKey": keys.write}
            return client.post("/v1/batch", json=body)

        def troubles() -> set[str]:
            return {one["name"] for one in client.get("/health").json()["troubles"]}

        def stored() -> int:
            return int(client.get("/api/v1/projects/shop/status", headers=read).json()["stored"])

        assert send(1).status_code == 200
        soon(stored, lambda count: count == 1)
        for engine in (sojourn.inbox._engine, sojourn.engine):
            sa.event.listen(engine, "connect", deny)
            engine.dispose()
        for _ in range(3):
            assert send(2).status_code == 503
        assert troubles() == {"read_only"}
        assert client.get("/health").status_code == 503
        sa.event.remove(sojourn.inbox._engine, "connect", deny)
        sojourn.inbox._engine.dispose()
        assert send(3).status_code == 200, "it is accepted, and cannot be applied yet"
        soon(troubles, lambda told: told == {"read_only"})
        assert stored() == 1
        sa.event.remove(sojourn.engine, "connect", deny)
        sojourn.engine.dispose()
        assert send(2).status_code == 200
        soon(stored, lambda count: count == 3)
        soon(troubles, lambda told: not told)


def test_a_data_folder_that_cannot_be_made_says_which_and_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(SojournError) as failure:
        Sojourn(Settings(data=tmp_path / "file" / "data"))

    assert failure.value.title == "The data folder cannot be used"
    assert str(tmp_path / "file") in failure.value.where
    assert failure.value.detail


def open_read_only(data: Path, told: Connection) -> None:
    """Try to open the folder as somebody who may not write there; tell what the failure says."""
    if os.geteuid() == 0:
        os.setuid(65534)
    try:
        Sojourn(Settings(data=data))
    except SojournError as failure:
        told.send((failure.title, failure.detail, failure.where))


def test_a_read_only_data_folder_says_which_and_why() -> None:
    # Not under the test's own folder: that one is closed to everybody else.
    folder = Path(tempfile.mkdtemp(prefix="read-only-"))
    folder.chmod(0o555)
    try:
        receiver, sender = forks.Pipe(duplex=False)
        child = forks.Process(target=open_read_only, args=(folder, sender))
        child.start()
        sender.close()
        title, detail, where = receiver.recv()
        child.join()
    finally:
        folder.rmdir()

    assert title == "The data folder cannot be used"
    assert "Permission denied" in detail
    assert where == str(folder)
