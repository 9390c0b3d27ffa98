"""The quarantine of a project: what waits in it, replaying it, dropping it."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody

from sojourn import audit
from sojourn.api.access import AnyRequest, open_project, require_owner
from sojourn.application import Sojourn
from sojourn.control import writing
from sojourn.ingest.entries import Entry, Held, Reason
from sojourn.ingest.project import Project
from sojourn.ingest.quarantine import Chosen
from sojourn.ingest.replay import Replayed

LOOKING = "Log in and look there."
DECIDING = "Log in and decide there."
"""What to do instead with a read key."""
PAGE_MAX = 1_000
ACTOR = "owner"


class Quarantined(msgspec.Struct, frozen=True):
    """What waits, by reason, and a page of it, what came last first; `overflowed` counts what had
    no room since the project began, `trouble` is what keeps the newest from being written."""

    reasons: list[Reason]
    entries: list[Entry]
    overflowed: int
    trouble: str


class WaitingEvent(msgspec.Struct, frozen=True):
    """An event that waits, in the clear, without what may not wait; `kind` is `event`, `profile`,
    `alias` or `change`, `ts` in ms since 1970, `identifiers` and `previous` by type."""

    kind: str
    name: str
    ts: int
    message_id: str
    source: str
    identifiers: dict[str, str]
    previous: dict[str, str]
    properties: dict[str, Any]
    traits: dict[str, Any]


class OpenedEntry(msgspec.Struct, frozen=True):
    """An entry, what was wrong with it, and what it holds."""

    entry: Entry
    detail: str
    event: WaitingEvent


class DroppedEntries(msgspec.Struct, frozen=True):
    """How many entries were dropped."""

    events: int


@get(
    "/api/v1/projects/{project:str}/quarantine",
    sync_to_thread=True,
    operation_id="list_quarantine",
    summary="List what was refused for its form and waits to be replayed",
)
def list_quarantine(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    reason: FromQuery[str | None] = None,
    limit: FromQuery[int] = 100,
    skip: FromQuery[int] = 0,
) -> Quarantined:
    sojourn: Sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    own, chosen = sojourn.quarantine, Chosen(reason=reason)
    limit, skip = max(1, min(limit, PAGE_MAX)), max(0, skip)
    return Quarantined(
        reasons=own.reasons(opened),
        entries=own.newest(opened, chosen, limit=limit, skip=skip),
        overflowed=own.overflowed(opened),
        trouble=own.trouble,
    )


@get(
    "/api/v1/projects/{project:str}/quarantine/{id:str}",
    sync_to_thread=True,
    operation_id="open_quarantined",
    summary="Open one entry of the quarantine, which is written to the audit log",
)
def open_quarantined(
    request: AnyRequest, state: State, project: FromPath[str], id: FromPath[str]
) -> OpenedEntry:
    sojourn: Sojourn = state.sojourn
    require_owner(request, sojourn, LOOKING)
    opened = open_project(request, sojourn, project)
    entry, held = sojourn.quarantine.look(opened, id)
    _note(sojourn, opened, "open quarantined event", entry.id)
    return OpenedEntry(entry, held.detail, _shown(held))


@post(
    "/api/v1/projects/{project:str}/quarantine/replay",
    sync_to_thread=True,
    operation_id="replay_quarantine",
    summary="Send what waits through the pipeline again, under today's policy",
    status_code=200,
)
def replay_quarantine(
    request: AnyRequest, state: State, project: FromPath[str], data: JSONBody[Chosen]
) -> Replayed:
    sojourn: Sojourn = state.sojourn
    require_owner(request, sojourn, DECIDING)
    opened = open_project(request, sojourn, project)
    replayed = sojourn.replay(opened, data)
    _note(sojourn, opened, "replay quarantine", f"{_named(data)}: {replayed.kept} kept")
    return replayed


@post(
    "/api/v1/projects/{project:str}/quarantine/drop",
    sync_to_thread=True,
    operation_id="drop_quarantined",
    summary="Take out of the quarantine what is not wanted",
    status_code=200,
)
def drop_quarantined(
    request: AnyRequest, state: State, project: FromPath[str], data: JSONBody[Chosen]
) -> DroppedEntries:
    sojourn: Sojourn = state.sojourn
    require_owner(request, sojourn, DECIDING)
    opened = open_project(request, sojourn, project)
    gone = sojourn.quarantine.drop(opened, data)
    _note(sojourn, opened, "drop from quarantine", f"{_named(data)}: {gone}")
    return DroppedEntries(gone)


def _shown(held: Held) -> WaitingEvent:
    event, previous = held.event, held.event.previous
    return WaitingEvent(
        kind=event.kind.name.lower(),
        name=event.name,
        ts=event.ts,
        message_id=event.message_id,
        source=event.source,
        identifiers={one.type: one.value for one in event.identifiers},
        previous={previous.type: previous.value} if previous else {},
        properties=event.properties,
        traits=event.traits,
    )


def _named(chosen: Chosen) -> str:
    if chosen.ids is not None:
        return f"{len(chosen.ids)} by id"
    return chosen.reason or "everything"


def _note(sojourn: Sojourn, project: Project, action: str, subject: str) -> None:
    with writing(sojourn.engine).begin() as connection:
        audit.write(
            connection, sojourn.clock_ms(), ACTOR, action, f"{project.name}: {subject[:100]}"
        )
