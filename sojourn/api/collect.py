"""Collection: what clients send, by any wire, until it is on disk."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import HttpMethod, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.types import Receive

from sojourn.accounts.keys import Grant, hint_of
from sojourn.api import problems
from sojourn.api.access import AnyRequest, Grants
from sojourn.api.connection import address_of
from sojourn.api.gathering import Gathering
from sojourn.api.reading import PoisonBody, by_wire, worded
from sojourn.application import WIRES, Sojourn
from sojourn.collection import Webhook
from sojourn.drop_reason import Dropped
from sojourn.errors import BadBody, NotAllowed, NotRecognised, SojournError, TooLarge
from sojourn.event import Event
from sojourn.health import Health
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


def paths() -> dict[str, list[Wire]]:
    """The paths at which something is collected, with the wires that speak there."""
    at: dict[str, list[Wire]] = {}
    for wire in WIRES.values():
        for path in wire.paths:
            at.setdefault(path, []).append(wire)
    return at


def routes() -> list[HTTPRouteHandler]:
    """One route for each of these paths, and for what clients ask besides."""
    return [
        *(_route(path, wires) for path, wires in paths().items()),
        *(_aside(path, answer) for wire in WIRES.values() for path, answer in wire.asides.items()),
    ]


def _route(path: str, wires: list[Wire]) -> HTTPRouteHandler:
    methods = sorted({method for wire in wires for method in wire.methods})

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
            headers = cors(request.headers, credentials_of(wires))
            return Response(b"", status_code=204, headers=headers)
        asking = partial(asked_of, request, state.sojourn)
        known = state.sojourn, state.grants, state.gathering
        return problems.response(await answer(wires, asking, request.headers, *known))

    return collect


def _aside(path: str, told: Callable[[Request], Reply]) -> HTTPRouteHandler:
    @route(
        path,
        http_method=[HttpMethod.GET, HttpMethod.POST, HttpMethod.OPTIONS],
        status_code=200,
        include_in_schema=False,
        request_max_body_size=None,
    )
    async def aside(request: AnyRequest, state: State) -> Response[bytes]:
        headers = cors(request.headers)
        if request.method == "OPTIONS":
            return Response(b"", status_code=204, headers=headers)
        reply = told(await asked_of(request, state.sojourn))
        return problems.response(replace(reply, headers={**headers, **reply.headers}))

    return aside


async def asked_of(request: AnyRequest, sojourn: Sojourn) -> Request:
    """A request as wires see it."""
    return Request(
        method=request.method,
        path=request.url.path,
        query=dict(request.query_params.items()),
        headers=request.headers,
        body=await read(request.method, request.receive, request.headers),
        received_ms=sojourn.clock_ms(),
        address=address_of(request, sojourn.settings.trusted_proxies),
    )


async def answer(
    wires: list[Wire],
    asking: Callable[[], Awaitable[Request]],
    headers: Mapping[str, str],
    sojourn: Sojourn,
    grants: Grants,
    gathering: Gathering,
) -> Reply:
    """What is answered to a request at the path of some wires, which `asking` reads: a refusal,
    too. A browser's client may only read it if it is let."""
    asked, wire = None, wires[-1]
    try:
        # Before anything of the body is read.
        sojourn.health.require_room()
        asked = await asking()
        wire, content = _speaker(wires, asked, sojourn.health)
        project, grant = _opened(wire, asked, content, sojourn, grants)
        events = _events(wire, asked, content, project, grant, sojourn.health)
        receipt = await gathering.take(project, events, wire.name)
        reply = _replied(wire, asked, receipt, project, sojourn)
    except SojournError as failure:
        reply = _refused(failure, asked, wire, sojourn.health)
    return replace(reply, headers={**cors(headers, credentials_of(wires)), **reply.headers})


def credentials_of(wires: list[Wire]) -> bool:
    """Whether one of these has browser clients that ask as if they had cookies."""
    return any(wire.credentials for wire in wires)


def _refused(failure: SojournError, asked: Request | None, wire: Wire, health: Health) -> Reply:
    """A refusal in the words of the wire, where a request could be read so far."""
    if asked is None:
        return problems.reply(failure)
    if isinstance(failure, PoisonBody):
        return worded(failure.wire, health, asked, Receipt(0, {0: failure.dropped}))
    return wire.failure(asked, failure) if wire.failure else problems.reply(failure)


def _speaker(wires: list[Wire], request: Request, health: Health) -> tuple[Wire, Any]:
    """Which of the wires of a path a request speaks: the first that finds a key in it. The last one
    refuses what none does, unless another failed on it."""
    *others, last = wires
    poison: PoisonBody | None = None
    for wire in others:
        try:
            content = by_wire(wire, health, wire.content, request)
            if by_wire(wire, health, wire.key, request, content):
                return wire, content
        except PoisonBody as failure:
            poison = failure
        except BadBody:
            continue
    try:
        content = by_wire(last, health, last.content, request)
        if poison is None or by_wire(last, health, last.key, request, content):
            return last, content
    except BadBody as failure:
        raise poison or failure from None
    raise poison


def _events(
    wire: Wire, request: Request, content: Any, project: Project, grant: Grant, health: Health
) -> list[Event | Dropped]:
    """The events of a request, with what its sender's browser says of all of them."""
    asked = replace(request, is_proven=True) if grant.secret else request
    webhook = webhook_of(project, wire.key(request, content))
    if webhook is not None:
        asked = replace(asked, webhook=webhook)
    try:
        events = by_wire(wire, health, wire.events, asked, content)
    except PoisonBody as failure:
        return [failure.dropped]
    gpc, dnt = (request.headers.get(name) == "1" for name in ("sec-gpc", "dnt"))
    if gpc or dnt:
        return [_signalled(event, gpc=gpc, dnt=dnt) for event in events]
    return events


def _replied(
    wire: Wire, request: Request, receipt: Receipt, project: Project, sojourn: Sojourn
) -> Reply:
    """The answer to a request of which this became."""
    sojourn.metrics.accept(project.name, receipt.accepted)
    told = dict(islice(receipt.refused.items(), REFUSALS_TOLD_MAX))
    reply = worded(wire, sojourn.health, request, Receipt(receipt.accepted, told))
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
    return _opened(wire, request, content, sojourn, grants)[0]


def _opened(
    wire: Wire, request: Request, content: Any, sojourn: Sojourn, grants: Grants
) -> tuple[Project, Grant]:
    key = by_wire(wire, sojourn.health, wire.key, request, content)
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
    webhook = webhook_of(project, key)
    scheme = None if webhook is None else webhook.signature
    secret = by_wire(wire, sojourn.health, wire.secret, request)
    shown = secret, request.headers, request.body, request.received_ms
    if not grant.lets_in(*shown, scheme):
        raise NotRecognised(
            "This key asks for its secret",
            where="Authorization",
            mend="Send the secret as the password of HTTP Basic, or sign the body with it.",
        )
    return project, grant


def webhook_of(project: Project, key: str) -> Webhook | None:
    """What a project says of the bodies under a key, which is a name or random."""
    webhooks = project.collection.webhooks
    return webhooks.get(key) or webhooks.get(hint_of(key)) if webhooks else None


def cors(headers: Mapping[str, str], credentials: bool = False) -> dict[str, str]:
    """Let a browser send from any site, with whatever its client adds; the reply tells it nothing
    that it did not send. No wildcard does where clients ask with credentials."""
    own = {"Access-Control-Allow-Credentials": "true"} if credentials else {}
    return {
        **own,
        "Access-Control-Allow-Origin": headers.get("origin", "*"),
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": headers.get(
            "access-control-request-headers", "authorization, content-type, content-encoding"
        ),
        "Access-Control-Max-Age": "86400",
        "Vary": "Origin",
    }


async def read(method: str, receive: Receive, headers: Mapping[str, str]) -> bytes:
    """The body, unpacked, never more of it in memory than the limits."""
    if method == "GET":
        # It has none, and who asks and does not wait for the answer may be gone by now: to listen
        # for a body would find that out, and lose what was said.
        return b""
    pieces, size, more = list[bytes](), 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            # Of half a form each field looks like a whole one.
            raise BadBody("The body breaks off", mend="Send it again, whole.")
        size += len(message["body"])
        if size > BODY_BYTES_MAX:
            raise TooLarge(
                "The body is too large",
                detail=f"A body may have {BODY_BYTES_MAX // 1024**2} MiB.",
                mend="Send smaller batches.",
            )
        pieces.append(message["body"])
        more = message["more_body"]
    body = b"".join(pieces)
    labelled = headers.get("content-encoding", "").lower() == "gzip"
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
