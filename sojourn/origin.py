"""An origin: where a file comes from that another program wrote, a vendor's export or a server's
log, and so what its rows mean. The contract.

Each file in `origins/` has one value `ORIGIN`. A vendor's export is turned into what the vendor's
own clients would have sent, and the vendor's wire reads it, so that both ways mean the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import Event
from sojourn.format import Opened, Row
from sojourn.instant import instant_ms
from sojourn.wire import Request, Wire


@dataclass(frozen=True, slots=True)
class Reading:
    """What one import knows besides the rows: when it runs, a `salt` that nobody keeps, the column
    that names the `user`, and how many equal rows came so far (`seen`)."""

    received_ms: int
    salt: bytes
    user: str = ""
    seen: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Origin:
    """One kind of file.

    `events` gives the events of a row, none where it tells of nobody. `read` gives the rows of a
    file, where its name does not tell its format; files of an archive whose names contain one of
    `passed_over` are not read. `users` are the fields that whoever imports may take for the user.
    """

    title: str
    events: Callable[[dict[str, Any], Reading], list[Event | Dropped]]
    read: Callable[[Opened, Callable[[int], None]], Iterator[Row]] | None = None
    passed_over: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


def as_sent(wire: Wire, path: str, content: Any, reading: Reading) -> list[Event | Dropped]:
    """The events of what a client of a wire would have sent."""
    request = Request("POST", path, {}, {}, b"", reading.received_ms, is_proven=True)
    return wire.events(request, content)


def without_instant(given: Any) -> list[Event | Dropped]:
    """A row that does not say when it was; what is imported did not happen just now."""
    if instant_ms(given) is not None:
        return []
    return [Dropped(DropReason.BAD_TIMESTAMP, f"“{str(given)[:60]}” is no instant.")]
