"""Logging in by a one-time link, and out."""

from __future__ import annotations

import msgspec
from litestar import Response, delete, get
from litestar.datastructures import Cookie, State
from litestar.params import FromPath
from litestar.response import Redirect

from sojourn.accounts import sessions
from sojourn.api.access import COOKIE, AnyRequest, caller_of
from sojourn.control import writing
from sojourn.errors import NotRecognised


class ProjectSummary(msgspec.Struct, frozen=True):
    """A project as the list of projects shows it."""

    name: str
    title: str
    timezone: str
    simulated: bool


class Session(msgspec.Struct, frozen=True):
    """Who is logged in, and the projects that are open to them."""

    member: str
    projects: list[ProjectSummary]


@get(
    "/login/{token:str}",
    sync_to_thread=True,
    operation_id="login",
    summary="Use a one-time login link",
    status_code=303,
)
def login(state: State, token: FromPath[str]) -> Redirect:
    sojourn = state.sojourn
    with writing(sojourn.engine).begin() as connection:
        session = sessions.open_link(connection, token, sojourn.clock_ms())
    if session is None:
        raise NotRecognised(
            "This link has been used, or is too old", mend="`sojourn login` prints a new one."
        )
    cookie = Cookie(
        key=COOKIE,
        value=session,
        max_age=sessions.SESSION_MS // 1000,
        httponly=True,
        samesite="strict",
        path="/",
    )
    return Redirect("/", status_code=303, cookies=[cookie])


@get(
    "/api/v1/session",
    sync_to_thread=True,
    operation_id="show_session",
    summary="Show who is logged in",
)
def show_session(request: AnyRequest, state: State) -> Session:
    caller = caller_of(request, state.sojourn)
    return Session(
        member="owner" if caller.is_owner else "key",
        projects=[
            ProjectSummary(project.name, project.title, project.zone.key, project.simulated)
            for project in state.sojourn.projects()
            if caller.is_owner or caller.project == project.id
        ],
    )


@delete(
    "/api/v1/session",
    sync_to_thread=True,
    operation_id="end_session",
    summary="Log out",
)
def end_session(request: AnyRequest, state: State) -> Response[None]:
    caller = caller_of(request, state.sojourn)
    if caller.is_owner:
        with writing(state.sojourn.engine).begin() as connection:
            sessions.close(connection, caller.token)
    gone = Cookie(key=COOKIE, value="", max_age=0, httponly=True, samesite="strict", path="/")
    return Response(None, status_code=204, cookies=[gone])
