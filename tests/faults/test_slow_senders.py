"""A thousand senders who hang at once: the others are answered, and nothing of those is kept."""

from __future__ import annotations

import os
import resource
import selectors
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sojourn.api import intake, server
from sojourn.settings import Settings
from tests.conftest import Keys, free_port, make_project, outside, soon, wait_until_ready
from tests.faults.forks import forks

SENDERS = 1_000
BODY_S = 3.0
ANSWER_S_MAX = 2.0
MEMORY_MAX = 200 * 1024 * 1024
"""What a thousand hanging senders may cost: each has sent a few hundred bytes."""


def serve_impatiently(data: Path, port: int) -> None:
    """The server, which gives up bodies early."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    intake.BODY_S_MAX = BODY_S
    server.run(Settings(data=data, port=port))


@pytest.fixture
def files() -> Iterator[None]:
    """Room for as many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < SENDERS + 500:
        pytest.skip(f"this user may open {hard} files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, SENDERS + 500), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_thousand_senders_who_hang_hold_up_nobody(tmp_path: Path, files: None) -> None:
    keys, port = make_project(tmp_path, "shop"), free_port()
    url = f"http://127.0.0.1:{port}"
    process = forks.Process(target=serve_impatiently, args=(tmp_path, port))
    process.start()
    hanging: list[socket.socket] = []
    try:
        wait_until_ready(url)
        assert process.pid is not None
        memory = psutil.Process(process.pid).memory_info
        before = memory().rss
        hanging = [hang(port, keys) for _ in range(SENDERS)]
        for number in range(5):
            began_s = time.monotonic()
            message = {"type": "track", "event": "seen", "userId": "ann", "messageId": f"m{number}"}
            answer = outside.post(
                f"{url}/v1/batch", json={"batch": [message], "writeKey": keys.write}
            )
            assert answer.status_code == 200
            assert outside.get(f"{url}/health").status_code == 200
            assert time.monotonic() - began_s < ANSWER_S_MAX
        assert memory().rss - before < MEMORY_MAX
        assert answers(hanging) == {b"HTTP/1.1 408": SENDERS}
        bearer = {"Authorization": f"Bearer {keys.read}"}
        status = soon(
            lambda: outside.get(f"{url}/api/v1/projects/shop/status", headers=bearer).json(),
            lambda status: status["lag_rows"] == 0,
        )
        assert status["stored"] == 5
    finally:
        for one in hanging:
            one.close()
        process.kill()
        process.join()


def hang(port: int, keys: Keys) -> socket.socket:
    """Begin to send a batch, and go no further."""
    one = socket.create_connection(("127.0.0.1", port))
    body = f'{{"writeKey": "{keys.write}", "batch": [{{"type": "track", "event": "half", "userI'
    head = "POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    one.sendall(f"{head}Content-Length: 5000\r\n\r\n{body}".encode())
    return one


def answers(hanging: list[socket.socket]) -> dict[bytes, int]:
    """How many of them were told what, in the end."""
    told: dict[bytes, int] = {}
    waiting = selectors.DefaultSelector()
    for one in hanging:
        waiting.register(one, selectors.EVENT_READ)
    end = time.monotonic() + BODY_S + 20
    while waiting.get_map() and time.monotonic() < end:
        for key, _ in waiting.select(timeout=1):
            status = key.fileobj.recv(12)  # type: ignore[union-attr]
            told[status] = told.get(status, 0) + 1
            waiting.unregister(key.fileobj)
    return told
