"""Background work: what is done, by which function, how often. One thread does it in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event as Signal


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of background work."""

    what: str
    function: Callable[[], None]
    every_s: float


def run_jobs(
    jobs: Sequence[Job],
    stop: Signal,
    note: Callable[[Exception], None],
    clock_s: Callable[[], float] = time.monotonic,
) -> None:
    """Do each job when it is due, until told to stop; a failure is noted and does not end it."""
    due = {job.what: clock_s() + job.every_s for job in jobs}
    while not stop.wait(max(0.0, min(due.values()) - clock_s())):
        for job in jobs:
            if due[job.what] <= clock_s():
                try:
                    job.function()
                except Exception as failure:
                    note(failure)
                due[job.what] = clock_s() + job.every_s
