"""kill -9 of a server that counts without cookies: nothing of the salt is on disk, and the next
process knows nobody."""

from __future__ import annotations

import base64
import os
from multiprocessing.connection import Connection
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sojourn.accounts import keys
from sojourn.api import server
from sojourn.application import Sojourn
from sojourn.consent.cookieless import SALT_BYTES, DailyIds
from sojourn.ingest import project as projects
from sojourn.settings import Settings
from tests.conftest import free_port, outside, wait_until_ready
from tests.faults.forks import forks
from tests.opened import timelines

ADDRESS, AGENT = "203.0.113.7", "Quokkaphone 7"


def serve_telling_salts(data: Path, port: int, told: Connection) -> None:
    """The server, which also tells each salt that it makes to whoever started it."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)

    def telling(length: int) -> bytes:
        salt = os.urandom(length)
        told.send_bytes(salt)
        return salt

    def daily_ids(zone: ZoneInfo) -> DailyIds:
        return DailyIds(zone, telling)

    projects.DailyIds = daily_ids  # type: ignore[assignment, misc, attr-defined]
    server.run(Settings(data=data, port=port))


@pytest.mark.clause("S1-21")
def test_nothing_of_a_salt_outlives_the_process_that_made_it(tmp_path: Path) -> None:
    with Sojourn(Settings(data=tmp_path)) as sojourn:
        made = sojourn.create_project("site", preset="audience-measurement")
        key = sojourn.create_key(made, "write", wire=keys.SEGMENT)
    context = {"ip": ADDRESS, "userAgent": AGENT, "cookieless": True}
    salts = []
    for number in range(2):
        listening, telling = forks.Pipe(duplex=False)
        port = free_port()
        process = forks.Process(target=serve_telling_salts, args=(tmp_path, port, telling))
        process.start()
        try:
            wait_until_ready(f"http://127.0.0.1:{port}")
            message = {"type": "page", "messageId": f"m{number}", "context": context}
            body = {"batch": [message, message | {"messageId": f"n{number}"}], "writeKey": key}
            answer = outside.post(f"http://127.0.0.1:{port}/v1/batch", json=body)
            assert answer.json()["accepted"] == 2, answer.text
            assert listening.poll(5)
            salts.append(listening.recv_bytes())
        finally:
            process.kill()
            process.join()
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    for salt in salts:
        assert len(salt) == SALT_BYTES
        for form in (salt, salt.hex().encode(), base64.b64encode(salt).rstrip(b"=")):
            assert form not in written
            assert form[:12] not in written
    for told in (ADDRESS, AGENT):
        assert told.encode() not in written
    with Sojourn(Settings(data=tmp_path)) as sojourn:
        sojourn.apply_all()
        runs = timelines(sojourn.project("site")).values()
        assert sorted(map(len, runs)) == [2, 2], "one person in each process"
