"""The machine loses its power: what was acknowledged had been synced, and is there once.

Without root no file system can be mounted that drops what was not synced. Instead the server runs
with `unsynced.c` preloaded, which copies each file as it is synced; the machine that comes back
finds the copies, not what the page cache held. The same part makes a disk slow.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import free_port, make_project, outside, soon, wait_until_ready
from tests.faults.test_kill import Client, Victim, check, noted

ROOT = Path(__file__).parents[2]
SERVE = (
    "import sys; from pathlib import Path; from tests.faults.test_kill import serve_restlessly; "
    "serve_restlessly(Path(sys.argv[1]), int(sys.argv[2]))"
)
COMPILER = shutil.which("cc")
EVENTS_MIN = 60
CLIENTS = 4
SEED = 20_261_122

pytestmark = pytest.mark.skipif(COMPILER is None, reason="no C compiler to make the disk with")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that keeps what was synced."""
    made = tmp_path_factory.mktemp("disk") / "unsynced.so"
    source = Path(__file__).with_name("unsynced.c")
    make = [str(COMPILER), "-shared", "-fPIC", "-O1", "-o", str(made), str(source)]
    subprocess.run([*make, "-ldl", "-lpthread"], check=True)
    return made


@dataclass
class Machine(Victim):
    """A server on a machine whose power can go; `synced` is what its disk has then."""

    disk: Path = Path()
    delay_ms: int = 0
    served: subprocess.Popen[bytes] | None = None

    @property
    def synced(self) -> Path:
        return self.data.with_name("synced")

    def start(self) -> None:
        shutil.rmtree(self.synced, ignore_errors=True)
        shutil.copytree(self.data, self.synced)
        environment = {
            **os.environ,
            "LD_PRELOAD": str(self.disk),
            "SYNCED_FROM": str(self.data.resolve()),
            "SYNCED_TO": str(self.synced.resolve()),
            "SYNCED_DELAY_MS": str(self.delay_ms),
        }
        self.served = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.data), str(self.port)],
            env=environment,
            cwd=ROOT,
        )
        wait_until_ready(self.url)

    def kill(self) -> None:
        """Lose the power: the process is gone, and all that was not synced."""
        assert self.served is not None
        self.served.kill()
        self.served.wait()
        shutil.rmtree(self.data)
        for unfinished in self.synced.rglob("*.next"):
            unfinished.unlink()
        self.synced.rename(self.data)


def send_and_lose_power(machine: Machine, clients: list[Client], numbers: count[int]) -> None:
    """Send for a while, lose the power, and let every client give up."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=client.send_until, args=(stop, numbers)) for client in clients
    ]
    enough = len(noted(clients)[0]) + EVENTS_MIN
    for thread in threads:
        thread.start()
    soon(lambda: len(noted(clients)[0]), lambda safe: safe >= enough)
    machine.kill()
    stop.set()
    for thread in threads:
        thread.join()


def senders(machine: Machine) -> list[Client]:
    return [
        Client(f"c{number}", machine.url, machine.keys.write, random.Random(SEED + number))
        for number in range(CLIENTS)
    ]


def test_what_was_acknowledged_outlives_the_page_cache(tmp_path: Path, disk: Path) -> None:
    data = tmp_path / "data"
    machine = Machine(data, free_port(), make_project(data, "shop"), disk=disk)
    clients, numbers = senders(machine), count()
    for _ in range(2):
        machine.start()
        check(machine, *noted(clients))
        send_and_lose_power(machine, clients, numbers)
    machine.start()
    for client in clients:
        client.send_again()
    acknowledged, sent = noted(clients)
    assert acknowledged == sent
    assert check(machine, acknowledged, sent) == sent
    assert any((data / "events").rglob("_delta_log/*.json"))
    machine.kill()


def test_a_slow_disk_makes_answers_late_and_loses_nothing(tmp_path: Path, disk: Path) -> None:
    data = tmp_path / "data"
    machine = Machine(data, free_port(), make_project(data, "shop"), disk=disk, delay_ms=30)
    clients, numbers = senders(machine), count()
    machine.start()
    began_s = time.monotonic()
    assert clients[0].send_one(numbers)
    assert time.monotonic() - began_s >= machine.delay_ms / 1000, "the answer waits for the disk"
    assert outside.get(f"{machine.url}/health").status_code == 200
    send_and_lose_power(machine, clients, numbers)
    machine.delay_ms = 0
    machine.start()
    check(machine, *noted(clients))
    machine.kill()
