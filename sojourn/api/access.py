"""Who is calling, and what that opens. Everything but collection goes through here.

A session's cookie opens every project; a read key opens one; a write key opens none: it can only
write, through `collect.py`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from sojourn.accounts import keys, sessions
from sojourn.accounts.keys import Grant
from sojourn.application import Sojourn
from sojourn.errors import NotAllowed, NotFound, NotRecognised
from sojourn.ingest.project import Project

COOKIE = "sojourn"
REMEMBERED_S = 2.0
"""How long a looked-up key is remembered: a revoked one stops within this time."""
REMEMBERED_MAX = 1_000

AnyRequest = Request[Any, Any, Any]
AnyConnection = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone who may ask: the owner of a session, or a program with the read key of a project."""

    project: int | None
    token: str = ""

    @property
    def is_owner(self) -> bool:
        return self.project is None


class Grants:
    """Remembers for a moment what write keys open, for clients that send often."""

    def __init__(self, sojourn: Sojourn) -> None:
        self._sojourn = sojourn
        self._known: dict[tuple[str, str], tuple[float, Grant | None]] = {}

    def of(self, wire: str, key: str) -> Grant | None:
        """What a key opens on a wire."""
        now = time.monotonic()
        known = self._known.get((wire, key))
        if known is None or known[0] < now:
            if len(self._known) >= REMEMBERED_MAX:
                self._known.clear()
            with self._sojourn.engine.begin() as connection:
                found = self._sojourn.find_key(connection, wire, key)
            known = (now + REMEMBERED_S, found)
            self._known[wire, key] = known
        return known[1]


def caller_of(request: AnyConnection, sojourn: Sojourn) -> Caller:
    """Who sent this request; raises `NotRecognised` for nobody."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        with sojourn.engine.begin() as connection:
            grant = keys.find(connection, "", key.strip())
            writes = grant is None and keys.find(connection, keys.SEGMENT, key.strip()) is not None
        if writes:
            raise NotAllowed("A write key can only write", mend="Ask with a read key.")
        if grant is None:
            raise NotRecognised("This key opens nothing", mend="`sojourn key create` makes one.")
        return Caller(grant.project)
    token = request.cookies.get(COOKIE, "")
    with sojourn.engine.begin() as connection:
        known = bool(token) and sessions.is_open(connection, token, sojourn.clock_ms())
    if not known:
        raise NotRecognised(
            "You are not logged in",
            mend="Open the link that `sojourn serve` printed; `sojourn login` prints a new one.",
        )
    _refuse_other_origins(request)
    return Caller(None, token)


def require_caller(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Turn strangers away before anything that they sent is read."""
    caller_of(connection, connection.app.state.sojourn)


def require_owner(request: AnyRequest, sojourn: Sojourn, mend: str) -> None:
    """Turn away who may read but not change anything."""
    if not caller_of(request, sojourn).is_owner:
        raise NotAllowed("A read key changes nothing", mend=mend)


def open_project(request: AnyRequest, sojourn: Sojourn, name: str) -> Project:
    """The project a caller asks about; to a key of another project it does not exist."""
    caller = caller_of(request, sojourn)
    if caller.project is None:
        return sojourn.project(name)
    project = sojourn.project_by_id(caller.project)
    if project is None or project.name != name:
        raise NotFound(
            f"There is no project “{name[:60]}”", mend="A read key opens its own project only."
        )
    return project


def _refuse_other_origins(request: AnyConnection) -> None:
    """A page of another origin may not use the cookie: to browsers, ports share a site."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("This page may not act for you", detail=f"It comes from {origin[:200]}.")
