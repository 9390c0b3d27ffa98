"""Organisations: the list, and one with its properties, its people and what they did."""

from __future__ import annotations

import msgspec
from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from sojourn.api.access import AnyRequest, open_project
from sojourn.api.people import OFFSET_MAX, PAGE_MAX, PersonPage, allowed_for, page_of
from sojourn.application import Sojourn
from sojourn.errors import NotFound
from sojourn.event import ORGANISATION
from sojourn.filter import Condition
from sojourn.ingest.project import Project
from sojourn.people.organisations import (
    OrganisationProperty,
    Organisations,
    OrganisationSummary,
)
from sojourn.report import PURPOSE
from sojourn.reports.activity import ActivityAnswer, ActivityDefinition, ActivityEvent
from sojourn.segment import Segment

SHOWN = 50
"""People and events on an organisation's page; its segment leads to all of them."""


class OrganisationPage(msgspec.Struct, frozen=True):
    """Some organisations of a list of `total`; `after` asks for the next page, null on the last."""

    total: int
    organisations: list[OrganisationSummary]
    after: int | None


class OrganisationDetail(msgspec.Struct, frozen=True):
    """One organisation: what is known of it, the first of its people, and what they did last;
    `segment` is all of them, for any question."""

    organisation: OrganisationSummary
    properties: list[OrganisationProperty]
    people: PersonPage
    events: tuple[ActivityEvent, ...]
    segment: Segment


@get(
    "/api/v1/projects/{project:str}/organisations",
    sync_to_thread=True,
    operation_id="list_organisations",
    summary="List organisations, or find one by its whole id",
)
def list_organisations(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    search: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
    after: FromQuery[int] = 0,
    purpose: FromQuery[str] = PURPOSE,
) -> OrganisationPage:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    allowed, known = allowed_for(opened, purpose), organisations_of(opened)
    snapshot = sojourn.governance(opened).seen(purpose)
    offset, limit = max(0, min(after, OFFSET_MAX)), max(1, min(limit, PAGE_MAX))
    every = known.recent(snapshot, allowed)
    with sojourn.engine.begin() as connection:
        if search.strip():
            wanted = known.find(connection, search.strip())
            every = [line for line in every if line.id == wanted]
        page = known.named(connection, snapshot, every[offset : offset + limit], allowed)
    following = offset + limit
    return OrganisationPage(len(every), page, following if following < len(every) else None)


@get(
    "/api/v1/projects/{project:str}/organisations/{organisation:int}",
    sync_to_thread=True,
    operation_id="show_organisation",
    summary="Show one organisation",
)
def show_organisation(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    organisation: FromPath[int],
    purpose: FromQuery[str] = PURPOSE,
) -> OrganisationDetail:
    sojourn: Sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    allowed, known = allowed_for(opened, purpose), organisations_of(opened)
    snapshot = sojourn.governance(opened).seen(purpose)
    lines = [line for line in known.recent(snapshot, allowed) if line.id == organisation]
    if not lines:
        raise NotFound(
            f"There is no organisation {organisation}",
            mend="The list of organisations shows those somebody belongs to.",
        )
    with sojourn.engine.begin() as connection:
        (line,) = known.named(connection, snapshot, lines, allowed)
    segment = Segment(are=(Condition(property=ORGANISATION, is_=float(organisation)),))
    asked = ActivityDefinition(segment=segment, purpose=purpose, limit=SHOWN)
    answer = sojourn.ask(opened, asked)
    assert isinstance(answer, ActivityAnswer)
    members = known.members(snapshot, allowed)
    people = sorted(members.people[members.number == organisation].tolist())
    return OrganisationDetail(
        line,
        known.properties(snapshot, organisation, allowed),
        page_of(sojourn, opened, people, SHOWN, None, purpose),
        answer.rows,
        segment,
    )


def organisations_of(project: Project) -> Organisations:
    """The organisations of a project."""
    return Organisations(project.id, project.vault, project.vocabulary)
