"""kill -9 of the server at any moment: what was acknowledged is there, once.

Clients send batches and note which were acknowledged. The server is killed at random moments (from
a seed), ten times on one data folder; sometimes it is killed again while it starts. Batches without
an answer are sent again with the same message ids after the restart, as Segment's clients do.

The server is the real one with low limits: it commits, settles and puts files together all the
time, so that kills also fall between the control transaction and the table's commit.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx

from sojourn import application, jobs
from sojourn.api import server
from sojourn.ingest import applier, message_ids
from sojourn.settings import Settings
from sojourn.stores import delta
from sojourn.timelines import parts
from tests.conftest import Keys, free_port, make_project, outside, soon, wait_until_ready
from tests.faults.forks import forks

KILLS = 10
CLIENTS = 4
PEOPLE = 5
"""People of each client; they appear under a device's id first and are identified later."""
BATCH_MAX = 12
ALIVE_S_MAX = 0.7
EVENTS_MIN = 10
"""Events sent between two kills, at least."""
SEED = 20_261_121


def serve_restlessly(data: Path, port: int) -> None:
    """The server, with limits so low that it does everything it can do all the time."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    applier.COMMIT_EVENTS_MAX = 60
    applier.COMMIT_AFTER_MS = 100
    parts.TAIL_ROWS_MIN = 100
    delta.FILES_MAX = 60
    message_ids.RECENT_MAX, message_ids.ALIKE_MIN = 30, 2
    every = application.Sojourn._jobs
    application.Sojourn._jobs = lambda self: tuple(  # type: ignore[method-assign]
        jobs.Job(job.what, job.function, every_s=0.05) for job in every(self)
    )
    server.run(Settings(data=data, port=port))


@dataclass
class Client:
    """Sends until it is told to stop; knows what was acknowledged and what has no answer."""

    name: str
    url: str
    key: str
    random: random.Random
    acknowledged: set[int] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)
    unanswered: list[list[dict[str, Any]]] = field(default_factory=list)

    def send_until(self, stop: threading.Event, numbers: count[int]) -> None:
        """Send again what has no answer, then new batches."""
        with httpx.Client(base_url=self.url, timeout=10) as http:
            while not stop.is_set():
                batch = self.unanswered.pop() if self.unanswered else self._batch(numbers)
                if not self._post(http, batch):
                    self.unanswered.append(batch)
                    return

    def send_one(self, numbers: count[int]) -> bool:
        """Send one new batch; whether it was acknowledged."""
        with httpx.Client(base_url=self.url, timeout=10) as http:
            return self._post(http, self._batch(numbers))

    def send_again(self) -> None:
        """Send everything that has no answer until it has one."""
        with httpx.Client(base_url=self.url, timeout=10) as http:
            while self.unanswered:
                assert self._post(http, self.unanswered.pop())

    def identify_all(self) -> None:
        """Say once more whose each device is, for those of whom chance never said it."""
        both = [
            {
                "type": "identify",
                "messageId": f"all {who}",
                "userId": who,
                "anonymousId": f"d-{who}",
            }
            for who in (f"{self.name}-{number}" for number in range(PEOPLE))
        ]
        with httpx.Client(base_url=self.url, timeout=10) as http:
            assert self._post(http, both)

    def _post(self, http: httpx.Client, batch: list[dict[str, Any]]) -> bool:
        numbers = {message["properties"]["n"] for message in batch if "properties" in message}
        self.sent |= numbers
        try:
            answer = http.post("/v1/batch", json={"batch": batch, "writeKey": self.key})
        except httpx.TransportError:
            return False
        if answer.status_code != 200:
            return False
        assert answer.json()["accepted"] == len(batch), answer.text
        self.acknowledged |= numbers
        return True

    def _batch(self, numbers: count[int]) -> list[dict[str, Any]]:
        batch: list[dict[str, Any]] = []
        for _ in range(self.random.randint(1, BATCH_MAX)):
            number = next(numbers)
            who = f"{self.name}-{self.random.randrange(PEOPLE)}"
            known = {"userId": who} if self.random.random() < 0.5 else {"anonymousId": f"d-{who}"}
            message = {"type": "track", "event": f"E{number % 7}", "messageId": f"m{number}"}
            batch.append(message | known | {"properties": {"n": number, "email": f"{who}@x.test"}})
            if self.random.random() < 0.05:
                both = {"userId": who, "anonymousId": f"d-{who}", "traits": {"plan": number}}
                batch.append({"type": "identify", "messageId": f"i{number}", **both})
        return batch


@dataclass
class Victim:
    """The server's process, and what its read key shows."""

    data: Path
    port: int
    keys: Keys
    process: BaseProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        target, where = serve_restlessly, (self.data, self.port)
        self.process = forks.Process(target=target, args=where, daemon=True)
        self.process.start()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.join()

    def get(self, address: str, **query: Any) -> dict[str, Any]:
        answer = outside.get(
            f"{self.url}/api/v1/projects/shop/{address}",
            params=query,
            headers={"Authorization": f"Bearer {self.keys.read}"},
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def applied(self) -> dict[str, Any]:
        return soon(lambda: self.get("status"), lambda status: status["lag_rows"] == 0)

    def timelines(self) -> dict[int, list[int]]:
        """The numbers of every event of every person, as their timelines show them."""
        people = [person["id"] for person in self.get("people", limit=500)["people"]]
        return {person: self._numbers(person) for person in people}

    def _numbers(self, person: int) -> list[int]:
        numbers, before = [], ""
        while before is not None:
            page = self.get(f"people/{person}/timeline", limit=500, before=before)
            numbers += [int(event["properties"]["n"]) for event in page["events"]]
            before = page["before"]
        return numbers


def check(victim: Victim, acknowledged: set[int], sent: set[int]) -> set[int]:
    """Everything acknowledged is there, nothing is there twice, and nothing that nobody sent."""
    status = victim.applied()
    counted = Counter(number for numbers in victim.timelines().values() for number in numbers)
    assert [number for number, times in counted.items() if times > 1] == []
    assert acknowledged - counted.keys() == set()
    assert counted.keys() - sent == set()
    schema = victim.get("schema")
    assert schema["events_total"] == len(counted)
    events = {f"E{number % 7}": 0 for number in counted}
    for number in counted:
        events[f"E{number % 7}"] += 1
    assert {event["name"]: event["events"] for event in schema["events"]} == events
    assert status["trouble"] == ""
    return set(counted)


def test_what_was_acknowledged_is_there_once_after_each_of_ten_kills(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    victim = Victim(tmp_path, free_port(), make_project(tmp_path, "shop"))
    clients = [
        Client(f"c{number}", victim.url, victim.keys.write, random.Random(SEED + number))
        for number in range(CLIENTS)
    ]
    numbers = count()
    for _ in range(KILLS):
        victim.start()
        if chance.random() < 0.3:
            time.sleep(chance.uniform(0, 0.3))
            victim.kill()
            victim.start()
        wait_until_ready(victim.url)
        check(victim, *noted(clients))
        stop = threading.Event()
        threads = [
            threading.Thread(target=client.send_until, args=(stop, numbers)) for client in clients
        ]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.05, ALIVE_S_MAX))
        # On a slow machine a moment is too short for anything to be at stake.
        enough = len(noted(clients)[1]) + EVENTS_MIN
        soon(lambda: len(noted(clients)[1]), lambda sent, least=enough: sent >= least)
        victim.kill()
        stop.set()
        for thread in threads:
            thread.join()

    victim.start()
    wait_until_ready(victim.url)
    check(victim, *noted(clients))
    for client in clients:
        client.send_again()
        client.identify_all()
    acknowledged, sent = noted(clients)
    assert acknowledged == sent
    stored = check(victim, acknowledged, sent)
    assert stored == sent
    assert len(stored) >= EVENTS_MIN * KILLS
    assert victim.get("people")["total"] == CLIENTS * PEOPLE
    assert any((tmp_path / "events").rglob("_delta_log/*.json"))
    assert any((tmp_path / "cache").rglob("ts.npy"))
    assert any((tmp_path / "messages").rglob("*.npy"))
    victim.kill()


def noted(clients: list[Client]) -> tuple[set[int], set[int]]:
    """The numbers that were acknowledged to any client, and those that any has sent."""
    acknowledged = set().union(*(client.acknowledged for client in clients))
    return acknowledged, set().union(*(client.sent for client in clients))
