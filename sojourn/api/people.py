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
from sojourn.people.details import PersonDetail, detail
from sojourn.people.directory import Allowed, PersonSummary, Revealed, TimelineEvent
from sojourn.policy import gate
from sojourn.report import PURPOSE

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
    purpose: FromQuery[str] = PURPOSE,
) -> PersonPage:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    allowed = allowed_for(opened, purpose)
    directory, snapshot = sojourn.directory(opened), sojourn.governance(opened).seen(purpose)
    offset, limit = max(0, min(after, OFFSET_MAX)), max(1, min(limit, PAGE_MAX))
    with sojourn.engine.begin() as connection:
        if search.strip():
            found = directory.search(connection, search.strip())
            lines = directory.summaries(connection, snapshot, found, allowed)
            return PersonPage(len(lines), lines, None)
        total, page = directory.recent(snapshot, offset, limit, allowed)
        lines = directory.summaries(connection, snapshot, page, allowed)
    return PersonPage(total, lines, offset + limit if offset + limit < total else None)


@get(
    "/api/v1/projects/{project:str}/people/{person:int}",
    sync_to_thread=True,
    operation_id="show_person",
    summary="Show one person",
)
def show_person(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    person: FromPath[int],
    purpose: FromQuery[str] = PURPOSE,
) -> PersonDetail:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    today, allowed = _shown(sojourn, opened, person, purpose)
    snapshot = sojourn.governance(opened).seen(purpose)
    with sojourn.engine.begin() as connection:
        shown = detail(
            connection, sojourn.directory(opened), snapshot, today, sojourn.days(opened), allowed
        )
    if shown is None:
        raise _nobody(person)
    return shown


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
    purpose: FromQuery[str] = PURPOSE,
) -> TimelinePage:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    today, allowed = _shown(sojourn, opened, person, purpose)
    with sojourn.engine.begin() as connection:
        events, next_page = sojourn.directory(opened).timeline(
            connection, today, _place(before), max(1, min(limit, PAGE_MAX)), allowed
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
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    person: FromPath[int],
    purpose: FromQuery[str] = PURPOSE,
) -> Revealed:
    sojourn = state.sojourn
    if not caller_of(request, sojourn).is_owner:
        raise NotAllowed("A key cannot open sealed values", mend="Log in and open them there.")
    opened: Project = open_project(request, sojourn, project)
    today, allowed = _shown(sojourn, opened, person, purpose)
    with writing(sojourn.engine).begin() as connection:
        audit.write(
            connection, sojourn.clock_ms(), "owner", "reveal", f"{opened.name}/person {today}"
        )
    with sojourn.engine.begin() as connection:
        revealed: Revealed = sojourn.directory(opened).reveal(connection, today, allowed)
    if not revealed.identifiers:
        raise _nobody(person)
    return revealed


def page_of(
    sojourn: Sojourn,
    project: Project,
    found: list[int],
    limit: int,
    after: int | None,
    purpose: str = PURPOSE,
) -> PersonPage:
    """The next `limit` of some people, whose ids ascend, as they are seen for a purpose."""
    left = found[bisect_right(found, after) :] if after is not None else found
    page = left[: max(1, min(limit, FOUND_MAX))]
    allowed = allowed_for(project, purpose)
    with sojourn.engine.begin() as connection:
        lines = sojourn.directory(project).summaries(
            connection, sojourn.governance(project).seen(purpose), page, allowed
        )
    return PersonPage(len(found), lines, page[-1] if len(left) > len(page) else None)


def allowed_for(project: Project, purpose: str) -> Allowed:
    """What may be shown of people for a purpose (clause S1-13)."""
    rules = project.rules
    return Allowed(gate.mask_of(rules, purpose), gate.not_for(rules, purpose))


def _shown(sojourn: Sojourn, project: Project, person: int, purpose: str) -> tuple[int, Allowed]:
    """Who a person is today, and what of them may be shown for a purpose; raises `NotAllowed`."""
    today = project.parts.today(_id(person))
    sojourn.governance(project).require_seen(today, purpose)
    return today, allowed_for(project, purpose)


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
