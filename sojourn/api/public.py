"""What everybody may read of a project: the documents made from its policy, which hold nobody's
data. A draft is not public: to strangers a project with one does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sojourn.api.access import AnyRequest, open_project
from sojourn.application import Sojourn
from sojourn.errors import NotAllowed, NotFound, NotRecognised
from sojourn.ingest.project import Project
from sojourn.period import from_ms
from sojourn.policy import chronicle, show
from sojourn.policy.document import MEDIA_TYPES
from sojourn.policy.page import STYLE_HASH
from sojourn.policy.versions import Version

PAGE_SECURITY = (
    f"default-src 'none'; style-src {STYLE_HASH}; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
"""A page runs nothing and loads nothing; only our own sheet of style is applied to it."""
OPEN_CACHE = "public, max-age=300"
"""A new version is seen within minutes."""
SHUT_CACHE = "private, no-store"
OPEN = ("notice", "cookies", "text", "gpc")
"""The documents that everybody may read as they are; `subscriptions.py` shows the recipients."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The policy that a caller may see: all versions, the one in force, and today's day."""

    history: tuple[Version, ...]
    version: Version
    today: date
    zone: ZoneInfo
    draft: bool


@get(
    "/p/{project:str}/changes",
    sync_to_thread=True,
    operation_id="show_changes",
    summary="Show the versions of the policy, with their dates",
)
def show_changes(request: AnyRequest, state: State, project: FromPath[str]) -> Response[bytes]:
    shown = shown_to(request, state.sojourn, project)
    return respond(
        _chronicle(shown.history, shown.version.number, shown.today, shown.zone), "html", shown
    )


@get(
    "/.well-known/gpc.json",
    sync_to_thread=True,
    operation_id="show_site_gpc",
    summary="Tell whether Global Privacy Control is honoured, for the only public project",
)
def show_site_gpc(state: State) -> Response[bytes]:
    sojourn: Sojourn = state.sojourn
    found = [in_force(sojourn, project) for project in sojourn.projects()]
    public = [one for one in found if one is not None and not one.draft]
    if len(public) != 1:
        raise NotFound(
            "Nothing is said here of Global Privacy Control",
            detail="No project is public, or several are, and each may say something else.",
            mend="Ask for /p/{project}/gpc.json.",
        )
    return _page(public[0], "gpc", "json")


def open_routes() -> list[HTTPRouteHandler]:
    """What strangers may read."""
    return [*map(_open, OPEN), show_changes, show_site_gpc]


def _open(name: str) -> HTTPRouteHandler:
    document = show.named(name)
    (format,) = document.formats

    @get(
        f"/p/{{project:str}}/{document.path}",
        sync_to_thread=True,
        operation_id=f"show_public_{name}",
        summary=f"Show what the policy says: {document.title.lower()}",
    )
    def show_document(request: AnyRequest, state: State, project: FromPath[str]) -> Response[bytes]:
        return _page(shown_to(request, state.sojourn, project), name, format)

    return show_document


def member_routes() -> list[HTTPRouteHandler]:
    """The record of processing activities in each format: for members."""
    return [_record(format) for format in show.named("record").formats]


def _record(format: str) -> HTTPRouteHandler:
    ending = "" if format == "html" else f".{format}"

    @get(
        f"/p/{{project:str}}/record{ending}",
        sync_to_thread=True,
        operation_id=f"show_record_{format}",
        summary=f"Show the record of processing activities as {format}",
    )
    def show_record(request: AnyRequest, state: State, project: FromPath[str]) -> Response[bytes]:
        opened = open_project(request, state.sojourn, project)
        shown = in_force(state.sojourn, opened)
        if shown is None:
            raise NotFound("No policy is in force yet", mend="`sojourn policy publish` makes one.")
        return _page(shown, "record", format, SHUT_CACHE)

    return show_record


def shown_to(request: AnyRequest, sojourn: Sojourn, name: str) -> Shown:
    """The policy of a project as the caller may see it. A draft is shown to members only; to
    strangers it looks as if there were no such project."""
    known = next((one for one in sojourn.projects() if one.name == name), None)
    shown = in_force(sojourn, known) if known else None
    if shown is not None and (not shown.draft or _is_member(request, sojourn, name)):
        return shown
    raise NotFound(
        "Nothing is public here",
        detail="There is no such project, or its policy is a draft that nobody has published.",
        mend="A member sees a draft when logged in. A policy without `draft` is public.",
    )


def _is_member(request: AnyRequest, sojourn: Sojourn, name: str) -> bool:
    try:
        open_project(request, sojourn, name)
    except (NotAllowed, NotFound, NotRecognised):
        return False
    return True


def in_force(sojourn: Sojourn, project: Project) -> Shown | None:
    """The policy of a project, whoever may see it; None before there is one."""
    now_ms = sojourn.clock_ms()
    history = tuple(sojourn.governance(project).history())
    begun = [one for one in history if one.effective_ms <= now_ms]
    if not begun:
        return None
    today = from_ms(now_ms, project.zone).date()
    draft = show.read(begun[-1].text, today).policy.draft
    return Shown(history, begun[-1], today, project.zone, draft)


def _page(
    shown: Shown, document: str, format: str = "html", cache: str | None = None
) -> Response[bytes]:
    text = show.shown(shown.version.text, document, format, shown.today)
    return respond(text, format, shown, cache)


def respond(
    text: str,
    format: str,
    shown: Shown,
    cache: str | None = None,
    security: str = PAGE_SECURITY,
) -> Response[bytes]:
    """A document as a response; `security` is what its page may do."""
    headers = {"Cache-Control": cache or (SHUT_CACHE if shown.draft else OPEN_CACHE)}
    if format == "html":
        headers["Content-Security-Policy"] = security
    return Response(text.encode(), media_type=MEDIA_TYPES[format], headers=headers)


@lru_cache(maxsize=show.REMEMBERED)
def _chronicle(history: tuple[Version, ...], number: int, today: date, zone: ZoneInfo) -> str:
    return chronicle.html(history, number, today, zone)
