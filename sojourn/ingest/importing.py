"""Importing files: rows become events and take the way that every event takes.

A row's message id is a hash of its content and of how many equal rows came before it in the file.
So the same file stores nothing twice, whatever it is called and however it is packed, while two
equal rows of one file stay two events.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError
from sojourn.event import Event, Identifier
from sojourn.format import Row
from sojourn.ingest import pipeline
from sojourn.instant import instant_ms

BATCH_ROWS = 2_000
"""Events in one inbox row: their order fits, and a batch is visible within a moment."""
LINES_SHOWN = 5
"""Line numbers kept for each reason: enough to find what is wrong with a file."""
STAMP_CHARS = 60
"""How much of what is no instant is told."""
NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?([eE][+-]?\d{1,2})?")
"""Text that is a number and nothing else: not 007, not a 20-digit id, not +1."""

GUESSES = {
    "user": "user user_id distinct_id person person_id customer_id customer client_id visitor_id "
    "visitor member_id account_id uid",
    "time": "timestamp time ts datetime date event_time event_timestamp created_at occurred_at "
    "received_at original_timestamp",
    "event": "event event_name name event_type action activity type",
    "properties": "properties props event_properties data",
    "anonymous": "anonymous_id device_id cookie",
}
"""Common names of columns, the likeliest first; compared without case, spaces and punctuation."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column says what; `event` may instead be a fixed name for every row."""

    user: str
    time: str
    event: str
    properties: str = ""
    anonymous: str = ""
    fixed_event: str = ""


@dataclass(slots=True)
class Refusals:
    """How many rows were refused for one reason, and where the first ones stand."""

    rows: int = 0
    lines: list[int] = field(default_factory=list)
    detail: str = ""


@dataclass(slots=True)
class Summary:
    """What an import came to."""

    read: int = 0
    stored: int = 0
    duplicates: int = 0
    refused: defaultdict[str, Refusals] = field(default_factory=lambda: defaultdict(Refusals))

    def refuse(self, line: int, dropped: Dropped) -> None:
        """Count a refused row."""
        refusals = self.refused[dropped.reason.value]
        refusals.rows += 1
        refusals.detail = refusals.detail or dropped.detail
        if len(refusals.lines) < LINES_SHOWN:
            refusals.lines.append(line)


Accept = Callable[[list[Event | Dropped]], tuple[pipeline.Outcome, Future[int] | None]]


def choose_columns(names: Iterable[str], *, event_name: str = "", **given: str | None) -> Columns:
    """The columns given, the others guessed from their names."""
    known = list(names)
    chosen: dict[str, str] = {}
    for role, guesses in GUESSES.items():
        column = given.get(role)
        if column and column not in known:
            raise SojournError(
                f"There is no column “{column}”",
                detail=f"The file has {', '.join(known)}.",
                mend=f"Give --{role} one of them.",
            )
        chosen[role] = column or _guess(known, guesses.split(), set(chosen.values()))
    required = ("time",) if event_name else ("time", "event")
    missing = [role for role in required if not chosen[role]]
    if not chosen["user"] and not chosen["anonymous"]:
        missing.insert(0, "user")
    if missing:
        raise SojournError(
            f"No column looks like the {missing[0]}",
            detail=f"The file has {', '.join(known)}.",
            mend=f"Say which it is: --{missing[0]} COLUMN.",
        )
    return Columns(**chosen, fixed_event=event_name)


EventsOf = Callable[[dict[str, Any]], list[Event | Dropped]]
"""What the rows of a file mean."""


def by_columns(columns: Columns, zone: ZoneInfo, *, typed: bool) -> EventsOf:
    """Rows whose columns say what they are."""
    return lambda row: [_event(row, columns, zone, typed=typed)]


def run(
    rows: Iterator[Row],
    events_of: EventsOf,
    accept: Accept,
    told: Callable[[Summary], None],
    seen: Counter[bytes],
    summary: Summary,
) -> list[int]:
    """Send a file's rows through the pipeline, and give the inbox rows they made.

    What was stored and what was known already is not yet in the summary: the applier decides that.
    `seen` and the summary go on from file to file of an archive.
    """
    waiting: list[Future[int]] = []
    while batch := list(islice(rows, BATCH_ROWS)):
        events: list[Event | Dropped] = []
        lines: list[int] = []
        for line, row in batch:
            found = [row] if isinstance(row, Dropped) else events_of(row)
            events += found
            lines += [line] * len(found)
        outcome, done = accept(list(pipeline.with_message_ids(events, seen)))
        for index, dropped in outcome.dropped.items():
            summary.refuse(lines[index], dropped)
        if done is not None:
            waiting.append(done)
            # Waiting for the disk keeps the inbox from filling faster than it is written.
            done.result()
        summary.read += len(batch)
        told(summary)
    return [done.result() for done in waiting]


def _guess(known: list[str], guesses: list[str], taken: set[str]) -> str:
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in known if name not in taken}
    for guess in guesses:
        if guess.replace("_", "") in plain:
            return plain[guess.replace("_", "")]
    return ""


def _event(
    row: dict[str, Any], columns: Columns, zone: ZoneInfo, *, typed: bool
) -> Event | Dropped:
    ts = instant_ms(row.get(columns.time), zone)
    name = columns.fixed_event or row.get(columns.event)
    try:
        properties = _properties(row, columns, typed=typed)
    except msgspec.MsgspecError as failure:
        return Dropped(DropReason.BAD_ROW, f"The properties are no JSON object: {failure}")
    return Event(
        name="" if name is None else str(name),
        ts=0 if ts is None else ts,
        stamp=f"{row.get(columns.time)}"[:STAMP_CHARS] if ts is None else "",
        identifiers=tuple(_identifiers(row, columns)),
        properties=properties,
        message_id="",
        source="import",
    )


def _identifiers(row: dict[str, Any], columns: Columns) -> Iterator[Identifier]:
    for kind, column in (("user_id", columns.user), ("anonymous_id", columns.anonymous)):
        value = row.get(column) if column else None
        if value is not None and value != "":
            whole = isinstance(value, float) and value.is_integer()
            yield Identifier(kind, str(int(value)) if whole else str(value))


def _properties(row: dict[str, Any], columns: Columns, *, typed: bool) -> dict[str, Any]:
    roles = (columns.user, columns.time, columns.event, columns.properties, columns.anonymous)
    rest = {name: value for name, value in row.items() if name not in roles}
    given = row.get(columns.properties) if columns.properties else None
    if isinstance(given, str):
        given = msgspec.json.decode(given, type=dict) if given.strip() else {}
    if not typed:
        rest = {name: _typed(value) for name, value in rest.items() if value != ""}
    return {**rest, **(given if isinstance(given, dict) else {})}


def _typed(text: str) -> str | float | bool:
    """The value that a text of a file without types stands for."""
    if NUMBER.fullmatch(text):
        return float(text)
    return text == "true" if text in ("true", "false") else text
