"""A web server's access log in the combined or the common format: who looked at which page.

A page is what is asked for with GET and answered well, and is none of the files that pages load;
what went wrong is a failed request. An address is kept nowhere, not even as a hash that could be
found out: without `--user` a person is what came from one address with one agent within one day,
under a key that this import alone knows. So nobody in one log is somebody in another, and ids of
rows rest on what was asked for, when and by what agent.

Source: https://httpd.apache.org/docs/2.4/logs.html#combined
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import PAGE_VIEWED, Event, Identifier, Signals
from sojourn.format import Opened, Row
from sojourn.origin import Origin, Reading
from sojourn.period import to_ms
from sojourn.wire import page_of

QUOTED = r'"((?:[^"\\]|\\.)*)"?'
"""A text in quotes; the last one of a line may be cut off."""
LINE = re.compile(
    rf"(\S+) (\S+) (.+?) \[([^\]]+)\] {QUOTED} (\d{{3}}|-) (\d+|-)(?: {QUOTED})?(?: {QUOTED})?.*"
)
FIELDS = ("address", "identity", "user", "time", "request", "status", "size", "referrer", "agent")
REQUEST = re.compile(r"([A-Z]+) (\S+)(?: \S+)?")
TIME = "%d/%b/%Y:%H:%M:%S %z"
PARTS_OF_PAGES = re.compile(
    r"\.(avif|bmp|css|eot|gif|ico|jpe?g|js|json|map|mjs|otf|png|svg|ttf|txt|wasm|webp|woff2?|xml)$",
    re.IGNORECASE,
)
LINE_BYTES_MAX = 64 * 1024
TELL_EVERY_ROWS = 1_000
ID_BYTES = 16


def read(opened: Opened, tell: Callable[[int], None]) -> Iterator[Row]:
    """The lines of a log."""
    number = 0
    while True:
        try:
            line = opened.file.readline(LINE_BYTES_MAX)
        except (OSError, EOFError) as failure:
            yield number + 1, Dropped(DropReason.BAD_ROW, f"The file breaks off: {failure}.")
            return
        if not line:
            return
        number += 1
        if number % TELL_EVERY_ROWS == 0:
            tell(opened.raw.tell())
        if line.strip():
            found = LINE.fullmatch(line.decode(errors="replace").strip())
            fields = dict(zip(FIELDS, found.groups(default="-"), strict=True)) if found else None
            yield number, fields or Dropped(DropReason.BAD_ROW, "It is no line of an access log.")


def events(row: dict[str, Any], reading: Reading) -> list[Event | Dropped]:
    """The event of a line."""
    try:
        ts = to_ms(datetime.strptime(row["time"], TIME))
    except (ValueError, OverflowError):
        return [Dropped(DropReason.BAD_TIMESTAMP, f"“{row['time'][:60]}” is no instant.")]
    asked = REQUEST.fullmatch(row["request"])
    if asked is None:
        return [Dropped(DropReason.NOT_AN_EVENT, "It is no request that a browser makes.")]
    method, target = asked.groups()
    page = page_of(target, referrer="" if row["referrer"] == "-" else row["referrer"])
    page.pop("url", None)  # A log has the path alone.
    status = int(row["status"]) if row["status"] != "-" else 0
    name = _happened(method, str(page.get("path", "")), status)
    if isinstance(name, Dropped):
        return [name]
    return [
        Event(
            name=name,
            ts=ts,
            identifiers=(_person(row, ts, reading),),
            properties=page | ({} if name == PAGE_VIEWED else {"status": status}),
            message_id=_id(row, reading),
            source="accesslog",
            signals=Signals(ip=row["address"], agent="" if row["agent"] == "-" else row["agent"]),
        )
    ]


def _happened(method: str, path: str, status: int) -> str | Dropped:
    if method != "GET":
        return Dropped(DropReason.NOT_AN_EVENT, f"{method} looks at no page.")
    if PARTS_OF_PAGES.search(path):
        return Dropped(DropReason.NOT_AN_EVENT, "It is a file that pages load.")
    if status >= 400:
        return "Request Failed"
    if status in (200, 206, 304):
        return PAGE_VIEWED
    return Dropped(DropReason.NOT_AN_EVENT, "It leads on to another page.")


def _person(row: dict[str, Any], ts: int, reading: Reading) -> Identifier:
    """The user whom the log names, where it is to be believed; else the device, for one day."""
    if reading.user and row.get(reading.user, "-") != "-":
        return Identifier("user_id", row[reading.user])
    day = str(ts // 86_400_000)
    content = "\0".join((row["address"], row["agent"], day)).encode()
    return Identifier(
        "anonymous_id", blake2b(content, key=reading.salt, digest_size=ID_BYTES).hexdigest()
    )


def _id(row: dict[str, Any], reading: Reading) -> str:
    """The same line gives the same id in every import, and nothing of the address is in it."""
    content = "\0".join(row[field] for field in FIELDS[3:]).encode()
    digest = blake2b(content, digest_size=ID_BYTES).hexdigest()
    reading.seen[digest] += 1
    return f"{digest}-{reading.seen[digest]}"


ORIGIN = Origin(
    title="Access log (combined format)", events=events, read=read, users=("user", "identity")
)
