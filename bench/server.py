"""Servers to send to: Sojourn as people run it, on an empty folder, and what it is held against."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.sender import Sent, request, send
from sojourn.application import Sojourn
from sojourn.policy import versions
from sojourn.settings import Settings

COMMAND = Path(sys.executable).with_name("sojourn")
PROJECT = "bench"
PRESET = versions.preset(versions.PRESET)
READY_S_MAX = 60
COUNT_S = 0.05
"""Between two questions of how much counts by now."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is ready, and the keys of its project."""

    port: int
    write: str
    read: str

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def send(self, bodies: Sequence[bytes], connections: int) -> Sent:
        """Send batches to it; each must be accepted."""
        ready = [request(self.port, "/v1/batch", self.write, body) for body in bodies]
        sent = send(self.port, ready, connections)
        if sent.failures:
            raise SystemExit(f"{sent.failures} of {len(bodies)} requests were not answered by 200.")
        return sent

    @contextmanager
    def counting(self) -> Iterator[Counting]:
        """A client that asks how many events count."""
        headers = {"Authorization": f"Bearer {self.read}"}
        with httpx.Client(headers=headers, timeout=60, base_url=self.address) as client:
            yield Counting(client)


@dataclass(frozen=True, slots=True)
class Counting:
    """Asks a server how many events count."""

    client: httpx.Client

    def events(self) -> int:
        """How many events a report is made of now."""
        # Every event serves this purpose, whatever its person chose.
        series = [{"measure": "events"}]
        question = {"series": series, "every": "year", "purpose": "service"}
        path = f"/api/v1/projects/{PROJECT}/reports/trend"
        answer = self.client.post(path, json=question).raise_for_status().json()
        return int(answer["series"][0]["total"])

    def wait_for(self, events: int) -> None:
        """Until so many count."""
        while self.events() < events:
            time.sleep(COUNT_S)


@contextmanager
def sojourn_server(
    policy: str = PRESET, command: Sequence[str] = (str(COMMAND),)
) -> Iterator[Served]:
    """Sojourn on an empty folder, under a policy; `command` takes the place of `sojourn`."""
    with tempfile.TemporaryDirectory() as folder, _port() as port:
        data = Path(folder)
        with Sojourn(Settings(data=data)) as sojourn:
            project = sojourn.create_project(PROJECT, policy=policy)
            write, read = (
                sojourn.create_key(project, kind, wire="segment") for kind in ("write", "read")
            )
        serving = [*command, "serve", "--data", str(data), "--port", str(port)]
        with _running(serving, f"http://127.0.0.1:{port}/health"):
            yield Served(port, write, read)


@contextmanager
def bare_server() -> Iterator[Served]:
    """The server that looks at nothing."""
    with tempfile.TemporaryDirectory() as folder, _port() as port:
        command = [sys.executable, "-m", "bench.bare", folder, str(port)]
        with _running(command, f"http://127.0.0.1:{port}/"):
            yield Served(port, "anybody", "nobody")


@contextmanager
def _running(command: list[str], address: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + READY_S_MAX
        while True:
            with suppress(httpx.TransportError):
                httpx.get(address, timeout=5)
                break
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"{command[0]} does not answer.")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=READY_S_MAX)


@contextmanager
def _port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    yield port
