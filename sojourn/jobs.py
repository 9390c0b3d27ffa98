"""Background work: what is done, by which function, how often. One thread does it in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event as Signal

from sojourn.health import Health, said
from sojourn.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of background work."""

    what: str
    function: Callable[[], None]
    every_s: float


def run_jobs(
    jobs: Sequence[Job],
    stop: Signal,
    health: Health,
    metrics: Metrics,
    clock_s: Callable[[], float] = time.monotonic,
) -> None:
    """Do each job when it is due, until told to stop; a failure is told and does not end it."""
    due = {job.what: clock_s() + job.every_s for job in jobs}
    failing: dict[str, str] = {}
    while not stop.wait(max(0.0, min(due.values()) - clock_s())):
        for job in jobs:
            if due[job.what] <= clock_s():
                try:
                    job.function()
                    metrics.job_success.labels(job.what).set_to_current_time()
                    if failing.pop(job.what, "") and not failing:
                        health.right("job_fails")
                except Exception as failure:
                    metrics.job_failures.labels(job.what).inc()
                    failing[job.what] = f"To {job.what}: {said(failure)}"
                if failing:
                    health.wrong("job_fails", " ".join(failing.values()))
                due[job.what] = clock_s() + job.every_s
