"""Failures as problem documents (RFC 9457): what, where, what now."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from sojourn.errors import (
    BadBody,
    BadQuestion,
    NotRecognised,
    SojournError,
    TooBusy,
    TooLarge,
    TooSlow,
    Unavailable,
)
from sojourn.wire import Reply

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("sojourn")


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """`title` says what, `where` says where, `mend` says what now."""

    title: str
    status: int
    detail: str = ""
    where: str = ""
    mend: str = ""
    type: str = "about:blank"


def refuse(request: Request[Any, Any, Any], failure: SojournError) -> Response[bytes]:
    """A failure that says itself what it is."""
    return response(reply(failure))


def response(told: Reply) -> Response[bytes]:
    """What a wire words, or a problem document, as the framework sends it."""
    return Response(
        told.body,
        status_code=told.status,
        media_type=told.media_type,
        headers=dict(told.headers),
    )


def reply(failure: SojournError) -> Reply:
    """The problem document of a failure that says itself what it is."""
    headers = {}
    if isinstance(failure, Unavailable):
        headers["Retry-After"] = str(failure.retry_after_s)
    if isinstance(failure, TooLarge | TooSlow | TooBusy):
        # The rest of the body is left unread, so nothing more can be asked on this connection.
        headers["Connection"] = "close"
    if isinstance(failure, NotRecognised):
        headers["WWW-Authenticate"] = 'Bearer realm="sojourn"'
    problem = Problem(failure.title, failure.status, failure.detail, failure.where, failure.mend)
    return Reply(msgspec.json.encode(problem), failure.status, MEDIA_TYPE, headers)


def refuse_request(request: Request[Any, Any, Any], failure: HTTPException) -> Response[bytes]:
    """A request that no route, method or type fits."""
    if isinstance(failure, ValidationException):
        return refuse(request, _unreadable(failure))
    if failure.status_code == TooLarge.status:
        return refuse(request, TooLarge("The body is too large", mend="Ask a shorter question."))
    if failure.status_code == BadBody.status:
        return refuse(request, _not_json(f"{failure.detail}."))
    title = {404: "There is nothing here", 405: "This method does not fit the address"}.get(
        failure.status_code, failure.detail
    )
    mend = "/schema/openapi.json lists every address." if failure.status_code in (404, 405) else ""
    return respond(Problem(title, failure.status_code, mend=mend))


def refuse_nesting(request: Request[Any, Any, Any], failure: RecursionError) -> Response[bytes]:
    """Only the decoder of a body follows what a sender has nested; nothing else here recurses."""
    return refuse(request, nesting())


def fail(request: Request[Any, Any, Any], failure: Exception) -> Response[bytes]:
    """A mistake of ours: logged in full, told without detail."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=failure)
    mend = "The server's log says more."
    return respond(Problem("Something went wrong here", 500, mend=mend))


def nesting() -> SojournError:
    """A body that nests deeper than the decoder can follow."""
    return _not_json("It nests too deep.")


def respond(problem: Problem) -> Response[bytes]:
    """A problem document as a response."""
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
    )


def _not_json(detail: str) -> SojournError:
    return BadBody(
        "The body is not JSON",
        detail=detail,
        mend="/schema/openapi.json says what this address takes.",
    )


def _unreadable(failure: ValidationException) -> SojournError:
    extra = failure.extra if isinstance(failure.extra, list) else []
    first = extra[0] if extra and isinstance(extra[0], dict) else {}
    message, place = str(first.get("message", failure.detail)), str(first.get("key", ""))
    return BadQuestion(
        "The request cannot be read",
        # To the framework the body as a whole is an argument called “data”.
        detail="The body is empty." if message == "'data'" else f"{message}.",
        where="" if place == "data" else place,
        mend="/schema/openapi.json says what this address takes.",
    )
