"""A wire: how one family of clients speaks. The contract.

Each file in `wires/` has one value `WIRE`. It names the paths that the clients post to, finds the
key in a request, and turns a body into events; the HTTP edge does the rest for all wires alike:
reading and unpacking the body, checking the key, running the pipeline, waiting for the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.drop_reason import Dropped
from sojourn.event import Event


@dataclass(frozen=True, slots=True)
class Wire:
    """One family of clients.

    `paths` are the routes they post to. `key` finds the write key in the headers (lower-case names)
    or the decoded body, "" when there is none. `events` turns the decoded body that came to a path
    into events, in order, with a `Dropped` in the place of what is none; `received_ms` stands in
    where the client gives no instant and corrects the client's clock where it says when it sent.
    It raises `BadBody` when the body as a whole is not what the wire speaks.
    """

    name: str
    paths: tuple[str, ...]
    key: Callable[[Mapping[str, str], Any], str]
    events: Callable[[str, Any, int], list[Event | Dropped]]
