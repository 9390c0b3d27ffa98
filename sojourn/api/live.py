"""The live list: events as they are applied and who is online, as server-sent events.

The server looks a few times a second at what there is, for as long as somebody listens who may see
it: the stream ends when they log out or their key is revoked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import anyio.to_thread
import msgspec
from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from sojourn.api.access import AnyRequest, open_project
from sojourn.api.people import allowed_for
from sojourn.application import Sojourn
from sojourn.errors import SojournError
from sojourn.event import PropertyValue
from sojourn.ingest.project import Project
from sojourn.period import from_ms
from sojourn.report import PURPOSE

UTC = ZoneInfo("UTC")
LOOK_S = 0.2
"""How long an event may wait for the next look."""
LOOKS_A_ROUND = 5
"""Every so many looks it is seen who is online, and whether the listener may still listen."""
LOOKS_A_WORD = 75
"""Proxies take a connection on which nothing is said for a dead one, some after 30 s."""
ONLINE_SHOWN = 100
"""Of those who are online the most recently seen are named."""


class LiveEvent(msgspec.Struct, frozen=True):
    """An event as it was applied, without what is sealed of it."""

    person: int
    ts: datetime
    event: str
    source: str
    properties: dict[str, PropertyValue]


class LiveEvents(msgspec.Struct, frozen=True):
    """Events, the oldest first; so many more were `lost`, for they came faster than they were
    fetched."""

    events: list[LiveEvent]
    lost: int


class OnlinePerson(msgspec.Struct, frozen=True):
    """Somebody who is online, and when they were seen last."""

    person: int
    last: datetime


class Online(msgspec.Struct, frozen=True):
    """How many people were seen within the last five minutes, and who, the last seen first."""

    total: int
    people: list[OnlinePerson]


@dataclass(slots=True)
class Listening:
    """One listener: who asks about what, and the place up to which they have been told."""

    request: AnyRequest
    sojourn: Sojourn
    project: Project
    purpose: str
    listener: int
    place: int = 0
    told: Online | None = None

    def events(self) -> LiveEvents | None:
        """What came since the last look, None for nothing."""
        news = self.project.live.after(self.place, self.sojourn.clock_ms())
        # Whoever comes has missed nothing of what was before them.
        lost, self.place = news.lost if self.place else 0, news.place
        if not news.rows and not lost:
            return None
        directory, today = self.sojourn.directory(self.project), self.project.parts.today
        allowed, unseen = allowed_for(self.project, self.purpose), self._unseen()
        events = [
            LiveEvent(
                today(row["person"]),
                from_ms(row["ts"], UTC),
                row["event"],
                row["source"] or "",
                directory.properties_of(row, allowed),
            )
            for row in news.rows
            if row["purposes"] & allowed.purposes and today(row["person"]) not in unseen
        ]
        return LiveEvents(events, lost) if events or lost else None

    def online(self) -> Online | None:
        """Who is online, None where that is what was told last."""
        open_project(self.request, self.sojourn, self.project.name)
        allowed, unseen = allowed_for(self.project, self.purpose), self._unseen()
        found = self.project.live.online(allowed.purposes, self.sojourn.clock_ms())
        seen: dict[int, int] = {}
        for own, ms in found.items():
            person = self.project.parts.today(own)
            if person not in unseen:
                seen[person] = max(ms, seen.get(person, ms))
        newest = sorted(seen.items(), key=lambda one: (-one[1], one[0]))[:ONLINE_SHOWN]
        online = Online(len(seen), [OnlinePerson(who, from_ms(ms, UTC)) for who, ms in newest])
        if online == self.told:
            return None
        self.told = online
        return online

    def _unseen(self) -> set[int]:
        unseen = self.sojourn.governance(self.project).unseen(self.purpose)
        return {self.project.parts.today(person) for person in unseen}


@get(
    "/api/v1/projects/{project:str}/live",
    sync_to_thread=True,
    operation_id="follow_live",
    summary="Follow events as they are applied, and who is online",
    media_type="text/event-stream",
)
def follow_live(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    purpose: FromQuery[str] = PURPOSE,
) -> ServerSentEvent:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    allowed_for(opened, purpose)
    listener = opened.live.listen()
    place = opened.live.place_of(request.headers.get("last-event-id", ""))
    return ServerSentEvent(_messages(Listening(request, sojourn, opened, purpose, listener, place)))


async def _messages(listening: Listening) -> AsyncIterator[ServerSentEventMessage]:
    live, listener = listening.project.live, listening.listener
    looks = 0
    try:
        while live.goes_on(listener):
            if looks % LOOKS_A_ROUND == 0 and (
                online := await anyio.to_thread.run_sync(listening.online)
            ):
                yield _message("online", online)
            if events := await anyio.to_thread.run_sync(listening.events):
                yield _message("events", events, live.mark(listening.place))
            looks += 1
            if looks % LOOKS_A_WORD == 0:
                yield ServerSentEventMessage(comment="still here")
            await asyncio.sleep(LOOK_S)
    except SojournError as failure:
        yield _message("ended", {"title": failure.title, "mend": failure.mend})
    finally:
        live.leave(listener)


def _message(name: str, data: object, mark: str | None = None) -> ServerSentEventMessage:
    return ServerSentEventMessage(data=msgspec.json.encode(data).decode(), event=name, id=mark)
