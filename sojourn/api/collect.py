"""Collection: what clients send, by any wire, until it is on disk."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import HttpMethod, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from sojourn.api.access import AnyRequest, Grants
from sojourn.api.connection import address_of
from sojourn.application import WIRES, Sojourn
from sojourn.drop_reason import Dropped
from sojourn.errors import BadBody, NotAllowed, NotRecognised, SojournError, TooLarge
from sojourn.event import Event
from sojourn.ingest.project import Project
from sojourn.wire import Receipt, Reply, Request, Wire

BODY_BYTES_MAX = 4 * 1024 * 1024
"""Eight times what Segment takes, and little enough that a thousand bodies fit in memory."""
UNPACKED_BYTES_MAX = 16 * 1024 * 1024
"""JSON packs about tenfold; what unpacks to more than this is not an honest batch."""
GZIP_MAGIC = b"\x1f\x8b"
"""How gzip begins, and JSON never does: some clients pack and do not say so."""
REFUSALS_TOLD_MAX = 100
"""Refusals listed in one reply; all are counted."""


def routes() -> list[HTTPRouteHandler]:
    """One route for each path that a wire, or several, collect at, and for what clients ask
    besides."""
    at: dict[str, list[Wire]] = {}
    asides: dict[str, Callable[[Request], Reply]] = {}
    for wire in WIRES.values():
        for path in wire.paths:
            at.setdefault(path, []).append(wire)
        asides |= wire.asides
    return [
        *(_route(path, wires) for path, wires in at.items()),
        *(_aside(path, answer) for path, answer in asides.items()),
    ]


def _route(path: str, wires: list[Wire]) -> HTTPRouteHandler:
    methods = sorted({method for wire in wires for method in wire.methods})

    credentials = any(wire.credentials for wire in wires)

    @route(
        path,
        http_method=[*(HttpMethod(method) for method in methods), HttpMethod.OPTIONS],
        summary=f"Collect: {', '.join(wire.title for wire in wires)}",
        raises=[],
        status_code=200,
        request_max_body_size=None,  # `read` has a limit of its own
    )
    async def collect(request: AnyRequest, state: State) -> Response[bytes]:
        if request.method == "OPTIONS":
            return Response(b"", status_code=204, headers=cors(request, credentials))
        asked = await asked_of(request, state.sojourn)
        wire, content = _speaker(wires, asked)
        try:
            reply = await _collect(wire, asked, content, state.sojourn, state.grants)
        except SojournError as failure:
            if wire.failure is None:
                raise
            reply = wire.failure(asked, failure)
        return _respond(request, reply, credentials)

    return collect


def _aside(path: str, answer: Callable[[Request], Reply]) -> HTTPRouteHandler:
    @route(
        path,
        http_method=[HttpMethod.GET, HttpMethod.POST, HttpMethod.OPTIONS],
        status_code=200,
        include_in_schema=False,
        request_max_body_size=None,
    )
    async def aside(request: AnyRequest, state: State) -> Response[bytes]:
        if request.method == "OPTIONS":
            return Response(b"", status_code=204, headers=cors(request))
        return _respond(request, answer(await asked_of(request, state.sojourn)))

    return aside


async def asked_of(request: AnyRequest, sojourn: Sojourn) -> Request:
    """A request as wires see it."""
    return Request(
        method=request.method,
        path=request.url.path,
        query=dict(request.query_params.items()),
        headers=request.headers,
        body=await read(request),
        received_ms=sojourn.clock_ms(),
        address=address_of(request, sojourn.settings.trusted_proxies),
    )


def _speaker(wires: list[Wire], request: Request) -> tuple[Wire, Any]:
    """Which of the wires of a path a request speaks: the first that finds a key in it."""
    for wire in wires[:-1]:
        try:
            content = wire.content(request)
            if wire.key(request, content):
                return wire, content
        except BadBody:
            continue
    return wires[-1], wires[-1].content(request)


async def _collect(
    wire: Wire, request: Request, content: Any, sojourn: Sojourn, grants: Grants
) -> Reply:
    project = project_of(wire, request, content, sojourn, grants)
    events = wire.events(request, content)
    gpc, dnt = (request.headers.get(name) == "1" for name in ("sec-gpc", "dnt"))
    if gpc or dnt:
        events = [_signalled(event, gpc=gpc, dnt=dnt) for event in events]
    outcome, done = sojourn.accept(project, events)
    if done is not None:
        await asyncio.wrap_future(done)
    told = dict(islice(outcome.dropped.items(), REFUSALS_TOLD_MAX))
    reply = wire.reply(request, Receipt(len(outcome.kept), told))
    target = reply.headers.get("Location")
    if target is not None:
        _require_allowed(target, project)
    return reply


def _require_allowed(target: str, project: Project) -> None:
    """A link leads people on to hosts that the project named, and to no other."""
    parts = urlsplit(target)
    if parts.scheme in ("http", "https") and parts.hostname in project.collection.redirects:
        return
    raise NotAllowed(
        "This link may not lead there",
        detail=f"“{(parts.hostname or '')[:100]}” is not among the project's hosts. "
        "What was sent is kept.",
        where="redirect",
        mend="Add the host to the project's redirects: `sojourn project set`.",
    )


def _signalled(event: Event | Dropped, *, gpc: bool, dnt: bool) -> Event | Dropped:
    """An event whose sender's browser says that it may not be tracked, sold or shared."""
    if isinstance(event, Dropped):
        return event
    signals = msgspec.structs.replace(event.signals, gpc=gpc, dnt=dnt)
    return msgspec.structs.replace(event, signals=signals)


def project_of(
    wire: Wire, request: Request, content: Any, sojourn: Sojourn, grants: Grants
) -> Project:
    """The project whose key for this wire the request has, with the secret where one is needed."""
    key = wire.key(request, content)
    grant = grants.of(wire.name, key) if key else None
    project = sojourn.project_by_id(grant.project) if grant else None
    if grant is None or project is None:
        if key and grants.of("", key) is not None:
            raise NotAllowed("A read key cannot write", mend="Send with a write key.")
        raise NotRecognised(
            "The write key is missing or unknown",
            detail=f"No project takes {wire.title}'s messages under this key.",
            where="Authorization",
            mend=f"`sojourn key create write --wire {wire.name}` makes one.",
        )
    if not grant.lets_in(wire.secret(request), request.headers, request.body, request.received_ms):
        raise NotRecognised(
            "This key asks for its secret",
            where="Authorization",
            mend="Send the secret as the password of HTTP Basic, or sign the body with it.",
        )
    return project


def cors(request: AnyRequest, credentials: bool = False) -> dict[str, str]:
    """Let a browser send from any site, with whatever its client adds; the reply tells it nothing
    that it did not send. No wildcard does where clients ask with credentials."""
    own = {"Access-Control-Allow-Credentials": "true"} if credentials else {}
    return {
        **own,
        "Access-Control-Allow-Origin": request.headers.get("origin", "*"),
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": request.headers.get(
            "access-control-request-headers", "authorization, content-type, content-encoding"
        ),
        "Access-Control-Max-Age": "86400",
        "Vary": "Origin",
    }


def _respond(request: AnyRequest, reply: Reply, credentials: bool = False) -> Response[bytes]:
    return Response(
        reply.body,
        status_code=reply.status,
        media_type=reply.media_type,
        headers={**cors(request, credentials), **reply.headers},
    )


async def read(request: AnyRequest) -> bytes:
    """The body, unpacked, never more of it in memory than the limits."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY_BYTES_MAX:
            raise TooLarge(
                "The body is too large",
                detail=f"A body may have {BODY_BYTES_MAX // 1024**2} MiB.",
                mend="Send smaller batches.",
            )
        pieces.append(piece)
    body = b"".join(pieces)
    labelled = request.headers.get("content-encoding", "").lower() == "gzip"
    return unpack(body) if labelled or body.startswith(GZIP_MAGIC) else body


def unpack(body: bytes) -> bytes:
    """A gzip body, unpacked up to the limit."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(body, UNPACKED_BYTES_MAX)
    except zlib.error as failure:
        raise BadBody(
            "The body is not gzip",
            detail=str(failure),
            where="Content-Encoding",
            mend="Send gzip, or leave the header out.",
        ) from None
    if unpacker.unconsumed_tail:
        raise TooLarge(
            "The body unpacks to too much",
            detail=f"It may unpack to {UNPACKED_BYTES_MAX // 1024**2} MiB.",
            mend="Send smaller batches.",
        )
    if not unpacker.eof:
        raise BadBody("The gzip body breaks off", mend="Send it again, whole.")
    return plain
