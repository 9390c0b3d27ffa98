"""The web app's files, the tracker, and whether the server is well."""

from __future__ import annotations

from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import File
from litestar.static_files import create_static_files_router

from sojourn.application import Sojourn
from sojourn.errors import NotFound
from sojourn.health import Trouble

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web" / "dist"
TRACKER = ROOT / "tracker" / "dist"

SECURITY = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Sent with everything: scripts come from here only, and nobody frames the app."""


class Health(msgspec.Struct, frozen=True):
    """Whether all is well, and if not, what is wrong: `status` is `trouble` for what keeps events
    from being accepted or applied, `warning` for anything else. Inbox rows received and applied."""

    status: str
    ready: bool
    received: int
    applied: int
    trouble: str = ""
    troubles: list[Trouble] = []


@get("/health", sync_to_thread=True, operation_id="show_health", summary="Show the server's health")
def show_health(state: State) -> Response[Health]:
    sojourn: Sojourn = state.sojourn
    applied, troubles = sojourn.applier.applied, sojourn.health.troubles()
    trouble = sojourn.health.trouble()
    health = Health(
        status="trouble" if trouble else "warning" if troubles else "ok",
        ready=True,
        received=max(applied, sojourn.inbox.last()),
        applied=applied,
        trouble=trouble,
        troubles=troubles,
    )
    return Response(health, status_code=503 if trouble else 200)


@get(["/", "/app"], include_in_schema=False)
async def show_app() -> File:
    """The web app."""
    return _file(WEB / "index.html", "text/html", "no-cache")


@get("/app/{room:path}", include_in_schema=False)
async def show_room(room: FromPath[str]) -> File:
    """The web app, whatever room its address names: it reads the address itself."""
    return _file(WEB / "index.html", "text/html", "no-cache")


@get("/sojourn.js", include_in_schema=False)
async def show_tracker() -> File:
    """The browser script."""
    return _file(TRACKER / "sojourn.js", "text/javascript", "max-age=3600")


@get("/interactions.js", include_in_schema=False)
async def show_interactions_script() -> File:
    """The part of the browser script that looks at clicks and forms, for pages that ask for it."""
    return _file(TRACKER / "interactions.js", "text/javascript", "max-age=3600")


@get("/consent.js", include_in_schema=False)
async def show_banner_script() -> File:
    """The script that asks for consent, on any site."""
    return _file(TRACKER / "consent.js", "text/javascript", "max-age=3600")


@get("/preferences.js", include_in_schema=False)
async def show_preferences_script() -> File:
    """The script of the preference centre."""
    return _file(TRACKER / "preferences.js", "text/javascript", "max-age=3600")


# Built files are named by their content, so they never change under their name.
assets = create_static_files_router(
    path="/assets",
    directories=[WEB / "assets"],
    cache_control=None,
    include_in_schema=False,
)


def _file(path: Path, media_type: str, cache: str) -> File:
    if not path.exists():
        raise NotFound("This has not been built", where=path.name, mend="`make setup` builds it.")
    return File(
        path,
        media_type=media_type,
        content_disposition_type="inline",
        headers={"Cache-Control": cache},
    )
