"""The egress log: what left, to whom, what for, and what became of it, each under its transfer id
(clause S1-04).

It holds the names of the fields and never a value. A sending is written down before anything
leaves, so that there is none that the log does not know, wherever a process may end.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from sojourn import tables
from sojourn.errors import NotFound
from sojourn.period import from_ms

UTC = ZoneInfo("UTC")
Status = Literal["sent", "failed", "refused"]


class Transfer(msgspec.Struct, frozen=True):
    """One sending: `policy` is the number of the version that let it leave, `fields` are names,
    `bytes` the length of what was sent; `detail` tells what the status does not."""

    id: str
    recipient: str
    purpose: str
    policy: int
    at: datetime
    person: int
    fields: tuple[str, ...]
    bytes: int
    status: Status
    detail: str


def write(connection: sa.Connection, project: int, transfer: Transfer) -> None:
    """Add a sending to the log."""
    row = msgspec.structs.asdict(transfer)
    row["at_ms"] = round(row.pop("at").timestamp() * 1000)
    row["fields"] = msgspec.json.encode(transfer.fields).decode()
    connection.execute(sa.insert(tables.transfers).values(project=project, **row))


def settle(connection: sa.Connection, transfer: str, status: Status, detail: str) -> None:
    """Say what became of a sending."""
    table = tables.transfers
    settled = sa.update(table).where(table.c.id == transfer).values(status=status, detail=detail)
    connection.execute(settled)


def recent(connection: sa.Connection, project: int, limit: int, before: str = "") -> list[Transfer]:
    """A page of a project's sendings, newest first, behind the one whose id is `before`."""
    table = tables.transfers
    chosen = sa.select(table).where(table.c.project == project)
    if before:
        at_ms = connection.execute(
            sa.select(table.c.at_ms).where(table.c.project == project, table.c.id == before)
        ).scalar()
        if at_ms is None:
            raise NotFound("There is no such transfer", mend="Pass back what a page gave.")
        chosen = chosen.where(
            (table.c.at_ms < at_ms) | ((table.c.at_ms == at_ms) & (table.c.id < before))
        )
    ordered = chosen.order_by(table.c.at_ms.desc(), table.c.id.desc()).limit(limit)
    return [
        Transfer(
            id=row.id,
            recipient=row.recipient,
            purpose=row.purpose,
            policy=row.policy,
            at=from_ms(row.at_ms, UTC),
            person=row.person,
            fields=msgspec.json.decode(row.fields, type=tuple[str, ...]),
            bytes=row.bytes,
            status=row.status,
            detail=row.detail,
        )
        for row in connection.execute(ordered)
    ]
