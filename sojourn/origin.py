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

from msgspec.structs import replace

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import Event
from sojourn.format import Opened, Row
from sojourn.instant import instant_ms
from sojourn.wire import Request, Wire


@dataclass(frozen=True, slots=True)
class Reading:
    """What one import knows besides the rows: when it runs, a `salt` that nobody keeps, the column
    that names the `user`, how many equal rows came so far (`seen`), and what rows of one file told
    of those of another (`beside`), by what both call it."""

    received_ms: int
    salt: bytes
    user: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """One kind of file.

    `events` gives the events of a row, none where it tells of nobody. `read` gives the rows of a
    file, where its name does not tell its format; files of an archive whose names contain one of
    `passed_over` are not read, and those with one of `ahead` before the others, whose rows need
    what theirs tell. `users` are the fields that whoever imports may take for the user.
    """

    title: str
    events: Callable[[dict[str, Any], Reading], list[Event | Dropped]]
    read: Callable[[Opened, Callable[[int], None]], Iterator[Row]] | None = None
    passed_over: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    def is_later(self, name: str) -> bool:
        """Whether a file is read after those that are read ahead, as a key to sort by."""
        return not any(part in name for part in self.ahead)


def as_sent(
    wire: Wire, path: str, content: Any, reading: Reading, *, has_ids: bool = True
) -> list[Event | Dropped]:
    """The events of what a client of a wire would have sent. Where the vendor gives its events no
    ids (`has_ids`), equal rows of a file are several events, and not one that was sent again."""
    request = Request("POST", path, {}, {}, b"", reading.received_ms, is_proven=True)
    found = wire.events(request, content)
    return found if has_ids else [_without_id(one) for one in found]


def _without_id(event: Event | Dropped) -> Event | Dropped:
    return event if isinstance(event, Dropped) else replace(event, message_id="")


def without_instant(given: Any) -> list[Event | Dropped]:
    """A row that does not say when it was; what is imported did not happen just now."""
    if instant_ms(given) is not None:
        return []
    return [Dropped(DropReason.BAD_TIMESTAMP, f"“{str(given)[:60]}” is no instant.")]
