"""Jitsu's events API: one of Segment's messages at a time, from browsers and from servers (`s2s`).

The key travels in the header X-Write-Key, with its secret behind a colon where it has one; what
the body has of it is masked. A client that says `X-IP-Policy: remove` wants the address of its
connection not to be looked at (https://docs.jitsu.com/sending-data/http).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sojourn.drop_reason import Dropped
from sojourn.event import Event
from sojourn.wire import Request, Wire
from sojourn.wires import segment


def key(request: Request, body: Any) -> str:
    """The write key, without its secret."""
    return request.headers.get("x-write-key", "").partition(":")[0]


def secret(request: Request) -> str:
    """The secret of the write key."""
    return request.headers.get("x-write-key", "").partition(":")[2]


def events(request: Request, body: Any) -> list[Event | Dropped]:
    """The one event of a body."""
    if request.headers.get("x-ip-policy", "").lower() == "remove":
        request = replace(request, address="")
    return segment.events(request, body)


WIRE = Wire(
    name="jitsu",
    title="Jitsu",
    paths=("/api/s/{kind:str}", "/api/s/s2s/{kind:str}"),
    key=key,
    events=events,
    secret=secret,
    failure=segment.failure,
)
