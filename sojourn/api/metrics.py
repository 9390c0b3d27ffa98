"""The metrics page, in Prometheus's text format: what was counted while working, and what the
databases know when somebody asks.

Who may read it: with a `SOJOURN_METRICS_KEY`, who shows that key; without, who asks on this machine
and was not sent on by a proxy, behind which everybody would seem to be on this machine. It tells
names of projects and counts, nothing of any person.
"""

from __future__ import annotations

import hmac
import ipaddress
import shutil
from collections.abc import Iterator

import prometheus_client
import sqlalchemy as sa
from litestar import Response, get
from litestar.datastructures import State
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from sojourn import tables
from sojourn.api.access import AnyRequest
from sojourn.application import Sojourn
from sojourn.errors import NotRecognised
from sojourn.health import KINDS

PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers by which proxies say that they ask for somebody else."""


@get("/metrics", sync_to_thread=True, include_in_schema=False)
def show_metrics(request: AnyRequest, state: State) -> Response[bytes]:
    sojourn: Sojourn = state.sojourn
    _require_reader(request, sojourn.settings.metrics_key)
    looked_up = CollectorRegistry()
    looked_up.register(_Looked(sojourn))
    text = prometheus_client.generate_latest(sojourn.metrics.registry)
    text += prometheus_client.generate_latest(looked_up)
    return Response(
        text,
        headers={"Cache-Control": "no-store"},
        media_type=prometheus_client.CONTENT_TYPE_LATEST,
    )


def _require_reader(request: AnyRequest, key: str) -> None:
    if key:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), key.encode()):
            return
        raise NotRecognised("The metrics ask for their key", mend="Send it as a bearer token.")
    host = request.client.host if request.client else ""
    if not _is_loopback(host) or any(name in request.headers for name in PROXIED):
        raise NotRecognised(
            "The metrics are shown on this machine only",
            mend="Set SOJOURN_METRICS_KEY, and send it as a bearer token.",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Looked(Collector):
    """What is looked up at the moment of asking."""

    def __init__(self, sojourn: Sojourn) -> None:
        self._sojourn = sojourn

    def collect(self) -> Iterator[Metric]:
        """All of it."""
        yield from _totals(self._sojourn)
        yield from _inbox(self._sojourn)
        yield from _memory(self._sojourn)
        yield from _troubles(self._sojourn)


def _totals(sojourn: Sojourn) -> Iterator[Metric]:
    """Totals since each project began, as `tallies` has them."""
    plain = {
        "stored": CounterMetricFamily(
            "sojourn_events_stored", "Events stored, once each", labels=["project"]
        ),
        "duplicates": CounterMetricFamily(
            "sojourn_events_duplicate", "Events that were known already", labels=["project"]
        ),
    }
    by_reason = {
        "refused": CounterMetricFamily(
            "sojourn_events_refused", "Events refused", labels=["project", "reason"]
        ),
        "withheld": CounterMetricFamily(
            "sojourn_properties_withheld",
            "Properties taken out of events that were kept",
            labels=["project", "reason"],
        ),
    }
    names = {project.id: project.name for project in sojourn.projects()}
    with sojourn.engine.begin() as connection:
        rows = connection.execute(sa.select(tables.tallies)).all()
    for project, what, events in rows:
        kind, _, reason = what.partition(" ")
        if project not in names:
            continue
        if what in plain:
            plain[what].add_metric([names[project]], events)
        elif kind in by_reason:
            by_reason[kind].add_metric([names[project], reason], events)
    yield from plain.values()
    yield from by_reason.values()


def _inbox(sojourn: Sojourn) -> Iterator[Metric]:
    backlog = sojourn.inbox.backlog(sojourn.applier.applied)
    submissions, size = sojourn.inbox.waiting
    yield _gauge("sojourn_inbox_rows", "Inbox rows that are not applied yet", backlog.rows)
    yield _gauge("sojourn_inbox_events", "Events in them", backlog.events)
    yield _gauge(
        "sojourn_lag_seconds",
        "Since when the oldest of them waits",
        backlog.seconds(sojourn.clock_ms()),
    )
    yield _gauge("sojourn_submissions_waiting", "Submissions that wait for the disk", submissions)
    yield _gauge("sojourn_submissions_bytes", "Bytes of them", size)


def _memory(sojourn: Sojourn) -> Iterator[Metric]:
    free = shutil.disk_usage(sojourn.settings.data).free
    yield _gauge("sojourn_disk_free_bytes", "Free on the disk of the data folder", free)
    tail = GaugeMetricFamily(
        "sojourn_tail_events", "Events of people who changed since settling", labels=["project"]
    )
    waiting = GaugeMetricFamily(
        "sojourn_uncommitted_events", "Applied events that no table has yet", labels=["project"]
    )
    for project in sojourn.projects():
        tail.add_metric([project.name], project.parts.tail_size)
        waiting.add_metric([project.name], sum(map(len, list(project.uncommitted))))
    yield tail
    yield waiting


def _troubles(sojourn: Sojourn) -> Iterator[Metric]:
    now = {trouble.name for trouble in sojourn.health.troubles()}
    family = GaugeMetricFamily(
        "sojourn_trouble", "Whether there is such trouble just now", labels=["kind"]
    )
    for name in KINDS:
        family.add_metric([name], float(name in now))
    yield family


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
