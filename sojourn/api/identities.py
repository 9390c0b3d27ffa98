"""Who is who: undoing a merge, those that were blocked, and the hierarchy of identifiers."""

from __future__ import annotations

import msgspec
from litestar import get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from sojourn.api.access import AnyRequest, caller_of, open_project
from sojourn.application import Sojourn
from sojourn.errors import NotAllowed
from sojourn.people import merges
from sojourn.people.merges import BlockedMerge, StandingMerge


class SplitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which merge to undo, by its number; null for the newest."""

    merge: int | None = None


class Split(msgspec.Struct, frozen=True):
    """A merge that no longer stands, and the two people that there are in its place."""

    merge: StandingMerge
    people: tuple[int, int]


class HierarchyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The identifier types of a project, the highest first. `drop` allows that a type goes which
    people have identifiers of."""

    types: list[str]
    drop: bool = False


class HierarchyAnswer(msgspec.Struct, frozen=True):
    """The identifier types of a project, the highest first."""

    types: list[str]


@post(
    "/api/v1/projects/{project:str}/people/{person:int}/split",
    sync_to_thread=True,
    operation_id="split_person",
    summary="Undo a merge of a person; this is written to the audit log",
    status_code=200,
)
def split_person(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    person: FromPath[int],
    data: SplitRequest,
) -> Split:
    sojourn: Sojourn = state.sojourn
    _require_owner(request, sojourn)
    opened = open_project(request, sojourn, project)
    undone = sojourn.split(opened, person, merge=data.merge, actor="owner")
    return Split(undone, (opened.parts.today(undone.into), undone.person))


@get(
    "/api/v1/projects/{project:str}/blocked-merges",
    sync_to_thread=True,
    operation_id="list_blocked_merges",
    summary="List people who share an identifier and were not merged",
)
def list_blocked_merges(
    request: AnyRequest, state: State, project: FromPath[str]
) -> list[BlockedMerge]:
    sojourn: Sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    with sojourn.engine.begin() as connection:
        return merges.blocked(connection, opened.id, opened.parts)


@get(
    "/api/v1/projects/{project:str}/hierarchy",
    sync_to_thread=True,
    operation_id="show_hierarchy",
    summary="Show a project's identifier types, the highest first",
)
def show_hierarchy(request: AnyRequest, state: State, project: FromPath[str]) -> HierarchyAnswer:
    opened = open_project(request, state.sojourn, project)
    return HierarchyAnswer(list(opened.people.hierarchy.types))


@put(
    "/api/v1/projects/{project:str}/hierarchy",
    sync_to_thread=True,
    operation_id="change_hierarchy",
    summary="Give a project other identifier types, or another order of them",
)
def change_hierarchy(
    request: AnyRequest, state: State, project: FromPath[str], data: JSONBody[HierarchyBody]
) -> HierarchyAnswer:
    sojourn: Sojourn = state.sojourn
    _require_owner(request, sojourn)
    opened = open_project(request, sojourn, project)
    known = sojourn.change_hierarchy(opened, data.types, drop=data.drop, actor="owner")
    return HierarchyAnswer(list(known.types))


def _require_owner(request: AnyRequest, sojourn: Sojourn) -> None:
    if not caller_of(request, sojourn).is_owner:
        raise NotAllowed("A key cannot change who is who", mend="Log in and do it there.")
