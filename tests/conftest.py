"""What tests share: a data folder, a real server on it, and patience with what takes a moment."""

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
from typing import Any, TypeVar

import httpx
import pytest

from sojourn.accounts import keys
from sojourn.application import Sojourn
from sojourn.control import writing
from sojourn.settings import Settings

SOJOURN = Path(sys.executable).with_name("sojourn")
SHARED = Path(__file__).parents[2] / "shared"
READY_S_MAX = 60
SOON_S_MAX = 10.0
"""Enough on a busy machine for what takes a moment on an idle one."""
Answer = TypeVar("Answer")

outside = httpx.Client(timeout=30)
"""A client without cookie or key: making one costs more than a request."""


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


def soon(look: Callable[[], Answer], is_right: Callable[[Answer], bool]) -> Answer:
    """Look until what is seen is right, and give it back; fail with the last sight."""
    end = time.monotonic() + SOON_S_MAX
    while not is_right(seen := look()):
        assert time.monotonic() < end, f"still {seen!r}"
        time.sleep(0.01)
    return seen


@dataclass(frozen=True)
class Keys:
    """The keys of one project."""

    project: str
    write: str
    read: str


def make_project(data: Path, name: str) -> Keys:
    """Make a project with its keys; a server that holds the folder serves it from now on."""
    with Sojourn(Settings(data=data)) as sojourn:
        project = sojourn.create_project(name)
        with writing(sojourn.engine).begin() as connection:
            now = sojourn.clock_ms()
            write = keys.create(connection, project.id, "write", now)
            return Keys(name, write, keys.create(connection, project.id, "read", now))


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
        """Start the server and wait until it answers."""
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
        wait_until_ready(self.url)

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

    def make_project(self, name: str) -> Keys:
        """Make one more project, and wait until it is served."""
        made = make_project(self.data, name)
        where = f"/api/v1/projects/{name}/status"
        soon(lambda: self.client.get(where).status_code, lambda status: status == 200)
        return made

    def send(self, *messages: dict[str, object], **more: object) -> httpx.Response:
        """Send a batch with the write key."""
        return self.send_to(self.write_key, *messages, **more)

    def send_to(self, key: str, *messages: dict[str, object], **more: object) -> httpx.Response:
        """Send a batch with any write key."""
        body = {"batch": list(messages), "writeKey": key, **more}
        return outside.post(f"{self.url}/v1/batch", json=body)

    def ask(self, kind: str, project: str = "shop", **definition: object) -> dict[str, Any]:
        """Ask a report with the session's cookie."""
        answer = self.client.post(f"/api/v1/projects/{project}/reports/{kind}", json=definition)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def get(self, address: str, project: str = "shop", **query: object) -> dict[str, Any]:
        """Look at something of a project with the session's cookie."""
        found = self.client.get(f"/api/v1/projects/{project}/{address}", params=query)  # type: ignore[arg-type]
        assert found.status_code == 200, found.text
        return dict(found.json())

    def applied(self, project: str = "shop") -> dict[str, Any]:
        """The project's status once everything accepted is in the answers."""
        return soon(lambda: self.get("status", project), lambda status: status["lag_rows"] == 0)

    def refused(self, project: str, reason: str, events: int) -> None:
        """Wait until the project counts so many refusals for a reason; fail if it never does."""
        soon(
            lambda: {
                one["reason"]: one["events"] for one in self.get("status", project)["refused"]
            },
            lambda refused: refused.get(reason, 0) == events,
        )


def wait_until_ready(url: str) -> None:
    """Wait until the server there answers that all is well."""
    end = time.monotonic() + READY_S_MAX
    while time.monotonic() < end:
        try:
            if outside.get(f"{url}/health").status_code == 200:
                return
        except httpx.TransportError:
            pass  # nobody listens there yet
        time.sleep(0.02)
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
        served = Served(data, free_port(), make_project(data, "shop").write)
        made.append(served)
        served.start()
        served.log_in()
        return served

    yield make
    for served in made:
        served.stop()


@pytest.fixture(scope="session")
def server(serve: Callable[[], Served]) -> Served:
    """One server for every test that makes a project of its own in it."""
    return serve()
