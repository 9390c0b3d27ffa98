"""The door for what clients send all day: straight to the wires, past the web framework.

For every request the framework finds a route, its arguments and its hooks, which takes longer than
all that is done with an event. A path without parameters needs none of that, so it is looked up
here; whatever is not found goes on to the framework, whose routes answer in the same way.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import cast
from urllib.parse import parse_qsl

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from sojourn.api import collect, pages, problems
from sojourn.api.access import Grants
from sojourn.api.connection import address_of
from sojourn.api.gathering import Gathering
from sojourn.api.intake import Intake
from sojourn.application import Sojourn
from sojourn.errors import SojournError
from sojourn.wire import FORM_FIELDS_MAX, Reply, Request

log = logging.getLogger("sojourn")


def _encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    """Headers as they go over the line."""
    return {name.lower().encode(): value.encode("latin-1") for name, value in headers.items()}


ALWAYS = _encoded({"Cache-Control": "no-store", **pages.SECURITY})
"""Headers of every answer."""


class Door:
    """Stands before the framework's application."""

    def __init__(
        self,
        app: ASGIApp,
        sojourn: Sojourn,
        grants: Grants,
        gathering: Gathering,
        intake: Intake,
    ) -> None:
        self._app = app
        self._sojourn = sojourn
        self._known = sojourn, grants, gathering
        self._at = {
            (method, path): wires
            for path, wires in collect.paths().items()
            if "{" not in path
            for wire in wires
            for method in wire.methods
        }
        self._collect = intake(self._bounded)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the framework."""
        if scope["type"] == ScopeType.HTTP and (scope["method"], scope["path"]) in self._at:
            await self._collect(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = cast(HTTPScope, scope)
        wires = self._at[asked["method"], asked["path"]]
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in asked["headers"]
        }
        asking = partial(self._asked, asked, receive, headers)
        try:
            reply = await collect.answer(wires, asking, headers, *self._known)
        except RecursionError:
            # Only the decoder of a body follows what a sender has nested.
            reply = problems.reply(problems.nesting())
        except Exception as failure:
            log.error("%s %s failed", asked["method"], asked["path"], exc_info=failure)
            reply = problems.reply(
                SojournError("Something went wrong here", mend="The server's log says more.")
            )
        await self._send(reply, send)

    async def _asked(self, scope: HTTPScope, receive: Receive, headers: dict[str, str]) -> Request:
        query = scope["query_string"].decode("latin-1")
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX)
        return Request(
            method=scope["method"],
            path=scope["path"],
            query=dict(pairs),
            headers=headers,
            body=await collect.read(scope["method"], receive, headers),
            received_ms=self._sojourn.clock_ms(),
            address=address_of(ASGIConnection(scope), self._sojourn.settings.trusted_proxies),
        )

    async def _send(self, reply: Reply, send: Send) -> None:
        self._sojourn.metrics.requests.labels(reply.status).inc()
        told = {
            b"content-type": reply.media_type.encode("latin-1"),
            b"content-length": b"%d" % len(reply.body),
            **ALWAYS,
            **_encoded(reply.headers),
        }
        headers = list(told.items())
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body, "more_body": False})
