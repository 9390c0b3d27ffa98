"""Metrics of one process: what is counted and timed while it works, in Prometheus's own terms.

What the databases know (totals, what waits) is not counted here but looked up when somebody asks,
see `api/metrics.py`.
"""

from __future__ import annotations

import time
from collections import Counter as Counts
from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

# When a counter began is of use to nobody, and doubles the page.
disable_created_metrics()  # type: ignore[no-untyped-call]
QUICK_S = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
"""Upper ends of the classes for what takes milliseconds, in seconds."""
SLOW_S = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)
"""The same for what a person waits for."""


PACE_S = 10
"""Over how many seconds the present rate is taken."""


class Pace:
    """How many events a second came of late, by project. The thread that answers requests adds."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._seconds: dict[int, Counts[str]] = {}

    def add(self, project: str, events: int) -> None:
        """Count events that came just now."""
        second = int(self._clock_s())
        if second not in self._seconds:
            for old in [one for one in self._seconds if one < second - PACE_S]:
                del self._seconds[old]
            self._seconds[second] = Counts()
        self._seconds[second][project] += events

    def now(self, project: str) -> float:
        """Events a second of a project, over the last seconds that are complete."""
        second = int(self._clock_s())
        recent = [n for when, n in list(self._seconds.items()) if second - PACE_S <= when < second]
        return sum(counts[project] for counts in recent) / PACE_S


class Metrics:
    """The counters and clocks of one process. Any thread may use them."""

    def __init__(self) -> None:
        self.pace = Pace()
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.accepted = Counter(
            "sojourn_events_accepted",
            "Events on disk and acknowledged, since this process started",
            ["project"],
            registry=registry,
        )
        self.requests = Counter(
            "sojourn_requests", "Requests answered, by status", ["status"], registry=registry
        )
        self.requests_open = Gauge(
            "sojourn_requests_open", "Requests being read or answered", registry=registry
        )
        self.bodies_bytes = Gauge(
            "sojourn_bodies_bytes", "Bytes of the bodies being read or answered", registry=registry
        )
        self.applying = Histogram(
            "sojourn_apply_seconds",
            "Seconds that applying one batch of inbox rows took",
            buckets=QUICK_S,
            registry=registry,
        )
        self.committing = Histogram(
            "sojourn_commit_seconds",
            "Seconds that one commit of applied events to their tables took",
            buckets=SLOW_S,
            registry=registry,
        )
        self.last_commit = Gauge(
            "sojourn_last_commit_timestamp_seconds",
            "When applied events were last committed to their tables, by this process",
            registry=registry,
        )
        self.questions = Histogram(
            "sojourn_question_seconds",
            "Seconds that one question took, answered or not",
            buckets=SLOW_S,
            registry=registry,
        )
        self.job_success = Gauge(
            "sojourn_job_last_success_timestamp_seconds",
            "When a piece of background work last succeeded",
            ["job"],
            registry=registry,
        )
        self.job_failures = Counter(
            "sojourn_job_failures",
            "How often a piece of background work failed",
            ["job"],
            registry=registry,
        )

    def accept(self, project: str, events: int) -> None:
        """Count events that were acknowledged to whoever sent them."""
        self.accepted.labels(project).inc(events)
        self.pace.add(project, events)
