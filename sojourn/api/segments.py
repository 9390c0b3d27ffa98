"""Segments: those a project keeps, and who is in one."""

from __future__ import annotations

import msgspec
from litestar import delete, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from sojourn.api.access import AnyRequest, open_project, require_owner
from sojourn.api.people import PersonPage, page_of
from sojourn.control import writing
from sojourn.people import segments
from sojourn.people.segments import SavedSegment
from sojourn.segment import Segment

SAVING = "Log in and save it there."
"""What to do instead with a read key."""


class SegmentValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a segment is to become; its name stands in the address."""

    segment: Segment
    title: str = ""
    description: str = ""


class SegmentQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is in this segment, a page at a time."""

    segment: Segment
    limit: int = 100
    after: int | None = None


@get(
    "/api/v1/projects/{project:str}/segments",
    sync_to_thread=True,
    operation_id="list_segments",
    summary="List the segments that the project keeps",
)
def list_segments(request: AnyRequest, state: State, project: FromPath[str]) -> list[SavedSegment]:
    opened = open_project(request, state.sojourn, project)
    with state.sojourn.engine.begin() as connection:
        return segments.every(connection, opened.id)


@put(
    "/api/v1/projects/{project:str}/segments/{name:str}",
    sync_to_thread=True,
    operation_id="save_segment",
    summary="Keep a segment under a name, in place of one of the same name",
)
def save_segment(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    name: FromPath[str],
    data: JSONBody[SegmentValue],
) -> SavedSegment:
    sojourn = state.sojourn
    require_owner(request, state.sojourn, SAVING)
    opened = open_project(request, sojourn, project)
    saved = SavedSegment(name, data.segment, data.title, data.description)
    sojourn.questions.check_segment(opened, saved)
    with writing(sojourn.engine).begin() as connection:
        return segments.save(connection, opened.id, saved)


@delete(
    "/api/v1/projects/{project:str}/segments/{name:str}",
    sync_to_thread=True,
    operation_id="forget_segment",
    summary="Keep a segment no longer",
)
def forget_segment(
    request: AnyRequest, state: State, project: FromPath[str], name: FromPath[str]
) -> None:
    require_owner(request, state.sojourn, SAVING)
    opened = open_project(request, state.sojourn, project)
    with writing(state.sojourn.engine).begin() as connection:
        segments.forget(connection, opened.id, name)


@post(
    "/api/v1/projects/{project:str}/segments/people",
    sync_to_thread=True,
    operation_id="list_segment_people",
    summary="List the people in a segment, saved or not",
    status_code=200,
)
def list_segment_people(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    data: JSONBody[SegmentQuestion],
) -> PersonPage:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    found = sojourn.questions.members(opened, data.segment)
    return page_of(sojourn, opened, found, data.limit, data.after)
