"""How a project collects: what it leaves out, and where its links may lead."""

from __future__ import annotations

from litestar import get, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from sojourn.api.access import AnyRequest, caller_of, open_project, require_owner
from sojourn.application import Sojourn
from sojourn.collection import Collection
from sojourn.errors import NotAllowed
from sojourn.ingest.collecting import Collecting


@get(
    "/api/v1/projects/{project:str}/collection",
    sync_to_thread=True,
    operation_id="show_collection",
    summary="Show what a project leaves out, and where its links may lead",
)
def show_collection(request: AnyRequest, state: State, project: FromPath[str]) -> Collection:
    sojourn: Sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    if not caller_of(request, sojourn).is_owner:
        raise NotAllowed("It names people and addresses", mend="Log in and look there.")
    return opened.collection


@put(
    "/api/v1/projects/{project:str}/collection",
    sync_to_thread=True,
    operation_id="change_collection",
    summary="Choose what a project leaves out, and where its links may lead",
)
def change_collection(
    request: AnyRequest, state: State, project: FromPath[str], data: JSONBody[Collection]
) -> Collection:
    sojourn: Sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    require_owner(request, sojourn, "Log in and choose there.")
    Collecting(opened, sojourn.engine, sojourn.clock_ms).change(data, actor="owner")
    return data
