"""Collection: what clients send, by any wire, until it is on disk."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import HttpMethod, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from sojourn.api.access import AnyRequest, Grants
from sojourn.application import WIRES, Sojourn
from sojourn.drop_reason import Dropped
from sojourn.errors import BadBody, NotAllowed, NotRecognised, TooLarge
from sojourn.event import Event
from sojourn.ingest.project import Project
from sojourn.wire import Wire

BODY_BYTES_MAX = 4 * 1024 * 1024
"""Eight times what Segment takes, and little enough that a thousand bodies fit in memory."""
UNPACKED_BYTES_MAX = 16 * 1024 * 1024
"""JSON packs about tenfold; what unpacks to more than this is not an honest batch."""
GZIP_MAGIC = b"\x1f\x8b"
"""How gzip begins, and JSON never does: some clients pack and do not say so."""
REFUSALS_TOLD_MAX = 100
"""Refusals listed in one reply; all are counted."""

# A browser must be able to send from any site; the reply tells it nothing it did not send.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "authorization, content-type, content-encoding",
    "Access-Control-Max-Age": "86400",
}


class Refusal(msgspec.Struct, frozen=True):
    """One message that was not kept, by its place in the batch."""

    index: int
    reason: str
    detail: str


class Receipt(msgspec.Struct, frozen=True):
    """What became of a body: everything accepted is on disk."""

    success: bool
    accepted: int
    refused: list[Refusal]


def routes() -> list[HTTPRouteHandler]:
    """One route for each path of each wire."""
    return [_route(wire, path) for wire in WIRES.values() for path in wire.paths]


def _route(wire: Wire, path: str) -> HTTPRouteHandler:
    @route(
        path,
        http_method=[HttpMethod.POST, HttpMethod.OPTIONS],
        summary=f"Collect: {wire.name}",
        raises=[],
        status_code=200,
        request_max_body_size=None,  # `read` has a limit of its own
    )
    async def collect(request: AnyRequest, state: State) -> Response[bytes]:
        if request.method == "OPTIONS":
            return Response(b"", status_code=204, headers=CORS)
        receipt = await _collect(wire, path, request, state.sojourn, state.grants)
        return Response(msgspec.json.encode(receipt), media_type="application/json", headers=CORS)

    return collect


async def _collect(
    wire: Wire, path: str, request: AnyRequest, sojourn: Sojourn, grants: Grants
) -> Receipt:
    body = decode(await read(request))
    project = project_of(wire, request.headers, body, sojourn, grants)
    events = wire.events(path, body, sojourn.clock_ms())
    gpc, dnt = (request.headers.get(name) == "1" for name in ("sec-gpc", "dnt"))
    if gpc or dnt:
        events = [_signalled(event, gpc=gpc, dnt=dnt) for event in events]
    outcome, done = sojourn.accept(project, events)
    if done is not None:
        await asyncio.wrap_future(done)
    refused = [
        Refusal(index, dropped.reason.value, dropped.detail)
        for index, dropped in list(outcome.dropped.items())[:REFUSALS_TOLD_MAX]
    ]
    return Receipt(success=True, accepted=len(outcome.kept), refused=refused)


def _signalled(event: Event | Dropped, *, gpc: bool, dnt: bool) -> Event | Dropped:
    """An event whose sender's browser says that it may not be tracked, sold or shared."""
    if isinstance(event, Dropped):
        return event
    signals = msgspec.structs.replace(event.signals, gpc=gpc, dnt=dnt)
    return msgspec.structs.replace(event, signals=signals)


def project_of(
    wire: Wire, headers: Mapping[str, str], body: Any, sojourn: Sojourn, grants: Grants
) -> Project:
    """The project that the request's write key opens."""
    key = wire.key(headers, body)
    grant = grants.of(key) if key else None
    project = sojourn.project_by_id(grant.project) if grant else None
    if grant is None or project is None:
        raise NotRecognised(
            "The write key is missing or unknown",
            where="Authorization",
            mend="Send the project's write key as the name of HTTP Basic; "
            "`sojourn key create write` makes one.",
        )
    if grant.kind != "write":
        raise NotAllowed("A read key cannot write", mend="Send with a write key.")
    return project


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


def decode(body: bytes) -> Any:
    """The body's JSON; what is wrong with it is told with its place."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as failure:
        raise BadBody(
            "The body is not JSON", detail=f"{failure}.", mend="Nothing of it was kept; mend it."
        ) from None
