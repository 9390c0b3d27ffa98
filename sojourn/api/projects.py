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
from sojourn.ingest.project import Project
from sojourn.kernels.totals import totals
from sojourn.period import from_ms
from sojourn.timeline import EVERY_PURPOSE, PropertyType

UTC = ZoneInfo("UTC")


class EventSummary(msgspec.Struct, frozen=True):
    """How often an event was received, and from how many people."""

    name: str
    events: int
    people: int


class PropertySummary(msgspec.Struct, frozen=True):
    """A property, with one type that its values have had."""

    name: str
    type: PropertyType


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


class ProjectStatus(msgspec.Struct, frozen=True):
    """Totals since the project began; `lag_rows` are accepted and not yet in answers."""

    stored: int
    duplicates: int
    refused: list[Refused]
    withheld: list[PropertiesWithheld]
    lag_rows: int
    trouble: str


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
        EventSummary(name, int(events), int(people))
        for name, (events, people) in zip(snapshot.parts[0].names, sums, strict=True)
        if events
    ]
    events.sort(key=lambda event: (-event.events, event.name))
    return ProjectSchema(
        events=events,
        properties=[PropertySummary(*known) for known in opened.vocabulary.properties()],
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
    lag_rows = max(0, sojourn.inbox.last() - sojourn.applier.applied)
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
        lag_rows=lag_rows,
        trouble=sojourn.trouble,
    )


def _by_reason(counts: dict[str, int], kind: str) -> list[tuple[str, int]]:
    """The counts of one kind by their reason, the most frequent first."""
    own = [(what.removeprefix(kind), n) for what, n in counts.items() if what.startswith(kind)]
    return sorted(own, key=lambda count: (-count[1], count[0]))
