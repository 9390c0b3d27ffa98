"""Projects: which there are, what they have received, and how they are doing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import sqlalchemy as sa
from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath

from sojourn import tables
from sojourn.api.access import AnyRequest, open_project
from sojourn.application import Sojourn
from sojourn.health import Trouble
from sojourn.ingest.project import Project
from sojourn.kernels.totals import totals
from sojourn.period import from_ms
from sojourn.policy import gate
from sojourn.report import PURPOSE
from sojourn.timeline import EVERY_PURPOSE, PropertyType
from sojourn.tracking_plan import EventEntry, Icon, PropertyEntry, TrackingPlan

UTC = ZoneInfo("UTC")


class EventSummary(msgspec.Struct, frozen=True):
    """How often an event was received, and from how many people; and what is said of it, see
    `tracking_plan.py`."""

    name: str
    events: int
    people: int
    title: str
    icon: Icon | None
    sentence: str
    archived: bool


class PropertySummary(msgspec.Struct, frozen=True):
    """A property, with one type that its values have had, and what is said of it; `asked` says
    whether questions for analytics may use it."""

    name: str
    type: PropertyType
    title: str
    archived: bool
    asked: bool


class ProjectSchema(msgspec.Struct, frozen=True):
    """What a project has received, the most frequent first."""

    events: list[EventSummary]
    properties: list[PropertySummary]
    first: datetime | None
    last: datetime | None
    people: int
    events_total: int


class Refused(msgspec.Struct, frozen=True):
    """How many events were refused for one reason."""

    reason: str
    events: int


class PropertiesWithheld(msgspec.Struct, frozen=True):
    """How many properties were taken out of events that were kept, for one reason."""

    reason: str
    properties: int


class ClocksCorrected(msgspec.Struct, frozen=True):
    """How many events came from clocks that were behind or ahead, and were put right."""

    behind: int
    ahead: int


class ProjectStatus(msgspec.Struct, frozen=True):
    """Totals since the project began. `rate` is how many events a second were accepted of late;
    `lag_rows`, with `lag_events` in them, are accepted and not yet in answers, the oldest since
    `lag_seconds`. `trouble` is the first of the `troubles` of the server that stop events."""

    stored: int
    duplicates: int
    refused: list[Refused]
    withheld: list[PropertiesWithheld]
    clocks: ClocksCorrected
    rate: float
    lag_rows: int
    lag_events: int
    lag_seconds: float
    trouble: str
    troubles: list[Trouble]


@get(
    "/api/v1/projects/{project:str}/schema",
    sync_to_thread=True,
    operation_id="show_schema",
    summary="Show what a project has received",
)
def show_schema(request: AnyRequest, state: State, project: FromPath[str]) -> ProjectSchema:
    sojourn: Sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    snapshot = opened.parts.now()
    counted = sojourn.executor.map(
        lambda part: totals(
            part.starts, part.ends, part.event, part.purposes, len(part.names), EVERY_PURPOSE
        ),
        snapshot.parts,
    )
    sums = np.sum(counted, axis=0)
    events = [
        _event(opened.plan, name, int(events), int(people))
        for name, (events, people) in zip(snapshot.parts[0].names, sums, strict=True)
        if events
    ]
    events.sort(key=lambda event: (-event.events, event.name))
    return ProjectSchema(
        events=events,
        properties=_properties(opened),
        first=None if snapshot.first_ms is None else from_ms(snapshot.first_ms, UTC),
        last=None if snapshot.last_ms is None else from_ms(snapshot.last_ms, UTC),
        people=snapshot.people,
        events_total=sum(event.events for event in events),
    )


@get(
    "/api/v1/projects/{project:str}/status",
    sync_to_thread=True,
    operation_id="show_status",
    summary="Show how a project's collection is doing",
)
def show_status(request: AnyRequest, state: State, project: FromPath[str]) -> ProjectStatus:
    sojourn: Sojourn = state.sojourn
    opened: Project = open_project(request, sojourn, project)
    table = tables.tallies
    # Looked at before the totals: with no lag, what was accepted until now is in them.
    backlog = sojourn.inbox.backlog(sojourn.applier.applied)
    with sojourn.engine.begin() as connection:
        rows = connection.execute(
            sa.select(table.c.what, table.c.events).where(table.c.project == opened.id)
        )
        counts = {what: int(events) for what, events in rows}
    return ProjectStatus(
        stored=counts.get("stored", 0),
        duplicates=counts.get("duplicates", 0),
        refused=[Refused(*own) for own in _by_reason(counts, "refused ")],
        withheld=[PropertiesWithheld(*own) for own in _by_reason(counts, "withheld ")],
        clocks=ClocksCorrected(
            counts.get("corrected clock_behind", 0), counts.get("corrected clock_ahead", 0)
        ),
        rate=sojourn.metrics.pace.now(opened.name),
        lag_rows=backlog.rows,
        lag_events=backlog.events,
        lag_seconds=backlog.seconds(sojourn.clock_ms()),
        trouble=sojourn.health.trouble(),
        troubles=sojourn.health.troubles(),
    )


def _event(plan: TrackingPlan, name: str, events: int, people: int) -> EventSummary:
    said = plan.events.get(name, EventEntry())
    return EventSummary(name, events, people, said.title, said.icon, said.sentence, said.archived)


def _properties(project: Project) -> list[PropertySummary]:
    rules, plan = project.rules, project.plan.properties
    shut = gate.not_for(rules, PURPOSE) if PURPOSE in rules.sees else gate.Closed()
    return [
        PropertySummary(name, kind, said.title, said.archived, name not in shut)
        for name, kind in project.vocabulary.properties()
        for said in [plan.get(name, PropertyEntry())]
    ]


def _by_reason(counts: dict[str, int], kind: str) -> list[tuple[str, int]]:
    """The counts of one kind by their reason, the most frequent first."""
    own = [(what.removeprefix(kind), n) for what, n in counts.items() if what.startswith(kind)]
    return sorted(own, key=lambda count: (-count[1], count[0]))
