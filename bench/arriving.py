"""Questions while events arrive: clients send at a steady rate, the applier and the background work
do theirs, all in one process, as in a server.

    quiet      ask · pause · ask · pause · …
    arriving   ask · pause · ask · pause · …      and every 50 ms a batch of 500 events is accepted
    quiet      …                                  once all is applied
    …

They take turns, for the machine is not always as quick.
The events are of people whom the log knows. The folder holds no identifiers, for its log did not
come through the inbox; so everyone who is about is introduced before, by an event each, and gets
one of the first ids there are. What these moved is settled when the first question is asked.
"""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from threading import Event as Signal
from threading import Thread

import numpy as np

from bench.engines.sojourn import PROJECT
from bench.questions import QUESTIONS
from bench.workload import COUNTRIES, DAY_MS, DAYS, DEVICES, NAMES, PAGES, START_MS, Workload
from sojourn.application import Sojourn
from sojourn.event import Event, Identifier
from sojourn.ingest.project import Project
from sojourn.settings import Settings
from sojourn.timeline import EVERY_PURPOSE

RATE = 10_000
BATCH = 500
ACTIVE_SHARE = 0.1
"""Of the people: those who are about while we ask."""
PAUSE_S = 0.1
"""Between two questions: nobody asks without ever looking at an answer."""
TURNS = 3
"""How often it is quiet, and then not."""
QUIET_SHARE = 0.5
"""How long it is quiet, for each second in which something arrives."""


@dataclass(slots=True)
class Arrived:
    """Seconds of each question while nothing and while something arrived; how many events were
    accepted, in how many seconds, and how many of them were still to be applied after each turn."""

    quiet: dict[str, list[float]] = field(default_factory=dict)
    arriving: dict[str, list[float]] = field(default_factory=dict)
    accepted: int = 0
    seconds: float = 0.0
    waiting: list[int] = field(default_factory=list)

    def ratio(self, question: str) -> float:
        """How many times as long the question took while events arrived, by the medians."""
        return median(self.arriving[question]) / median(self.quiet[question])


def measure(
    connection: Connection, folder: Path, log: Workload, questions: Sequence[str], seconds: float
) -> None:
    """Ask for so many seconds while events arrive; tell what that came to."""
    begun = time.monotonic()
    ended_ms = START_MS + DAYS * DAY_MS

    def clock_ms() -> int:
        return ended_ms + int((time.monotonic() - begun) * 1000)

    arrived = Arrived()
    with Sojourn(Settings(data=folder), clock_ms=clock_ms) as sojourn:
        _number_rows(folder, sojourn.applier.applied)
        sojourn.start()
        project = sojourn.project(PROJECT)
        clients = Clients(sojourn, project, log)
        clients.introduce()
        project.parts.settle()
        _ask(sojourn, project, questions, 0, {})
        # As in a server.
        gc.collect()
        gc.freeze()
        for _ in range(TURNS):
            _ask(sojourn, project, questions, QUIET_SHARE * seconds / TURNS, arrived.quiet)
            clients.start()
            _ask(sojourn, project, questions, seconds / TURNS, arrived.arriving)
            clients.stop()
            arrived.waiting.append(sojourn.inbox.backlog(sojourn.applier.applied).events)
            clients.wait()
        arrived.accepted, arrived.seconds = clients.sent, clients.seconds
        connection.send(arrived)


def _number_rows(folder: Path, last: int) -> None:
    """Let the inbox go on after the last row of the table, whose log did not come through it."""
    with closing(sqlite3.connect(folder / "inbox.db")) as inbox, inbox:
        inbox.execute("INSERT INTO sqlite_sequence VALUES ('inbox', ?)", (last,))


def _ask(
    sojourn: Sojourn,
    project: Project,
    questions: Sequence[str],
    seconds: float,
    took: dict[str, list[float]],
) -> None:
    """Every question in turn, again and again, at least once; note how long each time took."""
    end = time.monotonic() + seconds
    while True:
        for question in questions:
            began = time.perf_counter()
            sojourn.ask(project, QUESTIONS[question].definition)
            took.setdefault(question, []).append(time.perf_counter() - began)
            time.sleep(PAUSE_S)
        if time.monotonic() >= end:
            return


class Clients:
    """Send batches at the rate, from a thread of their own, until stopped; then perhaps again.
    `sent` is how many events were accepted so far, in how many `seconds`."""

    def __init__(self, sojourn: Sojourn, project: Project, log: Workload) -> None:
        self._sojourn = sojourn
        self._project = project
        self._people = max(1, round(ACTIVE_SHARE * log.people))
        self._rng = np.random.default_rng([log.seed, 5])
        self._accepted: list[Future[int]] = []
        self._batches = 0
        self._done = Signal()
        self._thread = Thread()
        self.sent, self.seconds = 0, 0.0

    def introduce(self) -> None:
        """Send an event of everyone who is about, and wait until it is in the table."""
        for first in range(0, self._people, BATCH):
            people = range(first, min(first + BATCH, self._people))
            _, accepted = self._sojourn.accept(self._project, self._events("first", people))
            assert accepted is not None
            accepted.result()
        self._sojourn.apply_all()
        self._sojourn.applier.commit(now=True)

    def start(self) -> None:
        """Begin to send."""
        self._done.clear()
        self._thread = Thread(target=self._send, name="clients", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop sending."""
        self._done.set()
        self._thread.join()

    def wait(self) -> None:
        """Until everything that was sent is applied."""
        for accepted in self._accepted:
            accepted.result()
        self._accepted.clear()
        self._sojourn.wait_until_applied(self._sojourn.inbox.last())

    def _send(self) -> None:
        began, number = time.monotonic(), 0
        while not self._done.is_set():
            people = self._rng.integers(0, self._people, BATCH).tolist()
            events = self._events(str(self._batches), people)
            _, accepted = self._sojourn.accept(self._project, events)
            if accepted is not None:
                self._accepted.append(accepted)
                self.sent += BATCH
            self._batches += 1
            number += 1
            # Whoever is late sends at once, so that the rate is kept where it can be.
            self._done.wait(max(0.0, began + number * BATCH / RATE - time.monotonic()))
        self.seconds += time.monotonic() - began

    def _events(self, batch: str, people: Sequence[int]) -> list[Event]:
        """An event of each of these people, just now."""
        rng, now = self._rng, self._sojourn.clock_ms()
        name = (rng.random(len(people)) ** 3 * len(NAMES)).astype(int).tolist()
        page = rng.integers(0, len(PAGES), len(people)).tolist()
        return [
            Event(
                name=NAMES[name[place]],
                ts=now - BATCH + place,
                identifiers=(Identifier("user_id", f"person {person}"),),
                properties={
                    "price": float(page[place]),
                    "duration": float(place),
                    "page": PAGES[page[place]],
                    "country": COUNTRIES[page[place] % len(COUNTRIES)],
                    "device": DEVICES[page[place] % len(DEVICES)],
                    "member": place % 3 == 0,
                },
                message_id=f"{batch}-{person}-{place}",
                source="bench",
                purposes=EVERY_PURPOSE,
            )
            for place, person in enumerate(people)
        ]
