"""People: the list, one person, the timeline, and what is sealed."""

from __future__ import annotations

import sys
from bisect import bisect_right

import msgspec
from litestar import get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from sojourn import audit
from sojourn.api.access import AnyRequest, caller_of, open_project
from sojourn.application import Sojourn
from sojourn.control import writing
from sojourn.errors import BadQuestion, NotAllowed, NotFound
from sojourn.ingest.project import Project
from sojourn.people.directory import PersonSummary, Revealed, TimelineEvent

PAGE_MAX = 500
"""Lines in one page: more than a screen shows, few enough to open their identifiers at once."""
FOUND_MAX = 1_000
"""Lines in one page of the people behind a number: programs take them further."""
OFFSET_MAX = 1_000_000


class PersonPage(msgspec.Struct, frozen=True):
    """Some people of a list of `total`; `after` asks for the next page, null on the last."""

    total: int
    people: list[PersonSummary]
    after: int | None


class PersonDetail(msgspec.Struct, frozen=True):
    """One person, and the ids that were found to be the same one."""

    person: PersonSummary
    merged: list[int]


class TimelinePage(msgspec.Struct, frozen=True):
    """Some events, newest first; `before` asks for the next page, null on the last."""

    events: list[TimelineEvent]
    before: str | None


@get(
    "/api/v1/projects/{project:str}/people",
    sync_to_thread=True,
    operation_id="list_people",
    summary="List people, or find one by a whole identifier",
)
def list_people(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    search: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
    after: FromQuery[int] = 0,
) -> PersonPage:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    directory, snapshot = sojourn.directory(opened), sojourn.governance(opened).unrestricted()
    offset, limit = max(0, min(after, OFFSET_MAX)), max(1, min(limit, PAGE_MAX))
    with sojourn.engine.begin() as connection:
        if search.strip():
            found = directory.search(connection, search.strip())
            lines = directory.summaries(connection, snapshot, found)
            return PersonPage(len(lines), lines, None)
        total, page = directory.recent(snapshot, offset, limit)
        lines = directory.summaries(connection, snapshot, page)
    return PersonPage(total, lines, offset + limit if offset + limit < total else None)


@get(
    "/api/v1/projects/{project:str}/people/{person:int}",
    sync_to_thread=True,
    operation_id="show_person",
    summary="Show one person",
)
def show_person(
    request: AnyRequest, state: State, project: FromPath[str], person: FromPath[int]
) -> PersonDetail:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    today = opened.parts.today(_id(person))
    with sojourn.engine.begin() as connection:
        lines = sojourn.directory(opened).summaries(connection, opened.parts.now(), [today])
    if not lines:
        raise _nobody(person)
    return PersonDetail(lines[0], opened.parts.members(today)[1:])


@get(
    "/api/v1/projects/{project:str}/people/{person:int}/timeline",
    sync_to_thread=True,
    operation_id="show_timeline",
    summary="Show a person's events, newest first",
)
def show_timeline(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    person: FromPath[int],
    limit: FromQuery[int] = 200,
    before: FromQuery[str] = "",
) -> TimelinePage:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    today = opened.parts.today(_id(person))
    with sojourn.engine.begin() as connection:
        events, next_page = sojourn.directory(opened).timeline(
            connection, today, _place(before), max(1, min(limit, PAGE_MAX))
        )
    return TimelinePage(events, "{}-{}".format(*next_page) if next_page else None)


@post(
    "/api/v1/projects/{project:str}/people/{person:int}/reveal",
    sync_to_thread=True,
    operation_id="reveal_person",
    summary="Open a person's sealed values; this is written to the audit log",
    status_code=200,
)
def reveal_person(
    request: AnyRequest, state: State, project: FromPath[str], person: FromPath[int]
) -> Revealed:
    sojourn = state.sojourn
    if not caller_of(request, sojourn).is_owner:
        raise NotAllowed("A key cannot open sealed values", mend="Log in and open them there.")
    opened: Project = open_project(request, sojourn, project)
    today = opened.parts.today(_id(person))
    with writing(sojourn.engine).begin() as connection:
        audit.write(
            connection, sojourn.clock_ms(), "owner", "reveal", f"{opened.name}/person {today}"
        )
    with sojourn.engine.begin() as connection:
        revealed: Revealed = sojourn.directory(opened).reveal(connection, today)
    if not revealed.identifiers:
        raise _nobody(person)
    return revealed


def page_of(
    sojourn: Sojourn, project: Project, found: list[int], limit: int, after: int | None
) -> PersonPage:
    """The next `limit` of some people, whose ids ascend."""
    left = found[bisect_right(found, after) :] if after is not None else found
    page = left[: max(1, min(limit, FOUND_MAX))]
    with sojourn.engine.begin() as connection:
        lines = sojourn.directory(project).summaries(connection, project.parts.now(), page)
    return PersonPage(len(found), lines, page[-1] if len(left) > len(page) else None)


def _id(person: int) -> int:
    if not 0 < person < sys.maxsize:
        raise _nobody(person)
    return person


def _nobody(person: int) -> NotFound:
    return NotFound(
        f"There is no person {person}", mend="The list of people shows those there are."
    )


def _place(before: str) -> tuple[int, int]:
    """Where a page begins: (ts, order) of the event before it."""
    if not before:
        return sys.maxsize, sys.maxsize
    ts, _, order = before.partition("-")
    if not (ts.isdigit() and order.isdigit() and len(before) < 40):
        raise BadQuestion("This is no page", where="before", mend="Pass back what a page gave.")
    return int(ts), int(order)
