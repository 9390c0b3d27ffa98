"""Transfers: sending what may leave to a recipient, and the log of what did."""

from __future__ import annotations

import msgspec
from litestar import get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody

from sojourn.api.access import AnyRequest, open_project, require_owner
from sojourn.egress.log import Transfer
from sojourn.egress.sending import Sending

PAGE_MAX = 500


class TransferPage(msgspec.Struct, frozen=True):
    """Some transfers, newest first; `before` asks for the next page, null on the last."""

    transfers: list[Transfer]
    before: str | None


@post(
    "/api/v1/projects/{project:str}/privacy/transfers",
    sync_to_thread=True,
    operation_id="send_person",
    summary="Send what may leave of a person to a recipient; the answer tells what became of it",
    status_code=200,
)
def send_person(
    request: AnyRequest, state: State, project: FromPath[str], data: JSONBody[Sending]
) -> Transfer:
    require_owner(request, state.sojourn, "Log in and send it there.")
    opened = open_project(request, state.sojourn, project)
    transfer: Transfer = state.sojourn.egress(opened).send(data)
    return transfer


@get(
    "/api/v1/projects/{project:str}/privacy/transfers",
    sync_to_thread=True,
    operation_id="list_transfers",
    summary="List what left, newest first",
)
def list_transfers(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    limit: FromQuery[int] = 100,
    before: FromQuery[str] = "",
) -> TransferPage:
    opened = open_project(request, state.sojourn, project)
    limit = max(1, min(limit, PAGE_MAX))
    found = state.sojourn.egress(opened).transfers(limit + 1, before)
    page = found[:limit]
    return TransferPage(page, page[-1].id if len(found) > limit else None)
