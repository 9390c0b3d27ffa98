"""The door for what clients send all day: straight to the wires, past the web framework.

For every request the framework finds a route, its arguments and its hooks, which takes longer than
all that is done with an event. A path without parameters needs none of that, so it is looked up
here; whatever is not found goes on to the framework, whose routes answer in the same way.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import partial
from typing import cast
from urllib.parse import parse_qsl

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from sojourn.api import collect, pages, problems
from sojourn.api.access import Grants
from sojourn.api.connection import FORWARDED, address_behind
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
        self._trusted = sojourn.settings.trusted_proxies
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
        headers = _decoded(asked["headers"])
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
        host, _ = scope["client"] or ("", 0)
        return Request(
            method=scope["method"],
            path=scope["path"],
            query=_fields(query) if query else {},
            headers=headers,
            body=await collect.read(scope["method"], receive, headers),
            received_ms=self._sojourn.clock_ms(),
            address=address_behind(host, headers.get(FORWARDED, ""), self._trusted),
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


def _decoded(lines: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as wires see them; what stands in several lines is one (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for name_bytes, value_bytes in lines:
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _fields(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX))
