"""What tests share: a data folder, and a real server on it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

SOJOURN = Path(sys.executable).with_name("sojourn")
SHARED = Path(__file__).parents[2] / "shared"
READY_S_MAX = 60


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real logs beside the project."""
    if not SHARED.exists():
        pytest.skip("the real logs (../shared) are not here")
    return SHARED


def run_sojourn(*arguments: str, data: Path, stdin: str = "") -> str:
    """Run a command in a process of its own, as a person would; what it printed."""
    environment = {**os.environ, "SOJOURN_DATA": str(data), "COLUMNS": "120"}
    done = subprocess.run(
        [str(SOJOURN), *arguments],
        input=stdin,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class Served:
    """A server in a process of its own, with a project `shop`; it can be killed and started."""

    data: Path
    port: int
    write_key: str = ""
    login_url: str = ""
    process: subprocess.Popen[str] | None = None
    client: httpx.Client = field(default_factory=httpx.Client)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and log in."""
        environment = {**os.environ, "SOJOURN_DATA": str(self.data), "COLUMNS": "300"}
        self.process = subprocess.Popen(
            [str(SOJOURN), "serve", "--port", str(self.port)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        printed = ""
        while not (found := re.search(r"http://\S+/login/\S+", printed)):
            line = self.process.stdout.readline()
            assert line, f"the server ended: {printed}"
            printed += line
        self.login_url = found[0]
        self._wait_until_ready()

    def log_in(self) -> None:
        """Use the login link; the client then carries the cookie."""
        self.client = httpx.Client(base_url=self.url, follow_redirects=False, timeout=30)
        assert self.client.get(self.login_url).status_code == 303

    def kill(self) -> None:
        """End the process as a power cut would: nothing in it can react."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask the server to end, and wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def send(self, *messages: dict[str, object], **more: object) -> httpx.Response:
        """Send a batch with the write key."""
        body = {"batch": list(messages), "writeKey": self.write_key, **more}
        return httpx.post(f"{self.url}/v1/batch", json=body, timeout=30)

    def ask(self, kind: str, project: str = "shop", **definition: object) -> dict[str, object]:
        """Ask a report with the session's cookie."""
        answer = self.client.post(f"/api/v1/projects/{project}/reports/{kind}", json=definition)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + READY_S_MAX
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.url}/health", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Served]]:
    """Makes servers, each with a project `shop` and its write key; all are stopped at the end."""
    made: list[Served] = []

    def make() -> Served:
        data = tmp_path_factory.mktemp("served")
        run_sojourn("project", "create", "shop", data=data)
        key = run_sojourn("key", "create", "write", "--project", "shop", data=data).strip()
        served = Served(data, free_port(), key)
        made.append(served)
        served.start()
        served.log_in()
        return served

    yield make
    for served in made:
        served.stop()
